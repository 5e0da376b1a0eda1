"""Plays a borough's days through the stack: each agency's files, in the order of their days, as its connector reads
them. The clock of the readings is the borough's own, so that areas' time and alerts move as they would have.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from connectors import sources
from connectors.geography_import import Wish as GeographyWish
from connectors.geography_import import import_files, recognise_files
from connectors.reading import Desk, read_path
from connectors.tally import Tally
from connectors.topics_admin import end_offsets
from schemas.topics import INBOUND
from simulation.borough import build
from simulation.clock import at as by_the_clock
from simulation.settings import Settings as Borough
from simulation.write import write
from vault.keyring import Keyring
from wardlink.commands.ingest import Wish, open_desk
from wardlink.commands.status import wait_until_quiet
from wardlink.demo.watch import Counters
from wardlink.keyring_files import keyring_path
from wardlink.operate import switch_source
from wardlink.settings import Settings, kafka_settings, store_settings

HOMES = 9000
ACTIVITY = 1 / 3
"""Of a borough with streets enough for its reports: about 2,000 in 30 days."""

_MICROS = 1_000_000
_COLLECTED = 6
"""The hour of the next morning at which a day's file is collected."""
_PATIENCE = 600.0
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
    """Writes the borough's files, each dated on the morning when it was collected; returns the number of reports."""
    manifest = write(build(borough), folder)
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
    """Imports where things are, makes the keys and switches the sources on, all before the first day."""
    wish = GeographyWish(area=borough.area, name=borough.area_name)
    import_files(recognise_files([folder / "geography"], wish), wish, store_settings(settings, "writer_dsn"))
    ring = Keyring.load(keyring_path(settings))
    for area in (borough.area, *(f"unplaced:{feed.agency}" for feed in FEEDS)):
        ring = ring.with_area(area, datetime.now(UTC))
    ring.save(keyring_path(settings))
    begin = _micros(by_the_clock(borough.start, 0, 0))
    for feed in FEEDS:
        switch_source(settings, str(feed.agency), feed.name, "live", [borough.area], begin)
    wait_until_quiet(settings, _PATIENCE)


def play(settings: Settings, borough: Borough, folder: Path, counters: Counters) -> Mapping[str, Tally]:
    """Reads every delivery, and the published statistics at the end; returns what became of the rows, by feed.

    Raises what a reading raises: a file that breaks off is a defect here.
    """
    tallies = {feed.name: Tally() for feed in (*FEEDS, STATISTICS)}
    with ExitStack() as closing:
        desks = {feed: _open(closing, settings, feed, counters) for feed in (*FEEDS, STATISTICS)}
        for delivery in _with_marks(deliveries(folder), borough, counters):
            counters.begin(f"{delivery.day:%a %d %b}  {delivery.feed.name}")
            tallies[delivery.feed.name].add(_read(desks[delivery.feed], delivery))
        for path in sorted((folder / STATISTICS.folder).iterdir()):
            counters.begin(f"published statistics  {path.name}")
            end = by_the_clock(borough.day(borough.days), _COLLECTED + 1, 0)
            tallies[STATISTICS.name].add(_read(desks[STATISTICS], Delivery(STATISTICS, path, end)))
    counters.begin("linking what has arrived")
    wait_until_quiet(settings, _PATIENCE)
    return tallies


def records_published(settings: Settings) -> int:
    """Records that ever came in on Kafka."""
    return sum(end_offsets(kafka_settings(settings), [topic.name for topic in INBOUND]).values())


def _with_marks(all_of_them: Sequence[Delivery], borough: Borough, counters: Counters) -> Iterator[Delivery]:
    """Each delivery; on the way a mark for every week that is over."""
    marks = iter([borough.day(number) for number in range(_WEEK - 1, borough.days - 1, _WEEK)])
    mark = next(marks, None)
    for delivery in all_of_them:
        if mark is not None and delivery.day > mark:
            counters.mark(mark)
            mark = next(marks, None)
        yield delivery


def _open(closing: ExitStack, settings: Settings, feed: Feed, counters: Counters) -> Desk:
    source = sources.find(feed.source, feed.profile)
    return closing.enter_context(open_desk(settings, source, Wish(agency=feed.agency), counters, needs_backup=False))


def _read(desk: Desk, delivery: Delivery) -> Tally:
    collected = _micros(delivery.at)
    reading = read_path(replace(desk, clock=lambda: collected), delivery.path)
    if reading.broken_off:
        raise reading.broken_off
    return reading.tally


def _day_of(path: Path) -> date:
    return date.fromisoformat(path.stem[-10:])


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * _MICROS


def total(tallies: Iterable[Tally]) -> Tally:
    """All counts together."""
    together = Tally()
    for tally in tallies:
        together.add(tally)
    return together
