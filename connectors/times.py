"""Exact times: a source's local clock times, days and months as moments and spans with their offset.

Local times are read in the source's time zone. A time that the autumn change makes ambiguous is a span over both
readings, never a guess; a time that the spring change skips is Unfit.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas.errors import Unfit
from schemas.records import Moment, Span
from schemas.vocabulary import Precision

LONDON = ZoneInfo("Europe/London")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def moment(when: datetime) -> Moment:
    """The moment of an aware time, with its own offset.

    >>> moment(datetime(2018, 10, 1, tzinfo=LONDON))
    Moment(at=1538348400000000, offset_minutes=60)
    """
    offset = when.utcoffset()
    if offset is None:
        raise ValueError("a time without a zone has no moment")
    return Moment(at=(when - _EPOCH) // _MICROSECOND, offset_minutes=round(offset.total_seconds() / 60))


def readings(local: datetime, zone: ZoneInfo, field: str) -> Span:
    """The span of a naive local time: one instant, or both readings of an ambiguous one.

    Raises Unfit for a local time that the zone's clocks skipped.
    """
    first, second = moment(local.replace(tzinfo=zone, fold=0)), moment(local.replace(tzinfo=zone, fold=1))
    if first.at > second.at:
        raise Unfit(field, "is a local time that the spring change of clocks skips", "correct it at the source")
    exact = Precision.EXACT if first == second else Precision.RANGE
    return Span(earliest=first, latest=second, precision=exact)


def span_of_day(year: int, month: int, day: int, zone: ZoneInfo) -> Span:
    """The local day, to its last microsecond."""
    start = datetime(year, month, day, tzinfo=zone)
    return _up_to(start, start + timedelta(days=1), Precision.DAY)


def span_of_month(year: int, month: int, zone: ZoneInfo) -> Span:
    """The local month, to its last microsecond."""
    start = datetime(year, month, 1, tzinfo=zone)
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    return _up_to(start, after, Precision.MONTH)


def _up_to(start: datetime, after: datetime, precision: Precision) -> Span:
    end = after.astimezone(UTC) - _MICROSECOND
    return Span(earliest=moment(start), latest=moment(end.astimezone(after.tzinfo)), precision=precision)
