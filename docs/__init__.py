"""The pages that are printed from code: `python -m docs` writes them, a test holds them fresh."""
