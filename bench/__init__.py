"""Side-by-side measurements of the running pipeline; `python -m bench` is the page to read first."""
