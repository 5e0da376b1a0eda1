"""A borough with known truth: people, homes, events, and each agency's own files."""
