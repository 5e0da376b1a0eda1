"""The times of a row, by its profile."""

from collections.abc import Mapping

from connectors.clocks import Clock
from connectors.mapping.people import text_of
from connectors.mapping.profile_parts import Occurred, Time
from connectors.times import between
from schemas.errors import Unfit
from schemas.records import Moment, Span

Values = Mapping[str, str]

_AS_GOOD_AS_EXACT = 60 * 10**6
_NEARLY = 2 * 3600 * 10**6


def span_of(row: Values, part: Time | None, clock: Clock) -> Span | None:
    """What a time of the row may mean; None where its columns are blank. Unfit, naming the column, for what is no
    time.
    """
    if part is None:
        return None
    text = text_of(row, part.columns, " ")
    if text is None:
        return span_of(row, part.otherwise, clock)
    try:
        return clock.span(text, part.columns[0], part.precision)
    except Unfit:
        day = text_of(row, part.columns[:1], " ")
        if not part.vague or day is None or day == text:
            raise
        return clock.span(day, part.columns[0])


def occurred_of(row: Values, part: Occurred | None, clock: Clock) -> Span | None:
    """From start to end; an end on the start's day that comes before it is past midnight."""
    if part is None:
        return None
    start, end = span_of(row, part.start, clock), _end_of(row, part, clock)
    if start and end and _shares_day(part) and end.latest.at < start.earliest.at:
        text = text_of(row, part.end.columns if part.end else (), " ")
        end = clock.next_day(text or "", part.start.columns[0])
    return between(start, end)


def moment_of(span: Span | None) -> Moment | None:
    """One instant for a time that is known to two hours (the earlier reading of an hour that came twice)."""
    return span.earliest if span and span.latest.at - span.earliest.at < _NEARLY else None


def is_exact(span: Span | None) -> bool:
    """Whether it is known to the minute, or not at all."""
    return span is None or span.latest.at - span.earliest.at < _AS_GOOD_AS_EXACT


def _end_of(row: Values, part: Occurred, clock: Clock) -> Span | None:
    """The end, where anything but the start's own day is stated for it."""
    states_more = part.end and text_of(row, part.end.columns[1:], " ")
    return None if _shares_day(part) and not states_more else span_of(row, part.end, clock)


def _shares_day(part: Occurred) -> bool:
    """Whether start and end are two times of day of one date column."""
    return part.end is not None and len(part.end.columns) > 1 and part.end.columns[0] == part.start.columns[0]
