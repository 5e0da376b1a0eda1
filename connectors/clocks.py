"""How a source writes its times: formats and time zone, to spans of exact instants."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from connectors.times import span_of
from schemas.errors import Unfit
from schemas.records import Span
from schemas.vocabulary import Precision

ISO = "iso"
"""The format name for ISO 8601, with or without an offset."""

_FINEST_FIRST = (
    (Precision.EXACT, ("%S", "%f", "%T", "%X", "%c")),
    (Precision.MINUTE, ("%M", "%R")),
    (Precision.HOUR, ("%H", "%I")),
    (Precision.DAY, ("%d", "%j", "%x", "%D", "%F")),
    (Precision.MONTH, ("%m", "%b", "%B")),
)
_IN_LETTERS = {
    "%d": "dd", "%m": "mm", "%y": "yy", "%Y": "yyyy", "%b": "Mon", "%B": "Month", "%H": "hh", "%I": "hh", "%M": "mm",
    "%S": "ss", "%p": "am/pm",
}  # fmt: skip
_MARK = re.compile("%.")
_ISO_TIME = re.compile(r"[T ](?P<time>[\d:.,]+)")


@dataclass(frozen=True, slots=True)
class Clock:
    """One source's time zone, and its formats in the order to try them.

    A format is one of `datetime.strptime`, or `iso`. A time that states its own offset is read by that offset, so the
    zone counts only for times without one.

    >>> london = Clock(ZoneInfo("Europe/London"), ("%d/%m/%Y %H:%M",))
    >>> london.span("16/06/2024 23:05", "opened_at").earliest.offset_minutes
    60
    """

    zone: ZoneInfo
    formats: tuple[str, ...]

    def span(self, text: str, field: str, precision: Precision | None = None) -> Span:
        """All instants that the text may mean; `precision` overrules how finely the text is written.

        Raises Unfit, naming the field, for a text in none of the formats and for a time that no clock ever showed.
        """
        return _span(self, text.strip(), field, precision)

    def next_day(self, text: str, field: str) -> Span:
        """All instants of the day after, at the same time of day."""
        stated, written = self.read(text.strip(), field)
        return span_of(stated + timedelta(days=1), written, self.zone, field)

    def read(self, text: str, field: str) -> tuple[datetime, Precision]:
        """The time as it is stated, and how finely; Unfit for a text in none of the formats."""
        for format_ in self.formats:
            try:
                return (_iso if format_ == ISO else _formatted)(text, format_)
            except ValueError:
                continue
        expected = " or ".join(map(in_letters, self.formats))
        raise Unfit(field, f"is no date and time of the form {expected}", "mend the value, or the profile's formats")


def in_letters(format_: str) -> str:
    """A format as people write it who do not program; marks that are seldom used stay as they are.

    >>> in_letters("%d/%m/%Y %H:%M"), in_letters(ISO)
    ('dd/mm/yyyy hh:mm', 'yyyy-mm-ddThh:mm:ss')
    """
    if format_ == ISO:
        return "yyyy-mm-ddThh:mm:ss"
    return _MARK.sub(lambda mark: _IN_LETTERS.get(mark[0], mark[0]), format_)


def precision_of(format_: str) -> Precision:
    """How finely a strptime format states a time.

    >>> precision_of("%d/%m/%Y")
    <Precision.DAY: 'DAY'>
    """
    return next((name for name, marks in _FINEST_FIRST if any(mark in format_ for mark in marks)), Precision.YEAR)


def precision_of_iso(text: str) -> Precision:
    """How finely an ISO 8601 text states a time.

    >>> precision_of_iso("2021-03-27T16:31"), precision_of_iso("2021-03-27")
    (<Precision.MINUTE: 'MINUTE'>, <Precision.DAY: 'DAY'>)
    """
    found = _ISO_TIME.search(text)
    if found is None:
        return Precision.DAY
    return (Precision.HOUR, Precision.MINUTE, Precision.EXACT)[min(found["time"].count(":"), 2)]


@lru_cache(1 << 12)
def _span(clock: Clock, text: str, field: str, precision: Precision | None) -> Span:
    """Remembered, because days and the times of one night's export come again and again."""
    stated, written = clock.read(text, field)
    return span_of(stated, precision or written, clock.zone, field)


def _iso(text: str, _: str) -> tuple[datetime, Precision]:
    return datetime.fromisoformat(text), precision_of_iso(text)


def _formatted(text: str, format_: str) -> tuple[datetime, Precision]:
    return datetime.strptime(text, format_), precision_of(format_)  # noqa: DTZ007 (the zone's clock comes later)
