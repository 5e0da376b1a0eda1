"""Which reports are compared at all: those that share a value, or a neighbourhood, at nearly the same time.

Neighbourhoods are filed coarsely and looked up generously: a report is filed under the cell that its point is in, and
looks in the cells that its point reaches. Blocks of rules with a time are kept in the order of time. What is found is
held against the exact gap and distance, so that either of two reports finds the other or neither does.
"""

from collections.abc import Callable

from linkage.blocking import whole_names
from linkage.model import BlockingRule, GraphModel
from linkage.values import NUMBER_BITS, Incident, IncidentHas, Spot

LONGEST = 4 * 24 * 3_600_000_000
"""Reports whose time is known less exactly than this (microseconds) are in no timed block."""

REACH_NORTH = 0.0009
REACH_EAST = 0.00145
"""How far apart, in degrees, points of one block are at most: 100 metres in Britain."""

_RULE = 1 << (2 * NUMBER_BITS)
_CELL_NORTH = 2 * REACH_NORTH
_CELL_EAST = 2 * REACH_EAST
_CELLS_ROUND = 1 << 18

Part = Callable[[Incident], list[int]]
Point = tuple[float, float]
Timed = tuple[int, list[int], list[int] | None]
"""(greatest gap in microseconds, keys to file under, keys to look under if points must be within reach)."""


class IncidentBlocks:
    """The keys of a report's blocks."""

    __slots__ = ("_stop", "_timed", "_untimed")

    def __init__(self, model: GraphModel) -> None:
        self._stop = model.stop
        rules = [(number * _RULE, rule, *self._maker(rule)) for number, rule in enumerate(model.blocking)]
        self._untimed = tuple((base, filed) for base, rule, filed, _ in rules if rule.within is None)
        self._timed = tuple(
            (base, rule.within, filed, near) for base, rule, filed, near in rules if rule.within is not None
        )

    def untimed(self, incident: Incident) -> list[int]:
        """The keys of blocks whose reports are compared whatever their times."""
        return [base + number for base, filed in self._untimed for number in filed(incident)]

    def timed(self, incident: Incident) -> list[Timed]:
        """The keys of blocks whose reports are compared if their times are near, rule by rule."""
        found: list[Timed] = []
        if is_timed(incident):
            for base, within, filed, near in self._timed:
                if numbers := filed(incident):
                    keys = [base + number for number in numbers]
                    reached = None if near is None else [base + number for number in near(incident)]
                    found.append((within, keys, reached))
        return found

    def _maker(self, rule: BlockingRule) -> tuple[Part, Part | None]:
        """The numbers under which a part files a report, and those under which it looks, if they are others."""
        makers: dict[str, tuple[Part, Part | None]] = {
            "reference": (_references, None),
            "cell": (_cells, _cells_in_reach),
            "premises": (self._premises, None),
            "telephone": (self._telephones, None),
            "whole_name": (_names_of_persons, None),
        }
        return makers[rule.parts[0]]

    def _premises(self, incident: Incident) -> list[int]:
        return _distinct([number for spot in where(incident) for number in premises(spot, self._stop["premises"])])

    def _telephones(self, incident: Incident) -> list[int]:
        stop = self._stop["telephone"]
        numbers = [number for person in incident.persons for number in person.telephones]
        return _distinct([number.number for number in numbers if number.text not in stop])


def is_timed(incident: Incident) -> bool:
    """Whether a report's time is known well enough for timed blocks."""
    return bool(incident.has & IncidentHas.TIME) and incident.end - incident.start <= LONGEST


def are_within(one: Incident, other: Incident, within: int) -> bool:
    """Whether two timed reports are at most so many microseconds apart: their intervals, or the times of reporting
    where neither states when it happened.
    """
    if one.start - other.end > within or other.start - one.end > within:
        return False
    return one.is_stated or other.is_stated or -within <= one.end - other.end <= within


def where(incident: Incident) -> tuple[Spot, ...]:
    """The spots by which a report is found: where the behaviour is from, or else where it is suffered."""
    return incident.sites or incident.homes


def points(incident: Incident) -> list[Point]:
    """(latitude, longitude) of the spots by which a report is found."""
    return [
        (spot.latitude, spot.longitude)
        for spot in where(incident)
        if spot.latitude is not None and spot.longitude is not None
    ]


def are_in_reach(mine: list[Point], other: Incident) -> bool:
    """Whether one of the points is within reach of a point of the other report."""
    for spot in where(other):
        latitude, longitude = spot.latitude, spot.longitude
        if latitude is None or longitude is None:
            continue
        for north, east in mine:
            if -REACH_NORTH <= north - latitude <= REACH_NORTH and -REACH_EAST <= east - longitude <= REACH_EAST:
                return True
    return False


def premises(spot: Spot, stop: frozenset[str]) -> list[int]:
    """The numbers of a spot's property, block and building."""
    values = dict.fromkeys((spot.uprn, spot.block, spot.building))
    return [value.number for value in values if value is not None and value.text not in stop]


def _distinct(numbers: list[int]) -> list[int]:
    return numbers if len(numbers) < 2 else list(dict.fromkeys(numbers))


def _references(incident: Incident) -> list[int]:
    found = [quoted.number for quoted in incident.quoted]
    if incident.reference is not None:
        found.append(incident.reference.number)
    return _distinct(found)


def _names_of_persons(incident: Incident) -> list[int]:
    return _distinct([number for person in incident.persons for number in whole_names(person)])


def _cells(incident: Incident) -> list[int]:
    """The cells, twice as wide as the reach, of a report's points."""
    return _distinct([_row(north) * _CELLS_ROUND + _column(east) for north, east in points(incident)])


def _cells_in_reach(incident: Incident) -> list[int]:
    """The cells that the squares in reach of a report's points overlap: one, two or four for each."""
    return _distinct(
        [
            row * _CELLS_ROUND + column
            for north, east in points(incident)
            for row in range(_row(north - REACH_NORTH), _row(north + REACH_NORTH) + 1)
            for column in range(_column(east - REACH_EAST), _column(east + REACH_EAST) + 1)
        ]
    )


def _row(latitude: float) -> int:
    return int((latitude + 91.0) / _CELL_NORTH)


def _column(longitude: float) -> int:
    return int((longitude + 181.0) / _CELL_EAST)
