"""The levels of every kind of comparison, in the order in which comparisons number them. A model weighs each."""


class Slot:
    """The first or the last name. A name of a single token is held against both, and fits the nearer or neither.
    `left_out`: only one of the two has it, though both have names.
    """

    MISSING = 0
    LEFT_OUT = 1
    DIFFERS = 2
    STRAY = 3
    CROSS = 4
    INITIAL = 5
    FAINT = 6
    SIMILAR = 7
    PREFIX = 8
    TYPO_KNOWN = 9
    TYPO = 10
    ALIAS_WEAK = 11
    ALIAS = 12
    ALIAS_STRONG = 13
    SWAPPED = 14
    EXACT_COMMON = 15
    EXACT_USUAL = 16
    EXACT_UNCOMMON = 17
    EXACT_RARE = 18


class Further:
    """The names between the first and the last. Where the comparison has no rarity of its own, they are shared or
    `shared_rare` by their rarity as first names.
    """

    MISSING = 0
    DIFFERS = 1
    INITIAL = 2
    SHARED = 3
    SHARED_USUAL = 4
    SHARED_UNCOMMON = 5
    SHARED_RARE = 6


class Day:
    """Dates. `first` is the first of January, as which a date of which only the year is known is often written."""

    MISSING = 0
    FAR = 1
    WITHIN_TEN_YEARS = 2
    WITHIN_A_YEAR = 3
    SAME_YEAR = 4
    SAME_YEAR_FIRST = 5
    DAY_AND_MONTH = 6
    TWO_DIGITS = 7
    TWO_DIGITS_FIRST = 8
    SWAPPED = 9
    DAY_DIGIT = 10
    DAY_DIGIT_FIRST = 11
    YEAR_DIGIT = 12
    YEAR_DIGIT_FIRST = 13
    EXACT_COMMON = 14
    EXACT_USUAL = 15
    EXACT_UNCOMMON = 16
    EXACT_RARE = 17


class Postcode:
    """Postcodes, from the same to another area; `alias` are districts between which people were seen to move."""

    MISSING = 0
    DIFFERS = 1
    AREA = 2
    ALIAS_WEAK = 3
    ALIAS = 4
    ALIAS_STRONG = 5
    DISTRICT = 6
    SECTOR = 7
    ONE_CHARACTER = 8
    EXACT_COMMON = 9
    EXACT_USUAL = 10
    EXACT_UNCOMMON = 11
    EXACT_RARE = 12


class Words:
    """A value of one or more words: a place, an occupation."""

    MISSING = 0
    DIFFERS = 1
    SHARED_WORD = 2
    SIMILAR = 3
    ALIAS_WEAK = 4
    ALIAS = 5
    ALIAS_STRONG = 6
    EXACT_COMMON = 7
    EXACT_USUAL = 8
    EXACT_UNCOMMON = 9
    EXACT_RARE = 10


class Plain:
    """A value that is the same or not."""

    MISSING = 0
    DIFFERS = 1
    SAME = 2


def names_of(levels: type[object]) -> tuple[str, ...]:
    """The level names of a class above, by number."""
    return tuple(name.lower() for name in vars(levels) if name.isupper())
