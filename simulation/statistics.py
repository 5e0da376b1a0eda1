"""The force's open data for the same months, as data.police.uk publishes it: a month, a kind and a snapped point.

Antisocial behaviour has no id, no outcome and no context; other crimes have an id. Points are moved to the middle of a
street, and a few rows have no place at all.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from simulation.clock import local
from simulation.dice import Dice, Wheel
from simulation.grid import Degrees, to_degrees
from simulation.happenings import Telling
from simulation.kinds import RESTRICTED
from simulation.places import Place, Town
from simulation.settings import Settings
from simulation.tables import write_table

COLUMNS = (
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "Location",
    "LSOA code",
    "LSOA name",
    "Crime type",
    "Last outcome category",
    "Context",
)

_ASB = "Anti-social behaviour"
_NO_PLACE = 0.005
_OTHERS_FOR_ONE = 1.6
"""Rows of other kinds for each of antisocial behaviour."""

_OTHERS: Wheel[str] = Wheel(
    (
        ("Violence and sexual offences", 30),
        ("Theft from the person", 14),
        ("Vehicle crime", 14),
        ("Other theft", 12),
        ("Burglary", 9),
        ("Drugs", 6),
        ("Public order", 6),
        ("Criminal damage and arson", 5),
        ("Robbery", 4),
    )
)
_OUTCOMES = (
    "Under investigation",
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Status update unavailable",
)
_GENERIC = ("Parking Area", "Supermarket", "Shopping Area", "Park/Open Space", "Nightclub")

Row = tuple[str, ...]


class Statistics:
    """Collects a month's rows and writes them when the month is over."""

    def __init__(self, settings: Settings, town: Town, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._streets = {usrn: (name, (east, north)) for name, usrn, east, north in town.streets}
        points = to_degrees([point for _, point in self._streets.values()])
        self._points = dict(zip(self._streets, points, strict=True))
        self._names = {area.code: area.name for area in town.small_areas}
        self._places = town.places
        self._rows: dict[str, list[Row]] = {}

    def count(self, telling: Telling) -> None:
        """Counts an incident of the log, unless it became a crime or never was one of antisocial behaviour."""
        again = "told_twice" in telling.tags
        if telling.agency == "police" and not again and not telling.crimed and telling.incident.kind.name != RESTRICTED:
            month = local(telling.at).strftime("%Y-%m")
            rows = self._rows.setdefault(month, [])
            dice = Dice(self._settings.luck, "statistics", month, len(rows))
            rows.append(self._row(month, "", _ASB, "", telling.incident.place, dice))

    def write(self) -> Iterator[Path]:
        """Writes one file for each month, antisocial behaviour among the rest by small area."""
        for month, rows in sorted(self._rows.items()):
            every = [*rows, *self._others(month, round(len(rows) * _OTHERS_FOR_ONE))]
            every.sort(key=lambda row: (not row[7], row[8], row[0], row[6]))
            yield write_table(self._folder / f"{month}-{self._settings.force}-street.csv", COLUMNS, every)

    def _others(self, month: str, count: int) -> Iterator[Row]:
        dice = Dice(self._settings.luck, "crimes", month)
        for number in range(count):
            identity = sha256(f"{self._settings.luck}/{month}/{number}".encode()).hexdigest()
            yield self._row(month, identity, dice.spin(_OTHERS), dice.one(_OUTCOMES), dice.one(self._places), dice)

    def _row(self, month: str, identity: str, kind: str, outcome: str, place: Place, dice: Dice) -> Row:
        force = self._settings.force_name
        if dice.chance(_NO_PLACE):
            return (identity, month, force, force, "", "", "No Location", "", "", kind, outcome, "")
        point, text = self._snapped(place, dice)
        shown = (f"{point[1]:.6f}", f"{point[0]:.6f}")
        return (identity, month, force, force, *shown, text, place.lsoa, self._names[place.lsoa], kind, outcome, "")

    def _snapped(self, place: Place, dice: Dice) -> tuple[Degrees, str]:
        street = self._streets[place.usrn][0]
        spot = dice.one(_GENERIC) if dice.chance(0.15) else street
        return self._points[place.usrn], f"On or near {spot}"
