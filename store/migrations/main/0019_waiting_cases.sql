-- While more records wait, an area's cases are looked at once for several batches: so that a restart in between knows.
ALTER TABLE area ADD COLUMN waiting boolean NOT NULL DEFAULT false;
