"""Single values as agencies write them: blanks, flags, numbers, UPRNs, postcodes."""

import math
import re

from connectors import postcodes
from schemas.errors import Unfit

_YES = frozenset({"y", "yes", "t", "true", "1", "on", "x"})
_POSTCODE_WITHIN = re.compile(r"\b[A-Za-z]{1,2}[0-9][A-Za-z0-9]?\s*[0-9][A-Za-z]{2}\b")
_UPRN = re.compile(r"0*([1-9][0-9]{0,11})(?:\.0+)?")


def clean(text: str | None) -> str | None:
    """The text without padding; None where nothing is left.

    >>> clean("  Flat 3 "), clean("  "), clean(None)
    ('Flat 3', None, None)
    """
    return (text or "").strip() or None


def yes(text: str | None) -> bool:
    """Whether a flag is set.

    >>> yes("True"), yes("Y"), yes("False"), yes(""), yes("maybe")
    (True, True, False, False, False)
    """
    return (text or "").strip().casefold() in _YES


def number(text: str | None, field: str) -> float | None:
    """A decimal number, None where there is none; Unfit for a text that is no finite number."""
    written = clean(text)
    if written is None:
        return None
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Unfit(field, "is no number", "give digits with a decimal point, or leave it empty")
    return value


def uprn(text: str | None, field: str) -> str | None:
    """A Unique Property Reference Number as text without leading zeros (BS 7666: at most 12 digits).

    A text without any digit but 0 ("unknown", "0") is none. Unfit for anything else, such as a number that a
    spreadsheet has rounded.

    >>> uprn("010008231234", "uprn"), uprn("10008231234.0", "uprn"), uprn("unknown", "uprn")
    ('10008231234', '10008231234', None)
    """
    written = clean(text)
    if written is None or not re.search("[1-9]", written):
        return None
    match = _UPRN.fullmatch(written)
    if match is None:
        raise Unfit(field, "is no UPRN of 1 to 12 digits", "export the column as text, so that no digit is rounded")
    return match[1]


def postcode(text: str | None) -> str | None:
    """A postcode in upper case with one space; of another country, as it is written.

    >>> postcode("e81ea"), postcode("11231")
    ('E8 1EA', '11231')
    """
    written = clean(text)
    return None if written is None else postcodes.normalise(written) or " ".join(written.upper().split())


def postcode_within(text: str | None) -> str | None:
    """The last postcode that an address holds; None where it holds none.

    >>> postcode_within("Flat 3\\n12 Mare Street\\nLondon E8 1EA")
    'E8 1EA'
    """
    found = _POSTCODE_WITHIN.findall(text or "")
    return postcodes.normalise(found[-1]) if found else None


def telephones(text: str | None) -> tuple[str, ...]:
    """The numbers of a cell, which may hold several.

    >>> telephones("020 8356 0000; 07700 900123"), telephones(" ")
    (('020 8356 0000', '07700 900123'), ())
    """
    return tuple(part for part in (piece.strip() for piece in re.split(r"[;,|\n]|\s/\s", text or "")) if part)


def joined(*parts: tuple[str, str | None]) -> str | None:
    """Free texts under their labels, in order, without the blank ones; the first label may be empty.

    >>> joined(("", "Loud bass."), ("Rooms", None), ("Effect", "No sleep"))
    'Loud bass.\\n\\nEffect: No sleep'
    """
    texts = [f"{label}: {text}" if label else text for label, written in parts if (text := clean(written))]
    return "\n\n".join(texts) or None
