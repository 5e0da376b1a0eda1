"""A real database filled from files: read by their own connectors and stored by resolve, without Kafka."""

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from connectors import sources
from connectors.geography.placing import Geography
from connectors.reading import Desk, read_path
from connectors.tally import Tally
from quality.measure import Done, Wish, measure_windows
from quality.spans import span
from quality.suites import Suites, load_suites
from store.connector_state import ConnectorState
from store.database import connect
from store.quality import QualityStore
from store.settings import StoreSettings
from tests.connectors.fakes import MemoryOutlet
from tests.streams.worker import Worker
from vault.keyring import Keyring

AREA = "E09000012"
MONDAY = 1_798_416_000_000_000
"""Monday 28 December 2026, 00:00 UTC, in microseconds: a window of 7 days opens."""

UNPLACED = tuple(f"unplaced:{agency}" for agency in ("police", "housing", "council"))
NOW = datetime(2027, 1, 2, tzinfo=UTC)
_BATCH = 2_000


def ring_for(*areas: str) -> Keyring:
    """A keyring with a key for each area."""
    ring = Keyring.create()
    for area in areas:
        ring = ring.with_area(area, datetime(2026, 12, 1, tzinfo=UTC))
    return ring


@dataclass
class Filled:
    """One database with one worker of resolve."""

    database: StoreSettings
    ring: Keyring = field(default_factory=lambda: ring_for(AREA, "US-NYC", "US-SD", *UNPLACED))
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.worker = Worker(self.database, self.ring)
        self.worker.claim()

    def load(
        self,
        source: str,
        path: Path,
        profile: str | None = None,
        agency: str | None = None,
        area: str | None = AREA,
        at: int = MONDAY,
        geography: Geography | None = None,
    ) -> Tally:
        """Reads a file as `wardlink ingest` does, received at a time, and stores what it says."""
        feed, outlet, seconds = sources.find(source, profile), MemoryOutlet(), count(at, 1_000_000)
        with closing(connect(self.database.writer_dsn, "test-ingest")) as connection:
            desk = Desk(
                source=feed,
                state=ConnectorState(connection, feed.name),
                outlet=outlet,
                ring=self.ring.public(),
                clock=lambda: next(seconds),
                geography=geography,
                agency=agency,
                area=area,
            )
            tally = read_path(desk, path).tally
        self._store(outlet)
        return tally

    def measure(self, suites: Suites | None = None, **wish: Any) -> list[Done]:
        """Measures what is due, as `wardlink quality run` does."""
        with closing(connect(self.database.writer_dsn, "test-quality")) as connection:
            asked = Wish(width=span("7d"), **wish)
            return list(measure_windows(QualityStore(connection), suites or load_suites(), asked, NOW))

    def environment(self) -> dict[str, str]:
        """The environment in which the command line works on this database, without a stack."""
        names = ("WRITER_DSN", "READER_DSN")
        return {f"WARDLINK_POSTGRES_{name}": getattr(self.database, name.lower()) for name in names}

    def _store(self, outlet: MemoryOutlet) -> None:
        by_topic: defaultdict[str, list[Any]] = defaultdict(list)
        for sent in outlet.acknowledged:
            by_topic[sent.topic].append(sent.record)
        for topic, records in by_topic.items():
            for first in range(0, len(records), _BATCH):
                self.worker.take(topic, records[first : first + _BATCH])
