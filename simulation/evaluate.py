"""How near what was found comes to the truth, counted in pairs: two things are the same, or they are not.

Precision: of the pairs said to be the same, the share that is. Recall: of the pairs that are the same, the share that
was found. F1 is their harmonic mean (C. J. van Rijsbergen, "Information Retrieval", 1979). Pairs weigh a case of n
reports by n (n - 1) / 2, as the literature on record linkage does.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)
"""What is told to be the same or not: a report, a mention of a person, a place in a report."""


@dataclass(frozen=True, slots=True)
class PairScore:
    """`true` pairs are the same, `found` ones were said to be, `right` ones are both."""

    true: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """1 where nothing was said to be the same."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """1 where nothing is the same."""
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """0 where neither precision nor recall is above 0."""
        both = self.true + self.found
        return 2 * self.right / both if both else 1.0


def score(found: Mapping[Thing, Hashable | None], truth: Mapping[Thing, Hashable]) -> PairScore:
    """Compares two partitions of the things that the truth names, each given as thing → name of its group.

    What was not found at all, or belongs to no group (None), is alone; so what was lost costs recall. What the truth
    does not name is left out.
    """
    together = Counter((found[thing], group) for thing, group in truth.items() if found.get(thing) is not None)
    by_found: Counter[Hashable] = Counter()
    for (label, _), count in together.items():
        by_found[label] += count
    return PairScore(
        true=_pairs(Counter(truth.values()).values()),
        found=_pairs(by_found.values()),
        right=_pairs(together.values()),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
