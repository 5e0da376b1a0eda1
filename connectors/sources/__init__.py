"""One short file for each feed; one source never imports another."""
