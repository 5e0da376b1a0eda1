"""What a steward reads: the scorecard of the last windows, freshness, changed deliveries, quarantine by reason.

Every figure is one reader's: of its own agency's reports, and of published statistics.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from math import inf
from typing import Any

from policy.facts import Reader
from quality.drift import Drift, drifts
from quality.scorecard import Outcome, Scorecard, scorecard
from store.database import Row
from store.quality_reading import QualityReading, read_quality
from store.quality_rows import Result

STEADY = "columns_steady"
"""The rule of sources whose columns should not change."""

PURPOSE = "data quality"
"""Why ids of reports are shown, as the audit row says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which windows to show: of this width, of one source or all, the last so many of each agency's source together;
    and how many ids of failing reports at most of each rule.
    """

    width: timedelta
    source: str | None = None
    last: int = 1
    ids: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """When a source last brought something, and how long its reports took. `silent`: it should have come by now."""

    source: str
    agency: str
    newest: datetime | None
    expected_every: timedelta | None
    silent: bool
    reports: int
    delay_median: timedelta | None
    delay_p95: timedelta | None


@dataclass(frozen=True, slots=True)
class Trend:
    """One dimension of one source in one window."""

    source: str
    dimension: str
    opens: datetime
    checked: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it, for one reader at one time."""

    reader: str
    at: datetime
    opens: datetime | None
    closes: datetime | None
    suites: Mapping[str, str]
    card: Scorecard
    freshness: tuple[Freshness, ...]
    deliveries: tuple[Drift, ...]
    quarantine: tuple[Row, ...]
    trends: tuple[Trend, ...]


def read_report(dsn: str, reader: Reader, question: Question, now: datetime) -> Report:
    """The report for one reader; the ids of reports that it shows are written down as consulted. Raises Unavailable."""
    with read_quality(dsn, reader.agency, str(reader.role)) as reading:
        windows = reading.windows(question.width, question.source)
        shown, before = _latest(windows, question.last)
        results = _by_window(reading.results([row["window_id"] for row in windows]))
        failing = _failing(reading, shown, question.ids)
        opens = min((row["opens"] for row in shown), default=None)
        closes = max((row["closes"] for row in shown), default=None)
        card = scorecard(_outcomes(shown, results, failing), _outcomes(before, results, {}))
        return Report(
            reader=str(reader),
            at=now,
            opens=opens,
            closes=closes,
            suites={row["source"]: row["suite"] for row in shown},
            card=card,
            freshness=tuple(sorted((_freshness(row, now) for row in _reporting(shown)), key=_staleness)),
            deliveries=_deliveries(reading, card, opens, closes),
            quarantine=tuple(reading.quarantine(question.source)),
            trends=_trends(windows, results),
        )


def _latest(windows: Sequence[Row], last: int) -> tuple[list[Row], list[Row]]:
    """The last windows of each agency's source, and as many before them."""
    shown: list[Row] = []
    before: list[Row] = []
    for _, group in groupby(windows, lambda row: (row["source"], row["agency"])):
        rows = list(group)
        shown += rows[-last:]
        before += rows[-2 * last : -last]
    return shown, before


def _by_window(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["window_id"]].append(row)
    return found


def _failing(reading: QualityReading, windows: Sequence[Row], ids: int) -> dict[tuple[int, str], list[tuple[str, str]]]:
    """Area and id of some failing reports of each source's rule, by window and rule; all are written down as shown."""
    source_of = {row["window_id"]: row["source"] for row in windows}
    taken: Counter[tuple[str, str]] = Counter()
    found: defaultdict[tuple[int, str], list[tuple[str, str]]] = defaultdict(list)
    shown: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for row in reading.failing(list(source_of), ids):
        line = source_of[row["window_id"]], row["rule"]
        taken[line] += 1
        if taken[line] <= ids:
            found[row["window_id"], row["rule"]].append((row["area"], row["report_id"]))
            shown[row["area"]][row["report_id"]] = None
    for area, report_ids in sorted(shown.items()):
        reading.record(area, PURPOSE, list(report_ids))
    return found


def _outcomes(
    windows: Sequence[Row],
    results: Mapping[int, Sequence[Row]],
    failing: Mapping[tuple[int, str], Sequence[tuple[str, str]]],
) -> list[Outcome]:
    return [
        Outcome(window["source"], window["agency"], _result(row, failing))
        for window in windows
        for row in results.get(window["window_id"], ())
    ]


def _result(row: Row, failing: Mapping[tuple[int, str], Sequence[tuple[str, str]]]) -> Result:
    told: dict[str, Any] = {name: value for name, value in row.items() if name != "window_id"}
    return Result(**told, failing=tuple(failing.get((row["window_id"], row["rule"]), ())))


def _reporting(windows: Sequence[Row]) -> list[Row]:
    """The last window of each agency's source, if it brought reports or rows that are none."""
    last = {(row["source"], row["agency"]): row for row in windows}
    return [row for row in last.values() if row["reports"] or row["quarantined"]]


def _freshness(row: Row, now: datetime) -> Freshness:
    newest, every = row["newest"], row["expected_every"]
    return Freshness(
        source=row["source"],
        agency=row["agency"],
        newest=newest,
        expected_every=every,
        silent=newest is not None and every is not None and now - newest > every,
        reports=row["reports"],
        delay_median=row["delay_median"],
        delay_p95=row["delay_p95"],
    )


def _staleness(one: Freshness) -> tuple[object, ...]:
    return not one.silent, one.newest.timestamp() if one.newest else inf, one.source, one.agency


def _deliveries(
    reading: QualityReading, card: Scorecard, opens: datetime | None, closes: datetime | None
) -> tuple[Drift, ...]:
    """The deliveries of the sources shown that a steward should look at."""
    if opens is None or closes is None:
        return ()
    steady = {line.source for line in card.lines if line.result.rule == STEADY}
    found = drifts(reading.batches(opens, closes), opens)
    return tuple(one for one in found if one.batch.source in card.sources and one.is_worth_telling(steady))


def _trends(windows: Sequence[Row], results: Mapping[int, Sequence[Row]]) -> tuple[Trend, ...]:
    found: defaultdict[tuple[str, str, datetime], list[int]] = defaultdict(lambda: [0, 0])
    for window in windows:
        for row in results.get(window["window_id"], ()):
            sums = found[window["source"], row["dimension"], window["opens"]]
            sums[0] += row["checked"]
            sums[1] += row["passed"]
    return tuple(Trend(*key, checked, passed) for key, (checked, passed) in sorted(found.items()))
