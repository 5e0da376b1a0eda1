"""A service on a schedule: asked for what is new, told window by window, taken up again where it stopped."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from connectors.collect.asking import Tools, ask, try_asking
from connectors.collect.feed import Address, Feed
from connectors.collect.rounds import Stopped
from connectors.collect.schedule import Every
from connectors.collect.taking import Reader, Taken
from connectors.collect.visit import Visit
from schemas.errors import Refused
from store.collected import CollectedFiles, histories
from store.database import connect
from store.feed_position import FeedPosition
from store.settings import StoreSettings
from tests.connectors.fakes import AREA, MemoryOutlet, MemoryState, desk_for, keyring
from tests.connectors.georeport import REQUEST, GeoReport, serving

NOW = int(datetime(2024, 6, 20, 12, tzinfo=UTC).timestamp()) * 1_000_000
RING = keyring(AREA, "unplaced:council")


def made(number: int, day: int, **changes: str) -> dict[str, str]:
    """A request of a day of June 2024."""
    at = f"2024-06-{day:02}T12:00:00+01:00"
    own = {"service_request_id": str(number), "status": "open", "requested_datetime": at, "updated_datetime": at}
    return REQUEST | own | changes


@dataclass
class Asker:
    """A service, the feed that asks it, and what came of it."""

    service: GeoReport
    database: StoreSettings
    since: date | None = None
    state: MemoryState = field(default_factory=MemoryState)
    outlet: MemoryOutlet = field(default_factory=MemoryOutlet)
    told: list[Taken] = field(default_factory=list)
    now: int = NOW
    beats: int = 0
    stops_after: int = 1_000

    @property
    def address(self) -> Address:
        return Address(self.service.address, self.since)

    def look(self, **given: Any) -> Visit:
        """One look, by a process of its own."""
        fixed = {"name": "streets", "source": "open311", "agency": "council", "schedule": Every(timedelta(hours=1))}
        feed = Feed(**{"where": self.address, **fixed, **given})
        with connect(self.database.writer_dsn, "test") as connection:
            tools = Tools(
                files=CollectedFiles(connection, feed.name),
                open_reader=lambda: self.open_reader(feed),
                position=lambda agency, service: FeedPosition(connection, feed.source, agency, service),
                clock=lambda: self.now,
                told=self.told.append,
                beat=self.beat,
            )
            return ask(feed, self.address, tools)

    @contextmanager
    def open_reader(self, feed: Feed) -> Iterator[Reader]:
        """A desk in memory."""
        desk = desk_for(
            feed.load_source(), self.state, self.outlet, RING, agency=feed.agency, clock=lambda: self.now, chunk=3
        )
        yield Reader(feed, desk)

    def beat(self) -> None:
        """The process is told to stop."""
        self.beats += 1
        if self.beats >= self.stops_after:
            raise Stopped("it was told to stop")

    def published(self) -> list[str]:
        """The references that were published, in order."""
        return [one.reference for one in self.outlet.reports]


@pytest.fixture
def asker(database: StoreSettings) -> Iterator[Asker]:
    with serving(GeoReport()) as service:
        yield Asker(service, database)


def test_a_look_tells_what_is_new_and_the_next_one_nothing_again(asker: Asker) -> None:
    asker.service.requests = [made(1, 3), made(2, 10), made(3, 19)]
    first = asker.look()
    assert sorted(asker.published()) == ["1", "2", "3"]
    assert sum(one.receipt["counts"]["published"] for one in first.taken) == 3
    assert [one.receipt["size"] for one in first.taken] == [None] * len(first.taken)
    assert asker.look().taken == ()
    assert len(asker.published()) == 3
    assert asker.told == list(first.taken)


def test_what_is_closed_weeks_after_it_was_made_is_heard_of(asker: Asker) -> None:
    asker.service.requests = [made(1, 1)]
    asker.look()
    asker.now += 20 * 86_400_000_000
    asker.service.requests = [made(1, 1, status="closed", updated_datetime="2024-07-09T12:00:00+01:00")]
    [taken] = asker.look().taken
    assert taken.receipt["counts"]["published"] + taken.receipt["counts"]["updates"] > 0
    assert [one.update_kind.value for one in asker.outlet.updates] == ["CLOSED"]


def test_the_first_look_begins_at_the_day_that_is_declared(asker: Asker) -> None:
    asker.since = date(2024, 6, 15)
    asker.service.requests = [made(1, 3), made(2, 16)]
    asker.look()
    assert asker.published() == ["2"]


def test_one_that_is_told_to_stop_goes_on_where_it_was(asker: Asker) -> None:
    asker.service.requests = [made(number, number) for number in range(1, 20)]
    asker.stops_after = 2
    with pytest.raises(Stopped):
        asker.look()
    assert 0 < len(asker.published()) < 19
    asker.stops_after = 1_000
    asker.look()
    assert sorted(asker.published(), key=int) == [str(number) for number in range(1, 20)]


def test_the_feed_s_history_counts_what_brought_anything(asker: Asker) -> None:
    asker.service.requests = [made(1, 3), made(2, 19)]
    visit = asker.look()
    with connect(asker.database.writer_dsn, "test") as connection:
        CollectedFiles(connection, "streets").note_look(asker.now)
        assert histories(connection)["streets"].files == {"done": len(visit.taken)}


def test_a_service_is_asked_by_one_process_at_a_time(asker: Asker) -> None:
    with connect(asker.database.writer_dsn, "test") as connection:
        assert CollectedFiles(connection, "streets").try_lock()
        assert asker.look().is_elsewhere
    assert asker.service.questions == []


def test_a_feed_that_names_no_agency_is_refused_with_its_remedy(asker: Asker) -> None:
    with pytest.raises(Refused, match="name the agency of feed streets"):
        asker.look(agency=None)


def test_trying_it_out_counts_the_requests_of_the_last_day(asker: Asker) -> None:
    asker.service.requests = [made(1, 20), made(2, 10)]
    assert try_asking(asker.address, NOW) == 1
