"""A reader's side of quality: what was measured of its own agency's reports and of published statistics.

The database shows no more (row-level security): a failing report's id only where the reader may see the report.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from store.database import Row, Session, connect
from store.quality import batch_of
from store.quality_rows import MeasuredBatch
from store.queries import load
from store.reading import Reading, as_reader

_SQL = load("quality")


class QualityReading:
    """Asks for one reader, inside `read_quality`."""

    def __init__(self, connection: Session, reading: Reading) -> None:
        self._connection = connection
        self._reading = reading

    def windows(self, width: timedelta, source: str | None) -> Sequence[Row]:
        """Every window of this width that was measured, of one source or of all, the oldest first."""
        return self._rows("read_windows", width=width, source=source)

    def results(self, windows: Sequence[int]) -> Sequence[Row]:
        """How each rule came out in these windows."""
        return self._rows("read_results", windows=list(windows))

    def failing(self, windows: Sequence[int], most: int) -> Sequence[Row]:
        """Area and id of the reports that fail, at most so many of each window and rule, as far as the reader may see
        them.
        """
        return self._rows("read_failing", windows=list(windows), most=most)

    def quarantine(self, source: str | None) -> Sequence[Row]:
        """The reader's agency's rows in quarantine, counted by reason."""
        return self._rows("read_quarantine", source=source)

    def batches(self, opens: datetime, closes: datetime) -> list[MeasuredBatch]:
        """The reader's agency's deliveries between two times, and the last before of each source."""
        return [batch_of(row) for row in self._rows("read_batches", opens=opens, closes=closes)]

    def record(self, area: str, purpose: str, report_ids: Sequence[str]) -> None:
        """Writes down that the ids of these reports were shown."""
        self._reading.record_consultation(area, purpose, report_ids, ["report_id", "quality"], [])

    def _rows(self, statement: str, **arguments: Any) -> Sequence[Row]:
        return self._connection.execute(_SQL[statement], arguments).fetchall()


@contextmanager
def read_quality(dsn: str, agency: str, role: str) -> Iterator[QualityReading]:
    """One transaction of one reader. Raises Unavailable."""
    with (
        connect(dsn, "wardlink-quality-read") as connection,
        as_reader(connection, agency, role) as reading,
    ):
        yield QualityReading(connection, reading)
