"""Measures windows of stored reports: chunk by chunk, so that memory holds one table of a few columns at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from quality.drift import drifts
from quality.expectations import Examiner
from quality.frames import frame_of_batches, frame_of_reports, frame_of_unusable
from quality.scorecard import Score
from quality.suites import Suite, Suites
from quality.tally import Tally, results
from store.quality import QualityStore
from store.quality_rows import Found, Measured, MeasuredReport

CHUNK = 50_000
"""Reports in one table: about 40 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked for: windows of this width, of one source or agency or of all; `again` also those that have not
    changed since they were measured.
    """

    width: timedelta
    source: str | None = None
    agency: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """One window after measuring: counts alone."""

    source: str
    agency: str
    opens: datetime
    closes: datetime
    suite: str
    reports: int
    quarantined: int
    batches: int
    rules: int
    failed_rules: int


def measure_windows(
    store: QualityStore, suites: Suites, wish: Wish, now: datetime, heard: Callable[[int], None] = lambda reports: None
) -> Iterator[Done]:
    """Measures and keeps what is due, window by window; `heard` is told how many reports more were examined.

    Raises Unavailable when PostgreSQL is away; what was kept before stands.
    """
    for windows, is_public in due(store, suites, wish):
        measured = _measure(store, suites.of(windows[0].source), windows, is_public, now, heard)
        store.keep(measured)
        yield from map(_done, measured)


def due(store: QualityStore, suites: Suites, wish: Wish) -> Iterator[tuple[list[Found], bool]]:
    """The windows to be measured, those of one source and time together, and whether all in them is published."""
    marks = store.marks()
    for _, group in groupby(store.windows(wish.width, wish.source, wish.agency), lambda one: (one.source, one.opens)):
        together = list(group)
        suite = suites.of(together[0].source).label
        known = [one.is_public for one in together if one.is_public is not None]
        wanted = [
            one
            for one in together
            if wish.again or marks.get((one.source, one.agency, one.opens, one.closes)) != (one.mark, suite)
        ]
        if wanted:
            yield wanted, bool(known) and all(known)


def _measure(
    store: QualityStore,
    suite: Suite,
    windows: Sequence[Found],
    is_public: bool,
    now: datetime,
    heard: Callable[[int], None],
) -> list[Measured]:
    tally = Tally()
    _measure_reports(store.reports(windows, CHUNK), suite, tally, heard)
    _measure_unusable(store, suite, windows, tally)
    _measure_batches(store, suite, windows, tally)
    delays = store.delays(windows)
    return [
        Measured(
            found=found,
            suite=suite.label,
            is_public=is_public,
            delay=delays.get(found.agency),
            expected_every=suite.expected_every,
            measured_at=now,
            results=list(results(tally, suite.rules, found.agency)),
        )
        for found in windows
    ]


def _measure_reports(
    chunks: Iterable[list[MeasuredReport]], suite: Suite, tally: Tally, heard: Callable[[int], None]
) -> None:
    reports, rows = Examiner(suite, "reports"), Examiner(suite, "rows")
    for chunk in chunks:
        frame = frame_of_reports(chunk)

        def names(positions: Sequence[int], chunk: list[MeasuredReport] = chunk) -> list[tuple[str, str]]:
            return [(chunk[position].area, chunk[position].report_id) for position in positions]

        tally.add(reports.ask(frame), frame, names)
        tally.add(rows.ask(frame), frame)
        heard(len(chunk))


def _measure_unusable(store: QualityStore, suite: Suite, windows: Sequence[Found], tally: Tally) -> None:
    examiner = Examiner(suite, "rows")
    for agency, rows in store.quarantined(windows).items():
        frame = frame_of_unusable(agency, rows)
        tally.add(examiner.ask(frame), frame)


def _measure_batches(store: QualityStore, suite: Suite, windows: Sequence[Found], tally: Tally) -> None:
    source = windows[0].source
    told = [
        drift.as_row() for drift in drifts(store.batches(windows), windows[0].opens) if drift.batch.source == source
    ]
    if told:
        frame = frame_of_batches(told)
        tally.add(Examiner(suite, "batches").ask(frame), frame)


def _done(measured: Measured) -> Done:
    found = measured.found
    failed = [
        result for result in measured.results if Score(result.checked, result.passed).falls_short_of(result.agreed)
    ]
    return Done(
        found.source,
        found.agency,
        found.opens,
        found.closes,
        measured.suite,
        found.reports,
        found.quarantined,
        found.batches,
        len(measured.results),
        len(failed),
    )
