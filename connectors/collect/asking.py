"""One look at a service: it is asked for what is new, and every window of its answers is settled before the next.

Nothing can be laid aside at a service, so receipts are kept with the feed's history and told, and not laid back.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time

from connectors.collect.feed import Address, Feed
from connectors.collect.inbox import Shelf
from connectors.collect.receipt import Subject, of_reading
from connectors.collect.taking import Reader, Taken
from connectors.collect.visit import OpenReader, Visit
from connectors.ingest import Reading
from connectors.open311.client import Client, Manners, Service
from connectors.open311.harvest import Position, harvest
from connectors.open311.windows import DAY, Window
from connectors.times import LONDON, moment
from schemas.errors import Refused
from store.collected import CollectedFiles

MANNERS = Manners(tries=3, longest_wait=10.0)
"""The other feeds wait meanwhile: a service that stays busy is asked again by the schedule."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a look works with. `position` remembers how far an agency's service was read (agency, service); `told` hears
    of each window that brought anything, `warn` of days that may have been answered in part; `beat` is called between
    two windows, and may raise to stop there; `clock` is in microseconds.
    """

    files: CollectedFiles
    open_reader: OpenReader
    position: Callable[[str, str], Position]
    clock: Callable[[], int]
    told: Callable[[Taken], None] = lambda taken: None
    warn: Callable[[str], None] = lambda words: None
    beat: Callable[[], None] = lambda: None


def ask(feed: Feed, address: Address, tools: Tools) -> Visit:
    """Publishes what the service holds and was not published before.

    Raises Refused when the service or the reading needs to be mended first, Unavailable when something is away: what
    was settled stands, and the next look goes on from there.
    """
    if not tools.files.try_lock():
        return Visit(is_elsewhere=True)
    with tools.open_reader() as reader, Client(Service.of(address.url), MANNERS) as client:
        return Visit(taken=tuple(_ask(feed, address, reader, client, tools)))


def try_asking(address: Address, now: int) -> int:
    """How many requests the service answers for the last day; raises Refused and Unavailable."""
    with Client(Service.of(address.url), MANNERS) as client:
        return len(client.ask(Window(now - DAY, now)))


def _ask(feed: Feed, address: Address, reader: Reader, client: Client, tools: Tools) -> Iterator[Taken]:
    desk = reader.desk
    if desk.by is None:
        raise Refused(f"{desk.source.name} does not say whose reports it holds: name the agency of feed {feed.name}")
    position = tools.position(desk.by, Service.of(address.url).name)
    since = _first_day(address.since) if address.since and position.find() is None else None
    names: list[str] = []
    readings = harvest(
        desk, client, position, since, lambda name, _: names.append(name), tools.warn, address.days_back * DAY
    )
    with closing(readings):
        for reading in readings:
            if reading.broken_off:
                raise reading.broken_off
            if reading.tally.published or reading.tally.updates or reader.failing:
                yield _keep(feed, names[-1], reader, reading, tools)
            reader.failing.clear()
            tools.beat()


def _keep(feed: Feed, name: str, reader: Reader, reading: Reading, tools: Tools) -> Taken:
    """Remembers what came of a window that brought anything."""
    digest, now = reading.batch.rpartition(":")[2], tools.clock()
    receipt = of_reading(Subject(feed, name, digest, None, now, now), reading, reader.failing, now)
    tools.files.begin(digest, name, reader.reads_as, now)
    tools.files.conclude(digest, "done", receipt)
    tools.files.settle(digest, now)
    taken = Taken(Shelf.DONE, name, receipt)
    tools.told(taken)
    return taken


def _first_day(day: date) -> int:
    return moment(datetime.combine(day, time(), LONDON)).at
