"""When an incident of the Standard Data Model happened.

The start is one time, or a pair of dates `dateFrom` and `dateTo` between which it happened; the end is a time, or a
bare time of day that belongs to the last of those dates.
"""

import re

from connectors.clocks import ISO, Clock
from connectors.sdm.document import Resource
from connectors.times import LONDON, between
from schemas.records import Span
from schemas.vocabulary import Precision

CLOCK = Clock(LONDON, (ISO,))
"""Times state their offset or are London's."""

_START, _END = "incidentStartDateTime", "incidentEndDateTime"
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})?")


def occurred(incident: Resource) -> Span | None:
    """From start to end as far as they are stated, else the approximate date; Unfit for what is no date or time."""
    first, last = _dates(incident)
    start = CLOCK.span(first, _START) if first else None
    end = _end(incident, last or first)
    if start is None and end is None:
        return _approximate(incident)
    if start and end and start != end and start.earliest.at <= end.latest.at:
        return Span(earliest=start.earliest, latest=end.latest, precision=Precision.RANGE)
    return between(start, end)


def _dates(incident: Resource) -> tuple[str | None, str | None]:
    """The start as it is written, and the last date of a pair."""
    stated = incident.attributes.get(_START)
    if not isinstance(stated, dict):
        return incident.text(_START), None
    pair = Resource("", "", stated, {})
    return pair.text("dateFrom"), pair.text("dateTo")


def _end(incident: Resource, day: str | None) -> Span | None:
    written = incident.text(_END)
    if written is None:
        return CLOCK.span(day, _START) if day else None
    if not _TIME_OF_DAY.fullmatch(written):
        return CLOCK.span(written, _END)
    return CLOCK.span(f"{day[:10]}T{written.zfill(5)}", _END) if day else None


def _approximate(incident: Resource) -> Span | None:
    day, hour = incident.text("incidentApproximateDate"), incident.text("incidentApproximateTime")
    if day is None:
        return None
    exact = f"{day}T{hour.zfill(5)}" if hour and _TIME_OF_DAY.fullmatch(hour) else day
    return CLOCK.span(exact, "incidentApproximateDate")
