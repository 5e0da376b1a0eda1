"""An address in tokens: words that name building and street, numbers and letters that tell doors apart.

Nothing is said here of which number is the building's and which the flat's: "39, Wharfe Court 2" and "Flat 39, 2 Wharfe
Court" have the same tokens, and the gazetteer knows which of them there is.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from linkage.contacts import STREET_WORDS, postcode
from linkage.names import fold

_REMEMBERED = 65_536
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b")
_APOSTROPHES = re.compile(r"['’‘`´]")
_TOKEN = re.compile(r"[a-z0-9]+(?:[-/][a-z0-9]+)*")
_NUMBER = re.compile(r"\d+[a-z]?(?:[-/]\d+[a-z]?)?")
_FUSED = re.compile(r"(?:flat|apt|unit|room)(\d+[a-z]?)")
_DIGITS = re.compile(r"(\d+)([a-z]?)")

_UNIT_WORDS = frozenset({"flat", "flats", "apartment", "apt", "unit", "room", "rooms", "maisonette", "studio", "suite"})
_SAID_OF_ALL = frozenset({"no", "number"})
_FLOORS = {
    "basement": "floor-1", "bsmt": "floor-1", "ground": "floor0", "gnd": "floor0", "grd": "floor0", "first": "floor1",
    "1st": "floor1", "second": "floor2", "2nd": "floor2", "third": "floor3", "3rd": "floor3", "fourth": "floor4",
    "4th": "floor4", "fifth": "floor5", "5th": "floor5", "top": "top",
}  # fmt: skip
_STOREY = frozenset({"floor", "flr", "storey"})
_SAINT = "st"


@dataclass(frozen=True, slots=True)
class Tokens:
    """An address's words and door marks ("12", "12a", "12-14", "c", "floor1") in the order in which they stand.

    `inner` are the marks that are said to be a dwelling's ("Flat 3", "first floor").
    """

    words: tuple[str, ...]
    marks: tuple[str, ...]
    inner: frozenset[str] = frozenset()
    postcode: str | None = None

    def without(self, other: "Tokens") -> "Tokens":
        """What is left when another's tokens are taken out, each once."""
        return Tokens(_less(self.words, other.words), _less(self.marks, other.marks), self.inner)


def _less(mine: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    left = list(others)
    kept = []
    for token in mine:
        if token in left:
            left.remove(token)
        else:
            kept.append(token)
    return tuple(kept)


@lru_cache(maxsize=_REMEMBERED)
def tokens_of(text: str, code: str | None = None) -> Tokens:
    """The tokens of an address on one line; `code` is its postcode where that has a column of its own.

    >>> tokens_of("Flat C, 81 Maltings Cres., London E8 1EA")
    Tokens(words=('maltings', 'crescent', 'london'), marks=('c', '81'), inner=frozenset({'c'}), postcode='E8 1EA')
    """
    folded, stated = _part_postcode(_APOSTROPHES.sub("", fold(text)))
    sorter = _Sorter()
    for part in folded.split(","):
        sorter.read(_TOKEN.findall(part))
    known = postcode(code) if code else None
    return Tokens(tuple(sorter.words), tuple(sorter.marks), frozenset(sorter.inner), known or stated)


def _part_postcode(folded: str) -> tuple[str, str | None]:
    """The text without its last postcode, and that postcode."""
    found = list(_POSTCODE.finditer(folded))
    if not found:
        return folded, None
    last = found[-1]
    return f"{folded[: last.start()]} {folded[last.end() :]}", postcode("".join(last.groups()))


class _Sorter:
    """Sorts tokens into words and marks."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.marks: list[str] = []
        self.inner: set[str] = set()

    def read(self, tokens: list[str]) -> None:
        """The tokens between two commas."""
        begins, after_unit = True, False
        for place, token in enumerate(tokens):
            floor = _FLOORS.get(token) if _is_floor(tokens, place) else None
            fused = _FUSED.fullmatch(token)
            if floor or fused:
                self._mark(floor or (fused[1] if fused else ""), inner=True)
            elif _NUMBER.fullmatch(token) or len(token) == 1:
                self._mark(token, inner=after_unit)
            elif token not in _UNIT_WORDS | _STOREY | _SAID_OF_ALL:
                self.words += _spelt(token, begins)
                begins = False
            after_unit = token in _UNIT_WORDS

    def _mark(self, mark: str, inner: bool) -> None:
        self.marks.append(mark)
        if inner:
            self.inner.add(mark)


def _is_floor(tokens: list[str], place: int) -> bool:
    """Whether "first" or "basement" tells a floor here: before "floor" or "flat", or alone between two commas."""
    after = tokens[place + 1 : place + 2]
    return len(tokens) == 1 or (bool(after) and (after[0] in _STOREY or after[0] in _UNIT_WORDS))


def _spelt(token: str, begins: bool) -> list[str]:
    """A word in one spelling; "St" is a saint before a name and a street after it."""
    if token == _SAINT:
        return ["saint" if begins else "street"]
    return [STREET_WORDS.get(part, part) for part in re.split(r"[-/]", token)]


@lru_cache(maxsize=_REMEMBERED)
def number_and_letter(mark: str) -> tuple[str, str] | None:
    """The two halves of a number with a letter.

    >>> number_and_letter("12a"), number_and_letter("12")
    (('12', 'a'), None)
    """
    found = _DIGITS.fullmatch(mark)
    return (found[1], found[2]) if found and found[2] else None


@lru_cache(maxsize=_REMEMBERED)
def ends_of_range(mark: str) -> tuple[str, str] | None:
    """The first and the last number of a range.

    >>> ends_of_range("12-14"), ends_of_range("12")
    (('12', '14'), None)
    """
    first, mid, last = mark.replace("/", "-").partition("-")
    return (first, last) if mid and first[:1].isdigit() else None
