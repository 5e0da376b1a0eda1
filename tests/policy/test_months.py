"""Calendar months in London, over leap years, short months and clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.months import end_of, first_within, in_words, last_day, london_date, start_of, week_of, within
from tests.policy.factory import at

ANY_DAY = st.dates(date(1990, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(1, 24)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-01-15", 1, "2026-02-14"),
        ("2026-01-15", 6, "2026-07-14"),
        ("2026-01-01", 6, "2026-06-30"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2027-08-29", 6, "2028-02-28"),
        ("2027-08-30", 6, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
    ],
)
def test_a_period_beginning_with_a_day_ends_before_the_corresponding_date(first: str, months: int, last: str) -> None:
    assert last_day(date.fromisoformat(first), months) == date.fromisoformat(last)


@given(ANY_DAY, MONTHS, st.integers(-40, 800))
def test_a_day_is_within_exactly_while_it_is_before_the_corresponding_date(
    first: date, months: int, after: int
) -> None:
    day = first + timedelta(days=after)
    months_on = first.year * 12 + first.month - 1 + months
    corresponding = (months_on // 12, months_on % 12 + 1, first.day)
    assert within(first, months, day) == ((day.year, day.month, day.day) < corresponding)


@given(ANY_DAY, ANY_DAY, MONTHS)
def test_a_later_first_day_never_ends_the_period_earlier(one: date, other: date, months: int) -> None:
    early, late = sorted((one, other))
    assert last_day(early, months) <= last_day(late, months)


@given(st.integers(0, 3_000_000_000_000_000))
def test_every_moment_lies_between_the_ends_of_its_london_day(moment: int) -> None:
    day = london_date(moment)
    assert start_of(day) <= moment <= end_of(day)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-21", 24), ("2026-12-21", 24)]
)
def test_the_days_the_clocks_change_have_23_and_25_hours(day: str, hours: int) -> None:
    whole = date.fromisoformat(day)
    assert end_of(whole) + 1 - start_of(whole) == hours * 3_600_000_000


def test_an_hour_before_midnight_utc_in_summer_is_the_next_day_in_london() -> None:
    moment = int(datetime(2026, 7, 1, 23, 30, tzinfo=UTC).timestamp()) * 1_000_000
    assert london_date(moment) == date(2026, 7, 2)


def test_both_hours_of_the_ambiguous_night_are_of_one_day() -> None:
    first = int(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()) * 1_000_000
    assert london_date(first) == london_date(first + 3_600_000_000) == date(2026, 10, 25)


@given(st.integers(0, 3_000_000_000_000_000))
def test_a_week_runs_from_monday_to_sunday_in_london(moment: int) -> None:
    first, last = week_of(moment)
    assert first <= moment <= last
    assert (london_date(first).weekday(), london_date(last).weekday()) == (0, 6)
    assert (london_date(last) - london_date(first)).days == 6


def test_a_day_is_written_as_people_write_it() -> None:
    assert in_words(london_date(at("2026-03-05"))) == "5 March 2026"


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 24), st.integers(0, 800))
def test_what_is_within_is_what_is_not_before_the_first_day_within(day: date, months: int, days: int) -> None:
    first = day - timedelta(days=days)
    assert (first >= first_within(months, day)) == within(first, months, day)
