"""Which pairs are compared at all: those that share a block.

A block's key is one integer: the rule, the role group and the numbers of the values that must agree. Which blocks a
record is in depends on the record and the frozen model alone, never on how full a block is.
"""

from collections.abc import Callable

from linkage.model import BlockingRule, GraphModel
from linkage.values import NUMBER_BITS, Person, Value

_PAIR = 1 << NUMBER_BITS
_RULE = 1 << (2 * NUMBER_BITS)
_GROUPS = 4
_WHOLE_BIRTH = 10

PersonPart = Callable[[Person], list[int]]


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
