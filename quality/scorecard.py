"""The scorecard: how each source does in each dimension, and by each rule, the worst first. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from quality.rules import Dimension, Severity
from store.quality_rows import Result

_GRAVITY = {severity.value: weight for weight, severity in enumerate((Severity.CRITICAL, Severity.WARNING))}
_LEAST_GRAVE = len(_GRAVITY)
_ORDER = [dimension.value for dimension in Dimension]


@dataclass(frozen=True, slots=True)
class Score:
    """Of so many checks so many passed. `percent` is None where there was nothing to check."""

    checked: int = 0
    passed: int = 0

    @property
    def failed(self) -> int:
        """How many did not pass."""
        return self.checked - self.passed

    @property
    def percent(self) -> float | None:
        """Of 100 checks, how many passed."""
        return 100 * self.passed / self.checked if self.checked else None

    def falls_short_of(self, agreed: float | None) -> bool:
        """Whether fewer passed than was agreed; never where nothing was checked or agreed."""
        return agreed is not None and self.passed * 100 < agreed * self.checked

    def plus(self, other: "Score") -> "Score":
        """Both together."""
        return Score(self.checked + other.checked, self.passed + other.passed)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one rule came out for one agency's source."""

    source: str
    agency: str
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One rule of one source. `by_agency` is there where there are several; `before` is that of the windows before.

    `failing` are ids that may be shown, `more` how many others fail.
    """

    source: str
    result: Result
    score: Score
    by_agency: Mapping[str, Score]
    failing: tuple[str, ...]
    before: Score

    @property
    def falls_short(self) -> bool:
        """Whether fewer passed than was agreed."""
        return self.score.falls_short_of(self.result.agreed)

    @property
    def more(self) -> int:
        """How many failed whose ids are not shown."""
        return self.score.failed - len(self.failing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One dimension of one source: all checks of its rules; how many rules fall short, and the gravest of them."""

    source: str
    dimension: str
    score: Score
    before: Score
    rules: int
    short: int
    gravest: str | None

    @property
    def change(self) -> float | None:
        """Percentage points since the windows before; None where there is nothing to compare."""
        now, then = self.score.percent, self.before.percent
        return None if now is None or then is None else now - then


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Cells and lines, each the worst first: what falls short of what was agreed, the gravest first, then by share."""

    cells: tuple[Cell, ...]
    lines: tuple[Line, ...]

    @property
    def short(self) -> tuple[Line, ...]:
        """The rules that fall short."""
        return tuple(line for line in self.lines if line.falls_short)

    @property
    def sources(self) -> tuple[str, ...]:
        """Every source, that with the worst cell first."""
        return tuple(dict.fromkeys(cell.source for cell in self.cells))

    def cell(self, source: str, dimension: str) -> Cell | None:
        """The cell of a source and a dimension; None where no rule asks for it."""
        return next((cell for cell in self.cells if (cell.source, cell.dimension) == (source, dimension)), None)


def scorecard(outcomes: Iterable[Outcome], before: Iterable[Outcome] = ()) -> Scorecard:
    """The scorecard of some windows, beside that of the windows before."""
    then: defaultdict[tuple[str, str], Score] = defaultdict(Score)
    for outcome in before:
        key = outcome.source, outcome.result.rule
        then[key] = then[key].plus(_score(outcome))
    grouped: defaultdict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        grouped[outcome.source, outcome.result.rule].append(outcome)
    lines = [_line(source, group, then[source, rule]) for (source, rule), group in grouped.items()]
    return Scorecard(tuple(sorted(_cells(lines), key=_badness_of_cell)), tuple(sorted(lines, key=_badness_of_line)))


def _line(source: str, group: Sequence[Outcome], before: Score) -> Line:
    """One rule over all agencies and windows; what it says is what it said last."""
    by_agency: defaultdict[str, Score] = defaultdict(Score)
    for outcome in group:
        by_agency[outcome.agency] = by_agency[outcome.agency].plus(_score(outcome))
    total = Score(sum(one.checked for one in by_agency.values()), sum(one.passed for one in by_agency.values()))
    checked = [(agency, score) for agency, score in sorted(by_agency.items()) if score.checked]
    failing = dict.fromkeys(report_id for outcome in group for _, report_id in outcome.result.failing)
    return Line(
        source=source,
        result=group[-1].result,
        score=total,
        by_agency=dict(checked) if len(checked) > 1 else {},
        failing=tuple(failing),
        before=before,
    )


def _cells(lines: Sequence[Line]) -> Iterable[Cell]:
    grouped: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        grouped[line.source, line.result.dimension].append(line)
    for (source, dimension), group in grouped.items():
        short = [line.result.severity for line in group if line.falls_short]
        yield Cell(
            source=source,
            dimension=dimension,
            score=_sum(line.score for line in group),
            before=_sum(line.before for line in group),
            rules=len(group),
            short=len(short),
            gravest=min(short, key=_gravity, default=None),
        )


def _sum(scores: Iterable[Score]) -> Score:
    total = Score()
    for score in scores:
        total = total.plus(score)
    return total


def _score(outcome: Outcome) -> Score:
    return Score(outcome.result.checked, outcome.result.passed)


def _gravity(severity: str | None) -> int:
    return _GRAVITY.get(severity or "", _LEAST_GRAVE)


def _badness_of_cell(cell: Cell) -> tuple[object, ...]:
    order = _ORDER.index(cell.dimension)
    return not cell.short, _gravity(cell.gravest), _share(cell.score), cell.source, order


def _badness_of_line(line: Line) -> tuple[object, ...]:
    gravity = _gravity(line.result.severity)
    return not line.falls_short, gravity if line.falls_short else 0, _share(line.score), line.source, line.result.rule


def _share(score: Score) -> float:
    """What was not checked comes last."""
    return 101.0 if score.percent is None else score.percent
