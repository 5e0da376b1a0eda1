"""What is published: simulated towns, written in each agency's own formats and read by the real connectors."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from itertools import chain, count, cycle, islice
from multiprocessing import get_context
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from kafka.partitioner.default import murmur2

from connectors import sources
from connectors.dry import EmptyState
from connectors.geography.importing import Wish, import_files, recognise_files
from connectors.geography.placing import Geography, load_geography
from connectors.ports import Outlet
from connectors.publish import rfc3339
from connectors.reading import Desk, read_path
from connectors.registry import Registry
from schemas.codec import Codec, codec, frame
from schemas.records import AgencyUpdate, Report
from schemas.topics import LIVE, Topic
from simulation.borough import build
from simulation.settings import Settings
from simulation.write import write
from store.connector_state import Key, Published
from vault.keyring import PublicRing
from wardlink.keyring_files import keyring_path
from wardlink.settings import load, registry_url, store_settings

DAYS = 365
HOMES = 30_000
"""A town in a year, so that victims, places and their histories are as dense as life has them: the simulation's usual
activity is a demonstration's, a whole year's trouble in a month."""

_REPORTS_A_HOME = 8.2
"""What a home brings in DAYS at the simulation's usual activity, a little less."""

_PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Feed:
    """One agency's files: the folder that the simulation writes, the source that reads it."""

    folder: str
    source: str
    profile: str | None
    agency: str
    daily: bool = True
    """Whether each file is one day's; the other is a snapshot of all days, whose records are told by their events."""


FEEDS = (
    Feed("police-cad", "table", "police-cad", "police"),
    Feed("housing", "table", "housing-contacts", "housing"),
    Feed("noiseworks", "noiseworks", None, "council", daily=False),
)


@dataclass(frozen=True, slots=True)
class Town:
    """One simulated town: its number, its area, how much happens there (see simulation) and the folder of its files."""

    number: int
    area: str
    activity: float
    folder: Path


class Message(NamedTuple):
    """One record as Kafka gets it; `at` (microseconds) orders those of all towns."""

    at: int
    is_report: bool
    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


def towns(wanted: int, reports: int, folder: Path, partitions: int) -> list[Town]:
    """So many towns that together make so many reports, or somewhat more; no partition has two more than another."""
    activity = reports / wanted / HOMES / _REPORTS_A_HOME
    areas = islice(spread_areas(partitions), wanted)
    return [Town(number, area, activity, folder / str(number)) for number, area in enumerate(areas)]


def spread_areas(partitions: int) -> Iterator[str]:
    """Codes of areas that fill so many partitions evenly, so that workers have equal work."""
    waiting: list[deque[str]] = [deque() for _ in range(partitions)]
    codes = (f"E0900{number:04}" for number in count())
    for partition in cycle(range(partitions)):
        while not waiting[partition]:
            code = next(codes)
            waiting[_partition_of(code, partitions)].append(code)
        yield waiting[partition].popleft()


def _partition_of(key: str, partitions: int) -> int:
    """As every Kafka client computes it."""
    return (int(murmur2(key.encode())) & 0x7FFFFFFF) % partitions


def make(wanted: Sequence[Town]) -> list[Message]:
    """The messages of all towns in the order in which they would have come."""
    settings = load()
    store, ids = store_settings(settings, "owner_dsn", "writer_dsn"), _schema_ids(registry_url(settings))
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        list(pool.map(simulate, wanted))
        import_files(recognise_files([town.folder / "geography" for town in wanted], Wish()), Wish(), store)
        made = pool.map(read, wanted, [ids] * len(wanted))
        return sorted(chain.from_iterable(made), key=attrgetter("at"))


def simulate(town: Town) -> None:
    """Writes a town's files."""
    name = f"Town {town.number}"
    settings = Settings(
        town=town.number,
        area=town.area,
        area_name=name,
        homes=HOMES,
        days=DAYS,
        activity=town.activity,
        snapshot_every=DAYS,
    )
    write(build(settings), town.folder)


def read(town: Town, ids: Mapping[str, int]) -> list[Message]:
    """A town's reports and agency updates, sealed and framed by the connectors; no public statistics."""
    settings = load()
    ring = PublicRing.load(keyring_path(settings))
    shelves = {feed: Shelf(ids, feed.daily) for feed in FEEDS}
    for feed, shelf in shelves.items():
        read_feed(town, feed, ring, _geography(), shelf)
    return [message for shelf in shelves.values() for message in shelf.kept]


@cache
def _geography() -> Geography:
    """All towns' geography, read once in each process."""
    return load_geography(store_settings(load(), "writer_dsn"))


def read_feed(town: Town, feed: Feed, ring: PublicRing, geography: Geography, outlet: Outlet) -> None:
    """One agency's files of a town, each read on the evening of its day, into an outlet."""
    source, state = sources.find(feed.source, feed.profile), MemoryState()
    common: dict[str, Any] = {"agency": feed.agency, "area": town.area, "geography": geography}
    for path in sorted((town.folder / feed.folder).iterdir()):
        evening = midnight_after(date.fromisoformat(path.stem[-10:]))
        read_path(Desk(source, state, outlet, ring, partial(int, evening), **common), path)


def midnight_after(day: date) -> int:
    """When a day's file is read: at the day's end, in microseconds."""
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()) * 1_000_000


END = midnight_after(Settings(days=DAYS).day(DAYS - 1))
"""When the last of all files is read, in microseconds."""


@dataclass(slots=True)
class MemoryState(EmptyState):
    """A connector's state of one reading: a row that comes again is unchanged, or a revision."""

    held: dict[Key, Published] = field(default_factory=dict)

    def find(self, keys: Any) -> Mapping[Key, Published]:
        """What was published of these references."""
        return {key: self.held[key] for key in keys if key in self.held}

    def save(self, records: Mapping[Key, Published], periods: Any = ()) -> None:
        """Keeps what was published."""
        self.held.update(records)


@dataclass(slots=True)
class Shelf:
    """Keeps what a publisher would send, framed as it frames it (connectors.publish), so that making reports is timed
    apart from publishing them.
    """

    ids: Mapping[str, int]
    daily: bool
    kept: list[Message] = field(default_factory=list)

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None:
        """Keeps reports and agency updates; the word of a batch's end is left out."""
        if not isinstance(record, Report | AgencyUpdate):
            return
        schema_id = self.ids[topic.name]
        headers = [
            ("ce_id", message_id.encode()),
            ("ce_source", f"/wardlink/{record.source}".encode()),
            ("ce_time", rfc3339(time_micros).encode()),
            ("ce_specversion", b"1.0"),
            ("ce_type", f"wardlink.{topic.record.__name__}".encode()),
            ("ce_dataschema", f"/schemas/ids/{schema_id}".encode()),
            ("content-type", b"application/avro"),
        ]
        at = record.received.at if self.daily else time_micros
        encoder: Codec[Any] = codec(topic.record)
        body = frame(schema_id, encoder.encode(record))
        self.kept.append(Message(at, isinstance(record, Report), topic.name, key.encode(), body, headers))

    def flush(self) -> None:
        """Nothing is on its way."""


def _schema_ids(url: str) -> dict[str, int]:
    with Registry(url) as registry:
        return {topic.name: registry.id_of(topic) for topic in LIVE}
