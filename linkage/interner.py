"""Makes comparable values of features.

An Interner belongs to one index (or one explanation, or one batch) and to one model, whose frozen frequencies and
forms of names it looks up once for each name. Nothing here depends on which values came first, except the numbers,
which are only ever compared for equality.
"""

from collections.abc import Iterable
from math import log2

from linkage import references
from linkage.contacts import building
from linkage.features import PERPETRATOR, REPORTER, VICTIM, WITNESS, Mention, PlaceFeatures, ReportFeatures
from linkage.levels import BirthDate, Family, Given, Telephone
from linkage.model import MILLIBITS, Model
from linkage.values import (
    VICTIMS,
    BirthValue,
    Incident,
    IncidentHas,
    NameToken,
    Person,
    PersonHas,
    PostcodeValue,
    ReferenceValue,
    Spot,
    TelephoneValue,
    Value,
)
from schemas.vocabulary import Category, PlaceRole

LOOK_BACK = 24 * 3_600_000_000
"""How far behind a report without a stated time the behaviour is looked for, in microseconds."""

_GROUPS = {VICTIM: VICTIMS, REPORTER: 1, WITNESS: 2, PERPETRATOR: 3}
_PEOPLE = 100_000
_VAGUE_SNAP = 150.0
_MOBILE = "+447"
_OTHER = list(Category).index(Category.OTHER)
_CATEGORIES = {category.value: number for number, category in enumerate(Category)}
_SITE_ROLES = frozenset({PlaceRole.SOURCE.value, PlaceRole.OCCURRED.value, PlaceRole.UNKNOWN.value})


class Interner:
    """Makes comparable values of features."""

    def __init__(self, model: Model) -> None:
        self._table = model.names
        self._count = model.names.alias_groups
        self._names: dict[str, NameToken] = {}
        self._births: dict[str, BirthValue] = {}
        self._postcodes: dict[str, PostcodeValue] = {}
        self._telephones: dict[str, TelephoneValue] = {}
        self._references: dict[str, ReferenceValue] = {}
        self._stems: dict[str, int] = {}
        self._values: dict[str, Value] = {}

    def person(self, mention: Mention) -> Person:
        """The comparable values of one mention."""
        person = Person()
        person.group = _GROUPS[mention.role_group]
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
        incident.reference = self._reference(features.reference) if features.reference else None
        quoted = features.quoted_references
        incident.quoted = tuple([self._reference(text) for text in quoted]) if quoted else ()
        incident.start, incident.end = _interval(features)
        incident.is_stated = features.earliest is not None
        incident.category = _CATEGORIES[features.category]
        sites: list[Spot] = []
        homes: list[Spot] = []
        for place in features.places:
            (sites if place.role in _SITE_ROLES else homes).append(self._spot(place))
        incident.sites, incident.homes = tuple(sites), tuple(homes)
        incident.points = tuple(
            [
                (spot.latitude, spot.longitude)
                for spot in sites or homes
                if spot.latitude is not None and spot.longitude is not None
            ]
        )
        incident.persons = tuple(persons)
        incident.words = features.words
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

    def _reference(self, text: str) -> ReferenceValue:
        found = self._references.get(text)
        if found is None:
            found = self._references[text] = ReferenceValue(text, self._next())
            stem, _, day = text.partition("@")
            found.stem = self._stems.setdefault(stem, found.number)
            found.first, found.last = references.window(day) if day else (0, 0)
            found.is_daily = references.is_daily(stem)
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
        | (IncidentHas.SITE if incident.sites else IncidentHas.NO_SITE)
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
