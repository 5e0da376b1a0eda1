"""When a feed is due: every so often, or at times of day, through both changes of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.collect.schedule import At, Every, parse_duration, parse_schedule, words_of

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CLOCKS = st.lists(st.times().map(lambda each: each.replace(second=0, microsecond=0)), min_size=1, max_size=4)


def test_a_feed_that_was_never_looked_at_is_due_at_once() -> None:
    for text in ("every 2 hours", "at 02:30"):
        assert parse_schedule(text, LONDON).due(None, NOON) == NOON


def test_a_feed_is_due_so_long_after_its_last_look() -> None:
    assert parse_schedule("every 15 minutes", LONDON).due(NOON, NOON) == NOON + timedelta(minutes=15)
    long_ago = NOON - timedelta(days=3)
    assert parse_schedule("every 15 minutes", LONDON).due(long_ago, NOON) == long_ago + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        ("2026-06-01T12:00+00:00", "2026-06-01T13:00+00:00"),
        ("2026-06-01T13:00+00:00", "2026-06-02T01:30+00:00"),
        ("2026-12-01T13:00+00:00", "2026-12-01T14:00+00:00"),
        ("2026-03-28T15:00+00:00", "2026-03-29T01:30+00:00"),
        ("2026-10-24T15:00+00:00", "2026-10-25T02:30+00:00"),
    ],
)
def test_times_of_day_are_clock_times(last: str, due: str) -> None:
    found = parse_schedule("at 14:00, 02:30", LONDON).due(datetime.fromisoformat(last), NOON)
    assert found == datetime.fromisoformat(due)


def test_a_time_that_spring_leaves_out_comes_an_hour_later_and_one_that_autumn_repeats_comes_once() -> None:
    half_past_one = At((time(1, 30),), LONDON)
    spring = half_past_one.due(datetime(2026, 3, 28, 12, tzinfo=UTC), NOON)
    assert spring.astimezone(LONDON).time() == time(2, 30)
    first = half_past_one.due(datetime(2026, 10, 24, 12, tzinfo=UTC), NOON)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert half_past_one.due(first, NOON) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@given(CLOCKS, INSTANTS)
def test_the_next_time_is_later_within_a_day_and_nothing_lies_between(times: list[time], last: datetime) -> None:
    schedule = At(tuple(sorted(set(times))), LONDON)
    due = schedule.due(last, last)
    assert last < due <= last + timedelta(hours=26)
    assert schedule.due(due - timedelta(microseconds=1), last) == due


@pytest.mark.parametrize("text", ["hourly", "every 0 minutes", "every day", "at 24:00", "at 2:30", "at noon", "at", ""])
def test_other_words_are_no_schedule(text: str) -> None:
    with pytest.raises(ValueError, match="must be of the form"):
        parse_schedule(text, LONDON)


def test_a_schedule_is_told_as_it_is_written() -> None:
    for text, told in {
        "every 90 seconds": "every 90 seconds",
        "every 120 minutes": "every 2 hours",
        "every 1 hour": "every 1 hour",
        "at 14:00, 02:30": "at 02:30, 14:00 (Europe/London)",
    }.items():
        assert str(parse_schedule(text, LONDON)) == told


def test_a_length_is_told_as_it_is_written() -> None:
    assert parse_duration("30 seconds") == timedelta(seconds=30)
    assert parse_schedule("every 3 hours", LONDON) == Every(timedelta(hours=3))
    assert words_of(timedelta(seconds=61)) == "61 seconds"
    with pytest.raises(ValueError, match="`30 seconds`, `15 minutes` or `2 hours`"):
        parse_duration("soon")
