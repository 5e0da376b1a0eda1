"""The demonstration: a simulated borough goes through the real stack, and what came of it is held against the truth."""
