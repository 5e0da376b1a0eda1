"""Exact times: local clock times, days and months as spans of instants with their offset.

A local clock shows some times twice (the hour before the clocks go back, which for noise is the busiest of the year)
and some never (the hour that the clocks skip). The first become a span over both readings, never a guess; the second
are Unfit. The source's own offset is kept, so that the clock on the wall can be shown again.
"""

import calendar
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.errors import Unfit
from schemas.records import Moment, Span
from schemas.vocabulary import Precision

LONDON = ZoneInfo("Europe/London")

YEARS = range(1900, 2200)
"""Years that a report of antisocial behaviour can speak of; anything else is a slip."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MIDNIGHT = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
_TRUNCATED: dict[Precision, dict[str, int]] = {
    Precision.EXACT: {},
    Precision.MINUTE: {"second": 0, "microsecond": 0},
    Precision.HOUR: {"minute": 0, "second": 0, "microsecond": 0},
    Precision.DAY: _MIDNIGHT,
    Precision.MONTH: {"day": 1} | _MIDNIGHT,
    Precision.YEAR: {"month": 1, "day": 1} | _MIDNIGHT,
}
_WIDTHS: dict[Precision, Callable[[datetime], timedelta]] = {
    Precision.EXACT: lambda start: _MICROSECOND,
    Precision.MINUTE: lambda start: timedelta(minutes=1),
    Precision.HOUR: lambda start: timedelta(hours=1),
    Precision.DAY: lambda start: timedelta(days=1),
    Precision.MONTH: lambda start: timedelta(days=calendar.monthrange(start.year, start.month)[1]),
    Precision.YEAR: lambda start: timedelta(days=366 if calendar.isleap(start.year) else 365),
}
_WIDTH_VARIES = (Precision.DAY, Precision.MONTH, Precision.YEAR)


def moment(when: datetime) -> Moment:
    """The moment of an aware time, with its own offset.

    >>> moment(datetime(2018, 10, 1, tzinfo=LONDON))
    Moment(at=1538348400000000, offset_minutes=60)
    """
    offset = when.utcoffset()
    if offset is None:
        raise ValueError("a time without a zone has no moment")
    return Moment(at=(when - _EPOCH) // _MICROSECOND, offset_minutes=round(offset.total_seconds() / 60))


def span_of(stated: datetime, precision: Precision, zone: ZoneInfo, field: str) -> Span:
    """All instants that a stated time may mean: by its own offset when it has one, else by the zone's clock.

    Raises Unfit, naming the field, for a time that the clock never showed and for a year out of range.
    """
    if stated.year not in YEARS:
        raise Unfit(field, f"its year is not between {YEARS.start} and {YEARS.stop - 1}", "correct it at the source")
    start = stated.replace(**_TRUNCATED[precision])  # type: ignore[arg-type]
    end = start + _WIDTHS[precision](start) - _MICROSECOND
    if stated.tzinfo is not None:
        return Span(earliest=moment(start), latest=moment(end), precision=precision)
    return _span_by_clock(start, end, precision, zone, field)


def span_of_month(year: int, month: int, zone: ZoneInfo) -> Span:
    """The local month, to its last microsecond."""
    return span_of(datetime(year, month, 1), Precision.MONTH, zone, "month")  # noqa: DTZ001 (the zone's clock)


def between(first: Span | None, last: Span | None) -> Span | None:
    """The span from the start of one to the end of the other; of one alone when the other is unknown.

    Two that contradict each other are taken in their right order: boxes get mixed up more often than time runs back.
    """
    if first is None or last is None or first == last:
        return first or last
    earliest = min(first.earliest, last.earliest, key=_at)
    latest = max(first.latest, last.latest, key=_at)
    return Span(earliest=earliest, latest=latest, precision=Precision.RANGE)


def _at(when: Moment) -> int:
    return when.at


def _span_by_clock(start: datetime, end: datetime, precision: Precision, zone: ZoneInfo, field: str) -> Span:
    earliest, latest = _first_reading(start, zone), _last_reading(end, zone)
    if earliest > latest:
        raise Unfit(field, f"is a time that the clocks of {zone.key} skipped", "correct it at the source")
    as_wide_as_stated = latest - earliest == end - start
    return Span(
        earliest=moment(earliest.astimezone(zone)),
        latest=moment(latest.astimezone(zone)),
        precision=precision if as_wide_as_stated or precision in _WIDTH_VARIES else Precision.RANGE,
    )


def _first_reading(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock showed this time or a later one; in UTC."""
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return instant if _shows(instant, local, zone) else _change_over(local, zone)


def _last_reading(local: datetime, zone: ZoneInfo) -> datetime:
    """The last instant at which the clock showed this time or an earlier one; in UTC."""
    instant = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return instant if _shows(instant, local, zone) else _change_over(local, zone) - _MICROSECOND


def _shows(instant: datetime, local: datetime, zone: ZoneInfo) -> bool:
    return instant.astimezone(zone).replace(tzinfo=None) == local


def _change_over(skipped: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks went forward over a time that they skipped; in UTC."""
    after = skipped.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = skipped.replace(tzinfo=zone, fold=1).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > _MICROSECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
