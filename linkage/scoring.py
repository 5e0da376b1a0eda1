"""From levels to weights: Fellegi and Sunter's sum of bits, in whole millibits, with vetoes.

I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage", Journal of the American Statistical Association 64
(1969). A scorer is a model's tables laid out for look-up: comparing allocates nothing for each pair.
"""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from linkage.model import VETO, GraphModel

Item = TypeVar("Item")
Row = tuple[str, str, int]
"""(comparison, level, millibits)."""


class Scorer(Generic[Item]):
    """Weighs pairs of one graph."""

    __slots__ = ("_best_of_rest", "_prior", "_rows", "_steps", "_vetoes", "model")

    def __init__(self, model: GraphModel, comparisons: Mapping[str, Callable[[Item, Item], int]]) -> None:
        self.model = model
        self._prior = model.prior
        clauses = [clause for veto in model.vetoes for clause in veto.clauses]
        tables = [
            (
                comparisons[comparison.name],
                tuple(level.millibits for level in comparison.levels),
                tuple(_marks(clauses, comparison.name, level.name) for level in comparison.levels),
            )
            for comparison in model.comparisons
        ]
        best = [max(bits) for _, bits, _ in tables]
        self._steps = tuple(
            (compare, bits, marks, sum(best[number + 1 :])) for number, (compare, bits, marks) in enumerate(tables)
        )
        self._vetoes = tuple(sum(1 << clauses.index(clause) for clause in veto.clauses) for veto in model.vetoes)
        self._rows = tuple(
            tuple((comparison.name, level.name, level.millibits) for level in comparison.levels)
            for comparison in model.comparisons
        )

    def weigh(self, left: Item, right: Item) -> int:
        """The weight of a pair in millibits; VETO for a pair that must never be together."""
        total = self._prior
        marked = 0
        for compare, bits, marks, _ in self._steps:
            level = compare(left, right)
            total += bits[level]
            marked |= marks[level]
        return VETO if marked and self._is_vetoed(marked) else total

    def reach(self, left: Item, right: Item, floor: int) -> int:
        """The weight of a pair if it is at least `floor`; else anything below, found as early as may be."""
        total = self._prior
        marked = 0
        for compare, bits, marks, best_of_rest in self._steps:
            level = compare(left, right)
            total += bits[level]
            if total + best_of_rest < floor:
                return VETO
            marked |= marks[level]
        return VETO if marked and self._is_vetoed(marked) else total

    def rows(self, left: Item, right: Item) -> tuple[Row, ...]:
        """The prior and every comparison's level; they add up to the pair's weight before vetoes."""
        levels = [rows[compare(left, right)] for rows, (compare, *_) in zip(self._rows, self._steps, strict=True)]
        return (("prior", "prior", self._prior), *levels)

    def vetoes(self, rows: tuple[Row, ...]) -> tuple[str, ...]:
        """The names of the vetoes that hold for these rows."""
        found = {(comparison, level) for comparison, level, _ in rows}
        return tuple(veto.name for veto in self.model.vetoes if all(clause & found for clause in veto.clauses))

    def _is_vetoed(self, marked: int) -> bool:
        return any(marked & veto == veto for veto in self._vetoes)


def _marks(clauses: list[frozenset[tuple[str, str]]], comparison: str, level: str) -> int:
    """One bit for each clause that this level fulfils."""
    return sum(1 << number for number, clause in enumerate(clauses) if (comparison, level) in clause)
