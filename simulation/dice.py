"""Chance that falls the same way on every machine and Python: all of it comes from `random.Random.random()`.

That method alone is promised never to change its sequence for an integer seed (library reference, module random), so
choosing, counting and drawing are built on it here. Every dice has a key of its own (a purpose, a household, a day):
what one part of the borough does never shifts the luck of another.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Item = TypeVar("Item")

Key = str | int


class Wheel(Generic[Item]):
    """Items with weights, to draw from."""

    __slots__ = ("_bounds", "_items", "_total")

    def __init__(self, weights: Iterable[tuple[Item, float]]) -> None:
        pairs = [(item, weight) for item, weight in weights if weight > 0]
        self._items = [item for item, _ in pairs]
        self._bounds = list(accumulate(weight for _, weight in pairs))
        self._total = self._bounds[-1]

    def at(self, share: float) -> Item:
        """The item at a share of the whole, from 0 up to but not including 1."""
        return self._items[bisect_right(self._bounds, share * self._total, hi=len(self._items) - 1)]

    @property
    def items(self) -> Sequence[Item]:
        """What can be drawn, in order."""
        return self._items


class Dice:
    """A stream of chance for one key."""

    __slots__ = ("_next",)

    def __init__(self, *key: Key) -> None:
        digest = sha256("\x1f".join(str(part) for part in key).encode()).digest()
        self._next = Random(int.from_bytes(digest[:8], "big")).random

    def chance(self, share: float) -> bool:
        """True in this share of throws."""
        return self._next() < share

    def share(self) -> float:
        """From 0 up to but not including 1."""
        return self._next()

    def below(self, count: int) -> int:
        """A whole number from 0 up to but not including `count`."""
        return int(self._next() * count)

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def skewed(self, low: int, high: int) -> int:
        """As `between`, but small numbers are far likelier: the cube of chance."""
        share = self._next()
        return low + int(share * share * share * (high - low + 1))

    def one(self, items: Sequence[Item]) -> Item:
        """Any one of the items."""
        return items[self.below(len(items))]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """`count` different places of the sequence (all, if it is shorter), in a random order."""
        left = list(items)
        for place in range(min(count, len(left))):
            other = self.between(place, len(left) - 1)
            left[place], left[other] = left[other], left[place]
        return left[: min(count, len(left))]

    def spin(self, wheel: Wheel[Item]) -> Item:
        """One item by its weight."""
        return wheel.at(self._next())

    def arrivals(self, mean: float) -> int:
        """How often something rare happened that happens `mean` times on average (Poisson, by Knuth's method)."""
        count = 0
        while mean > _STRIDE:
            count += self.arrivals(_STRIDE)
            mean -= _STRIDE
        floor, product = _power_of_e(mean), self._next()
        while product > floor:
            count += 1
            product *= self._next()
        return count


_STRIDE = 30.0
"""Longest stretch of `arrivals` in one go: beyond it the product would come near to the smallest float."""


@lru_cache(maxsize=4096)
def _power_of_e(mean: float) -> float:
    """e to the power of -mean by decimal arithmetic, which unlike `math.exp` is the same on every machine."""
    return float((-Decimal(mean)).exp())
