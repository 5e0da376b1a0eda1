"""Features as comparable values: every distinct text once, so that equality is identity and keys are small integers.

An Interner belongs to one index (or one explanation, or one batch) and to one model, whose frozen frequencies and
forms of names it looks up once for each name. Nothing here depends on which values came first, except the numbers,
which are only ever compared for equality.
"""

from collections.abc import Iterable
from hashlib import blake2b
from math import log2
from sys import intern

from linkage.contacts import building
from linkage.features import PERPETRATOR, REPORTER, VICTIM, WITNESS, Mention, PlaceFeatures, ReportFeatures
from linkage.levels import BirthDate, Family, Given, Telephone
from linkage.model import MILLIBITS, Model
from schemas.vocabulary import Category, PlaceRole

GROUPS = {VICTIM: 0, REPORTER: 1, WITNESS: 2, PERPETRATOR: 3}
NUMBER_BITS = 28
DIGEST_BYTES = 12

_PEOPLE = 100_000
_HOUR = 3_600_000_000
LOOK_BACK = 24 * _HOUR
"""How far behind a report without a stated time the behaviour is looked for, in microseconds."""

_VAGUE_SNAP = 150.0
_MOBILE = "+447"
_OTHER = list(Category).index(Category.OTHER)
_CATEGORIES = {category.value: number for number, category in enumerate(Category)}
_SITE_ROLES = frozenset({PlaceRole.SOURCE.value, PlaceRole.OCCURRED.value, PlaceRole.UNKNOWN.value})


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


class PersonHas:
    """The bits of the fields that a person may have."""

    NAMES = 1
    MIDDLE = 2
    SUFFIX = 4
    BIRTH_DATE = 8
    HOME = 16
    TELEPHONE = 32
    EMAIL = 64


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


class IncidentHas:
    """The bits of the fields that a report may have. Everything has an agency."""

    AGENCY = 1
    TIME = 2
    SITE = 4
    HOME = 8
    CATEGORY = 16
    QUOTED = 32
    WORDS = 64
    PERSONS = 128


class Incident:
    """A report's comparable values; `has` tells which there are, in bits of IncidentHas.

    The behaviour lies between `start` and `end` (microseconds): stated, or else looked for in the day before it was
    reported; both 0 where neither is known.
    """

    __slots__ = (
        "agency", "case", "category", "end", "has", "homes", "is_stated", "persons", "quoted", "reference", "sites",
        "start", "words",
    )  # fmt: skip

    has: int
    agency: Value
    case: Value | None
    reference: Value | None
    quoted: tuple[Value, ...]
    start: int
    end: int
    is_stated: bool
    category: int
    sites: tuple[Spot, ...]
    homes: tuple[Spot, ...]
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


def digest(mention: Mention, secret: bytes, *salt: str) -> bytes:
    """The keyed hash of a mention's standardised features: equal for equal features, never to be guessed from them.

    With its own id as `salt` a mention stays by itself.
    """
    given, family = mention.names
    parts = (
        mention.role_group,
        " ".join(given),
        " ".join(family),
        mention.suffix or "",
        mention.birth_date or "",
        " ".join(mention.telephones),
        " ".join(mention.emails),
        mention.uprn or "",
        mention.postcode or "",
        mention.address or "",
        *salt,
    )
    return blake2b("\x1f".join(parts).encode(), digest_size=DIGEST_BYTES, key=secret).digest()


def report_digest(report_id: str, secret: bytes) -> bytes:
    """The keyed hash of a report's id, by which ties between incidents are settled."""
    return blake2b(report_id.encode(), digest_size=DIGEST_BYTES, key=secret).digest()


class Interner:
    """Makes comparable values of features."""

    def __init__(self, model: Model) -> None:
        self._table = model.names
        self._count = model.names.alias_groups
        self._names: dict[str, NameToken] = {}
        self._births: dict[str, BirthValue] = {}
        self._postcodes: dict[str, PostcodeValue] = {}
        self._telephones: dict[str, TelephoneValue] = {}
        self._values: dict[str, Value] = {}

    def person(self, mention: Mention) -> Person:
        """The comparable values of one mention."""
        person = Person()
        person.group = GROUPS[mention.role_group]
        given, family = mention.names
        names, values, value = self._names, self._values, self.value
        person.given = tuple([names.get(text) or self._name(text) for text in given])
        person.family = tuple([names.get(text) or self._name(text) for text in family])
        person.suffix = mention.suffix
        person.birth_date = self._birth(mention.birth_date) if mention.birth_date else None
        telephones = self._telephones
        person.telephones = tuple([telephones.get(text) or self._telephone(text) for text in mention.telephones])
        person.emails = tuple([values.get(text) or value(text) for text in mention.emails])
        person.uprn = value(mention.uprn) if mention.uprn else None
        person.postcode = self._postcode(mention.postcode) if mention.postcode else None
        person.address = value(mention.address) if mention.address else None
        person.building = value(building(mention.address)) if mention.address else None
        person.has = _person_has(person)
        return person

    def incident(self, features: ReportFeatures, persons: Iterable[Person]) -> Incident:
        """The comparable values of one report, with those of its linkable persons."""
        incident = Incident()
        values, value = self._values, self.value
        incident.agency = values.get(features.agency) or value(features.agency)
        incident.case = value(features.case_reference) if features.case_reference else None
        incident.reference = value(features.reference) if features.reference else None
        quoted = features.quoted_references
        incident.quoted = tuple([value(text) for text in quoted]) if quoted else ()
        incident.start, incident.end = _interval(features)
        incident.is_stated = features.earliest is not None
        incident.category = _CATEGORIES[features.category]
        sites: list[Spot] = []
        homes: list[Spot] = []
        for place in features.places:
            (sites if place.role in _SITE_ROLES else homes).append(self._spot(place))
        incident.sites, incident.homes = tuple(sites), tuple(homes)
        incident.persons = tuple(persons)
        incident.words = tuple(map(intern, features.words))
        incident.has = _incident_has(incident)
        return incident

    def value(self, text: str) -> Value:
        """The one value of a text that needs no more than equality."""
        found = self._values.get(text)
        if found is None:
            found = self._values[text] = Value(text, self._next())
        return found

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _name(self, text: str) -> NameToken:
        table = self._table
        token = self._names[text] = NameToken(text, self._next())
        given, family = table.given.get(text, 0), table.family.get(text, 0)
        token.is_given, token.is_family = given > 0, family > 0
        token.given_level = Given.EXACT_RARE - _commonness(given, table.rare_below["given"], table.common_from["given"])
        token.family_level = Family.EXACT_RARE - _commonness(
            family, table.rare_below["family"], table.common_from["family"]
        )
        token.rarity_as_given = _rarity(given or table.rare_below["given"] / 2)
        token.rarity_as_family = _rarity(family or table.rare_below["family"] / 2)
        token.forms = table.aliases.get(text, (token.number,))
        return token

    def _telephone(self, text: str) -> TelephoneValue:
        number = self._telephones[text] = TelephoneValue(text, self._next())
        number.level = Telephone.MOBILE if text.startswith(_MOBILE) else Telephone.LANDLINE
        return number

    def _birth(self, text: str) -> BirthValue:
        found = self._births.get(text)
        if found is None:
            found = self._births[text] = BirthValue(text, self._next())
            found.year, found.month, found.day = text[:4], text[5:7], text[8:10]
            found.level = _birth_level(found)
        return found

    def _postcode(self, text: str) -> PostcodeValue:
        found = self._postcodes.get(text)
        if found is None:
            found = self._postcodes[text] = PostcodeValue(text, self._next())
            found.sector = text[:-2]
        return found

    def _spot(self, place: PlaceFeatures) -> Spot:
        spot = Spot()
        uprn = None if place.snapped else place.uprn
        block = None if place.snapped else place.parent_uprn or uprn
        spot.uprn = self.value(uprn) if uprn else None
        spot.block = self.value(block) if block else None
        spot.address = self.value(place.address) if place.address else None
        spot.building = self.value(building(place.address)) if place.address else None
        has_point = place.latitude is not None and place.longitude is not None
        has_street = place.usrn and not place.snapped and not has_point
        spot.street = self.value(f"usrn {place.usrn}") if has_street else None
        spot.latitude = place.latitude if has_point else None
        spot.longitude = place.longitude if has_point else None
        spot.uncertainty = max(place.uncertainty_m or 0.0, _VAGUE_SNAP if place.snapped else 0.0)
        return spot


def _person_has(person: Person) -> int:
    return (
        (PersonHas.NAMES if person.given or person.family else 0)
        | (PersonHas.MIDDLE if len(person.given) > 1 else 0)
        | (PersonHas.SUFFIX if person.suffix else 0)
        | (PersonHas.BIRTH_DATE if person.birth_date else 0)
        | (PersonHas.HOME if person.uprn or person.postcode or person.address else 0)
        | (PersonHas.TELEPHONE if person.telephones else 0)
        | (PersonHas.EMAIL if person.emails else 0)
    )


def _incident_has(incident: Incident) -> int:
    return (
        IncidentHas.AGENCY
        | (IncidentHas.TIME if incident.end else 0)
        | (IncidentHas.SITE if incident.sites else 0)
        | (IncidentHas.HOME if incident.homes else 0)
        | (IncidentHas.CATEGORY if incident.category != _OTHER else 0)
        | (IncidentHas.QUOTED if incident.quoted else 0)
        | (IncidentHas.WORDS if incident.words else 0)
        | (IncidentHas.PERSONS if incident.persons else 0)
    )


def _interval(features: ReportFeatures) -> tuple[int, int]:
    if features.earliest is not None and features.latest is not None:
        return features.earliest, features.latest
    if features.reported is not None:
        return features.reported - LOOK_BACK, features.reported
    return 0, 0


def _commonness(bearers: int, rare_below: int, common_from: int) -> int:
    """0 rare, 1 in between, 2 common."""
    return (bearers >= rare_below) + (bearers >= common_from)


def _rarity(bearers: float) -> int:
    return round(log2(_PEOPLE / bearers) * MILLIBITS)


def _birth_level(birth: BirthValue) -> int:
    if not birth.day:
        return BirthDate.PARTIAL
    return BirthDate.FIRST_OF_JANUARY if birth.month == birth.day == "01" else BirthDate.EXACT
