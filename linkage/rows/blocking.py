"""Which rows are compared: those that share a block of one of the model's rules.

A block's key is one integer: the rule and the numbers of the texts that must agree. Stopped keys are frozen with the
model; how full a block is now has no say, or the order of arrival would have one.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

from linkage.rows.model import RowModel, Rule
from linkage.rows.reading import Reader
from linkage.rows.values import Row
from linkage.values import NUMBER_BITS
from schemas.errors import Refused

Part = Callable[[Row], tuple[int, ...]]
_JOINED = " + "

_TEXTS: Mapping[str, Mapping[str, Callable[[Any], tuple[str, ...]]]] = {
    "names": {
        "any": lambda name: tuple(dict.fromkeys(token.text for token in name.tokens if len(token.text) > 1)),
        "first": lambda name: (name.first.text,) if name.first else (),
        "last": lambda name: (name.last.text,) if name.last else (),
        "whole": lambda name: (name.text,),
    },
    "date": {
        "whole": lambda date: (date.text,),
        "year": lambda date: (date.year,),
        "decade": lambda date: (date.year[:3],),
        "day": lambda date: (f"{date.month}-{date.day}",) if date.day else (),
    },
    "postcode": {
        "whole": lambda postcode: (postcode.text,),
        "sector": lambda postcode: (postcode.sector,),
        "district": lambda postcode: (postcode.district,),
    },
    "words": {
        "whole": lambda value: (value.text,),
        "any": lambda value: tuple(sorted(value.words)),
    },
    "plain": {"whole": lambda value: (value.text,)},
}


class RowBlocks:
    """The keys of a row's blocks."""

    __slots__ = ("_kinds", "_numbers", "_places", "_rules", "_stop")

    def __init__(self, model: RowModel) -> None:
        self._kinds = {field.name: field.kind for field in model.fields}
        self._places = {field.name: place for place, field in enumerate(model.fields)}
        self._numbers: dict[str, int] = {}
        parts: dict[str, Part] = {}
        for rule in model.rules:
            parts |= {part: self._part(part) for part in rule.parts if part not in parts}
        self._rules = tuple(
            (number, tuple(parts[part] for part in rule.parts)) for number, rule in enumerate(model.rules)
        )
        self._stop = frozenset(
            key for number, rule in enumerate(model.rules) for key in self._stopped(number, rule, model.stop)
        )

    def keys(self, row: Row) -> list[int]:
        """Distinct keys, in the order of the model's rules."""
        found: list[int] = []
        for rule, parts in self._rules:
            keys = [rule]
            for part in parts:
                numbers = part(row)
                keys = [key << NUMBER_BITS | number for key in keys for number in numbers]
                if not keys:
                    break
            found += keys
        stop = self._stop
        return [key for key in dict.fromkeys(found) if key not in stop]

    def words_of(self, row: Row, rule: Rule) -> list[str]:
        """The keys of one rule in words, as a stop list has them."""
        keys = [""]
        for part in rule.parts:
            texts = self._texts(part)(row)
            keys = [f"{key}{_JOINED}{text}" if key else text for key in keys for text in texts]
        return keys

    def _stopped(self, number: int, rule: Rule, stop: Mapping[str, frozenset[str]]) -> list[int]:
        found = []
        for words in stop.get(rule.name, ()):
            key = number
            for text in words.split(_JOINED):
                key = key << NUMBER_BITS | self._number(text)
            found.append(key)
        return found

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def _part(self, part: str) -> Part:
        """Its texts as numbers, found once for each distinct value."""
        place, texts = self._places[part.partition(".")[0]], self._texts(part)
        known: dict[int, tuple[int, ...]] = {}

        def numbers(row: Row) -> tuple[int, ...]:
            value = row.values[place]
            if value is None:
                return ()
            found = known.get(value.number)
            if found is None:
                found = known[value.number] = tuple(self._number(text) for text in texts(row))
            return found

        return numbers

    def _texts(self, part: str) -> Callable[[Row], tuple[str, ...]]:
        """`field.what` or `field.what:4` for the first four letters, `:-4` for the last four."""
        field, _, what = part.partition(".")
        what, _, letters = what.partition(":")
        place, makers = self._places[field], _TEXTS[self._kinds[field]]
        if what not in makers:
            raise Refused(f"model: blocking part {part}: {field} has no {what} (one of {', '.join(makers)})")
        make, cut = makers[what], _cut(int(letters or 0))

        def texts(row: Row) -> tuple[str, ...]:
            value = row.values[place]
            return () if value is None else tuple(dict.fromkeys(cut(text) for text in make(value)))

        return texts


def _cut(letters: int) -> Callable[[str], str]:
    if letters == 0:
        return lambda text: text
    return (lambda text: text[:letters]) if letters > 0 else (lambda text: text[letters:])


def blocking_recall(model: RowModel, texts: Sequence[Mapping[str, str | None]], labels: Sequence[str]) -> float:
    """The share of the pairs of one label that share a block, or say the very same."""
    blocks, reader = RowBlocks(model), Reader(model)
    groups: dict[str, list[tuple[str, frozenset[int]]]] = {}
    for each, label in zip(texts, labels, strict=True):
        row = reader.row(each)
        groups.setdefault(label, []).append((row.text(), frozenset(blocks.keys(row))))
    pairs = [pair for group in groups.values() for pair in combinations(group, 2)]
    found = sum(one == other or not keys.isdisjoint(others) for (one, keys), (other, others) in pairs)
    return found / len(pairs) if pairs else 1.0
