"""Tables of many places in little memory: sorted numbers beside columns of numbers, looked up by halving.

A quarter of a million properties take 14 MB; as dictionaries of objects they would take twenty times that.
"""

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import isnan, nan
from typing import Generic, TypeVar

from connectors.grid import Point

NONE = -1
"""The number of what is not known."""

Code = TypeVar("Code", bound=Hashable)


class Numbers(Generic[Code]):
    """Gives each code a number and back; the same text is kept once."""

    __slots__ = ("_codes", "_numbers")

    def __init__(self) -> None:
        self._numbers: dict[Code, int] = {}
        self._codes: list[Code] = []

    def of(self, code: Code | None) -> int:
        """The code's number, given on first sight; NONE for None."""
        if code is None:
            return NONE
        number = self._numbers.setdefault(code, len(self._codes))
        if number == len(self._codes):
            self._codes.append(code)
        return number

    def code(self, number: int) -> Code | None:
        """The code of a number; None for NONE."""
        return None if number == NONE else self._codes[number]

    def known(self) -> Sequence[Code]:
        """All codes in the order of their numbers."""
        return self._codes

    def __getitem__(self, number: int) -> Code:
        """The code of a number that is not NONE."""
        return self._codes[number]


@dataclass(slots=True)
class Table:
    """Places by key, a number below 2**63; the columns are numbers of codes, degrees (nan: not known), or keys."""

    keys: "array[int]" = field(default_factory=lambda: array("q"))
    latitudes: "array[float]" = field(default_factory=lambda: array("d"))
    longitudes: "array[float]" = field(default_factory=lambda: array("d"))
    lsoas: "array[int]" = field(default_factory=lambda: array("i"))
    wards: "array[int]" = field(default_factory=lambda: array("i"))
    lads: "array[int]" = field(default_factory=lambda: array("i"))
    parents: "array[int]" = field(default_factory=lambda: array("q"))
    usrns: "array[int]" = field(default_factory=lambda: array("q"))
    classes: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, key: int, latitude: float | None, longitude: float | None, lsoa: int, ward: int, lad: int) -> None:
        """Appends a place; call `tidy` when all are there."""
        self.keys.append(key)
        self.latitudes.append(nan if latitude is None else latitude)
        self.longitudes.append(nan if longitude is None else longitude)
        self.lsoas.append(lsoa)
        self.wards.append(ward)
        self.lads.append(lad)

    def tidy(self) -> None:
        """Sorts by key; of several places with one key the last added stays."""
        if all(one < other for one, other in pairwise(self.keys)):
            return
        order = _last_of_each(self.keys)
        for name in ("keys", "latitudes", "longitudes", "lsoas", "wards", "lads", "parents", "usrns", "classes"):
            column = getattr(self, name)
            setattr(self, name, array(column.typecode, (column[row] for row in order)) if column else column)

    def find(self, key: int) -> int:
        """The row of a key; NONE when there is none."""
        row = bisect_left(self.keys, key)
        return row if row < len(self.keys) and self.keys[row] == key else NONE

    def point(self, row: int) -> Point | None:
        """The place's point if it is known."""
        latitude = self.latitudes[row]
        return None if isnan(latitude) else (latitude, self.longitudes[row])

    def __len__(self) -> int:
        return len(self.keys)


def is_number(text: str) -> bool:
    """Whether the text can be a key: digits only, few enough."""
    return text.isascii() and text.isdigit() and len(text) <= 18


def dwellings_below(keys: Iterable[int], parents: Iterable[int]) -> dict[int, int]:
    """For each parent the number of places below it, at any depth, that are themselves no parent."""
    parent_of = {key: parent for key, parent in zip(keys, parents, strict=True) if parent != NONE}
    inner = set(parent_of.values())
    below: Counter[int] = Counter()
    for key in parent_of.keys() - inner:
        below.update(_ancestors(key, parent_of))
    return dict(below)


def _ancestors(key: int, parent_of: dict[int, int]) -> set[int]:
    found: set[int] = set()
    while (parent := parent_of.get(key)) is not None and parent not in found:
        found.add(parent)
        key = parent
    return found


def _last_of_each(keys: "array[int]") -> list[int]:
    last = {key: row for row, key in enumerate(keys)}
    return [last[key] for key in sorted(last)]
