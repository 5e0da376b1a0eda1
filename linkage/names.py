"""Personal names as tokens: no assumption about which culture orders them how, beyond what the source parted.

Given and family names are lists, because double-barrelled names, patronymics and several given names are common;
comparison looks across the two lists, so a name in the wrong list still meets its like.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from linkage.generic import generic

_LETTERS = re.compile(r"[^\W\d_]+")
_APOSTROPHES = re.compile(r"['’‘`´]")
_NOT_DECOMPOSED = str.maketrans(
    {"ı": "i", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ə": "e"}
)
_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in tokens, its generational suffix apart."""

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    suffix: str | None = None


def fold(text: str) -> str:
    """Lower case without diacritics: "Şahin" and "SAHIN" are one.

    >>> fold("Ñuñez Øystein Işık")
    'nunez oystein isik'
    """
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered).lower().translate(_NOT_DECOMPOSED)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=_REMEMBERED)
def tokens(text: str) -> tuple[str, ...]:
    """The name tokens of one text, without titles and generic names; hyphens part, apostrophes join.

    >>> tokens("Mrs Anne-Marie O'Neill")
    ('anne', 'marie', 'oneill')
    """
    lists = generic()
    found = _LETTERS.findall(_APOSTROPHES.sub("", fold(text)))
    return tuple(token for token in found if token not in lists.titles and token not in lists.names)


@lru_cache(maxsize=_REMEMBERED)
def parse(full_name: str | None, given_names: tuple[str, ...], family_name: str | None) -> PersonName:
    """The name of a person whose source states any of these three.

    >>> parse("SMITH-JONES, John (Jnr)", (), None)
    PersonName(given=('john',), family=('smith', 'jones'), suffix='jr')
    """
    given = [token for name in given_names for token in tokens(name)]
    family = list(tokens(family_name)) if family_name else []
    if full_name and not given and not family:
        given, family = _parted(full_name)
    suffix = _take_suffix(given, family)
    return PersonName(tuple(given), tuple(family), suffix)


def _parted(full_name: str) -> tuple[list[str], list[str]]:
    """(given, family): the family name stands before a comma, or else last, with its particles."""
    before, comma, after = full_name.partition(",")
    if comma and tokens(before) and tokens(after):
        return list(tokens(after)), list(tokens(before))
    words = [found for word in full_name.split() if (found := tokens(word))]
    if len(words) < 2:
        return _joined(words), []
    start = _start_of_family(words)
    return _joined(words[:start]), _joined(words[start:])


def _start_of_family(words: list[tuple[str, ...]]) -> int:
    lists = generic()
    start = len(words) - 1
    if start > 1 and words[start][0] in lists.suffixes:
        start -= 1
    while start > 1 and words[start - 1][0] in lists.particles:
        start -= 1
    return start


def _joined(words: list[tuple[str, ...]]) -> list[str]:
    return [token for found in words for token in found]


def _take_suffix(given: list[str], family: list[str]) -> str | None:
    """Remove a generational suffix from the end of either list; "Junior" alone is somebody's name."""
    suffixes = generic().suffixes
    for part in (family, given):
        if len(part) > 1 and part[-1] in suffixes:
            return suffixes[part.pop()]
    return None
