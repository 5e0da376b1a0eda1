"""The measuring role's side of quality: which windows there are, what they hold, and keeping what was measured.

It reads value-free facts and the clear envelope only. It writes no table but its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, cast

from psycopg.rows import tuple_row

from store.database import Session, unavailable_when_away
from store.quality_rows import Delay, Found, Measured, MeasuredBatch, MeasuredReport
from store.queries import load

_SQL = load("quality")

WindowKey = tuple[str, str, datetime, datetime]
"""Source, agency, and when the window opens and closes."""


class QualityStore:
    """One measuring run. A second one waits until this one's connection is closed. Raises Unavailable."""

    def __init__(self, connection: Session) -> None:
        self._connection = connection
        self._run("lock_measuring")

    def windows(self, width: timedelta, source: str | None, agency: str | None) -> list[Found]:
        """What every window of this width holds; windows are counted from a Monday, UTC."""
        return [Found(**row) for row in self._run("count_windows", width=width, source=source, agency=agency)]

    def marks(self) -> Mapping[WindowKey, tuple[str, str]]:
        """Of the windows measured before: what was there then, and the suite."""
        rows = self._run("select_marks")
        return {
            (row["source"], row["agency"], row["opens"], row["closes"]): (row["mark"], row["suite"]) for row in rows
        }

    def reports(self, windows: Sequence[Found], chunk: int) -> Iterator[list[MeasuredReport]]:
        """The reports of one window of one source, of the agencies named, in chunks, by area and id."""
        with (
            unavailable_when_away(),
            self._connection.transaction(),
            self._connection.cursor(name="quality_reports", row_factory=tuple_row) as cursor,
        ):
            cursor.execute(_SQL["select_reports"], _of(windows))
            while rows := cursor.fetchmany(chunk):
                yield list(map(MeasuredReport._make, rows))

    def quarantined(self, windows: Sequence[Found]) -> Mapping[str, int]:
        """How many rows of each agency could not be used, and still cannot."""
        return {row["agency"]: row["rows"] for row in self._run("count_quarantined", **_of(windows))}

    def batches(self, windows: Sequence[Found]) -> list[MeasuredBatch]:
        """The deliveries of these agencies in the window, and the last before it of each of their sources."""
        return [batch_of(row) for row in self._run("select_batches", **_of(windows))]

    def delays(self, windows: Sequence[Found]) -> Mapping[str, Delay]:
        """How long it took from report to receipt, by agency; agencies whose reports do not say are missing."""
        rows = self._run("select_delays", **_of(windows))
        return {row["agency"]: Delay(row["delay_median"], row["delay_p95"]) for row in rows}

    def keep(self, measured: Sequence[Measured]) -> None:
        """Puts these windows in the place of what was kept of them before; all of them, or none."""
        with unavailable_when_away(), self._connection.transaction():
            for each in measured:
                self._keep(each)

    def _keep(self, measured: Measured) -> None:
        found = asdict(measured.found)
        delay = measured.delay
        self._connection.execute(_SQL["forget_window"], found)
        kept = self._run(
            "save_window",
            **found
            | {
                "suite": measured.suite,
                "is_public": measured.is_public,
                "delay_median": delay.median if delay else None,
                "delay_p95": delay.p95 if delay else None,
                "expected_every": measured.expected_every,
                "measured_at": measured.measured_at,
            },
        )
        for result in measured.results:
            row = {**asdict(result), "window_id": kept[0]["window_id"]}
            self._connection.execute(_SQL["save_result"], row)
            if result.failing:
                areas, ids = zip(*result.failing, strict=True)
                self._connection.execute(_SQL["save_failing"], row | {"areas": list(areas), "report_ids": list(ids)})

    def _run(self, statement: str, **arguments: Any) -> list[dict[str, Any]]:
        with unavailable_when_away():
            cursor = self._connection.execute(_SQL[statement], arguments)
            return cursor.fetchall() if cursor.description else []


def batch_of(row: Mapping[str, Any]) -> MeasuredBatch:
    """A delivery of its row."""
    return MeasuredBatch(
        row["batch_id"],
        row["agency"],
        row["source"],
        tuple(row["columns"]),
        tuple(row["unknown_columns"]),
        cast(Mapping[str, int], row["counts"]),
        row["finished_at"],
    )


def _of(windows: Sequence[Found]) -> dict[str, Any]:
    """The arguments of statements about one window of one source."""
    first = windows[0]
    agencies = [window.agency for window in windows]
    return {"source": first.source, "agencies": agencies, "opens": first.opens, "closes": first.closes}
