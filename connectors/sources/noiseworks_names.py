"""The names of the tables of one NoiseWorks export."""

CASE, HISTORY, COMPLAINT, ACTION, USER = "Case", "HistoricalCase", "Complaint", "Action", "User"
PERPETRATORS = "Case_perpetrators"
MERGE = "Merge"
"""The kind of a row that stands for a merged case; it is no file of the export."""
