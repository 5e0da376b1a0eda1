"""How two values of a field compare: a function for each kind, symmetric, from two values to a level.

The kinds and their levels are those of measured person linkage: a typing error weighs more where it turns a known
name into an unknown one, variants of a value are looked up in tables that were learnt, not in a dictionary.
"""

from collections.abc import Callable
from typing import Any

from rapidfuzz.distance import OSA, Hamming, JaroWinkler

from linkage.rows.levels import Day, Further, Plain, Postcode, Slot, Words
from linkage.rows.values import DateValue, FullName, PostcodeText, Row, Token, WordsValue
from linkage.values import NUMBER_BITS, Value

Level = Callable[[Any, Any], int]
Aliases = dict[tuple[str, str], int]
"""How strongly two texts, in order, are known to be one: 1 to 3."""

_MEMORY = 1 << 18
_ALIKE, _FAINTLY_ALIKE = 0.88, 0.80
_LONG_NAME = 8
_SHORTEST_PREFIX = 2
_FIRST = "01"
_DATE_LENGTH = 10


def compare_field(place: int, level: Level) -> Callable[[Row, Row], int]:
    """The comparison of the field at that place; the levels of pairs met lately are remembered."""
    known: dict[int, int] = {}

    def compare(left: Row, right: Row) -> int:
        mine: Value = left.values[place]
        other: Value = right.values[place]
        key = mine.number << NUMBER_BITS | other.number
        found = known.get(key)
        if found is None:
            if len(known) >= _MEMORY:
                known.clear()
            found = known[key] = level(mine, other)
        return found

    return compare


def alias_strength(aliases: Aliases, mine: str, other: str) -> int:
    """0 for texts that no table knows as one."""
    return aliases.get((mine, other) if mine < other else (other, mine), 0)


def slot(is_first: bool, first: Aliases, last: Aliases) -> Level:
    """The comparison of first names, or of last names. `first` and `last` are the alias tables of the slots."""

    def level(mine: FullName, other: FullName) -> int:
        if mine.single and other.single:
            return _near(mine.single, other.single, first, True) if is_first else Slot.MISSING
        if mine.single:
            return _single(mine.single, other, is_first, first, last)
        if other.single:
            return _single(other.single, mine, is_first, first, last)
        return _in_slot(mine, other, is_first, first if is_first else last)

    return level


def _single(name: Token, other: FullName, is_first: bool, first: Aliases, last: Aliases) -> int:
    """The only name of one belongs to the slot of the other that it is nearer to."""
    as_first = _near(name, other.first, first, True) if other.first else Slot.MISSING
    as_last = _near(name, other.last, last, False) if other.last else Slot.MISSING
    if as_first <= Slot.DIFFERS and as_last <= Slot.DIFFERS:
        return (Slot.CROSS if name in other.tokens else Slot.STRAY) if is_first else Slot.MISSING
    if is_first:
        return as_first if as_first >= as_last else Slot.MISSING
    return as_last if as_last > as_first else Slot.MISSING


def _in_slot(mine: FullName, other: FullName, is_first: bool, aliases: Aliases) -> int:
    left, right = (mine.first, other.first) if is_first else (mine.last, other.last)
    if not left or not right:
        return Slot.LEFT_OUT if left or right else Slot.MISSING
    near = _near(left, right, aliases, is_first)
    if near != Slot.DIFFERS:
        return near
    if mine.first is other.last and mine.last is other.first:
        return Slot.SWAPPED
    return Slot.CROSS if left in other.tokens or right in mine.tokens else Slot.DIFFERS


def _near(mine: Token, other: Token, aliases: Aliases, is_first: bool) -> int:
    if mine is other:
        return Slot.EXACT_COMMON + (mine.rarity if is_first else mine.rarity_as_last)
    one, another = mine.text, other.text
    if len(one) == 1 or len(another) == 1:
        return Slot.INITIAL if one[0] == another[0] else Slot.DIFFERS
    strength = alias_strength(aliases, one, another)
    if strength:
        return Slot.ALIAS_WEAK - 1 + strength
    shorter, longer = sorted((one, another), key=len)
    allowed = 2 if len(shorter) >= _LONG_NAME else 1
    if len(shorter) > _SHORTEST_PREFIX and OSA.distance(one, another, score_cutoff=allowed) <= allowed:
        return Slot.TYPO_KNOWN if _are_known(mine, other, is_first) else Slot.TYPO
    return _alike(shorter, longer)


def _are_known(mine: Token, other: Token, is_first: bool) -> bool:
    rarest = Slot.EXACT_RARE - Slot.EXACT_COMMON
    if is_first:
        return mine.rarity < rarest and other.rarity < rarest
    return mine.rarity_as_last < rarest and other.rarity_as_last < rarest


def _alike(shorter: str, longer: str) -> int:
    if len(shorter) >= _SHORTEST_PREFIX and longer.startswith(shorter):
        return Slot.PREFIX
    likeness = JaroWinkler.similarity(shorter, longer)
    if likeness >= _ALIKE:
        return Slot.SIMILAR
    return Slot.FAINT if likeness >= _FAINTLY_ALIKE else Slot.DIFFERS


def further(mine: FullName, other: FullName) -> int:
    """The names between the first and the last, where both have some."""
    if not mine.further or not other.further:
        return Further.MISSING
    shared = [name for name in mine.further if name in other.further]
    if shared:
        return Further.SHARED + max(name.rarity_as_further for name in shared)
    fits = any(_is_short_of(a.text, b.text) for a in mine.further for b in other.further)
    return Further.INITIAL if fits else Further.DIFFERS


def _is_short_of(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def day(mine: DateValue, other: DateValue) -> int:
    """Dates as they are written, with the usual errors of writing."""
    if mine is other:
        return Day.EXACT_COMMON + mine.rarity
    if len(mine.text) != _DATE_LENGTH or len(other.text) != _DATE_LENGTH:
        return Day.SAME_YEAR if mine.year == other.year else _years_apart(mine, other)
    are_first = mine.month == mine.day == _FIRST, other.month == other.day == _FIRST
    wrong = Hamming.distance(mine.text, other.text)
    if wrong == 1 and mine.year != other.year:
        return Day.YEAR_DIGIT_FIRST if all(are_first) else Day.YEAR_DIGIT
    if wrong == 1:
        return Day.DAY_DIGIT_FIRST if any(are_first) else Day.DAY_DIGIT
    if mine.year == other.year and mine.month == other.day and mine.day == other.month:
        return Day.SWAPPED
    if wrong == 2:
        return Day.TWO_DIGITS_FIRST if any(are_first) else Day.TWO_DIGITS
    return _further_apart(mine, other, any(are_first))


def _further_apart(mine: DateValue, other: DateValue, is_first: bool) -> int:
    if mine.year == other.year:
        return Day.SAME_YEAR_FIRST if is_first else Day.SAME_YEAR
    if mine.month == other.month and mine.day == other.day and not is_first:
        return Day.DAY_AND_MONTH
    return _years_apart(mine, other)


def _years_apart(mine: DateValue, other: DateValue) -> int:
    if not (mine.year.isdecimal() and other.year.isdecimal()):
        return Day.FAR
    years = abs(int(mine.year) - int(other.year))
    if years <= 1:
        return Day.WITHIN_A_YEAR
    return Day.WITHIN_TEN_YEARS if years <= 10 else Day.FAR


def postcode(aliases: Aliases) -> Level:
    """The comparison of postcodes; the alias table is of districts."""

    def level(mine: PostcodeText, other: PostcodeText) -> int:
        if mine is other:
            return Postcode.EXACT_COMMON + mine.rarity
        if OSA.distance(mine.text, other.text, score_cutoff=1) <= 1:
            return Postcode.ONE_CHARACTER
        if mine.sector == other.sector:
            return Postcode.SECTOR
        if mine.district == other.district or OSA.distance(mine.text, other.text, score_cutoff=2) <= 2:
            return Postcode.DISTRICT
        strength = alias_strength(aliases, mine.district, other.district)
        if strength:
            return Postcode.ALIAS_WEAK - 1 + strength
        return Postcode.AREA if mine.area == other.area else Postcode.DIFFERS

    return level


def words(aliases: Aliases) -> Level:
    """The comparison of values of words; the alias table is of whole values."""

    def level(mine: WordsValue, other: WordsValue) -> int:
        if mine is other:
            return Words.EXACT_COMMON + mine.rarity
        strength = alias_strength(aliases, mine.text, other.text)
        if strength:
            return Words.ALIAS_WEAK - 1 + strength
        if JaroWinkler.similarity(mine.text, other.text) >= _ALIKE:
            return Words.SIMILAR
        return Words.DIFFERS if mine.words.isdisjoint(other.words) else Words.SHARED_WORD

    return level


def plain(mine: Value, other: Value) -> int:
    """The comparison of plain values."""
    return Plain.SAME if mine is other else Plain.DIFFERS
