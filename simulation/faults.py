"""Rows that nobody can read, as suppliers send them now and then; and the list of where they were planted."""

import csv
from collections.abc import Sequence
from pathlib import Path

from simulation.dice import Dice
from simulation.settings import Settings
from simulation.tables import write_table

_COLUMNS = ("file", "row", "column", "fault")

_FAULTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "police-cad": (
        ("incident_no", "", "no reference"),
        ("opened_at", "31/02/2026 25:61:00", "a time that no clock shows"),
        ("easting", "5346OO", "letters for digits"),
    ),
    "housing": (
        ("contact_id", "", "no reference"),
        ("contact_date", "2026/13/45", "a date in another form"),
        ("property_uprn", "FLAT 3", "an address for a property number"),
    ),
}
"""By feed: a column, what stands in it, and what is wrong with that."""


def plant(settings: Settings, folder: Path, files: Sequence[Path]) -> Path:
    """Adds as many broken rows as the settings ask for to files of the log and of the contacts, and lists them.

    A broken row is a copy of one that stands there, under a number of its own, so that no report is lost by it.
    """
    dice = Dice(settings.luck, "faults")
    hosts = [file for file in files if file.relative_to(folder).parts[0] in _FAULTS]
    planted = [_spoil(folder, dice.one(hosts), number, dice) for number in range(settings.faults)]
    return write_table(folder / "truth" / "faults.csv", _COLUMNS, sorted(planted))


def _spoil(folder: Path, file: Path, number: int, dice: Dice) -> tuple[str, int, str, str]:
    with file.open(encoding="utf-8", newline="") as stream:
        columns, *rows = list(csv.reader(stream))
    faults = _FAULTS[file.relative_to(folder).parts[0]]
    column, wrong, fault = faults[number % len(faults)]
    row = dict(zip(columns, dice.one(rows), strict=True))
    row[faults[0][0]] = f"F{number + 1:04d}"
    row[column] = wrong
    write_table(file, columns, [*rows, list(row.values())])
    return file.relative_to(folder).as_posix(), len(rows) + 2, column, fault
