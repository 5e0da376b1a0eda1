"""CSV as spreadsheets write it."""

from collections.abc import Iterable, Sequence
from csv import writer
from pathlib import Path


def write_table(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    above: Sequence[Sequence[object]] = (),
    encoding: str = "utf-8",
) -> Path:
    """Writes a CSV file (RFC 4180, lines end with CR LF); `above` are rows that stand before the header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        table = writer(file)
        table.writerows(above)
        table.writerow(columns)
        table.writerows(rows)
    return path
