"""How two mentions compare: one function for each comparison, from two persons to a level.

Every function is symmetric. Names follow the recipe of measured person linkage: given and family names apart, each
also looked for in the other's further names; two names that are both well known are two names, not one misspelt.
"""

from rapidfuzz.distance import OSA, JaroWinkler

from linkage.levels import BirthDate, Email, Family, Given, Home, Middle, Suffix, Telephone
from linkage.scoring import Comparing
from linkage.values import BirthValue, NameToken, Person, PersonHas

_NONE, _INITIAL, _SIMILAR, _PREFIX, _TYPO, _ALIAS = range(6)
_GIVEN_OF = (Given.DIFFERS, Given.INITIAL, Given.SIMILAR, Given.PREFIX, Given.TYPO, Given.ALIAS)
_FAMILY_OF = (Family.DIFFERS, Family.SIMILAR, Family.SIMILAR, Family.SIMILAR, Family.TYPO, Family.TYPO)
_ALIKE = 0.88
_SHORTEST_PREFIX = 3
_LONG_NAME = 8
_MEMORY = 1 << 16


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


class NameComparisons:
    """Given and family names; how near two names are is remembered for the pairs met lately."""

    __slots__ = ("_family", "_given")

    def __init__(self) -> None:
        self._given: dict[tuple[NameToken, NameToken], int] = {}
        self._family: dict[tuple[NameToken, NameToken], int] = {}

    def given(self, left: Person, right: Person) -> int:
        """First given names, also where one is the other's family name or a further name of theirs."""
        if not left.given or not right.given:
            return _single_name(left, right)
        mine, other = left.given[0], right.given[0]
        if mine is other:
            return mine.given_level
        near = self._given.get((mine, other))
        if near is None:
            near = _nearness(mine, other, mine.is_given and other.is_given)
            _remember(self._given, mine, other, near)
        return _GIVEN_OF[near] if near else _given_elsewhere(left, right, mine, other)

    def family(self, left: Person, right: Person) -> int:
        """Family names; double-barrelled ones may agree in part."""
        if not left.family or not right.family:
            return _family_elsewhere(left, right)
        mine, other = left.family[-1], right.family[-1]
        if left.family == right.family:
            return mine.family_level if len(left.family) == 1 else Family.EXACT_RARE
        if (len(left.family) > 1 or len(right.family) > 1) and _meets(left.family, right.family):
            return Family.PART
        near = self._family.get((mine, other))
        if near is None:
            near = _nearness(mine, other, mine.is_family and other.is_family)
            _remember(self._family, mine, other, near)
        return _FAMILY_OF[near] if near else _family_among_given(left, right)


def _remember(memory: dict[tuple[NameToken, NameToken], int], left: NameToken, right: NameToken, near: int) -> None:
    if len(memory) >= _MEMORY:
        memory.clear()
    memory[left, right] = near


def _given_elsewhere(left: Person, right: Person, mine: NameToken, other: NameToken) -> int:
    if mine in right.family:
        return Given.SWAPPED if other in left.family else Given.CROSS
    is_crossed = other in left.family or mine in right.given or other in left.given
    return Given.CROSS if is_crossed else Given.DIFFERS


def _single_name(left: Person, right: Person) -> int:
    """A person of whom only family names are known may bear the other's given name among them."""
    named = left.given or right.given
    return Given.CROSS if named and (named[0] in left.family and named[0] in right.family) else Given.MISSING


def _family_among_given(left: Person, right: Person) -> int:
    """Different family names, unless one is among the other's given names."""
    if left.given and right.given and left.given[0] in right.family and right.given[0] in left.family:
        return Family.SWAPPED
    is_crossed = _meets(left.family, right.given) or _meets(right.family, left.given)
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
    if mine is not None and other is not None and mine is not other:
        return Home.SECTOR if mine.sector == other.sector else Home.DIFFERS
    are_known = left.address is not None and right.address is not None
    if are_known and left.building is right.building:
        return _in_one_building(left, right)
    is_other_door = are_known or (left.uprn is not None and right.uprn is not None)
    if mine is not None and mine is other:
        return Home.NEIGHBOUR if is_other_door else Home.POSTCODE
    return Home.DIFFERS if is_other_door else Home.MISSING


def _in_one_building(left: Person, right: Person) -> int:
    if left.address is right.address:
        return Home.ADDRESS
    names_one_flat = left.address is left.building or right.address is right.building
    return Home.BUILDING if names_one_flat else Home.NEIGHBOUR


def telephone(left: Person, right: Person) -> int:
    """Telephone numbers: a landline is a household's, a mobile one person's."""
    mine, other = left.telephones, right.telephones
    if not mine or not other:
        return Telephone.MISSING
    level = Telephone.DIFFERS
    for number in mine:
        if number in other and number.level > level:
            level = number.level
    return level


def email(left: Person, right: Person) -> int:
    """E-mail addresses."""
    mine, other = left.emails, right.emails
    if not mine or not other:
        return Email.MISSING
    for address in mine:
        if address in other:
            return Email.SHARED
    return Email.DIFFERS


def person_comparing() -> Comparing[Person]:
    """Every comparison of persons by its name in a model."""
    names = NameComparisons()
    return Comparing(
        functions={
            "given": names.given,
            "family": names.family,
            "middle": middle,
            "suffix": suffix,
            "birth_date": birth_date,
            "home": home,
            "telephone": telephone,
            "email": email,
        },
        needs={
            "given": PersonHas.NAMES,
            "family": PersonHas.NAMES,
            "middle": PersonHas.MIDDLE,
            "suffix": PersonHas.SUFFIX,
            "birth_date": PersonHas.BIRTH_DATE,
            "home": PersonHas.HOME,
            "telephone": PersonHas.TELEPHONE,
            "email": PersonHas.EMAIL,
        },
        either=PersonHas.SUFFIX,
    )
