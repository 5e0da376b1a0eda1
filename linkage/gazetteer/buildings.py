"""A gazetteer's entries as buildings with their dwellings, and what finds a building."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import log2
from typing import TypeVar

from linkage.contacts import STREET_WORDS
from linkage.gazetteer.tokens import Tokens, ends_of_range, number_and_letter, tokens_of

_COMMON = 0.3
"""A word of so many buildings (the town's name) tells nothing."""

_LEAST_DELETED = 4
_LEAST_HALF = 2

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Entry:
    """One property. `unit` is the dwelling's part of the address where the source states it apart, else None."""

    uprn: str
    address: str
    postcode: str | None = None
    parent: str | None = None
    unit: str | None = None


class Building:
    """One building: its words, the marks on its door, its postcode, and its dwellings by their own mark.

    `own` is the building's own entry, or the parent that its dwellings name.
    """

    __slots__ = ("marks", "named_units", "own", "postcode", "units", "words")

    def __init__(self, words: tuple[str, ...], marks: tuple[str, ...], postcode: str | None) -> None:
        self.words = words
        self.marks = marks
        self.postcode = postcode
        self.own: str | None = None
        self.units: dict[str, str] = {}
        self.named_units: dict[frozenset[str], str] = {}


class Gazetteer:
    """The buildings of a gazetteer, and where to look for them. The order of the entries has no say."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        ordered = sorted(entries, key=lambda entry: (len(entry.uprn), entry.uprn))
        self.entries = len(ordered)
        self.buildings = tuple(_buildings(ordered))
        self.of_postcode = _postings((one.postcode, one) for one in self.buildings if one.postcode)
        self.of_word = _postings((word, one) for one in self.buildings for word in set(one.words))
        self.of_door = _postings(
            ((word, mark), one) for one in self.buildings for word in set(one.words) for mark in _doors(one.marks)
        )
        marks = _postings((mark, one) for one in self.buildings for mark in set(one.marks))
        count = len(self.buildings)
        self.bits_of_word = {word: _bits(len(held), count) for word, held in self.of_word.items()}
        self.bits_of_mark = {mark: log2(count / len(held)) for mark, held in marks.items()}
        self.bits_of_postcode = {code: log2(count / len(held)) for code, held in self.of_postcode.items()}
        self._without_a_letter = _postings((form, word) for word in self.of_word for form in _deletions(word))

    def near_words(self, word: str) -> list[str]:
        """The gazetteer's words that one slip makes of a word that it has not; failing those, the two that it holds."""
        forms = {word, *_deletions(word)}
        found = {near for form in forms for near in self._without_a_letter.get(form, ())}
        found.update(form for form in forms if form in self.of_word)
        return sorted(found) or self._halves(word)

    def _halves(self, word: str) -> list[str]:
        """The two words that are written as one ("maresstreet" has none, "marestreet" has)."""
        for at in range(_LEAST_HALF, len(word) - _LEAST_HALF + 1):
            halves = [STREET_WORDS.get(half, half) for half in (word[:at], word[at:])]
            if all(half in self.of_word for half in halves):
                return halves
        return []


def _buildings(entries: Sequence[Entry]) -> Iterable[Building]:
    shells: dict[str, Tokens] = {entry.uprn: tokens_of(entry.address, entry.postcode) for entry in entries}
    found: dict[tuple[tuple[str, ...], tuple[str, ...], str | None], Building] = {}
    for entry in entries:
        whole = shells[entry.uprn]
        unit = _unit(entry, whole, shells.get(entry.parent) if entry.parent else None)
        shell = whole.without(unit) if unit else whole
        key = (tuple(sorted(shell.words)), tuple(sorted(shell.marks)), whole.postcode)
        building = found.get(key)
        if building is None:
            building = found[key] = Building(shell.words, shell.marks, whole.postcode)
        _enter(building, entry, unit)
    return found.values()


def _enter(building: Building, entry: Entry, unit: Tokens | None) -> None:
    if unit is None:
        building.own = entry.uprn
        return
    building.own = building.own or entry.parent
    if unit.words:
        building.named_units.setdefault(frozenset(unit.words), entry.uprn)
    building.units.setdefault("".join(unit.marks) or " ".join(unit.words), entry.uprn)


def _unit(entry: Entry, whole: Tokens, parent: Tokens | None) -> Tokens | None:
    """The dwelling's own tokens: as stated, else what its parent's address has not, else a leading "Flat 3"."""
    if entry.unit is not None:
        return _or_none(tokens_of(entry.unit))
    if parent is not None:
        return _or_none(whole.without(parent))
    return _or_none(Tokens((), tuple(mark for mark in whole.marks if mark in whole.inner), whole.inner))


def _or_none(unit: Tokens) -> Tokens | None:
    return unit if unit.words or unit.marks else None


def _doors(marks: Sequence[str]) -> set[str]:
    """The numbers by which a door is looked for: itself, without its letter, the ends of a range."""
    found = set(marks)
    for mark in marks:
        found.update((number_and_letter(mark) or ())[:1])
        found.update(ends_of_range(mark) or ())
    return found


def _postings(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    found: dict[Key, list[Value]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return dict(found)


def _bits(held: int, count: int) -> float:
    return 0.0 if held > _COMMON * count and count > 10 else log2(count / held)


def _deletions(word: str) -> set[str]:
    """The word with one letter left out, each in turn; none of a short one."""
    return {word[:at] + word[at + 1 :] for at in range(len(word))} if len(word) >= _LEAST_DELETED else set()
