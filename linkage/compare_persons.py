"""How two mentions compare: one function for each comparison, from two persons to a level.

Every function is symmetric. Names follow the recipe of measured person linkage: given and family names apart, each
also looked for in the other's further names; two names that are both well known are two names, not one misspelt.
"""

from collections.abc import Callable
from functools import partial

from rapidfuzz.distance import OSA, JaroWinkler

from linkage.levels import BirthDate, Email, Family, Given, Home, Middle, Suffix, Telephone
from linkage.values import BirthValue, NameToken, Person, Value

Compare = Callable[[Person, Person], int]

_NONE, _INITIAL, _SIMILAR, _PREFIX, _TYPO, _ALIAS = range(6)
_GIVEN_OF = (Given.DIFFERS, Given.INITIAL, Given.SIMILAR, Given.PREFIX, Given.TYPO, Given.ALIAS)
_FAMILY_OF = (Family.DIFFERS, Family.SIMILAR, Family.SIMILAR, Family.SIMILAR, Family.TYPO, Family.TYPO)
_ALIKE = 0.88
_SHORTEST_PREFIX = 3
_LONG_NAME = 8
_MEMORY = 1 << 16
_MOBILE = "+447"


class NameNearness:
    """How near two different names are, remembered for the pairs met lately."""

    __slots__ = ("_family", "_given")

    def __init__(self) -> None:
        self._given: dict[tuple[NameToken, NameToken], int] = {}
        self._family: dict[tuple[NameToken, NameToken], int] = {}

    def of_given(self, left: NameToken, right: NameToken) -> int:
        """Nearness of two given names."""
        near = self._given.get((left, right))
        if near is None:
            near = _nearness(left, right, left.is_given and right.is_given)
            _remember(self._given, left, right, near)
        return near

    def of_family(self, left: NameToken, right: NameToken) -> int:
        """Nearness of two family names."""
        near = self._family.get((left, right))
        if near is None:
            near = _nearness(left, right, left.is_family and right.is_family)
            _remember(self._family, left, right, near)
        return near


def _remember(memory: dict[tuple[NameToken, NameToken], int], left: NameToken, right: NameToken, near: int) -> None:
    if len(memory) >= _MEMORY:
        memory.clear()
    memory[left, right] = near


def _nearness(left: NameToken, right: NameToken, are_both_known: bool) -> int:
    first, second = left.text, right.text
    if len(first) == 1 or len(second) == 1:
        return _INITIAL if first[0] == second[0] else _NONE
    if not set(left.forms).isdisjoint(right.forms):
        return _ALIAS
    if are_both_known:
        return _NONE
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) >= _SHORTEST_PREFIX and longer.startswith(shorter):
        return _PREFIX
    allowed = 2 if len(shorter) >= _LONG_NAME else 1
    if len(shorter) > _SHORTEST_PREFIX and OSA.distance(first, second, score_cutoff=allowed) <= allowed:
        return _TYPO
    return _SIMILAR if JaroWinkler.similarity(first, second) >= _ALIKE else _NONE


def given(nearness: NameNearness, left: Person, right: Person) -> int:
    """First given names, also where one is the other's family name or a further name of theirs."""
    if not left.given or not right.given:
        return _single_name(left, right)
    mine, other = left.given[0], right.given[0]
    if mine is other:
        return mine.given_level
    near = nearness.of_given(mine, other)
    if near:
        return _GIVEN_OF[near]
    if mine in right.family and other in left.family:
        return Given.SWAPPED
    if mine in right.given or other in left.given or mine in right.family or other in left.family:
        return Given.CROSS
    return Given.DIFFERS


def _single_name(left: Person, right: Person) -> int:
    """A person of whom only family names are known may bear the other's given name among them."""
    named = left.given or right.given
    return Given.CROSS if named and (named[0] in left.family and named[0] in right.family) else Given.MISSING


def family(nearness: NameNearness, left: Person, right: Person) -> int:
    """Family names; double-barrelled ones may agree in part."""
    mine, other = left.family, right.family
    if not mine or not other:
        return _family_elsewhere(left, right)
    if mine == other:
        return min([token.family_level for token in mine]) if len(mine) == 1 else Family.EXACT_RARE
    if not set(mine).isdisjoint(other):
        return Family.PART
    near = nearness.of_family(mine[-1], other[-1])
    if near:
        return _FAMILY_OF[near]
    if not (left.given and right.given):
        return Family.DIFFERS
    if left.given[0] in other and right.given[0] in mine:
        return Family.SWAPPED
    is_crossed = _meets(mine, right.given) or _meets(other, left.given)
    return Family.CROSS if is_crossed else Family.DIFFERS


def _family_elsewhere(left: Person, right: Person) -> int:
    """Where one has a single name, it may be the other's family name."""
    return Family.CROSS if _meets(left.family, right.given) or _meets(right.family, left.given) else Family.MISSING


def _meets(names: tuple[NameToken, ...], others: tuple[NameToken, ...]) -> bool:
    return any(name in others for name in names)


def middle(left: Person, right: Person) -> int:
    """Given names after the first, where both have some."""
    mine, other = left.given[1:], right.given[1:]
    if not mine or not other:
        return Middle.MISSING
    if _meets(mine, other):
        return Middle.SHARED
    initials = {token.text[0] for token in mine if len(token.text) == 1}
    theirs = {token.text[0] for token in other if len(token.text) == 1}
    fits = any(token.text[0] in initials for token in other) or any(token.text[0] in theirs for token in mine)
    return Middle.INITIAL if fits else Middle.DIFFERS


def suffix(left: Person, right: Person) -> int:
    """Generational suffixes."""
    if left.suffix == right.suffix:
        return Suffix.SAME if left.suffix else Suffix.MISSING
    return Suffix.DIFFERS if left.suffix and right.suffix else Suffix.ONE_SIDED


def birth_date(left: Person, right: Person) -> int:
    """Dates of birth: whole or partial, with the usual errors of writing."""
    mine, other = left.birth_date, right.birth_date
    if mine is None or other is None:
        return BirthDate.MISSING
    if mine is other:
        return mine.level
    if not mine.day or not other.day:
        return BirthDate.PARTIAL if _agree_as_far_as_known(mine, other) else BirthDate.DIFFERS
    return _whole_dates(mine, other)


def _agree_as_far_as_known(mine: BirthValue, other: BirthValue) -> bool:
    return mine.text.startswith(other.text) or other.text.startswith(mine.text)


def _whole_dates(mine: BirthValue, other: BirthValue) -> int:
    if mine.year == other.year and mine.month == other.day and mine.day == other.month:
        return BirthDate.SWAPPED
    if sum(a != b for a, b in zip(mine.text, other.text, strict=False)) == 1 and len(mine.text) == len(other.text):
        return BirthDate.ONE_DIGIT
    if mine.month == other.month and mine.day == other.day:
        return BirthDate.DAY_AND_MONTH
    return BirthDate.SAME_YEAR if mine.year == other.year else BirthDate.DIFFERS


def home(left: Person, right: Person) -> int:
    """Homes by UPRN, address and postcode: one comparison, since they are one fact."""
    if left.uprn is not None and left.uprn is right.uprn:
        return Home.UPRN
    mine, other = left.postcode, right.postcode
    if mine is None or other is None:
        return Home.DIFFERS if left.uprn and right.uprn else Home.MISSING
    if mine is not other:
        return Home.SECTOR if mine.sector == other.sector else Home.DIFFERS
    if left.address is not None and left.address is right.address:
        return Home.ADDRESS
    return Home.NEIGHBOUR if _other_door(left, right) else Home.POSTCODE


def _other_door(left: Person, right: Person) -> bool:
    return bool((left.uprn and right.uprn) or (left.address and right.address))


def telephone(left: Person, right: Person) -> int:
    """Telephone numbers: a landline is a household's, a mobile one person's."""
    mine, other = left.telephones, right.telephones
    if not mine or not other:
        return Telephone.MISSING
    shared = [number for number in mine if number in other]
    if not shared:
        return Telephone.DIFFERS
    return Telephone.MOBILE if any(map(_is_mobile, shared)) else Telephone.LANDLINE


def _is_mobile(number: Value) -> bool:
    return number.text.startswith(_MOBILE)


def email(left: Person, right: Person) -> int:
    """E-mail addresses."""
    mine, other = left.emails, right.emails
    if not mine or not other:
        return Email.MISSING
    return Email.SHARED if any(address in other for address in mine) else Email.DIFFERS


def person_comparisons() -> dict[str, Compare]:
    """Every comparison of persons by its name in a model."""
    nearness = NameNearness()
    return {
        "given": partial(given, nearness),
        "family": partial(family, nearness),
        "middle": middle,
        "suffix": suffix,
        "birth_date": birth_date,
        "home": home,
        "telephone": telephone,
        "email": email,
    }
