"""The levels of every comparison, in the order in which comparisons number them. A model weighs each of them."""


def _names(levels: type[object]) -> tuple[str, ...]:
    """The level names of a class below: its constants, which count up from 0. Plain integers, since enumerations
    cost more to read than most comparisons do.
    """
    return tuple(name.lower() for name in vars(levels) if name.isupper())


class Given:
    """First given names."""

    MISSING = 0
    DIFFERS = 1
    CROSS = 2
    INITIAL = 3
    SIMILAR = 4
    PREFIX = 5
    TYPO = 6
    ALIAS = 7
    SWAPPED = 8
    EXACT_COMMON = 9
    EXACT_MEDIUM = 10
    EXACT_RARE = 11


class Family:
    """Family names."""

    MISSING = 0
    DIFFERS = 1
    CROSS = 2
    SIMILAR = 3
    PART = 4
    TYPO = 5
    SWAPPED = 6
    EXACT_COMMON = 7
    EXACT_MEDIUM = 8
    EXACT_RARE = 9


class Middle:
    """Given names after the first."""

    MISSING = 0
    DIFFERS = 1
    INITIAL = 2
    SHARED = 3


class Suffix:
    """Generational suffixes."""

    MISSING = 0
    DIFFERS = 1
    ONE_SIDED = 2
    SAME = 3


class BirthDate:
    """Dates of birth."""

    MISSING = 0
    DIFFERS = 1
    SAME_YEAR = 2
    DAY_AND_MONTH = 3
    PARTIAL = 4
    FIRST_OF_JANUARY = 5
    SWAPPED = 6
    ONE_DIGIT = 7
    EXACT = 8


class Home:
    """Home addresses of persons."""

    MISSING = 0
    DIFFERS = 1
    NEIGHBOUR = 2
    SECTOR = 3
    POSTCODE = 4
    BUILDING = 5
    ADDRESS = 6
    UPRN = 7


class Telephone:
    """Telephone numbers."""

    MISSING = 0
    DIFFERS = 1
    LANDLINE = 2
    MOBILE = 3


class Email:
    """E-mail addresses."""

    MISSING = 0
    DIFFERS = 1
    SHARED = 2


class Time:
    """Times of the behaviour, stated or inferred from the times of reporting."""

    MISSING = 0
    APART = 1
    REPORTED_APART = 2
    TOLD_LATE = 3
    EDGE_OF_DAY = 4
    SAME_NIGHT = 5
    SAME_DAYS = 6
    TOLD_NEXT_DAY = 7
    TOLD_THAT_DAY = 8
    SAME_DAY = 9
    HOURS = 10
    SAME_HOURS = 11
    TOLD_MEANWHILE = 12
    TOLD_AT_ONCE = 13
    HOUR = 14
    THIRD_OF_HOUR = 15
    MINUTES = 16
    SAME_MOMENT = 17


class Spot:
    """Places of like roles, the closer the greater."""

    MISSING = 0
    FAR = 1
    SAME_NEIGHBOURHOOD = 2
    SAME_STREET = 3
    ROUND_THE_CORNER = 4
    WITHIN_UNCERTAINTY = 5
    NEXT_DOOR = 6
    SAME_BLOCK = 7
    NEAR = 8
    SAME_SPOT = 9
    FLAT_AND_BLOCK = 10
    SAME_PREMISES = 11


class Adjacent:
    """Where one report's behaviour comes from against where the other's is suffered."""

    MISSING = 0
    FAR = 1
    ROUND_THE_CORNER = 2
    NEAR = 3
    SAME_BLOCK = 4


class Kinds:
    """Categories of behaviour."""

    MISSING = 0
    DIFFERS = 1
    RELATED = 2
    SAME = 3


class Reference:
    """References that one report quotes of the other."""

    MISSING = 0
    BOTH_QUOTE = 1
    QUOTED = 2


class Agency:
    """Agencies and their cases."""

    SAME = 0
    SAME_CASE = 1
    OTHER = 2


class Words:
    """Rare words of narratives."""

    MISSING = 0
    NONE = 1
    ONE = 2
    TWO = 3
    MANY = 4


class Wording:
    """How many of the rare words of the report that has fewer are in the other: their share, not their number."""

    MISSING = 0
    NONE = 1
    FEW = 2
    HALF = 3
    MOST = 4
    ALL = 5


class People:
    """Persons of like roles."""

    MISSING = 0
    DIFFERS = 1
    LIKELY = 2
    SAME = 3


PERSON_LEVELS = {
    "given": _names(Given),
    "family": _names(Family),
    "middle": _names(Middle),
    "suffix": _names(Suffix),
    "birth_date": _names(BirthDate),
    "home": _names(Home),
    "telephone": _names(Telephone),
    "email": _names(Email),
}

INCIDENT_LEVELS = {
    "time": _names(Time),
    "site": _names(Spot),
    "home": _names(Spot),
    "adjacent": _names(Adjacent),
    "category": _names(Kinds),
    "reference": _names(Reference),
    "agency": _names(Agency),
    "words": _names(Words),
    "wording": _names(Wording),
    "person": _names(People),
}
