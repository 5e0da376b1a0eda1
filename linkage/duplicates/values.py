"""A request of a file as it compares, and the bits of what it has."""

import re
from dataclasses import dataclass

from linkage.names import fold

_WORD = re.compile(r"[^\W_]{2,}")
_MOST_WORDS = 40
_NUMBER = re.compile(r"^\W*\d[\w/-]*\s+")
_STEM = re.compile(r"^[a-z]+-\d+")


class Has:
    """The bits of the fields that a request may have. Everything has a service, if only an empty one."""

    POINT = 1
    TIME = 2
    SERVICE = 4
    SITE = 8
    ADDRESS = 16
    WORDS = 32
    ORIGIN = 64


@dataclass(frozen=True, slots=True)
class Request:
    """One row. `minute` counts from 1 January of year 1, by the file's own clock; 0 where it has none.

    `site` is the stretch of road or the asset that the source files it under, `stretch` the same without its part.
    `street` is the address without house number and town. `crowd`: how far the nearest of its service are, in metres.
    """

    has: int
    id: str
    minute: int
    latitude: float
    longitude: float
    service: str
    site: str
    stretch: str
    address: str
    street: str
    words: frozenset[str]
    text: str
    origin: str
    crowd: tuple[float, ...] = ()


def words_of(text: str) -> frozenset[str]:
    """The distinct words of a description, plurals as their singular, the first forty."""
    found = dict.fromkeys(_singular(word) for word in _WORD.findall(fold(text)))
    return frozenset(list(found)[:_MOST_WORDS])


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def address_of(text: str) -> tuple[str, str]:
    """(number and street, street alone), in lower case and single spaces.

    >>> address_of("4636 Soria Dr, San Diego, CA 92115, USA")
    ('4636 soria dr', 'soria dr')
    """
    first = " ".join(fold(text).partition(",")[0].split())
    return first, _NUMBER.sub("", first)


def site_of(text: str) -> tuple[str, str]:
    """(the site, its stretch without the part).

    >>> site_of("SS-027720-SE1")
    ('ss-027720-se1', 'ss-027720')
    """
    whole = fold(text).strip()
    found = _STEM.match(whole)
    return whole, found.group() if found else whole
