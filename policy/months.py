"""Calendar months and days as the law counts them, in Europe/London. Pure arithmetic, no clock.

A period of n months "beginning with" a day includes that day (Hare v Gocher [1962] 2 QB 641; Trow v Ind Coope [1967]
2 QB 899) and ends with the day before the corresponding date n months later, or with the last day of that month where
it has no such date (corresponding date rule, Dodds v Walker [1981] 1 WLR 1027).
"""

import calendar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

HOUR = 3_600_000_000
"""Microseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))


def london_date(at: int) -> date:
    """The calendar day in London at a time in microseconds.

    London's offset is whole hours and changes on the hour, so one look-up serves an hour.
    """
    return _date_of_hour(at // HOUR)


@lru_cache(maxsize=65_536)
def _date_of_hour(hour: int) -> date:
    return (_EPOCH + timedelta(hours=hour)).astimezone(LONDON).date()


def start_of(day: date) -> int:
    """The first microsecond of a day in London."""
    return (datetime.combine(day, time(), LONDON) - _EPOCH) // timedelta(microseconds=1)


def end_of(day: date) -> int:
    """The last microsecond of a day in London, which has 23, 24 or 25 hours."""
    return start_of(day + timedelta(days=1)) - 1


@lru_cache(maxsize=65_536)
def last_day(first: date, months: int) -> date:
    """The last day of the period of so many months beginning with `first`.

    >>> last_day(date(2026, 1, 15), 6)
    datetime.date(2026, 7, 14)
    >>> last_day(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    if first.day > length:
        return date(year, month + 1, length)
    return date(year, month + 1, first.day) - timedelta(days=1)


def within(first: date, months: int, day: date) -> bool:
    """Whether the period of so many months beginning with `first` has not ended before `day`."""
    return day <= last_day(first, months)


@lru_cache(maxsize=4096)
def first_within(months: int, day: date) -> date:
    """The earliest day whose period of so many months has not ended before `day`.

    >>> first_within(6, date(2026, 7, 14))
    datetime.date(2026, 1, 15)
    """
    first = day - timedelta(days=31 * months + 3)
    while not within(first, months, day):
        first += timedelta(days=1)
    return first


@lru_cache(maxsize=8192)
def week_of(at: int) -> tuple[int, int]:
    """The first and last microsecond of the week, Monday to Sunday in London, that holds a time."""
    day = london_date(at)
    monday = day - timedelta(days=day.weekday())
    return start_of(monday), end_of(monday + timedelta(days=6))


def in_words(day: date) -> str:
    """A day as it is written to people: 5 March 2026."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"
