"""Files of one police log for tests: good rows, and rows with a fault."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.connectors.tables import CAD

SECRETS = (CAD["caller_name"], CAD["caller_phone"], CAD["caller_dob"], "1975-12-10", "Mare Street", "Shouting again")
"""What no output may hold."""


def cad_row(number: int, **changes: str) -> dict[str, str]:
    """A good row of the log, unlike all others but for these changes; nothing in it is restricted."""
    return CAD | {
        "incident_no": f"{number}/16JUN24",
        "narrative": f"Shouting again, number {number}.",
        "restricted_flags": "",
        "crimed_ref": "",
        **changes,
    }


def cad_file(path: Path, rows: Iterable[Mapping[str, str]]) -> Path:
    """The log as a CSV file."""
    made = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, made[0].keys())
        writer.writeheader()
        writer.writerows(made)
    return path
