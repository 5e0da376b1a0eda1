"""Features as comparable values: every distinct text once, so that equality is identity and keys are small integers.

See linkage.interner, which makes them.
"""

NUMBER_BITS = 28
"""Numbers of values are below two to this power."""


class Value:
    """One distinct text."""

    __slots__ = ("number", "text")

    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number


class NameToken(Value):
    """One distinct name. `forms` number its alias groups, or itself where it has none."""

    __slots__ = ("family_level", "forms", "given_level", "is_family", "is_given", "rarity_as_family", "rarity_as_given")

    given_level: int
    family_level: int
    is_given: bool
    is_family: bool
    rarity_as_given: int
    rarity_as_family: int
    forms: tuple[int, ...]


class BirthValue(Value):
    """One distinct date of birth; month and day are empty where it is not known so exactly."""

    __slots__ = ("day", "level", "month", "year")

    year: str
    month: str
    day: str
    level: int


class PostcodeValue(Value):
    """One distinct postcode with its sector ("E8 1")."""

    __slots__ = ("sector",)

    sector: str


class TelephoneValue(Value):
    """One distinct number; its level is what sharing it means."""

    __slots__ = ("level",)

    level: int


class ReferenceValue(Value):
    """One distinct spelling of a reference (linkage.references); `stem` numbers the reference without its day.

    `first` and `last` bound its day or year (microseconds since 1970, UTC), both 0 where it has none.
    """

    __slots__ = ("first", "is_daily", "last", "stem")

    stem: int
    first: int
    last: int
    is_daily: bool


class PersonHas:
    """The bits of the fields that a person may have."""

    NAMES = 1
    MIDDLE = 2
    SUFFIX = 4
    BIRTH_DATE = 8
    HOME = 16
    TELEPHONE = 32
    EMAIL = 64


VICTIMS = 0
"""The group of those who suffer; whoever is in another is compared with his like alone."""


class Person:
    """A mention's comparable values; `has` tells which there are, in bits of PersonHas."""

    __slots__ = (
        "address", "birth_date", "building", "emails", "family", "given", "group", "has", "postcode", "suffix",
        "telephones", "uprn",
    )  # fmt: skip

    has: int
    group: int
    given: tuple[NameToken, ...]
    family: tuple[NameToken, ...]
    suffix: str | None
    birth_date: BirthValue | None
    telephones: tuple[TelephoneValue, ...]
    emails: tuple[Value, ...]
    uprn: Value | None
    postcode: PostcodeValue | None
    address: Value | None
    building: Value | None


class Spot:
    """A place's comparable values. `block` is the parent UPRN, or the UPRN itself where it has no parent; `building`
    the address without its flat; the street matters only without a point.
    """

    __slots__ = ("address", "block", "building", "latitude", "longitude", "street", "uncertainty", "uprn")

    uprn: Value | None
    block: Value | None
    address: Value | None
    building: Value | None
    street: Value | None
    latitude: float | None
    longitude: float | None
    uncertainty: float


Point = tuple[float, float]
"""(latitude, longitude) in degrees."""


class IncidentHas:
    """The bits of the fields that a report may have, or lack. Everything has an agency."""

    AGENCY = 1
    TIME = 2
    SITE = 4
    HOME = 8
    CATEGORY = 16
    QUOTED = 32
    WORDS = 64
    PERSONS = 128
    NO_SITE = 256


class Incident:
    """A report's comparable values; `has` tells which there are, in bits of IncidentHas.

    The behaviour lies between `start` and `end` (microseconds): stated, or else looked for in the day before it was
    reported; both 0 where neither is known. `points` are those of its sites, or else of its homes.
    """

    __slots__ = (
        "agency", "case", "category", "end", "has", "homes", "is_stated", "persons", "points", "quoted", "reference",
        "sites", "start", "words",
    )  # fmt: skip

    has: int
    agency: Value
    case: Value | None
    reference: ReferenceValue | None
    quoted: tuple[ReferenceValue, ...]
    start: int
    end: int
    is_stated: bool
    category: int
    sites: tuple[Spot, ...]
    homes: tuple[Spot, ...]
    points: tuple[Point, ...]
    persons: tuple[Person, ...]
    words: tuple[str, ...]


def same_values(left: Incident, right: Incident) -> bool:
    """Whether two reports of one interner compare alike with everything (spots by their values)."""
    return all(getattr(left, name) == getattr(right, name) for name in _WHOLE) and all(
        _spot_values(getattr(left, name)) == _spot_values(getattr(right, name)) for name in ("sites", "homes")
    )


_WHOLE = tuple(name for name in Incident.__slots__ if name not in ("sites", "homes"))


def _spot_values(spots: tuple[Spot, ...]) -> list[tuple[object, ...]]:
    return [tuple(getattr(spot, name) for name in Spot.__slots__) for spot in spots]
