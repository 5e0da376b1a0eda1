"""Whose homes are whose: each landlord's list, for `wardlink stock import --agency LANDLORD stock/LANDLORD.csv`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from simulation.places import HOMES, Place, Town
from simulation.tables import write_table

_COLUMNS = ("UPRN", "Tenure", "Block", "Block UPRN", "Dwellings in block", "Held from")
_HELD_FROM = "01/04/2010"


def write_stock(town: Town, folder: Path) -> Iterator[Path]:
    """One file for each landlord that has homes; all are held since before the first day."""
    inside = Counter(place.parent for place in town.homes if place.parent)
    buildings = {place.uprn: place for place in town.places if place.kind not in HOMES}
    for landlord in sorted({home.landlord for home in town.homes} - {""}):
        homes = [home for home in town.homes if home.landlord == landlord]
        rows = [_row(home, buildings.get(home.parent), inside[home.parent]) for home in homes]
        yield write_table(folder / f"{landlord}.csv", _COLUMNS, rows)


def _row(home: Place, building: Place | None, inside: int) -> tuple[object, ...]:
    tenure = "Hostel" if home.kind == "room" else "General needs"
    if building is None:
        return (home.uprn, tenure, "", "", "", _HELD_FROM)
    return (home.uprn, tenure, building.shell, building.uprn, inside, _HELD_FROM)
