"""References in one spelling: the number itself and the day, or year, that some people write behind it.

A police log's numbers begin anew every day, so the day is part of them: CAD 1234/22NOV26. People leave out its year or
all of it, or write it out: CAD 1234/22NOV, CAD 1234, CAD 1234 of 22/11/2026. Two spellings are one reference where
their numbers are equal and their days agree. A short number without a day is only that of a day near the report that
states it.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

_REMEMBERED = 4096
_MICROS = 1_000_000
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH = timedelta(days=31)
_LEAP_YEARS = 5
"""So many years hold a 29 February that is past."""
_CENTURY = 2000
_LONGEST_DAILY = 5
_SHORTEST = 4
_FEWEST_DIGITS = 3

_NOT_REFERENCE = re.compile(r"[^A-Z0-9]+")
_PREFIX = re.compile(r"^(?:CAD|REFERENCE|REF|URN|LOG|CASE|INCIDENT|CRN|NO)+(?=\d)")
_OF = r"(?:\s*[/,-]\s*|\s+(?:(?:OF|ON|DATED)\s+)?(?:THE\s+)?)"
_YEAR = r"(?P<year>(?:20)?\d{2})"
_DAY_BEHIND = tuple(
    re.compile(rf"(?P<stem>.*\d){_OF}{day}")
    for day in (
        rf"(?P<day>\d{{1,2}})(?:ST|ND|RD|TH)?[\s-]*(?P<month>{'|'.join(_MONTHS)})[A-Z]*[\s-]*{_YEAR}?",
        rf"(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})[/.-]{_YEAR}",
        r"(?P<year>20\d{2})-(?P<month>\d{2})-(?P<day>\d{2})",
    )
)
_YEAR_BEHIND = re.compile(rf"(?P<stem>[A-Z]{{0,3}}\d{{5,}})/{_YEAR}")

_ANNOUNCED = ("cad", "ref", "urn", "crn", "log", "case", "incident", "crime")
_IN_TEXT = re.compile(
    r"\b(?:cad|ref(?:erence)?|urn|crn|log|case|incident|crime)\b\.?\s*(?:(?:no|num|number|ref|reference)\b\.?)?\s*[:#]?\s*"
    r"([a-z]{0,6}[/-]?\d[a-z0-9/-]{0,24}"
    r"(?:\s+(?:of|on|dated)\s+(?:the\s+)?\d{1,2}(?:[/.-]\d{1,2}[/.-]\d{2,4}|(?:st|nd|rd|th)?\s*[a-z]{3,9}(?:\s+20\d{2})?)\b)?)"
)


def spelling(text: str | None, at: int) -> str | None:
    """A reference in upper-case letters and digits, without the word that says what it is, and behind an @ its day
    (YYYY-MM-DD) or year, if it has one. A day without a year is the last that is not a month or more after `at`
    (microseconds since 1970), about when it was written.

    >>> at = 1_795_305_600_000_000
    >>> spelling("CAD 1234/22NOV", at), spelling("Log no. 1234 of 22/11/2026", at), spelling("ASB-20417", at)
    ('1234@2026-11-22', '1234@2026-11-22', 'ASB20417')
    """
    if not text:
        return None
    wanted = text.upper().strip()
    stem, day = _parted(wanted, at)
    bare = _PREFIX.sub("", _NOT_REFERENCE.sub("", stem))
    return (f"{bare}@{day}" if day else bare) if bare else None


def _parted(text: str, at: int) -> tuple[str, str]:
    """(the number, its day or year; empty where it has none)."""
    if text.isalnum():
        return text, ""
    for pattern in _DAY_BEHIND:
        found = pattern.fullmatch(text)
        if found and (day := _day(found["day"], found["month"], found["year"], at)) is not None:
            return found["stem"], day.isoformat()
    found = _YEAR_BEHIND.fullmatch(_PREFIX.sub("", text.replace(" ", "")))
    return (found["stem"], str(_year(found["year"]))) if found else (text, "")


def _day(day: str, month: str, year: str | None, at: int) -> date | None:
    """The date, None for a day that no calendar has."""
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    if year:
        return _date(_year(year), number, int(day))
    last = datetime.fromtimestamp(at / _MICROS, UTC).date() + _MONTH
    days = (_date(each, number, int(day)) for each in range(last.year, last.year - _LEAP_YEARS, -1))
    return next((found for found in days if found is not None and found < last), None)


def _year(digits: str) -> int:
    return _CENTURY + int(digits[-2:])


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def quoted(texts: Iterable[str], own: Iterable[str | None], at: int) -> tuple[str, ...]:
    """The spellings of other records' references, sorted, of texts that a report states or quotes (in_text); its own
    and those too short to tell anything left out, and those without a day that it also quotes with one.
    """
    found = {one for text in texts if (one := spelling(text, at)) is not None and _tells(one)}
    if not found:
        return ()
    found = {one for one in found if not any(_says_less(one, other) for other in own if other)}
    return tuple(sorted(one for one in found if not any(_says_less(one, other) for other in found - {one})))


def in_text(narrative: str | None) -> list[str]:
    """What follows one of the words that announce a reference; most narratives hold none of them."""
    lowered = narrative.lower() if narrative else ""
    return _IN_TEXT.findall(lowered) if any(word in lowered for word in _ANNOUNCED) else []


def _says_less(one: str, other: str) -> bool:
    """Whether a spelling is another's, or that without its day or a part of it."""
    return other.startswith(one) and other[len(one) : len(one) + 1] in ("", "@", "-")


def _tells(spelt: str) -> bool:
    stem, _, day = spelt.partition("@")
    return bool(day) or (len(stem) >= _SHORTEST and sum(map(str.isdigit, stem)) >= _FEWEST_DIGITS)


def is_daily(stem: str) -> bool:
    """Whether a number is so short that it may begin anew every day."""
    return len(stem) <= _LONGEST_DAILY and stem.isdigit()


@lru_cache(maxsize=_REMEMBERED)
def window(day: str) -> tuple[int, int]:
    """From when until when a day (YYYY-MM-DD) or year lasts, in microseconds since 1970, UTC."""
    first = date.fromisoformat(day if "-" in day else f"{day}-01-01")
    after = first + timedelta(days=1) if "-" in day else first.replace(year=first.year + 1)
    return _micros(first), _micros(after) - 1


def _micros(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * _MICROS
