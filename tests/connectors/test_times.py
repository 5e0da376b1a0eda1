"""Clock times: exact through every change of the clocks in London and New York."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.clocks import Clock
from connectors.times import between
from schemas.errors import Unfit
from schemas.records import Moment, Span
from schemas.vocabulary import Precision

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
ZONES = st.sampled_from([LONDON, NEW_YORK])
SECONDS = "%d/%m/%Y %H:%M:%S"
YEARS = st.integers(1996, 2037)
INSTANTS = st.integers(820_454_400, 2_145_916_800).map(lambda second: datetime.fromtimestamp(second, UTC))


def last_sunday(year: int, month: int) -> date:
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return end - timedelta(days=(end.weekday() + 1) % 7)


def nth_sunday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))


def springs(year: int) -> dict[ZoneInfo, datetime]:
    """The first clock time that each zone skips: by law the European Union's and, since 2007, the United States'."""
    american = nth_sunday(year, 3, 2) if year >= 2007 else nth_sunday(year, 4, 1)
    return {
        LONDON: datetime.combine(last_sunday(year, 3), datetime.min.time()) + timedelta(hours=1),
        NEW_YORK: datetime.combine(american, datetime.min.time()) + timedelta(hours=2),
    }


def autumns(year: int) -> dict[ZoneInfo, datetime]:
    """The first clock time that each zone shows twice."""
    american = nth_sunday(year, 11, 1) if year >= 2007 else last_sunday(year, 10)
    one = timedelta(hours=1)
    return {
        LONDON: datetime.combine(last_sunday(year, 10), datetime.min.time()) + one,
        NEW_YORK: datetime.combine(american, datetime.min.time()) + one,
    }


def read(text: str, *formats: str, zone: ZoneInfo = LONDON) -> Span:
    return Clock(zone, formats).span(text, "opened_at")


def instant(moment: Moment) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment.at)


@given(ZONES, YEARS, st.integers(0, 3599))
def test_the_hour_that_comes_twice_is_a_span_over_both_readings(zone: ZoneInfo, year: int, second: int) -> None:
    local = autumns(year)[zone] + timedelta(seconds=second)
    span = read(local.strftime(SECONDS), SECONDS, zone=zone)
    assert span.latest.at - span.earliest.at == 3600 * 10**6
    assert span.earliest.offset_minutes - span.latest.offset_minutes == 60
    assert span.precision is Precision.RANGE
    assert {instant(at).astimezone(zone).replace(tzinfo=None) for at in (span.earliest, span.latest)} == {local}


@given(ZONES, YEARS, st.integers(0, 3599))
def test_the_hour_that_the_clocks_skip_is_unfit_and_names_its_field(zone: ZoneInfo, year: int, second: int) -> None:
    local = springs(year)[zone] + timedelta(seconds=second)
    with pytest.raises(Unfit) as caught:
        read(local.strftime(SECONDS), SECONDS, zone=zone)
    assert caught.value.field == "opened_at"
    assert zone.key in caught.value.rule


@given(ZONES, YEARS, st.sampled_from([springs, autumns]), st.sampled_from([-1, 3600]))
def test_the_seconds_just_before_and_after_a_change_are_exact(
    zone: ZoneInfo, year: int, changes: Callable[[int], dict[ZoneInfo, datetime]], second: int
) -> None:
    local = changes(year)[zone] + timedelta(seconds=second)
    span = read(local.strftime(SECONDS), SECONDS, zone=zone)
    assert span.earliest == span.latest
    assert span.precision is Precision.EXACT


@given(ZONES, INSTANTS)
@example(LONDON, datetime(2024, 10, 27, 0, 59, 59, tzinfo=UTC))
@example(LONDON, datetime(2024, 10, 27, 1, 0, 0, tzinfo=UTC))
@example(NEW_YORK, datetime(2024, 3, 10, 7, 0, 0, tzinfo=UTC))
def test_the_span_of_what_a_clock_shows_always_holds_the_true_instant(zone: ZoneInfo, true: datetime) -> None:
    span = read(true.astimezone(zone).strftime(SECONDS), SECONDS, zone=zone)
    assert instant(span.earliest) <= true <= instant(span.latest)
    assert (
        span.earliest.offset_minutes == true.astimezone(zone).utcoffset().total_seconds() // 60
        or span.precision is Precision.RANGE
    )


@given(ZONES, INSTANTS)
def test_a_time_with_its_own_offset_is_read_by_it_whatever_the_zone(zone: ZoneInfo, true: datetime) -> None:
    text = true.astimezone(NEW_YORK).isoformat()
    span = read(text, "iso", zone=zone)
    assert instant(span.earliest) == true
    assert span.earliest == span.latest


@pytest.mark.parametrize(
    ("text", "format_", "precision", "seconds"),
    [
        ("16/06/2024 23:05:09", SECONDS, Precision.EXACT, 0),
        ("16/06/2024 23:05", "%d/%m/%Y %H:%M", Precision.MINUTE, 60),
        ("16/06/2024 11 PM", "%d/%m/%Y %I %p", Precision.HOUR, 3600),
        ("16/06/2024", "%d/%m/%Y", Precision.DAY, 86400),
        ("2024-06", "%Y-%m", Precision.MONTH, 30 * 86400),
        ("2024", "%Y", Precision.YEAR, 366 * 86400),
        ("2021-03-27T16:31:00", "iso", Precision.EXACT, 0),
        ("2021-03-27T16:31", "iso", Precision.MINUTE, 60),
        ("2021-03-27", "iso", Precision.DAY, 86400),
    ],
)
def test_a_time_is_as_wide_as_it_is_written(text: str, format_: str, precision: Precision, seconds: int) -> None:
    span = read(text, format_)
    assert span.precision is precision
    assert span.latest.at - span.earliest.at == max(seconds * 10**6 - 1, 0)


@pytest.mark.parametrize(("day", "hours"), [("31/03/2024", 23), ("27/10/2024", 25), ("01/06/2024", 24)])
def test_a_day_is_as_long_as_its_clock_says(day: str, hours: int) -> None:
    span = read(day, "%d/%m/%Y")
    assert span.latest.at - span.earliest.at == hours * 3600 * 10**6 - 1
    assert span.precision is Precision.DAY


def test_a_day_that_begins_in_a_skipped_hour_begins_when_the_clocks_have_changed() -> None:
    span = read("2024-03-31", "iso", zone=ZoneInfo("Asia/Beirut"))
    assert instant(span.earliest) == datetime(2024, 3, 30, 22, tzinfo=UTC)
    assert span.latest.at - span.earliest.at == 23 * 3600 * 10**6 - 1


def test_the_source_may_be_known_to_be_less_exact_than_it_writes() -> None:
    clock = Clock(LONDON, ("iso",))
    span = clock.span("2021-06-27T16:31:00", "requested", Precision.MINUTE)
    assert span.latest.at - span.earliest.at == 60 * 10**6 - 1


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "31/02/2024 10:00:00", "16/13/2024 10:00:00", "16/06/2024 25:00:00", "16/06/0024 10:00:00"],
)
def test_an_impossible_time_is_unfit_and_the_message_holds_no_value(text: str) -> None:
    with pytest.raises(Unfit) as caught:
        read(text, SECONDS)
    assert caught.value.field == "opened_at"
    assert not text or text not in str(caught.value)


def test_the_first_format_that_fits_is_used() -> None:
    assert read("2024-06-16", "%d/%m/%Y", "iso") == read("16/06/2024", "%d/%m/%Y", "iso")


def test_the_span_between_two_times_covers_both_in_either_order() -> None:
    first, last = read("16/06/2024 23:05:09", SECONDS), read("17/06/2024 01:00:00", SECONDS)
    assert between(first, last) == between(last, first)
    assert between(first, last) == Span(earliest=first.earliest, latest=last.latest, precision=Precision.RANGE)
    assert between(first, None) == between(None, first) == first
    assert between(None, None) is None
