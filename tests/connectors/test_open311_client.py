"""Asking a GeoReport service over HTTP: nothing missed, nothing twice, politely, and never fooled by its answers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.ingest import Request as Wish
from connectors.open311 import answer
from connectors.open311.client import Client, Manners, Service
from connectors.open311.harvest import OVERLAP, harvest
from connectors.open311.windows import DAY, SECOND, Gatherer, Window, windows
from connectors.sources.open311 import Open311
from schemas.errors import Refused, Unavailable
from schemas.vocabulary import Operation, UpdateKind
from store.database import connect
from store.feed_position import FeedPosition
from store.settings import StoreSettings
from tests.connectors.fakes import AREA, MemoryOutlet, MemoryState, desk_for, keyring
from tests.connectors.georeport import REQUEST, GeoReport, Request, as_xml, fixmystreet, serving, wrapped

BEGIN = datetime(2024, 6, 1, tzinfo=UTC)
NOW = int(datetime(2024, 6, 20, 12, tzinfo=UTC).timestamp()) * SECOND


class MemoryPosition:
    def __init__(self) -> None:
        self.held: int | None = None

    def find(self) -> int | None:
        return self.held

    def save(self, read_until: int) -> None:
        self.held = max(read_until, self.held or 0)


class Town:
    """A service, and all that reads it."""

    def __init__(self, service: GeoReport) -> None:
        self.service = service
        self.state, self.outlet, self.position = MemoryState(), MemoryOutlet(), MemoryPosition()
        self.ring = keyring(AREA)
        self.slept: list[float] = []
        self.warnings: list[str] = []

    def client(self) -> Client:
        return Client(Service.of(self.service.address), Manners(pause=0.25, tries=4), self.slept.append)

    def read(
        self, since: datetime | None = None, now: int = NOW, wish: Wish | None = None, overlap: int = OVERLAP
    ) -> dict[str, int]:
        """Harvests until now; the counts of all windows together."""
        desk = desk_for(
            Open311(),
            self.state,
            self.outlet,
            self.ring,
            agency="council",
            request=wish,
            clock=lambda: now,
        )
        total: dict[str, int] = {}
        start = int(since.timestamp()) * SECOND if since else None
        with self.client() as client:
            for reading in harvest(desk, client, self.position, start, warn=self.warnings.append, overlap=overlap):
                for name, count in reading.tally.numbers().items():
                    total[name] = total.get(name, 0) + count
        return total

    @property
    def ids(self) -> set[str]:
        return {one.reference for one in self.outlet.reports}


@pytest.fixture
def town() -> Iterator[Callable[..., Town]]:
    with ExitStack() as closing:
        yield lambda **how: Town(closing.enter_context(serving(GeoReport(**how))))


def requests(count: int, every: timedelta = timedelta(hours=1), first: int = 1_000) -> list[Request]:
    return [
        REQUEST
        | {
            "service_request_id": str(first + number),
            "requested_datetime": (BEGIN + number * every).isoformat(),
            "updated_datetime": (BEGIN + number * every + timedelta(hours=2)).isoformat(),
        }
        for number in range(count)
    ]


@pytest.mark.parametrize("limit", [10, 25, 50, 137, 1_000])
def test_all_requests_come_whatever_the_service_s_limit_and_order(town: Callable[..., Town], limit: int) -> None:
    count = 400 if limit > 25 else 120
    place = town(requests=requests(count), limit=limit)
    assert place.read(since=BEGIN)["published"] == count
    assert place.ids == {str(1_000 + number) for number in range(count)}
    assert place.read(since=BEGIN)["published"] == 0
    assert place.warnings == []


def test_a_service_of_a_thousand_is_asked_few_questions(town: Callable[..., Town]) -> None:
    place = town(requests=requests(900, timedelta(minutes=25)))
    place.read(since=BEGIN)
    assert len(place.service.questions) < 60


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 90_000), max_size=120), st.integers(10, 60))
def test_a_gatherer_misses_nothing_that_a_service_holds(seconds: list[int], limit: int) -> None:
    held = [{"service_request_id": str(number), "at": str(at)} for number, at in enumerate(seconds)]

    def ask(window: Window) -> list[dict[str, str]]:
        first, last = window.start - SECOND, window.end + SECOND
        found = [one for one in held if first <= int(one["at"]) * SECOND < last]
        return found[::-1][:limit]

    doubts: list[Window] = []
    found = Gatherer(ask, lambda window, count: doubts.append(window)).gather(Window(0, 90_001 * SECOND))
    missed = [one for one in held if one["service_request_id"] not in found]
    assert all(any(each.start <= int(one["at"]) * SECOND <= each.end for each in doubts) for one in missed)


def test_windows_cover_the_stretch_without_a_gap() -> None:
    made = list(windows(5, 5 + 30 * DAY + 3, 7 * DAY))
    assert made[0].start == 5
    assert made[-1].end == 5 + 30 * DAY + 3
    assert all(one.end == other.start for one, other in pairwise(made))


def test_more_requests_in_one_moment_than_the_service_answers_is_told(town: Callable[..., Town]) -> None:
    place = town(requests=requests(60, timedelta(seconds=0)), limit=25)
    place.read(since=BEGIN)
    assert any("may have left some out: it answers 25" in warning for warning in place.warnings)


def test_a_service_that_takes_only_days_is_read_and_doubtful_days_are_told(town: Callable[..., Town]) -> None:
    place = town(requests=requests(70, timedelta(minutes=2)), limit=50, knows_hours=False)
    place.read(since=BEGIN)
    assert len(place.ids) >= 50
    assert any("requests-2024-06-01" in warning and "answers 50" in warning for warning in place.warnings)
    assert len(place.service.questions) < 60


def test_a_service_that_ignores_dates_is_refused(town: Callable[..., Town]) -> None:
    place = town(requests=requests(400), limit=100, keeps_to_dates=False)
    with pytest.raises(Refused, match="does not keep to start_date"):
        place.read(since=BEGIN)


@pytest.mark.parametrize("dialect", [list, wrapped, fixmystreet])
def test_every_dialect_gives_the_same_ids(town: Callable[..., Town], dialect: Callable[..., Any]) -> None:
    place = town(requests=requests(30), dialect=dialect)
    place.read(since=BEGIN)
    assert place.ids == {str(1_000 + number) for number in range(30)}
    assert {one.message_id for one in place.outlet.acknowledged if "1007" in one.message_id} != set()


def test_json_and_xml_of_one_request_are_the_same_content(town: Callable[..., Town]) -> None:
    place = town(requests=requests(30))
    assert place.read(since=BEGIN)["published"] == 30
    place.service.formats = ("xml",)
    assert place.read(since=BEGIN)["unchanged"] == 30


def test_a_service_without_json_is_asked_for_xml_once_and_for_all(town: Callable[..., Town]) -> None:
    place = town(requests=requests(30), formats=("xml",))
    place.read(since=BEGIN)
    assert len(place.ids) == 30


def test_a_service_whose_json_is_a_web_page_is_asked_for_xml(town: Callable[..., Town]) -> None:
    place = town(requests=requests(30), dialect=lambda found: "<html>JSON is not here</html>")
    place.read(since=BEGIN)
    assert len(place.ids) == 30


def test_fixmystreet_wants_its_jurisdiction(town: Callable[..., Town]) -> None:
    place = town(requests=requests(3), jurisdiction="fixmystreet")
    with pytest.raises(Refused, match="jurisdiction_id"):
        place.read(since=BEGIN)
    place.service.address += "/requests.json?jurisdiction_id=fixmystreet"
    assert place.read(since=BEGIN)["published"] == 3
    assert place.service.questions[-1]["jurisdiction_id"] == "fixmystreet"


# -- going on --


def test_the_next_run_begins_some_days_before_the_position_and_finds_what_was_late(town: Callable[..., Town]) -> None:
    place = town(requests=requests(100))
    place.read(since=BEGIN)
    assert place.position.held == NOW
    late = dict(requests(1, first=9_000)[0]) | {"requested_datetime": "2024-06-18T09:00:00+00:00"}
    place.service.requests.append(late)
    place.service.questions.clear()
    again = place.read(now=NOW + DAY)
    assert again["published"] == 1
    assert "9000" in place.ids
    asked = min(one["start_date"] for one in place.service.questions)
    assert asked == datetime.fromtimestamp((NOW - OVERLAP) // SECOND - 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_request_that_is_closed_later_is_revised_and_told_as_an_update(town: Callable[..., Town]) -> None:
    place = town(requests=[REQUEST | {"status": "open", "status_notes": ""}])
    place.read(since=BEGIN)
    closed = REQUEST | {"updated_datetime": "2024-06-19T10:30:00+01:00"}
    place.service.requests[:] = [closed]
    again = place.read(now=NOW + DAY)
    assert again["updates"] == 1
    [update] = place.outlet.updates
    assert (update.update_kind, update.report_ids) == (UpdateKind.CLOSED, ("council:638344",))
    assert [one.operation for one in place.outlet.reports] == [Operation.INSERT]


def test_what_is_closed_long_after_it_was_made_is_heard_of_by_looking_back_as_far(town: Callable[..., Town]) -> None:
    place = town(requests=[REQUEST | {"status": "open", "status_notes": ""}])
    later = NOW + 40 * DAY
    place.read(since=BEGIN, now=later)
    place.service.requests[:] = [REQUEST | {"updated_datetime": "2024-07-25T10:30:00+01:00"}]
    assert place.read(now=later) == {}
    assert place.read(now=later, overlap=60 * DAY)["updates"] == 1


@pytest.mark.parametrize("after", [0, 5, 60, 150])
def test_a_run_that_is_cut_off_goes_on_without_loss_or_double(town: Callable[..., Town], after: int) -> None:
    place = town(requests=requests(300))
    place.outlet.fails_after = after
    with pytest.raises(Unavailable):
        place.read(since=BEGIN)
    stopped_at = place.position.held
    assert stopped_at is None or stopped_at < NOW
    place.outlet.lose_half()
    place.outlet.fails_after = None
    place.read(since=None if stopped_at else BEGIN)
    assert len(place.ids) == 300
    assert len({(one.report_id, one.revision) for one in place.outlet.reports}) == 300
    assert place.position.held == NOW


def test_a_dry_run_moves_nothing(town: Callable[..., Town]) -> None:
    place = town(requests=requests(10))
    assert place.read(since=BEGIN, wish=Wish(dry_run=True))["published"] == 10
    assert (place.position.held, place.outlet.acknowledged, place.state.records) == (None, [], {})


def test_a_quiet_service_moves_the_position_on(town: Callable[..., Town]) -> None:
    place = town()
    assert place.read(since=BEGIN) == {}
    assert place.position.held == NOW


def test_positions_are_kept_apart_and_never_go_back(database: StoreSettings) -> None:
    with connect(database.writer_dsn, "test") as connection:
        one = FeedPosition(connection, "open311", "council", "https://example.org/v2")
        other = FeedPosition(connection, "open311", "council", "https://example.org/v2?jurisdiction_id=b")
        assert one.find() is None
        one.save(5)
        one.save(3)
        assert (one.find(), other.find()) == (5, None)


# -- manners --


def test_a_busy_service_is_asked_again_after_the_time_that_it_asks_for(town: Callable[..., Town]) -> None:
    place = town(requests=requests(3), trouble=lambda number: 503 if number in (1, 2) else None, retry_after="17")
    assert place.read(since=BEGIN)["published"] == 3
    assert place.slept[:2] == [17.0, 17.0]


def test_a_connection_that_breaks_is_tried_again_ever_more_slowly(town: Callable[..., Town]) -> None:
    place = town(requests=requests(3), trouble=lambda number: 0 if number < 4 else None)
    assert place.read(since=BEGIN)["published"] == 3
    assert place.slept[:3] == [1.0, 2.0, 4.0]


def test_a_service_that_stays_away_stops_the_run_and_keeps_the_position(town: Callable[..., Town]) -> None:
    place = town(requests=requests(200), trouble=lambda number: 429 if number > 6 else None)
    with pytest.raises(Unavailable, match=r"answers 429.*goes on"):
        place.read(since=BEGIN)
    held = place.position.held
    place.service.trouble = lambda number: None
    place.read(since=BEGIN if held is None else None)
    assert len(place.ids) == 200


def test_there_is_a_pause_between_any_two_questions(town: Callable[..., Town]) -> None:
    place = town(requests=requests(30))
    place.read(since=BEGIN)
    assert place.slept == [0.25] * (len(place.service.questions) - 1)


# -- what comes back is not trusted --

BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;">]>
<service_requests><request><service_request_id>&lol2;</service_request_id></request></service_requests>"""
PEEK = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<service_requests><request><service_request_id>&file;</service_request_id></request></service_requests>"""


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (BOMB, "document type"),
        (PEEK, "document type"),
        (b"<a>" * 40 + b"</a>" * 40, "XML of another kind"),
        (b"<requests>" + b"<a>" * 40 + b"</a>" * 40 + b"</requests>", "nested too deep"),
        (b"<requests><request><description>" + b"x" * 300_000, "too long a text"),
        (as_xml(requests(3))[:-40], "breaks off"),
        (b"<html><body>ERROR: Missing jurisdiction_id</body></html>", "a web page"),
        (b'{"error": "no"}', "JSON of another kind"),
        (b"[{", "breaks off"),
        (b"", "nothing"),
        (b"service unavailable", "neither JSON nor XML"),
    ],
)
def test_an_answer_of_another_kind_is_refused_with_what_was_found(
    town: Callable[..., Town], body: bytes, found: str
) -> None:
    place = town(raw=body)
    with pytest.raises(Refused, match=f"expected .*; found .*{found}"):
        place.read(since=BEGIN)
    assert place.position.held is None
    assert place.outlet.acknowledged == []


@pytest.mark.parametrize("url", ["ftp://example.org/v2", "example.org", "https://", "https://a:b@example.org/v2"])
def test_what_is_no_address_of_a_service_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        Service.of(url)


def test_an_address_is_one_service_however_it_is_written() -> None:
    base = "https://example.org/open311/v2"
    assert Service.of(f"{base}/") == Service.of(base) == Service.of(f"{base}/requests.xml")
    assert Service.of(f"{base}?jurisdiction_id=a").name == f"{base}?jurisdiction_id=a"


def test_nested_and_repeated_values_are_flat_texts_in_both_formats() -> None:
    nested = (
        b"<requests><request><service_request_id>1</service_request_id><agency_responsible>"
        b"<recipient>A</recipient><recipient>B</recipient></agency_responsible></request></requests>"
    )
    listed = b'[{"service_request_id": 1, "agency_responsible": {"recipient": ["A", "B"]}}]'
    assert answer.read(nested) == answer.read(listed)
    assert answer.read(listed) == [{"service_request_id": "1", "agency_responsible.recipient": "A, B"}]
