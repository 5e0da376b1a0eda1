"""Answers gathered over many tables, by rule and agency: how many were checked, how many failed, the first that did."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from quality.expectations import Asked
from quality.frames import Frame
from quality.rules import Rule
from store.quality_rows import Result

KEPT = 100
"""Ids of failing reports that are kept of each rule, agency and window."""

Names = Callable[[Sequence[int]], Iterable[tuple[str, str]]]
"""The names, (area, id), of the rows at these positions."""


@dataclass(slots=True)
class Count:
    """How one rule came out for one agency."""

    checked: int = 0
    failed: int = 0
    failing: list[tuple[str, str]] = field(default_factory=list)


class Tally:
    """The counts of one measuring; `kept` ids at most are held of each rule and agency."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._counts: defaultdict[tuple[str, str], Count] = defaultdict(Count)

    def add(self, answers: Iterable[Asked], frame: Frame, names: Names | None = None) -> None:
        """Adds the answers about one table; `names` is left out where rows have none."""
        codes = frame["agency"].cat.codes.to_numpy()
        agencies = list(frame["agency"].cat.categories)
        for asked in answers:
            for agency, checked in asked.checked.items():
                self._counts[asked.rule.id, agency].checked += checked
            failed = codes[asked.failed]
            for code in np.unique(failed):
                count = self._counts[asked.rule.id, agencies[code]]
                self._note(count, asked.failed[failed == code], names)

    def of(self, rules: Iterable[Rule], agency: str) -> Iterator[tuple[Rule, Count]]:
        """Each rule with its count for an agency; also rules that applied to nothing."""
        for rule in rules:
            yield rule, self._counts.get((rule.id, agency), Count())

    def _note(self, count: Count, positions: "np.ndarray[tuple[int], np.dtype[np.int64]]", names: Names | None) -> None:
        count.failed += len(positions)
        wanted = positions[: self._kept - len(count.failing)]
        if names is not None and len(wanted):
            count.failing.extend(names(wanted.tolist()))


def results(tally: Tally, rules: Iterable[Rule], agency: str) -> Iterator[Result]:
    """How each rule came out for an agency."""
    for rule, count in tally.of(rules, agency):
        yield Result(
            rule=rule.id,
            says=rule.says,
            dimension=rule.dimension.value,
            severity=rule.severity.value,
            owner=rule.owner,
            agreed=rule.agreed,
            because=rule.because,
            checked=count.checked,
            passed=count.checked - count.failed,
            failing=tuple(count.failing),
        )
