"""Birth dates, telephones, e-mail addresses, postcodes, UPRNs and address texts in one spelling, or None."""

import re
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers

from linkage.generic import generic
from linkage.names import fold

_REMEMBERED = 65_536
_MOBILE = re.compile(r"(?:\+44|0044|0)7([1-57-9]\d{8})")
_NOT_DIALLED = re.compile(r"[\s().\-/]+")
_BIRTH_DATE = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T ].*)?")
_BRITISH_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_EMAIL = re.compile(r"([^@\s,;<>]+)@([^@\s,;<>]+\.[^@\s,;<>]+)")
_ADDRESS_TOKEN = re.compile(r"[a-z0-9]+")
_EARLIEST_YEAR = "1901"

STREET_WORDS = {
    "rd": "road", "st": "street", "ave": "avenue", "av": "avenue", "ln": "lane", "cl": "close", "ct": "court",
    "cres": "crescent", "dr": "drive", "gdns": "gardens", "gdn": "gardens", "gr": "grove", "gro": "grove",
    "hse": "house", "ho": "house", "pl": "place", "sq": "square", "ter": "terrace", "terr": "terrace", "pk": "park",
    "est": "estate", "bldg": "buildings", "bldgs": "buildings", "wlk": "walk", "ms": "mews", "hl": "hill",
    "apt": "flat", "apartment": "flat", "unit": "flat", "fl": "flat", "maisonette": "flat",
}  # fmt: skip
_STREET_ENDS = frozenset(
    """road street avenue lane close court crescent drive gardens grove place square terrace park walk mews hill way
    row green rise view wharf quay path passage yard parade broadway highway""".split()  # noqa: SIM905
)
_LONGEST_ADDRESS = 8


def birth_date(text: str | None) -> str | None:
    """`YYYY-MM-DD`, `YYYY-MM` or `YYYY`; impossible days stay, since a typing error is still evidence."""
    if not text:
        return None
    found = _BIRTH_DATE.fullmatch(text.strip())
    parts = found.groups() if found else _british(text.strip())
    if parts is None or parts[0] < _EARLIEST_YEAR:
        return None
    date = "-".join(part.zfill(2) for part in parts if part)
    return None if date in generic().birth_dates else date


def _british(text: str) -> tuple[str, str, str] | None:
    found = _BRITISH_DATE.fullmatch(text)
    return (found[3], found[2], found[1]) if found else None


def telephones(texts: Iterable[str]) -> tuple[str, ...]:
    """The distinct numbers in E.164, sorted, without those of organisations."""
    found = {number for text in texts if (number := telephone(text)) is not None}
    return tuple(sorted(found)) if len(found) > 1 else tuple(found)


@lru_cache(maxsize=_REMEMBERED)
def telephone(text: str) -> str | None:
    """One number in E.164 (a number without country is British), None for what is no person's number.

    >>> telephone("020 7946 0958"), telephone("(07700) 900 123"), telephone("999")
    ('+442079460958', '+447700900123', None)
    """
    mobile = _MOBILE.fullmatch(_NOT_DIALLED.sub("", text))
    number = f"+447{mobile[1]}" if mobile else _parsed(text)
    lists = generic()
    if number is None or number in lists.telephones or number.startswith(lists.telephone_prefixes):
        return None
    return None if len(set(number[5:])) < 2 else number


def _parsed(text: str) -> str | None:
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def emails(texts: Iterable[str]) -> tuple[str, ...]:
    """The distinct addresses in lower case without tags, sorted, without those of organisations' desks."""
    found = {address for text in texts if (address := _email(text)) is not None}
    return tuple(sorted(found)) if len(found) > 1 else tuple(found)


def _email(text: str) -> str | None:
    found = _EMAIL.search(text.lower())
    if found is None:
        return None
    name = found[1].partition("+")[0]
    return None if name in generic().email_names or not name else f"{name}@{found[2]}"


@lru_cache(maxsize=_REMEMBERED)
def postcode(text: str | None) -> str | None:
    """A whole postcode in upper case with one space.

    >>> postcode("e8 1ea"), postcode("E8")
    ('E8 1EA', None)
    """
    found = _POSTCODE.fullmatch(re.sub(r"\W", "", text.upper())) if text else None
    return f"{found[1]} {found[2]}" if found else None


@lru_cache(maxsize=_REMEMBERED)
def uprn(text: str | None) -> str | None:
    """Up to 12 digits without leading zeros."""
    digits = text.strip().lstrip("0") if text else ""
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None


@lru_cache(maxsize=_REMEMBERED)
def address(text: str | None) -> str | None:
    """House and street in one spelling, up to the street's last word; None without a number or street.

    >>> address("Flat 3, 12 Mare St., Hackney, London E8 1EA")
    'flat 3 12 mare street'
    """
    if not text:
        return None
    kept: list[str] = []
    for token in _ADDRESS_TOKEN.findall(fold(text)):
        word = STREET_WORDS.get(token, token) if kept else {"apt": "flat", "apartment": "flat"}.get(token, token)
        kept.append(word)
        if (len(kept) > 1 and word in _STREET_ENDS) or len(kept) == _LONGEST_ADDRESS:
            break
    has_number = any(token[0].isdigit() for token in kept)
    return " ".join(kept) if has_number and len(kept) > 1 else None


def building(address: str) -> str:
    """An address in one spelling without its flat.

    >>> building("flat 3 12 mare street"), building("12 mare street")
    ('12 mare street', '12 mare street')
    """
    first, _, rest = address.partition(" ")
    return rest.partition(" ")[2] or address if first == "flat" else address
