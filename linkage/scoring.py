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

    @property
    def has(self) -> int:
        """The fields that there are."""


Item = TypeVar("Item", bound=Comparable)
Row = tuple[str, str, int]
"""(comparison, level, millibits)."""

Step = tuple[Callable[[Item, Item], int], tuple[int, ...], tuple[int, ...], int]
"""(compare, millibits by level, the level's bit by level, the most that the steps after it can add)."""


@dataclass(frozen=True, slots=True)
class Comparing(Generic[Item]):
    """How the records of one graph are compared: functions by name, and what each needs both records to have.

    A comparison whose needs are not met is at its level 0; a need in `either` is met if one of the records has it.
    """

    functions: Mapping[str, Callable[[Item, Item], int]]
    needs: Mapping[str, int]
    either: int


class Scorer(Generic[Item]):
    """Weighs pairs of one graph.

    The levels of a pair are a set of bits, one for each level of each comparison. `levels` are those of the pair that
    was weighed last; only what was weighed to the end has them all.
    """

    __slots__ = ("_alarms", "_comparing", "_either", "_plans", "_rows", "_tables", "_vetoes", "levels", "model")

    def __init__(self, model: GraphModel, comparing: Comparing[Item]) -> None:
        self.model = model
        self.levels = 0
        self._comparing = comparing
        self._either = comparing.either
        bit_of: dict[tuple[str, str], int] = {}
        self._tables = []
        for comparison in model.comparisons:
            names = [(comparison.name, level.name) for level in comparison.levels]
            bit_of |= {name: 1 << (len(bit_of) + number) for number, name in enumerate(names)}
            bits = tuple(level.millibits for level in comparison.levels)
            self._tables.append((comparison.name, bits, tuple(bit_of[name] for name in names)))
        self._vetoes = tuple(
            tuple(sum(bit_of[level] for level in clause) for clause in veto.clauses) for veto in model.vetoes
        )
        self._alarms = 0
        for clauses in self._vetoes:
            self._alarms |= clauses[0]
        self._plans: dict[int, tuple[int, int, tuple[Step[Item], ...]]] = {}
        self._rows: dict[int, tuple[Row, ...]] = {}

    def weigh(self, left: Item, right: Item) -> int:
        """The weight of a pair in millibits; VETO for a pair that must never be together."""
        return self.reach(left, right, VETO)

    def reach(self, left: Item, right: Item, floor: int) -> int:
        """The weight of a pair if it is at least `floor`; else anything below, found as early as may be."""
        both = (left.has & right.has) | ((left.has | right.has) & self._either)
        plan = self._plans.get(both)
        total, levels, steps = plan if plan is not None else self._plan(both)
        for compare, bits, level_bits, rest in steps:
            level = compare(left, right)
            total += bits[level]
            if total + rest < floor:
                return VETO
            levels |= level_bits[level]
        self.levels = levels
        return VETO if levels & self._alarms and self._is_vetoed(levels) else total

    def _is_vetoed(self, levels: int) -> bool:
        return any(all(levels & clause for clause in clauses) for clauses in self._vetoes)

    def rows(self, left: Item, right: Item) -> tuple[Row, ...]:
        """The prior and every comparison's level; they add up to the pair's weight before vetoes."""
        self.weigh(left, right)
        return self.rows_of(self.levels)

    def rows_of(self, levels: int) -> tuple[Row, ...]:
        """The prior and every comparison's level, of a pair's levels."""
        rows = self._rows.get(levels)
        if rows is None:
            found = [
                (name, comparison.levels[number].name, bits[number])
                for comparison, (name, bits, level_bits) in zip(self.model.comparisons, self._tables, strict=True)
                for number, bit in enumerate(level_bits)
                if levels & bit
            ]
            rows = self._rows[levels] = (("prior", "prior", self.model.prior), *found)
        return rows

    def vetoes(self, rows: tuple[Row, ...]) -> tuple[str, ...]:
        """The names of the vetoes that hold for these rows."""
        found = {(comparison, level) for comparison, level, _ in rows}
        return tuple(veto.name for veto in self.model.vetoes if all(clause & found for clause in veto.clauses))

    def _plan(self, both: int) -> tuple[int, int, tuple[Step[Item], ...]]:
        """(what is certain beforehand, its levels, the steps to run) for pairs with these fields in common."""
        needs, functions = self._comparing.needs, self._comparing.functions
        run = [table for table in self._tables if both & needs[table[0]]]
        idle = [table for table in self._tables if not both & needs[table[0]]]
        best = [max(bits) for _, bits, _ in run]
        steps = tuple(
            (functions[name], bits, level_bits, sum(best[number + 1 :]))
            for number, (name, bits, level_bits) in enumerate(run)
        )
        certain = self.model.prior + sum(bits[0] for _, bits, _ in idle)
        plan = self._plans[both] = (certain, sum(level_bits[0] for _, _, level_bits in idle), steps)
        return plan
