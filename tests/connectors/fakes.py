"""A state and an outlet in memory, and a desk made of them: the base without Kafka and PostgreSQL."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

from connectors.contract import Source
from connectors.geography.placing import Geography
from connectors.ingest import Request
from connectors.reading import Desk
from schemas.errors import Unavailable
from schemas.records import AgencyUpdate, Batch, Quarantined, Report
from schemas.topics import Topic
from store.connector_state import Begun, Key, Published
from vault.keyring import Keyring

NOW = 1_718_600_000_000_000
AREA = "E09000012"


class MemoryState:
    """The connector's state of one source, kept in dictionaries."""

    def __init__(self) -> None:
        self.records: dict[Key, Published] = {}
        self.batches: dict[str, tuple[str, Begun]] = {}
        self.seen: set[Key] = set()
        self.held_periods: set[tuple[str, str, str]] = set()

    def look_up_batch(self, batch: str) -> Begun | None:
        return self.batches[batch][1] if batch in self.batches else None

    def begin_batch(self, batch: str, agency: str, now: int) -> Begun:
        return self.batches.setdefault(batch, (agency, Begun(now, finished=False)))[1]

    def finish_batch(self, batch: str, now: int) -> None:
        agency, begun = self.batches[batch]
        self.batches[batch] = (agency, replace(begun, finished=True))

    def renew_batch(self, batch: str, now: int) -> Begun:
        self.batches[batch] = (self.batches[batch][0], Begun(now, finished=False))
        return self.batches[batch][1]

    def newest_batch(self, agency: str) -> int:
        return max((one.collected for by, one in self.batches.values() if by == agency), default=0)

    def find(self, keys: Collection[Key]) -> Mapping[Key, Published]:
        return {key: self.records[key] for key in keys if key in self.records}

    def save(self, records: Mapping[Key, Published], periods: Iterable[tuple[str, str, str]] = ()) -> None:
        self.records.update(records)
        self.held_periods.update(periods)

    def periods(self) -> set[tuple[str, str, str]]:
        return self.held_periods

    def open_failures(self) -> Mapping[Key, Published]:
        return {key: held for key, held in self.records.items() if key[1] == "unfit" and not held.withdrawn}

    def begin_snapshot(self) -> None:
        self.seen = set()

    def note_seen(self, keys: Iterable[Key]) -> None:
        self.seen.update(keys)

    def unseen(self, agency: str) -> Mapping[Key, Published]:
        return {key: held for key, held in self._held(agency) if key not in self.seen}

    def count_held(self, agency: str) -> int:
        return sum(1 for _ in self._held(agency))

    def _held(self, agency: str) -> Iterator[tuple[Key, Published]]:
        for key, held in sorted(self.records.items()):
            if key[0] == agency and key[1] in ("report", "update") and not held.withdrawn:
                yield key, held


@dataclass
class Sent:
    """One message as it was given to the outlet."""

    topic: str
    key: str
    record: Any
    message_id: str
    time_micros: int


@dataclass
class MemoryOutlet:
    """Keeps what was acknowledged; what was sent and not flushed is lost when `fails_after` messages are sent."""

    fails_after: int | None = None
    acknowledged: list[Sent] = field(default_factory=list)
    waiting: list[Sent] = field(default_factory=list)
    _sent: int = 0

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None:
        if self.fails_after is not None and self._sent >= self.fails_after:
            raise Unavailable("Kafka is away (by the test's wish)")
        self._sent += 1
        self.waiting.append(Sent(topic.name, key, record, message_id, time_micros))

    def flush(self) -> None:
        self.acknowledged += self.waiting
        self.waiting.clear()

    def lose_half(self) -> None:
        """A process that was killed: of what was on its way, some arrived though nobody heard so."""
        self.acknowledged += self.waiting[: len(self.waiting) // 2]
        self.waiting.clear()

    def of(self, kind: type) -> list[Any]:
        """The acknowledged records of one type, in order."""
        return [sent.record for sent in self.acknowledged if isinstance(sent.record, kind)]

    @property
    def reports(self) -> list[Report]:
        return self.of(Report)

    @property
    def updates(self) -> list[AgencyUpdate]:
        return self.of(AgencyUpdate)

    @property
    def quarantined(self) -> list[Quarantined]:
        return self.of(Quarantined)

    @property
    def batches(self) -> list[Batch]:
        return self.of(Batch)


def ticking(start: int = NOW) -> Callable[[], int]:
    """A clock that goes on by a second whenever it is read."""
    times = count(start, 1_000_000)
    return lambda: next(times)


@cache
def keyring(*areas: str) -> Keyring:
    """A keyring with keys for these areas, the same whenever it is asked for."""
    ring = Keyring.create()
    for area in areas:
        ring = ring.with_area(area, datetime(2024, 6, 1, tzinfo=UTC))
    return ring


def desk_for(
    source: Source,
    state: MemoryState | None = None,
    outlet: MemoryOutlet | None = None,
    ring: Keyring | None = None,
    geography: Geography | None = None,
    agency: str | None = None,
    area: str | None = AREA,
    request: Request | None = None,
    history: bool = False,
    clock: Callable[[], int] | None = None,
    chunk: int = 500,
) -> Desk:
    """A desk in memory."""
    return Desk(
        source=source,
        state=state or MemoryState(),
        outlet=outlet or MemoryOutlet(),
        ring=(ring or keyring(area or AREA)).public(),
        clock=clock or ticking(),
        geography=geography,
        agency=agency,
        area=area,
        history=history,
        request=request or Request(),
        chunk=chunk,
    )
