"""Days and hours by the clock on the wall, kept as UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from simulation.dice import Dice
from simulation.kinds import Hours

LONDON = ZoneInfo("Europe/London")

_STRETCHES: dict[Hours, tuple[int, int]] = {
    "day": (8 * 60, 18 * 60),
    "evening": (17 * 60, 23 * 60),
    "night": (21 * 60, 26 * 60),
    "late": (22 * 60 + 30, 28 * 60),
    "any": (7 * 60, 25 * 60),
}
"""Minutes after local midnight within which a kind of hours lies; beyond 24 hours is the night after."""


def midnight(day: date) -> datetime:
    """The start of a local day, in UTC."""
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def local(when: datetime) -> datetime:
    """By the clock in London."""
    return when.astimezone(LONDON)


def some_time(day: date, hours: Hours, dice: Dice) -> datetime:
    """A moment in these hours of a day, to the second. Elapsed time counts, so the hour that the clocks repeat in
    October is as busy as it really is.
    """
    first, last = _STRETCHES[hours]
    minutes = (dice.between(first, last) + dice.between(first, last)) // 2
    return midnight(day) + timedelta(minutes=minutes, seconds=dice.below(60))


def in_office_hours(after: datetime, dice: Dice) -> datetime:
    """Some time of the first working day on which an office can be reached after a moment, 09:00 to 17:20."""
    start = local(after)
    day = start.date() if start.hour < 15 else start.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    opens = max(start.hour + 1, 9) if day == start.date() else 9
    return at(day, 0, dice.between(opens * 60, 17 * 60 + 20)) + timedelta(seconds=dice.below(60))


def at(day: date, hour: int, minute: int) -> datetime:
    """A moment by the clock in London, in UTC; hours and minutes may run over into the next hour and day."""
    hours, minutes = divmod(hour * 60 + minute, 60)
    shown = datetime.combine(day + timedelta(days=hours // 24), time(hours % 24, minutes), LONDON)
    return shown.astimezone(UTC)
