"""Plays a borough's days through the stack: each agency's files, in the order of their days, as its connector reads
them. The clock of the readings is the borough's own, so that areas' time and alerts move as they would have.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from connectors import sources
from connectors.geography.importing import Wish as GeographyWish
from connectors.geography.importing import import_files, recognise_files
from connectors.reading import Desk, read_path
from connectors.tally import Tally
from connectors.topics_admin import end_offsets
from schemas.topics import INBOUND
from simulation.clock import at as by_the_clock
from simulation.prologue import build_with_prologue
from simulation.settings import Settings as Borough
from simulation.write import write
from vault.keyring import Keyring
from wardlink.commands.status import wait_until_quiet
from wardlink.demo.watch import Counters
from wardlink.ingesting import Bar, Wish, open_desk
from wardlink.keyring_files import keyring_path
from wardlink.operate import switch_source
from wardlink.settings import Settings, kafka_settings, store_settings

HOMES = 9000
ACTIVITY = 1 / 3
"""Of a borough with streets enough for its reports: about 4,000 in 60 days."""

PROLOGUE = 28
"""Days before the borough's first on which the story happens, and nothing else: four snapshots of the noise system."""

_MICROS = 1_000_000
_COLLECTED = 6
"""The hour of the next morning at which a day's file is collected."""
PATIENCE = 600.0
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Feed:
    """One agency's feed: the words for `wardlink ingest`, its name in reports, and its folder of the borough."""

    agency: str | None
    source: str
    profile: str | None
    name: str
    folder: str


FEEDS = (
    Feed("police", "table", "police-cad", "police-cad", "police-cad"),
    Feed("housing", "table", "housing-contacts", "housing-contacts", "housing"),
    Feed("council", "noiseworks", None, "noiseworks", "noiseworks"),
)
STATISTICS = Feed(None, "police-uk", None, "police-uk", "police-uk")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file or snapshot, and when it is collected."""

    feed: Feed
    path: Path
    at: datetime

    @property
    def day(self) -> date:
        """The day that it tells of."""
        return self.at.date() - timedelta(days=1)


def recent_borough(days: int, seed: int, today: date) -> Borough:
    """The borough whose last day is the latest before today that leaves its weekdays as they are in every run: so one
    seed tells one story, whenever it is told.
    """
    usual = Borough(days=days, seed=seed, homes=HOMES, activity=ACTIVITY)
    latest = today - timedelta(days=days + 1)
    return replace(usual, start=latest - timedelta(days=(latest - usual.start).days % _WEEK))


def write_borough(borough: Borough, folder: Path) -> int:
    """Writes the files of the story and of the borough, each dated on the morning when it was collected; returns the
    number of reports.
    """
    manifest = write(build_with_prologue(borough, PROLOGUE), folder)
    for delivery in deliveries(folder):
        for path in (delivery.path, *delivery.path.rglob("*")):
            os.utime(path, (delivery.at.timestamp(), delivery.at.timestamp()))
    return sum(manifest.reports.values())


def deliveries(folder: Path) -> list[Delivery]:
    """Everything that the agencies deliver, in order of time; the names of files and snapshots end in their day."""
    found = [
        Delivery(feed, path, by_the_clock(_day_of(path) + timedelta(days=1), _COLLECTED, order))
        for order, feed in enumerate(FEEDS)
        for path in (folder / feed.folder).iterdir()
    ]
    return sorted(found, key=lambda delivery: (delivery.at, delivery.path.name))


def set_the_stage(settings: Settings, borough: Borough, folder: Path) -> None:
    """Imports where things are, makes the keys and switches the sources on, all before the story's first day."""
    wish = GeographyWish(area=borough.area, name=borough.area_name)
    import_files(recognise_files([folder / "geography"], wish), wish, store_settings(settings, "writer_dsn"))
    ring = Keyring.load(keyring_path(settings))
    for area in (borough.area, *(f"unplaced:{feed.agency}" for feed in FEEDS)):
        ring = ring.with_area(area, datetime.now(UTC))
    ring.save(keyring_path(settings))
    begin = _micros(by_the_clock(borough.start - timedelta(days=PROLOGUE), 0, 0))
    for feed in FEEDS:
        switch_source(settings, str(feed.agency), feed.name, "live", [borough.area], begin)
    wait_until_quiet(settings, PATIENCE)


@dataclass(slots=True)
class Player:
    """Reads deliveries as the agencies' connectors do; a context manager. `tallies` is what became of the rows."""

    settings: Settings
    bar: Bar
    tallies: dict[str, Tally] = field(default_factory=dict)
    _desks: dict[Feed, Desk] = field(default_factory=dict)
    _closing: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def read(self, delivery: Delivery) -> Tally:
        """Reads one delivery at its own time. Raises what a reading raises: a file that breaks off is a defect here."""
        collected = _micros(delivery.at)
        reading = read_path(replace(self._desk(delivery.feed), clock=lambda: collected), delivery.path)
        if reading.broken_off:
            raise reading.broken_off
        self.tallies.setdefault(delivery.feed.name, Tally()).add(reading.tally)
        return reading.tally

    def read_all(self, some: Iterable[Delivery]) -> Tally:
        """Reads deliveries one after the other; what became of their rows together."""
        return total(self.read(each) for each in some)

    def advance(self, rows: int) -> None:
        """Rows are settled: whoever watches now is told."""
        self.bar.advance(rows)

    def waiting(self, why: str) -> None:
        """Nothing moves: whoever watches now is told why."""
        self.bar.waiting(why)

    def _desk(self, feed: Feed) -> Desk:
        if feed not in self._desks:
            source, wish = sources.find(feed.source, feed.profile), Wish(agency=feed.agency)
            desk = open_desk(self.settings, source, wish, self, needs_backup=False)
            self._desks[feed] = self._closing.enter_context(desk)
        return self._desks[feed]


def play(player: Player, borough: Borough, folder: Path, some: Sequence[Delivery], counters: Counters) -> None:
    """Reads deliveries of the borough's own days, and the published statistics at the end."""
    for delivery in _with_marks(some, borough, counters):
        counters.begin(f"{delivery.day:%a %d %b}  {delivery.feed.name}")
        player.read(delivery)
    end = by_the_clock(borough.day(borough.days), _COLLECTED + 1, 0)
    for path in sorted((folder / STATISTICS.folder).iterdir()):
        counters.begin(f"published statistics  {path.name}")
        player.read(Delivery(STATISTICS, path, end))
    counters.begin("linking what has arrived")
    wait_until_quiet(player.settings, PATIENCE)


def records_published(settings: Settings) -> int:
    """Records that ever came in on Kafka."""
    return sum(end_offsets(kafka_settings(settings), [topic.name for topic in INBOUND]).values())


def total(tallies: Iterable[Tally]) -> Tally:
    """All counts together."""
    together = Tally()
    for tally in tallies:
        together.add(tally)
    return together


def _with_marks(some: Sequence[Delivery], borough: Borough, counters: Counters) -> Iterator[Delivery]:
    """Each delivery; on the way a mark for every second week that is over."""
    ends = [borough.day(number) for number in range(2 * _WEEK - 1, borough.days - 1, 2 * _WEEK)]
    marks = iter([day for day in ends if some and day >= some[0].day])
    mark = next(marks, None)
    for delivery in some:
        if mark is not None and delivery.day > mark:
            counters.mark(mark)
            mark = next(marks, None)
        yield delivery


def _day_of(path: Path) -> date:
    return date.fromisoformat(path.stem[-10:])


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * _MICROS
