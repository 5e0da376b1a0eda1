"""From levels to weights: Fellegi and Sunter's sum of bits, in whole millibits, with vetoes.

I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage", Journal of the American Statistical Association 64
(1969). A scorer is a model's tables laid out for look-up. Most records lack most fields, so the comparisons to run
are laid out once for each set of fields that both records of a pair have.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from linkage.model import VETO, GraphModel


class Comparable(Protocol):
    """Has a bit in `has` for each field (of its kind) that it has a value for."""

    has: int


Item = TypeVar("Item", bound=Comparable)
Row = tuple[str, str, int]
"""(comparison, level, millibits)."""

Step = tuple[Callable[[Item, Item], int], tuple[int, ...], tuple[int, ...], int]
"""(compare, millibits by level, marks by level, the most that the steps after it can add)."""


@dataclass(frozen=True, slots=True)
class Comparing(Generic[Item]):
    """How the records of one graph are compared: functions by name, and what each needs both records to have.

    A comparison whose needs are not met is at its level 0; a need in `either` is met if one of the records has it.
    """

    functions: Mapping[str, Callable[[Item, Item], int]]
    needs: Mapping[str, int]
    either: int


class Scorer(Generic[Item]):
    """Weighs pairs of one graph."""

    __slots__ = ("_comparing", "_either", "_plans", "_rows", "_tables", "_vetoes", "model")

    def __init__(self, model: GraphModel, comparing: Comparing[Item]) -> None:
        self.model = model
        self._comparing = comparing
        self._either = comparing.either
        clauses = [clause for veto in model.vetoes for clause in veto.clauses]
        self._tables = [
            (
                comparison.name,
                tuple(level.millibits for level in comparison.levels),
                tuple(_marks(clauses, comparison.name, level.name) for level in comparison.levels),
            )
            for comparison in model.comparisons
        ]
        self._vetoes = tuple(sum(1 << clauses.index(clause) for clause in veto.clauses) for veto in model.vetoes)
        self._plans: dict[int, tuple[int, int, tuple[Step[Item], ...]]] = {}
        self._rows = tuple(
            (
                comparing.needs[comparison.name],
                comparing.functions[comparison.name],
                tuple((comparison.name, level.name, level.millibits) for level in comparison.levels),
            )
            for comparison in model.comparisons
        )

    def weigh(self, left: Item, right: Item) -> int:
        """The weight of a pair in millibits; VETO for a pair that must never be together."""
        return self.reach(left, right, VETO)

    def reach(self, left: Item, right: Item, floor: int) -> int:
        """The weight of a pair if it is at least `floor`; else anything below, found as early as may be."""
        both = (left.has & right.has) | ((left.has | right.has) & self._either)
        plan = self._plans.get(both)
        total, marked, steps = plan if plan is not None else self._plan(both)
        for compare, bits, marks, rest in steps:
            level = compare(left, right)
            total += bits[level]
            if total + rest < floor:
                return VETO
            marked |= marks[level]
        if marked:
            for veto in self._vetoes:
                if marked & veto == veto:
                    return VETO
        return total

    def rows(self, left: Item, right: Item) -> tuple[Row, ...]:
        """The prior and every comparison's level; they add up to the pair's weight before vetoes."""
        both = (left.has & right.has) | ((left.has | right.has) & self._either)
        return (
            ("prior", "prior", self.model.prior),
            *[rows[compare(left, right)] if both & need else rows[0] for need, compare, rows in self._rows],
        )

    def vetoes(self, rows: tuple[Row, ...]) -> tuple[str, ...]:
        """The names of the vetoes that hold for these rows."""
        found = {(comparison, level) for comparison, level, _ in rows}
        return tuple(veto.name for veto in self.model.vetoes if all(clause & found for clause in veto.clauses))

    def _plan(self, both: int) -> tuple[int, int, tuple[Step[Item], ...]]:
        """(what is certain beforehand, its marks, the steps to run) for pairs with these fields in common."""
        needs, functions = self._comparing.needs, self._comparing.functions
        run = [table for table in self._tables if both & needs[table[0]]]
        idle = [table for table in self._tables if not both & needs[table[0]]]
        best = [max(bits) for _, bits, _ in run]
        steps = tuple(
            (functions[name], bits, marks, sum(best[number + 1 :])) for number, (name, bits, marks) in enumerate(run)
        )
        marked = 0
        for _, _, marks in idle:
            marked |= marks[0]
        plan = self._plans[both] = (self.model.prior + sum(bits[0] for _, bits, _ in idle), marked, steps)
        return plan


def _marks(clauses: list[frozenset[tuple[str, str]]], comparison: str, level: str) -> int:
    """One bit for each clause that this level fulfils."""
    return sum(1 << number for number, clause in enumerate(clauses) if (comparison, level) in clause)
