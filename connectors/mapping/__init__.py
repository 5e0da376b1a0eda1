"""From the texts of a row to the values of the language: what sources share, all pure."""
