"""Watching resolve work: how much it has stored, how fast, in how many batches, and what it takes."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psutil
import psycopg

from bench.load import TOPICS
from bench.stack import Stack
from connectors.topics_admin import end_offsets
from streams.batches import Partition
from streams.resolve import CONSUMER
from wardlink.settings import kafka_settings, store_settings

_PROGRESS: LiteralString = "SELECT coalesce(sum(next_offset), 0) FROM stream_position WHERE consumer = %s"
_POSITIONS: LiteralString = "SELECT owner, next_offset, topic, partition FROM stream_position WHERE consumer = %s"
_BATCHES: LiteralString = """
    SELECT count(DISTINCT xid) FROM (
        SELECT xmin::text::bigint AS xid FROM audit UNION ALL SELECT xmin::text::bigint FROM agency_update
    ) AS written WHERE xid >= %s
"""
"""Every batch of reports writes audit rows, every batch of updates writes updates; a row tells its transaction."""


Positions = Mapping[Partition, int]
"""By topic and partition the offset that comes next."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many records workers of resolve committed in how many seconds, and what they took for it: from when each had
    committed something to the last commit of all, without the records of before.
    """

    workers: int
    records: int
    seconds: float
    cpu_seconds: float
    rss_mb: float

    @property
    def per_second(self) -> float:
        """Records a second."""
        return self.records / self.seconds


class Watch:
    """Looks at what is stored, as the writer."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        dsn = store_settings(stack.settings, "writer_dsn").writer_dsn
        self._connection = psycopg.connect(dsn, autocommit=True)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def progress(self) -> int:
        """Records behind the stored positions."""
        return int(self._ask(_PROGRESS, CONSUMER))

    def stored_reports(self) -> int:
        """Reports that are stored and not withdrawn."""
        return int(self._ask("SELECT count(*) FROM report WHERE NOT withdrawn"))

    def transaction(self) -> int:
        """The number of a transaction that begins now."""
        return int(self._ask("SELECT pg_current_xact_id()::text"))

    def batches_since(self, transaction: int) -> int:
        """How many batches were committed since."""
        return int(self._ask(_BATCHES, transaction))

    def quarantined(self) -> int:
        """Records that were not fit."""
        return int(self._ask("SELECT count(*) FROM quarantine"))

    def is_relayed(self) -> bool:
        """Whether the outbox has left."""
        return bool(self._ask("SELECT NOT EXISTS (SELECT FROM outbox WHERE sent_at IS NULL)"))

    def await_all(self, resolve: psutil.Process) -> None:
        """Returns when everything that was published is stored."""
        target = self._published()
        self._stack.await_until(lambda: self.progress() >= target, resolve, "everything is stored")

    @contextmanager
    def holding_commits(self) -> Iterator[None]:
        """While the block lasts no worker can commit: what is published in it costs the workers nothing, and they get
        it all at once.
        """
        with self._connection.transaction():
            self._connection.execute("LOCK TABLE stream_position IN EXCLUSIVE MODE")
            yield

    def pace(self, workers: Sequence[psutil.Process], before: Positions) -> Pace:
        """How workers of resolve take what was not committed `before`, until the last commit."""
        target = self._published()
        self._stack.await_until(lambda: self._busy(before) == len(workers), workers[0], "all workers' first commits")
        first, first_cpu, began = self.progress(), _cpu_seconds(workers), time.perf_counter()
        self._stack.await_until(lambda: self.progress() >= target, workers[0], "the last commit")
        seconds, cpu = time.perf_counter() - began, _cpu_seconds(workers) - first_cpu
        rss = sum(worker.memory_info().rss for worker in workers)
        return Pace(len(workers), target - first, seconds, cpu, rss / 2**20)

    def positions(self) -> Positions:
        """The stored position of each partition."""
        return {(topic, number): offset for _, offset, topic, number in self._rows(_POSITIONS, CONSUMER)}

    def _busy(self, before: Positions) -> int:
        """How many workers have stored something since."""
        rows = self._rows(_POSITIONS, CONSUMER)
        return len({owner for owner, offset, topic, number in rows if offset > before[topic, number]})

    def _published(self) -> int:
        return sum(end_offsets(kafka_settings(self._stack.settings), TOPICS).values())

    def _rows(self, statement: LiteralString, *arguments: Any) -> list[Any]:
        return self._connection.execute(statement, arguments).fetchall()

    def _ask(self, statement: LiteralString, *arguments: Any) -> Any:
        row = self._connection.execute(statement, arguments).fetchone()
        return row[0] if row else 0


@contextmanager
def watching(stack: Stack) -> Iterator[Watch]:
    """A watch for as long as the block lasts."""
    watch = Watch(stack)
    try:
        yield watch
    finally:
        watch.close()


def _cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(each.user + each.system for each in times))
