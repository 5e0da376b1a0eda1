"""Which pairs are compared at all: those that share a block.

A block's key is one integer: the rule, the role group and the numbers of the values that must agree. Which blocks a
record is in depends on the record and the frozen model alone, never on how full a block is.

Blocks in time and space are filed coarsely and looked up generously: a report is filed under the days that its
interval covers and the cell that its point is in, and looks in the days and cells that its interval and point,
widened by the rule, reach. What is found is then held against the exact gap and distance, so that either of two
reports finds the other or neither does.
"""

from collections.abc import Callable

from linkage.model import BlockingRule, GraphModel
from linkage.values import NUMBER_BITS, Incident, IncidentHas, Person, Spot, Value

DAY = 24 * 3_600_000_000
LONGEST = 4 * DAY
"""Reports whose time is known less exactly than this (microseconds) are in no timed block."""

REACH_NORTH = 0.00135
REACH_EAST = 0.0022
"""How far apart, in degrees, points of one block are at most: 150 metres in Britain."""

_PAIR = 1 << NUMBER_BITS
_RULE = 1 << (2 * NUMBER_BITS)
_GROUPS = 4
_CELL_NORTH = 2 * REACH_NORTH
_CELL_EAST = 2 * REACH_EAST
_CELLS_ROUND = 1 << 17
_DAYS = 1 << 20
_WHOLE_BIRTH = 10

PersonPart = Callable[[Person], list[int]]
IncidentPart = Callable[[Incident], list[int]]


class PersonBlocks:
    """The keys of a mention's blocks."""

    __slots__ = ("_parts", "_rules", "_stop")

    def __init__(self, model: GraphModel) -> None:
        self._stop = model.stop
        self._parts: list[PersonPart] = []
        places: dict[tuple[str, int], int] = {}
        rules = []
        for number, rule in enumerate(model.blocking):
            for part in rule.parts:
                if (part, rule.rarity) not in places:
                    places[part, rule.rarity] = len(self._parts)
                    self._parts.append(self._maker(part, rule))
            rules.append((number * _GROUPS * _RULE, *(places[part, rule.rarity] for part in rule.parts)))
        self._rules = tuple(rules)

    def keys(self, person: Person) -> list[int]:
        """Distinct keys, in the order of the model's rules."""
        numbers = [part(person) for part in self._parts]
        group = person.group * _RULE
        keys: list[int] = []
        for rule, first, *second in self._rules:
            base = rule + group
            if not second:
                keys += [base + number for number in numbers[first]]
            elif others := numbers[second[0]]:
                keys += [base + number * _PAIR + other for number in numbers[first] for other in others]
        return list(dict.fromkeys(keys))

    def _maker(self, part: str, rule: BlockingRule) -> PersonPart:
        makers: dict[str, PersonPart] = {
            "telephone": lambda person: _free(person.telephones, self._stop["telephone"]),
            "email": lambda person: _free(person.emails, self._stop["email"]),
            "home": self._home,
            "postcode": lambda person: _free_one(person.postcode, self._stop["postcode"]),
            "birth_date": self._birth_date,
            "name": _names,
            "whole_name": lambda person: whole_names(person, rule.rarity),
        }
        return makers[part]

    def _home(self, person: Person) -> list[int]:
        stop = self._stop["home"]
        return _free_one(person.uprn, stop) + _free_one(person.building, stop)

    def _birth_date(self, person: Person) -> list[int]:
        birth = person.birth_date
        is_whole = birth is not None and len(birth.text) == _WHOLE_BIRTH
        return _free_one(birth, self._stop["birth_date"]) if is_whole else []


def _free_one(value: Value | None, stop: frozenset[str]) -> list[int]:
    return [] if value is None or value.text in stop else [value.number]


def _free(values: tuple[Value, ...], stop: frozenset[str]) -> list[int]:
    return [value.number for value in values if value.text not in stop] if values else []


def _names(person: Person) -> list[int]:
    """Every form of every name of more than one letter, given and family alike."""
    return [form for token in person.given + person.family if len(token.text) > 1 for form in token.forms]


def whole_names(person: Person, rarity: int = 0) -> list[int]:
    """First given and last family name as one number, whichever comes first; none for names commoner than that."""
    if not person.given or not person.family:
        return []
    given, family = person.given[0], person.family[-1]
    if given.rarity_as_given + family.rarity_as_family < rarity:
        return []
    return [_unordered(one, other) for one in given.forms for other in family.forms]


def _unordered(one: int, other: int) -> int:
    return one * _PAIR + other if one < other else other * _PAIR + one


Sought = tuple[list[int], int | None, bool]
"""(keys to look under, greatest gap in microseconds or None: whatever the times, whether points must be in reach)."""


class IncidentBlocks:
    """The keys of a report's blocks."""

    __slots__ = ("_rules", "_stop")

    def __init__(self, model: GraphModel) -> None:
        self._stop = model.stop
        self._rules = tuple(
            (number * _RULE, rule.within, *self._maker(rule.parts[0])) for number, rule in enumerate(model.blocking)
        )

    def keys(self, incident: Incident) -> tuple[list[int], list[Sought]]:
        """(the keys under which a report is filed, where it looks for others)."""
        filed: list[int] = []
        sought: list[Sought] = []
        timed = is_timed(incident)
        own_days = days(incident, 0) if timed else range(0)
        for rule, within, numbers_of, around in self._rules:
            numbers = numbers_of(incident) if within is None or timed else None
            if not numbers:
                continue
            bases = [(rule + number) * _DAYS for number in numbers]
            if within is None:
                filed += bases
                sought.append((bases, None, False))
                continue
            filed += [base + day for base in bases for day in own_days]
            if around is not None:
                bases = [(rule + number) * _DAYS for number in around(incident)]
            near = days(incident, within)
            sought.append(([base + day for base in bases for day in near], within, around is not None))
        return filed, sought

    def _maker(self, part: str) -> tuple[IncidentPart, IncidentPart | None]:
        """The numbers under which a part files a report, and those under which it looks, if they are others."""
        makers: dict[str, tuple[IncidentPart, IncidentPart | None]] = {
            "reference": (_references, None),
            "cell": (_cells, _cells_in_reach),
            "premises": (self._premises, None),
            "telephone": (self._telephones, None),
            "whole_name": (_names_of_persons, None),
        }
        return makers[part]

    def _premises(self, incident: Incident) -> list[int]:
        stop = self._stop["premises"]
        spots = incident.sites + incident.homes
        values = [value for spot in spots for value in (spot.uprn, spot.block, spot.building)]
        return _distinct([value.number for value in values if value is not None and value.text not in stop])

    def _telephones(self, incident: Incident) -> list[int]:
        stop = self._stop["telephone"]
        numbers = [number for person in incident.persons for number in person.telephones]
        return _distinct([number.number for number in numbers if number.text not in stop])


def is_timed(incident: Incident) -> bool:
    """Whether a report's time is known well enough for timed blocks."""
    return bool(incident.has & IncidentHas.TIME) and incident.end - incident.start <= LONGEST


def days(incident: Incident, within: int) -> range:
    """The days that a timed report's interval, widened, covers."""
    return range((incident.start - within) // DAY, (incident.end + within) // DAY + 1)


def are_in_reach(one: Incident, other: Incident) -> bool:
    """Whether a point of one is within reach of a point of the other."""
    for mine in one.sites + one.homes:
        if mine.latitude is None or mine.longitude is None:
            continue
        for theirs in other.sites + other.homes:
            if theirs.latitude is None or theirs.longitude is None:
                continue
            north, east = mine.latitude - theirs.latitude, mine.longitude - theirs.longitude
            if -REACH_NORTH <= north <= REACH_NORTH and -REACH_EAST <= east <= REACH_EAST:
                return True
    return False


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
    return _distinct([_row(spot, 0.0) * _CELLS_ROUND + _column(spot, 0.0) for spot in _points(incident)])


def _cells_in_reach(incident: Incident) -> list[int]:
    """The cells that the squares in reach of a report's points overlap: one, two or four for each."""
    found: dict[int, None] = {}
    for spot in _points(incident):
        west, east = _column(spot, -REACH_EAST), _column(spot, REACH_EAST)
        for row in (_row(spot, -REACH_NORTH), _row(spot, REACH_NORTH)):
            found[row * _CELLS_ROUND + west] = None
            found[row * _CELLS_ROUND + east] = None
    return list(found)


def _points(incident: Incident) -> list[Spot]:
    return [spot for spot in incident.sites + incident.homes if spot.latitude is not None]


def _row(spot: Spot, north: float) -> int:
    return int(((spot.latitude or 0.0) + north + 91.0) / _CELL_NORTH)


def _column(spot: Spot, east: float) -> int:
    return int(((spot.longitude or 0.0) + east + 181.0) / _CELL_EAST)
