"""Quality of what agencies send: measured by Great Expectations over value-free facts, in a process of its own."""
