"""Which pairs are compared at all: those that share a block.

A block's key is one integer: the rule, the role group and the numbers of the values that must agree. Which blocks a
record is in depends on the record and the frozen model alone, never on how full a block is.

Timed rules part their blocks into buckets of six hours. A report is filed under the buckets that its interval
covers and looks for others in those that the interval, widened by the rule, covers; what is found is then held
against the exact gap, so that either of two reports finds the other or neither does.
"""

from collections.abc import Callable, Iterator
from math import floor

from linkage.model import BlockingRule, GraphModel
from linkage.values import NUMBER_BITS, Incident, Person, Spot, Value

BUCKET = 6 * 3_600_000_000
LONGEST = 96 * 3_600_000_000
"""Reports whose time is known less exactly than this (microseconds) are in no timed block."""

_PAIR = 1 << NUMBER_BITS
_RULE = 1 << (2 * NUMBER_BITS)
_GROUPS = 4
_CELLS_NORTH = 1 / 0.0025
_CELLS_EAST = 1 / 0.004
_CELLS_ROUND = 1 << 17
_BUCKETS = 1 << 20
_WHOLE_BIRTH = 10

PersonPart = Callable[[Person], list[int]]
IncidentPart = Callable[[Incident], set[int]]


class PersonBlocks:
    """The keys of a mention's blocks."""

    __slots__ = ("_rules", "_stop")

    def __init__(self, model: GraphModel) -> None:
        self._stop = model.stop
        self._rules = tuple((number * _GROUPS, self._parts(rule)) for number, rule in enumerate(model.blocking))

    def keys(self, person: Person) -> list[int]:
        """Distinct keys, in the order of the model's rules."""
        found: dict[int, None] = {}
        for rule, parts in self._rules:
            base = (rule + person.group) * _RULE
            if len(parts) == 1:
                for number in parts[0](person):
                    found[base + number] = None
                continue
            seconds = parts[1](person)
            if seconds:
                for number in parts[0](person):
                    for second in seconds:
                        found[base + number * _PAIR + second] = None
        return list(found)

    def _parts(self, rule: BlockingRule) -> tuple[PersonPart, ...]:
        makers: dict[str, PersonPart] = {
            "telephone": lambda person: self._free("telephone", person.telephones),
            "email": lambda person: self._free("email", person.emails),
            "uprn": lambda person: self._one("uprn", person.uprn),
            "postcode": lambda person: self._one("postcode", person.postcode),
            "birth_date": self._birth_date,
            "name": _names,
            "whole_name": lambda person: whole_names(person, rule.rarity),
        }
        return tuple(makers[part] for part in rule.parts)

    def _birth_date(self, person: Person) -> list[int]:
        birth = person.birth_date
        return self._one("birth_date", birth) if birth is not None and len(birth.text) == _WHOLE_BIRTH else []

    def _one(self, part: str, value: Value | None) -> list[int]:
        return [value.number] if value is not None and value.text not in self._stop[part] else []

    def _free(self, part: str, values: tuple[Value, ...]) -> list[int]:
        stop = self._stop[part]
        return [value.number for value in values if value.text not in stop]


def _names(person: Person) -> list[int]:
    """Every form of every name of more than one letter, given and family alike."""
    return [form for token in (*person.given, *person.family) if len(token.text) > 1 for form in token.forms]


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


class IncidentBlocks:
    """The keys of a report's blocks."""

    __slots__ = ("_stop", "_timed", "_untimed")

    def __init__(self, model: GraphModel) -> None:
        self._stop = model.stop
        rules = [
            (number * _RULE, rule.within, *self._makers()[rule.parts[0]]) for number, rule in enumerate(model.blocking)
        ]
        self._untimed = tuple((base, filed) for base, within, filed, _ in rules if within is None)
        self._timed = tuple(
            (base, within, filed, sought) for base, within, filed, sought in rules if within is not None
        )

    def filed(self, incident: Incident) -> list[int]:
        """The distinct keys under which a report is filed."""
        keys = [(base + number) * _BUCKETS for base, filed in self._untimed for number in filed(incident)]
        if is_timed(incident):
            buckets = _buckets(incident, 0)
            for base, _, filed, _ in self._timed:
                keys += [(base + number) * _BUCKETS + bucket for number in filed(incident) for bucket in buckets]
        return keys

    def sought(self, incident: Incident) -> Iterator[tuple[int | None, list[int]]]:
        """(tolerance in microseconds, keys to look under); None: whatever the times."""
        yield None, [(base + number) * _BUCKETS for base, filed in self._untimed for number in filed(incident)]
        if is_timed(incident):
            for base, within, _, sought in self._timed:
                if numbers := sought(incident):
                    buckets = _buckets(incident, within)
                    yield within, [(base + number) * _BUCKETS + bucket for number in numbers for bucket in buckets]

    def _makers(self) -> dict[str, tuple[IncidentPart, IncidentPart]]:
        """For each part: the numbers under which a report is filed, and those under which it looks."""
        return {
            "reference": (_references, _references),
            "cell": (_cells, _cells_around),
            "premises": (self._premises, self._premises),
            "telephone": (self._telephones, self._telephones),
            "whole_name": (_names_of_persons, _names_of_persons),
        }

    def _premises(self, incident: Incident) -> set[int]:
        stop = self._stop["premises"]
        spots = (*incident.sites, *incident.homes)
        return {spot.block.number for spot in spots if spot.block is not None and spot.block.text not in stop}

    def _telephones(self, incident: Incident) -> set[int]:
        stop = self._stop["telephone"]
        return {one.number for person in incident.persons for one in person.telephones if one.text not in stop}


def is_timed(incident: Incident) -> bool:
    """Whether a report's time is known well enough for timed blocks."""
    return incident.start is not None and incident.end is not None and incident.end - incident.start <= LONGEST


def is_within(one: Incident, other: Incident, within: int) -> bool:
    """Whether two timed reports lie at most so many microseconds apart."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    return other.start - one.end <= within and one.start - other.end <= within


def _buckets(incident: Incident, within: int) -> range:
    start, end = incident.start or 0, incident.end or 0
    return range((start - within) // BUCKET, (end + within) // BUCKET + 1)


def _references(incident: Incident) -> set[int]:
    found = {quoted.number for quoted in incident.quoted}
    if incident.reference is not None:
        found.add(incident.reference.number)
    return found


def _names_of_persons(incident: Incident) -> set[int]:
    return {number for person in incident.persons for number in whole_names(person)}


def _cells(incident: Incident) -> set[int]:
    """The cells, about 280 metres wide in Britain, of a report's points."""
    spots = (*incident.sites, *incident.homes)
    return {north * _CELLS_ROUND + east for spot in spots for north, east in cell_of(spot)}


def _cells_around(incident: Incident) -> set[int]:
    return {
        (north + one) * _CELLS_ROUND + east + other
        for spot in (*incident.sites, *incident.homes)
        for north, east in cell_of(spot)
        for one in (-1, 0, 1)
        for other in (-1, 0, 1)
    }


def cell_of(spot: Spot) -> tuple[tuple[int, int], ...]:
    """(cells north of the south pole, cells east of the date line) of a spot, or nothing without a point."""
    if spot.latitude is None or spot.longitude is None:
        return ()
    return ((floor((spot.latitude + 90.0) * _CELLS_NORTH), floor((spot.longitude + 180.0) * _CELLS_EAST)),)
