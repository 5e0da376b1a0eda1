"""A small export of NoiseWorks for tests, and how to write one with changes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.connectors.tables import csv_text

Rows = Sequence[Mapping[str, str]]

CASE = {
    "id": "7",
    "created": "2024-06-15T20:00:00+00:00",
    "created_by_id": "1",
    "kind": "music-pub",
    "kind_other": "",
    "uprn": "010008231234",
    "easting": "533581",
    "northing": "182292",
    "radius": "30",
    "location_cache": "The Cat, 1 Shoreditch High Street, London E1 6AW",
    "ward": "E05009377",
    "where": "business",
    "estate": "n",
    "assigned_id": "1",
}
HISTORY = CASE | {"history_id": "1", "history_date": CASE["created"], "history_type": "+", "history_user_id": "1"}
COMPLAINT = {
    "id": "100",
    "case_id": "7",
    "created": "2024-06-15T22:30:00+00:00",
    "created_by_id": "2",
    "complainant_id": "2",
    "happening_now": "True",
    "start": "2024-06-15T21:00:00+00:00",
    "end": "",
    "rooms": "Bedroom",
    "description": 'Thumping bass,\n"all night"',
    "effect": "No sleep",
}
ACTION = {
    "id": "500",
    "created": "2024-06-16T09:00:00+00:00",
    "created_by_id": "1",
    "case_id": "7",
    "type": "Warning letter sent",
    "notes": "To the licensee",
}
STAFF = {
    "id": "1",
    "first_name": "Olu",
    "last_name": "Officer",
    "is_staff": "True",
    "is_active": "True",
    "email": "olu@council.example",
    "email_verified": "True",
    "phone": "",
    "phone_verified": "False",
    "address": "",
    "best_time": "",
    "best_method": "",
}
RESIDENT = STAFF | {
    "id": "2",
    "first_name": "Zoë",
    "last_name": "Müller",
    "is_staff": "False",
    "email": "zoe@example.org",
    "phone": "+447700900123",
    "address": "Flat 2\n3 Boundary Street\nLondon\nE2 7JE",
    "best_time": "evening,weekend",
    "best_method": "phone",
}
LICENSEE = STAFF | {"id": "3", "first_name": "Sam", "last_name": "Landlord", "is_staff": "False", "email": ""}

EXPORT: dict[str, Rows] = {
    "Case": [CASE],
    "HistoricalCase": [HISTORY],
    "Complaint": [COMPLAINT],
    "Action": [ACTION],
    "User": [STAFF, RESIDENT, LICENSEE],
    "Case_perpetrators": [{"case_id": "7", "user_id": "3"}],
}


def write(folder: Path, **changed: Rows) -> Path:
    """The export in a folder; a table changed to nothing keeps its header."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, usual in EXPORT.items():
        rows = changed.get(name, usual)
        text = csv_text(rows) if rows else csv_text(usual).split("\n", 1)[0] + "\n"
        (folder / f"{name}.csv").write_text(text, newline="")
    return folder
