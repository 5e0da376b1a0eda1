"""Collecting put together: settings become feeds, drives, desks and a watcher that keeps the rounds.

Files are read at the same desk as `wardlink ingest` reads them.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from connectors.collect import asking, rounds
from connectors.collect.account import Account
from connectors.collect.declaration import load_feeds
from connectors.collect.drive import Away
from connectors.collect.feed import Address, Feed
from connectors.collect.inbox import Look
from connectors.collect.places import open_drive
from connectors.collect.scratch import Scratch
from connectors.collect.taking import Reader, Taken
from connectors.collect.visit import Tools, Visit, visit
from connectors.registry import Registry
from connectors.topics_admin import cluster_id
from schemas.errors import Refused, Unavailable, WardlinkError
from store.collected import CollectedFiles, FeedHistory, histories
from store.database import connect
from store.feed_position import FeedPosition
from streams.topology import INGEST
from wardlink.ingesting import Wish, open_desk, tune_for_throughput
from wardlink.settings import Settings, collect_accounts, kafka_settings, registry_url, store_settings

log = structlog.get_logger()

_LOOK_AGAIN_SECONDS = 5.0
"""While PostgreSQL is away, or the declaration has mistakes."""

Told = Callable[[Feed, Taken], None]
Troubled = Callable[[Feed, str], None]


class Mood(Protocol):
    """Who is told how the role is (streams.health.Health)."""

    def working(self) -> None:
        """All is well."""

    def waiting(self, message: str) -> None:
        """Kafka, PostgreSQL or the registry is away."""


def declared(settings: Settings) -> tuple[Feed, ...]:
    """The feeds of WARDLINK_COLLECT_FILE; Refused when it is not set or has mistakes."""
    if settings.collect.file is None:
        raise Refused(
            "nothing says what to collect: write a file as docs/collecting.md shows, set WARDLINK_COLLECT_FILE"
        )
    return load_feeds(settings.collect.file, collect_accounts(settings))


def scratch_folder(settings: Settings) -> Path:
    """Where private copies lie for as long as they are read."""
    return settings.folders.root / "collect"


@dataclass(slots=True)
class Collector:
    """Keeps the rounds (connectors.collect.rounds.Watcher).

    `told` hears of each file that is laid aside, `troubled` of each look that comes to nothing.
    """

    settings: Settings
    scratch: Scratch
    stop: threading.Event
    mood: Mood
    told: Told = lambda feed, taken: None
    troubled: Troubled = lambda feed, message: None

    def looked_at(self, feed: Feed) -> datetime | None:
        """When a feed was last looked at to any effect."""
        history = self.histories().get(feed.name, FeedHistory())
        if not history.looked_at or history.trouble:
            return None
        return datetime.fromtimestamp(history.looked_at / 1e6, UTC)

    def histories(self) -> Mapping[str, FeedHistory]:
        """What came of every feed."""
        with connect(self._dsn, "wardlink-collect") as connection:
            return histories(connection)

    def visit(self, feed: Feed, before: Look) -> Visit:
        """Looks at a feed once."""
        self.beat()
        if isinstance(feed.where, Address):
            return self._ask(feed, feed.where)
        with connect(self._dsn, "wardlink-collect") as connection:
            tools = Tools(
                files=CollectedFiles(connection, feed.name),
                open_drive=partial(open_drive, feed, self.accounts),
                open_reader=lambda: self.open_reader(feed),
                scratch=self.scratch,
                clock=_micros,
                told=lambda taken: self.told(feed, taken),
            )
            return visit(feed, before, tools)

    def _ask(self, feed: Feed, address: Address) -> Visit:
        with connect(self._dsn, "wardlink-collect") as connection:
            tools = asking.Tools(
                files=CollectedFiles(connection, feed.name),
                open_reader=lambda: self.open_reader(feed),
                position=lambda agency, service: FeedPosition(connection, feed.source, agency, service),
                clock=_micros,
                told=lambda taken: self.told(feed, taken),
                warn=lambda words: log.warning("answered in part", feed=feed.name, message=words),
                beat=self.beat,
            )
            return asking.ask(feed, address, tools)

    @contextmanager
    def open_reader(self, feed: Feed) -> Iterator[Reader]:
        """A feed's desk; raises Refused when keys or schemas are missing, so that no file is blamed for it."""
        self._check_the_way_out()
        wish = Wish(agency=feed.agency, area=feed.area, history=feed.history)
        bar = _Bar(self)
        with open_desk(self.settings, feed.load_source(), wish, bar, needs_backup=not self.settings.demo) as desk:
            yield Reader(feed, desk)

    def note(self, feed: Feed, trouble: WardlinkError | None) -> None:
        """Keeps what came of a look, if PostgreSQL is there to keep it."""
        if isinstance(trouble, Unavailable) and not isinstance(trouble, Away):
            self.mood.waiting(str(trouble))
        else:
            self.mood.working()
        if trouble is not None:
            self.troubled(feed, str(trouble))
        with suppress(Unavailable), connect(self._dsn, "wardlink-collect") as connection:
            CollectedFiles(connection, feed.name).note_look(_micros(), str(trouble or ""))

    def now(self) -> datetime:
        """The present."""
        return datetime.now(UTC)

    def pause(self, seconds: float) -> bool:
        """Waits, unless the process is told to stop."""
        return self.stop.wait(seconds)

    def beat(self) -> None:
        """Called wherever a reading may be broken off; raises Stopped."""
        _stop_if(self.stop)

    @property
    def accounts(self) -> Mapping[str, Account]:
        """How to log in to the places."""
        return collect_accounts(self.settings)

    @property
    def _dsn(self) -> str:
        return store_settings(self.settings, "writer_dsn").writer_dsn

    def _check_the_way_out(self) -> None:
        cluster_id(kafka_settings(self.settings))
        with Registry(registry_url(self.settings)) as registry:
            for topic in INGEST.gives:
                registry.id_of(topic)


@dataclass(slots=True)
class _Bar:
    """Watches a reading in place of a progress bar."""

    collector: Collector

    def advance(self, rows: int) -> None:
        """Rows were settled: a moment at which nothing is lost by stopping."""
        self.collector.mood.working()
        self.collector.beat()

    def waiting(self, why: str) -> None:
        """Kafka is away."""
        self.collector.mood.waiting(why)
        self.collector.beat()


def serve(settings: Settings, mood: "StoppableMood", stop: threading.Event) -> None:
    """The role: keeps the rounds until told to stop; takes notice when the declaration changes."""
    tune_for_throughput()
    if settings.collect.file is None:
        mood.working()
        log.info("nothing to collect", message="WARDLINK_COLLECT_FILE is not set")
        stop.wait()
        return
    with Scratch(scratch_folder(settings), lambda: _stop_if(stop)) as scratch:
        collector = Collector(settings, scratch, stop, mood, _say, _say_trouble)
        while not stop.is_set():
            _keep_rounds(collector, settings.collect.file, mood)


class StoppableMood(Mood, Protocol):
    """Who is also told that the role cannot go on (streams.health.Health)."""

    def stopped(self, message: str) -> None:
        """Somebody must do what the message says."""


def _keep_rounds(collector: Collector, file: Path, mood: StoppableMood) -> None:
    """The rounds of the declaration as it stands; returns when it has changed."""
    as_read = _stamp(file)
    try:
        plans = rounds.plan(declared(collector.settings), collector)
    except Refused as error:
        mood.stopped(str(error))
        log.error("cannot collect", message=str(error))
        while _stamp(file) == as_read and not collector.pause(_LOOK_AGAIN_SECONDS):
            pass
        return
    except Unavailable as error:
        mood.waiting(str(error))
        collector.pause(_LOOK_AGAIN_SECONDS)
        return
    mood.working()
    rounds.run(plans, collector, lambda: _stamp(file) != as_read)


def collect_once(
    settings: Settings, feeds: Sequence[Feed], stop: threading.Event, mood: Mood, told: Told
) -> list[rounds.Result]:
    """Every feed once; what came of each."""
    with Scratch(scratch_folder(settings), lambda: _stop_if(stop)) as scratch:
        return rounds.run_once(feeds, Collector(settings, scratch, stop, mood, told))


def keep_collecting(
    settings: Settings, feeds: Sequence[Feed], stop: threading.Event, mood: Mood, told: Told, troubled: Troubled
) -> None:
    """These feeds by their schedules, until told to stop."""
    with Scratch(scratch_folder(settings), lambda: _stop_if(stop)) as scratch:
        collector = Collector(settings, scratch, stop, mood, told, troubled)
        rounds.run(rounds.plan(feeds, collector), collector)


def try_reading(settings: Settings, feed: Feed, mood: Mood) -> None:
    """Raises what would keep the feed's files from being read: no stack, no keys, no verified backup of them."""
    stop = threading.Event()
    with Scratch(scratch_folder(settings)) as scratch, Collector(settings, scratch, stop, mood).open_reader(feed):
        pass


def _say(feed: Feed, taken: Taken) -> None:
    counts = taken.receipt["counts"] or {}
    log.info(
        "collected",
        feed=feed.name,
        file=taken.receipt["file"],
        shelf=str(taken.shelf),
        reason=taken.receipt["reason"],
        **{name: counts[name] for name in ("read", "published", "quarantined") if name in counts},
    )


def _say_trouble(feed: Feed, message: str) -> None:
    log.warning("not collected", feed=feed.name, message=message)


def _stop_if(stop: threading.Event) -> None:
    if stop.is_set():
        raise rounds.Stopped("it was told to stop")


def _stamp(file: Path) -> tuple[int, int] | None:
    """Changes whenever the file does."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _micros() -> int:
    return time.time_ns() // 1000
