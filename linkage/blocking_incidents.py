"""Which reports are compared at all: those that share a value, or a neighbourhood, at nearly the same time.

Neighbourhoods are filed coarsely and looked up generously: a report is filed under the cell that its point is in, and
looks in the cells that its point reaches. Blocks of rules with a time are kept in the order of time. What is found is
held against the exact gap and distance, so that either of two reports finds the other or neither does.
"""

from collections.abc import Callable

from linkage.blocking import whole_names
from linkage.model import BlockingRule, GraphModel
from linkage.values import NUMBER_BITS, Incident, IncidentHas, Person, Point, ReferenceValue, Spot
from schemas.errors import Refused

LONGEST = 4 * 24 * 3_600_000_000
"""Reports whose time is known less exactly than this (microseconds) are in no timed block."""

REACH_NORTH = 0.0009
REACH_EAST = 0.00145
"""How far apart, in degrees, points of one block are at most: 100 metres in Britain."""

_RULE = 1 << (2 * NUMBER_BITS)
_CELL_NORTH = 2 * REACH_NORTH
_CELL_EAST = 2 * REACH_EAST
_HALF = 0.5001
"""The reach in cells, a little more: what lies on the edge must be looked at from both sides. So a point in the very
middle of its cell reaches three, its own between the others.
"""

_CELLS_ROUND = 1 << 18

_CELL = ("cell",)
_REFERENCE = ("reference",)

Part = Callable[[Incident], list[int]]
Near = tuple[int, list[int], list[int]]
"""(greatest gap in microseconds, keys of the cells that a report's points are in, keys of those they reach)."""


class IncidentBlocks:
    """The keys of a report's blocks, by kind of rule: timed, and timed with points in reach (`cell`).

    `by_reference`: reports that refer to one another (compare_incidents.reference) are compared too, whatever their
    times; for these there are no keys.
    """

    __slots__ = ("_near", "_stop", "_timed", "by_reference")

    def __init__(self, model: GraphModel) -> None:
        self._stop = model.stop
        self.by_reference = any(rule.parts == _REFERENCE for rule in model.blocking)
        rules = [(number * _RULE, rule, _within(rule)) for number, rule in enumerate(model.blocking)]
        self._near = next(((base, within) for base, rule, within in rules if rule.parts == _CELL), None)
        self._timed = tuple(
            (base, within, self._part(rule)) for base, rule, within in rules if rule.parts not in (_CELL, _REFERENCE)
        )

    def timed(self, incident: Incident) -> list[tuple[int, list[int]]]:
        """(greatest gap in microseconds, keys) of the blocks whose reports are compared if their times are near."""
        if not is_timed(incident):
            return []
        return [(within, [base + number for number in part(incident)]) for base, within, part in self._timed]

    def near(self, incident: Incident) -> Near | None:
        """The neighbourhood whose reports are compared if their times and points are near."""
        if self._near is None or not incident.points or not is_timed(incident):
            return None
        base, within = self._near
        own, reached = cells(incident.points)
        return within, [base + cell for cell in own], [base + cell for cell in reached]

    def _part(self, rule: BlockingRule) -> Part:
        parts: dict[str, Part] = {
            "premises": self._premises,
            "contact": self._contacts,
        }
        return parts[rule.parts[0]]

    def _premises(self, incident: Incident) -> list[int]:
        return _distinct([number for spot in where(incident) for number in premises(spot, self._stop["premises"])])

    def _contacts(self, incident: Incident) -> list[int]:
        stop = self._stop["contact"]
        return _distinct([number for person in incident.persons for number in contacts(person, stop)])


def _within(rule: BlockingRule) -> int:
    """The greatest gap of a rule in microseconds, 0 of that by reference, which asks for none. Refused without one."""
    if (rule.within is None) != (rule.parts == _REFERENCE):
        raise Refused(
            f"model.incident.blocking.{rule.name}: needs hours (or none if its part is reference); mend the model"
        )
    return rule.within or 0


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


def are_in_reach(mine: tuple[Point, ...], theirs: tuple[Point, ...]) -> bool:
    """Whether one of the points is within reach of one of the others."""
    for latitude, longitude in theirs:
        for north, east in mine:
            if -REACH_NORTH <= north - latitude <= REACH_NORTH and -REACH_EAST <= east - longitude <= REACH_EAST:
                return True
    return False


def premises(spot: Spot, stop: frozenset[str]) -> list[int]:
    """The numbers of a spot's property, block and building."""
    values = dict.fromkeys((spot.uprn, spot.block, spot.building))
    return [value.number for value in values if value is not None and value.text not in stop]


def contacts(person: Person, stop: frozenset[str]) -> list[int]:
    """The numbers of a person's telephones and whole name."""
    return [one.number for one in person.telephones if one.text not in stop] + whole_names(person)


def _distinct(numbers: list[int]) -> list[int]:
    return numbers if len(numbers) < 2 else list(dict.fromkeys(numbers))


def stems(references: tuple[ReferenceValue, ...]) -> list[int]:
    """The numbers of references, whatever their days."""
    return _distinct([one.stem for one in references])


def cells(mine: tuple[Point, ...]) -> tuple[list[int], list[int]]:
    """(the cells, twice as wide as the reach, that points are in; those that the squares in their reach overlap)."""
    own, reached = [], []
    for latitude, longitude in mine:
        north, east = (latitude + 91.0) / _CELL_NORTH, (longitude + 181.0) / _CELL_EAST
        own.append(int(north) * _CELLS_ROUND + int(east))
        columns = range(int(east - _HALF), int(east + _HALF) + 1)
        for row in range(int(north - _HALF), int(north + _HALF) + 1):
            reached += [row * _CELLS_ROUND + column for column in columns]
    return _distinct(own), _distinct(reached)
