"""Help for tests of the simulation: what a written borough's files say."""

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

Row = dict[str, str]


class Written:
    """The files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def rows(self, path: str) -> list[Row]:
        """The rows of one file."""
        return table(self.folder / path)[1]

    def truth(self, name: str) -> list[Row]:
        """The rows of one file of the truth."""
        return self.rows(f"truth/{name}.csv")

    def cad(self) -> list[Row]:
        """All rows of the police's log, in the order in which they came."""
        return [row for path in sorted((self.folder / "police-cad").iterdir()) for row in table(path)[1]]

    def contacts(self) -> list[Row]:
        """All rows of the housing association's contacts, in the order in which they came."""
        return [row for path in sorted((self.folder / "housing").iterdir()) for row in table(path)[1]]

    def snapshots(self, name: str) -> list[list[Row]]:
        """One table of the noise team in each of its snapshots, the oldest first."""
        return [table(path / f"{name}.csv")[1] for path in sorted((self.folder / "noiseworks").iterdir())]

    def references(self) -> set[tuple[str, str]]:
        """Agency and reference of every report that any file holds."""
        complaints = (row["id"] for snapshot in self.snapshots("Complaint") for row in snapshot)
        return {
            *(("police", row["incident_no"]) for row in self.cad()),
            *(("housing", row["contact_id"]) for row in self.contacts()),
            *(("council", reference) for reference in complaints),
        }

    def tagged(self, tag: str) -> set[tuple[str, str]]:
        """Agency and reference of the reports with a tag."""
        return {(row["agency"], row["reference"]) for row in self.truth("tags") if row["tag"] == tag}


def table(path: Path) -> tuple[Sequence[str], list[Row]]:
    """Columns and rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
        return reader.fieldnames or (), rows


def digest(folder: Path) -> str:
    """Of the names and bytes of all files below a folder."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()
