"""When a feed is looked at: every so often, or at times of day. Pure: the present is an argument.

Times of day are clock times of one zone: a time that the spring change leaves out comes an hour later, and one that the
autumn change brings twice comes once.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import NoReturn
from zoneinfo import ZoneInfo

_EVERY = re.compile(r"every (?P<count>[1-9]\d{0,3}) ?(?P<unit>second|minute|hour)s?")
_AT = re.compile(r"at (?P<times>\d{2}:\d{2}(?:, ?\d{2}:\d{2})*)")
_UNITS = ((3600, "hour"), (60, "minute"), (1, "second"))
_FORMS = "`every 15 minutes`, or `at 02:30, 14:00`"


@dataclass(frozen=True, slots=True)
class Every:
    """So long after the last look; a feed that was never looked at is due at once."""

    pause: timedelta

    def due(self, last: datetime | None, now: datetime) -> datetime:
        """When to look, the last look having been at `last`; both are aware."""
        return now if last is None else last + self.pause

    def __str__(self) -> str:
        return f"every {words_of(self.pause)}"


@dataclass(frozen=True, slots=True)
class At:
    """At these times of day in a zone; what was missed is made up for once."""

    times: tuple[time, ...]
    zone: ZoneInfo

    def due(self, last: datetime | None, now: datetime) -> datetime:
        """When to look, the last look having been at `last`; both are aware."""
        return now if last is None else self._next(last)

    def _next(self, last: datetime) -> datetime:
        first = last.astimezone(self.zone).date()
        days = (first + timedelta(days=number) for number in range(3))
        instants = sorted(self._instant(datetime.combine(day, each)) for day in days for each in self.times)
        return next(instant for instant in instants if instant > last)

    def _instant(self, clock: datetime) -> datetime:
        return clock.replace(tzinfo=self.zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"at {', '.join(f'{each:%H:%M}' for each in self.times)} ({self.zone.key})"


Schedule = Every | At


def parse_schedule(text: str, zone: ZoneInfo) -> Schedule:
    """The schedule of a text; ValueError with the forms that it may have.

    >>> str(parse_schedule("every 15 minutes", ZoneInfo("Europe/London")))
    'every 15 minutes'
    """
    if times := _AT.fullmatch(text):
        return At(tuple(sorted({_time(one.strip()) for one in times["times"].split(",")})), zone)
    return Every(parse_duration(text.removeprefix("every "), _FORMS) if text.startswith("every ") else _no(_FORMS))


def parse_duration(text: str, forms: str = "`30 seconds`, `15 minutes` or `2 hours`") -> timedelta:
    """The length of such a text; ValueError with the forms that it may have."""
    found = _EVERY.fullmatch(f"every {text}")
    return timedelta(**{f"{found['unit']}s": int(found["count"])}) if found else _no(forms)


def words_of(length: timedelta) -> str:
    """A length in its largest whole unit.

    >>> words_of(timedelta(minutes=120))
    '2 hours'
    """
    seconds = int(length.total_seconds())
    size, unit = next(
        (size, unit) for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")) if not seconds % size
    )
    return f"{seconds // size} {unit}{'s' if seconds != size else ''}"


def _time(text: str) -> time:
    hours, minutes = map(int, text.split(":"))
    return time(hours, minutes) if hours < 24 and minutes < 60 else _no("times of day from 00:00 to 23:59")


def _no(forms: str) -> NoReturn:
    raise ValueError(f"must be of the form {forms}")
