"""Which property an address means: the building that weighs most, then the dwelling in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log2
from typing import NamedTuple

import yaml

from linkage.gazetteer.buildings import Building, Gazetteer
from linkage.gazetteer.tokens import Tokens, ends_of_range, number_and_letter, tokens_of

Weights = Mapping[str, float]

_SPARE = "it has a number that neither the building nor the dwelling has"
_LOOKED_INTO = 5
"""Of so many buildings the dwellings are looked at: one that has the flat is meant rather than one that has not."""


@dataclass(frozen=True, slots=True)
class AddressModel:
    """The weights, in bits, that are not counted from the gazetteer (linkage/models/gazetteer.yaml)."""

    word: Weights
    number: Weights
    postcode: Weights
    unit: Weights
    accept: Weights
    most_of_a_word: int


@cache
def address_model() -> AddressModel:
    """The model that ships."""
    return AddressModel(**yaml.safe_load((files("linkage") / "models" / "gazetteer.yaml").read_text("utf-8")))


@dataclass(frozen=True, slots=True)
class Found:
    """What an address was matched with. `uprn` is None where nothing was accepted; `weight` and `gap` are in bits, and
    None where there was nothing to weigh, or no other building beside it.
    """

    uprn: str | None
    weight: float | None
    gap: float | None
    reason: str


class _Weighed(NamedTuple):
    """What speaks for a building, in bits; the marks that are not its own; whether its number is another one."""

    weight: float
    building: Building
    left: tuple[str, ...]
    is_other: bool


class _Dwelling(NamedTuple):
    """A building with the property in it that is meant, if there is one, and how it was told; `weight` is of both."""

    weight: float
    building: Building
    uprn: str | None
    reason: str
    against: str | None


class Matcher:
    """Matches addresses with the properties of one gazetteer. Equal addresses are matched equally."""

    def __init__(self, gazetteer: Gazetteer, model: AddressModel | None = None) -> None:
        self._gazetteer = gazetteer
        self._model = model or address_model()
        self._enough = log2(max(1, len(gazetteer.buildings))) + self._model.accept["beyond"]

    def match(self, address: str, postcode: str | None = None) -> Found:
        """The property that an address on one line means, `postcode` being what another column says."""
        asked = _Asked(tokens_of(address, postcode), self._gazetteer, self._model)
        weighed = sorted(map(asked.weigh, asked.candidates()), key=_by_weight)[:_LOOKED_INTO]
        if not weighed:
            return Found(None, None, None, "no building of the gazetteer has these words and numbers, or this postcode")
        best, *others = sorted(map(asked.dwelling, weighed), key=_by_weight)
        gap = best.weight - others[0].weight if others else None
        refused = self._refused(best, gap)
        uprn, reason = (None, refused) if refused else (best.uprn, asked.reason(best))
        return Found(uprn, round(best.weight, 1), None if gap is None else round(gap, 1), reason)

    def _refused(self, best: _Dwelling, gap: float | None) -> str | None:
        if best.against:
            return best.against
        if best.uprn is None:
            return "the building has no entry of its own, and the address names none of its dwellings"
        if best.weight < self._enough:
            return "too little agrees"
        if gap is not None and gap < self._model.accept["gap"]:
            return "another building fits about as well"
        return None


def _by_weight(one: _Weighed | _Dwelling) -> tuple[float, tuple[str, ...], tuple[str, ...], str]:
    return -one.weight, one.building.words, one.building.marks, one.building.postcode or ""


class _Asked:
    """One address on its way through the gazetteer."""

    __slots__ = ("_gazetteer", "_model", "_tokens", "_unknown", "_words")

    def __init__(self, tokens: Tokens, gazetteer: Gazetteer, model: AddressModel) -> None:
        self._tokens, self._gazetteer, self._model = tokens, gazetteer, model
        self._words: dict[str, float] = {}
        self._unknown = 0
        for word in tokens.words:
            if word in gazetteer.of_word:
                self._words[word] = 1.0
            else:
                near = gazetteer.near_words(word)
                self._unknown += not near
                for each in near:
                    self._words.setdefault(each, model.word["near"])

    def candidates(self) -> Sequence[Building]:
        """The buildings that may be meant: of the postcode, of a word and a number; failing those, of a rare word."""
        gazetteer, tokens = self._gazetteer, self._tokens
        found: dict[Building, None] = {}
        if tokens.postcode:
            found.update(dict.fromkeys(gazetteer.of_postcode.get(tokens.postcode, ())))
        doors = list(self._doors())
        for word in self._words:
            if gazetteer.bits_of_word[word]:
                for mark in doors:
                    found.update(dict.fromkeys(gazetteer.of_door.get((word, mark), ())))
        for word in self._words:
            held = gazetteer.of_word[word]
            if len(held) <= self._model.most_of_a_word:
                found.update(dict.fromkeys(held))
        return list(found)

    def _doors(self) -> Iterator[str]:
        for mark in self._tokens.marks:
            yield mark
            yield from (number_and_letter(mark) or ())[:1]
            yield from ends_of_range(mark) or ()

    def weigh(self, building: Building) -> _Weighed:
        """How much speaks for a building, and the marks that are not its own."""
        numbers, left, is_other = self._numbers(building)
        return _Weighed(numbers + self._named(building) + self._placed(building), building, left, is_other)

    def _other_name(self, building: Building) -> str | None:
        """Where the address names another street or building instead; the same postcode makes that a slip."""
        if self._tokens.postcode and self._tokens.postcode == building.postcode:
            return None
        is_missing = any(word not in self._words for word in building.words)
        bits, others = self._gazetteer.bits_of_word, [word for word, share in self._words.items() if share == 1.0]
        is_named = any(bits[word] and word not in building.words for word in others)
        return "the nearest building has another name or street" if is_missing and is_named else None

    def _named(self, building: Building) -> float:
        bits, weights, mine = self._gazetteer.bits_of_word, self._model.word, self._words
        lost, total = weights["lost"], -weights["unknown"] * self._unknown
        for word in building.words:
            worth = min(bits[word], weights["most"])
            share = mine.get(word)
            total += worth * share if share else -weights["missing"] * min(worth, lost)
        for word, share in mine.items():
            if share == 1.0 and word not in building.words:
                total -= weights["other"] * min(bits[word], lost)
        return total

    def _numbers(self, building: Building) -> tuple[float, tuple[str, ...], bool]:
        """(bits, the marks that are not the building's, whether another number stands in its number's place)."""
        weights, left, total, is_other = self._model.number, list(self._tokens.marks), 0.0, False
        for mark in building.marks:
            worth = min(self._gazetteer.bits_of_mark[mark], weights["most"])
            if mark in left:
                at = len(left) - 1 - left[::-1].index(mark)
                total += worth + weights["last"] * (at == len(left) - 1)
                total -= weights["inner"] * (mark in self._tokens.inner and left.count(mark) == 1)
                del left[at]
            elif (rest := _in_part(mark, left)) is not None:
                total += worth - weights["in_part"]
                left = rest
            else:
                is_other |= any(one[:1].isdigit() and one not in self._tokens.inner for one in left)
                total -= weights["other"] if is_other else weights["missing"]
        return total, tuple(left), is_other

    def _placed(self, building: Building) -> float:
        mine, theirs, weights = self._tokens.postcode, building.postcode, self._model.postcode
        if mine is None or theirs is None:
            return 0.0
        if mine == theirs:
            return min(self._gazetteer.bits_of_postcode[theirs], weights["most"])
        if len(mine) == len(theirs) and sum(a != b for a, b in zip(mine, theirs, strict=True)) == 1:
            return weights["slip"]
        return weights["sector"] if mine[:-2] == theirs[:-2] else weights["other"]

    def dwelling(self, found: _Weighed) -> _Dwelling:
        """The property in a building that the address means."""
        units, left = found.building.units, found.left
        against = "the nearest building has another number" if found.is_other else self._other_name(found.building)
        for mark in dict.fromkeys((_joined(left), *left)):
            if mark in units:
                spare = 0 if mark == _joined(left) else sum(one[:1].isdigit() and one != mark for one in left)
                weight = found.weight + self._worth(len(units)) - self._model.unit["spare"] * spare
                against = against or (_SPARE if spare else None)
                return _Dwelling(weight, found.building, units[mark], f"dwelling {mark}", against)
        uprn, gained, reason = self._otherwise(found.building, left)
        return _Dwelling(found.weight + gained, found.building, uprn, reason, against)

    def _worth(self, dwellings: int) -> float:
        """What it tells to name one of so many."""
        return min(self._model.unit["most"], log2(dwellings) + 1)

    def _otherwise(self, building: Building, left: tuple[str, ...]) -> tuple[str | None, float, str]:
        """(the property, the bits that it adds, the reason), where no mark tells the dwelling."""
        for words, uprn in building.named_units.items():
            if words.issubset(self._tokens.words):
                return uprn, self._model.unit["named"], "dwelling by its name"
        if left:
            return building.own, -self._model.unit["unknown"], "no such dwelling is known, so the building"
        if building.own is None and len(building.units) == 1:
            return next(iter(building.units.values())), 0.0, "its only dwelling"
        return building.own, 0.0, "no dwelling is named, so the building" if building.units else ""

    def reason(self, found: _Dwelling) -> str:
        """What agrees, in words, and how the dwelling was told."""
        building = found.building
        met = sum(word in self._words for word in building.words)
        parts = [f"{met} of {len(building.words)} words"]
        if building.marks:
            parts.append(f"number {' '.join(building.marks)}")
        if self._tokens.postcode and building.postcode:
            parts.append("postcode" if self._tokens.postcode == building.postcode else "another postcode")
        return f"{', '.join(parts)}; {found.reason}" if found.reason else ", ".join(parts)


def _joined(left: Sequence[str]) -> str:
    """A number and a letter that were written apart ("Flat 3 A") as one mark; else the only mark, or nothing."""
    if len(left) == 2 and left[0].isdigit() and left[1].isalpha():
        return "".join(left)
    return left[0] if len(left) == 1 else ""


def _in_part(mark: str, left: Sequence[str]) -> list[str] | None:
    """The marks that stay when one of them is the building's but for a letter or a range; None where none is.

    The letter is dropped: "82a" does not say whether it is flat A of 82 or a house that the gazetteer lacks.
    """
    for at, one in enumerate(left):
        rest = [*left[:at], *left[at + 1 :]]
        halves = number_and_letter(one)
        if halves and halves[0] == mark:
            return rest
        if mark in (ends_of_range(one) or ()) or one in (ends_of_range(mark) or ()):
            return rest
    return None
