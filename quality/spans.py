"""Stretches of time as people write them, and their names."""

import re
from datetime import timedelta
from typing import Any

from schemas.errors import Refused

_WRITTEN = re.compile(r"([1-9]\d{0,3})([dh])")


def span(text: Any) -> timedelta:
    """The stretch that "7d" or "24h" names; ValueError for anything else.

    >>> span("7d")
    datetime.timedelta(days=7)
    """
    if isinstance(text, timedelta):
        return text
    written = _WRITTEN.fullmatch(str(text))
    if not written:
        raise ValueError("must be so many days or hours, such as 7d or 24h")
    count = int(written[1])
    return timedelta(days=count) if written[2] == "d" else timedelta(hours=count)


def window_width(text: str) -> timedelta:
    """The width of a window; Refused for what is none."""
    try:
        return span(text)
    except ValueError as error:
        raise Refused(f"--window: {error}") from None


def in_words(length: timedelta | None) -> str:
    """A stretch in its greatest unit.

    >>> in_words(timedelta(hours=30)), in_words(timedelta(days=3)), in_words(timedelta(seconds=90))
    ('30 h', '3 days', '2 min')
    """
    if length is None:
        return "not stated"
    seconds = length.total_seconds()
    if abs(seconds) < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if abs(seconds) < 2 * 86_400 else f"{seconds / 86_400:,.0f} days"
