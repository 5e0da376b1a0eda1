"""A report reduced to its features: one spelling for each value, generic values left out."""

from collections.abc import Iterator

from linkage import contacts, names, narrative, references
from linkage.features import PERPETRATOR, REPORTER, VICTIM, WITNESS, Mention, PlaceFeatures, ReportFeatures
from schemas.records import Moment, Person, Place, Report, ReportDetail, Span
from schemas.vocabulary import Kind, PersonKind, PersonRole, PlaceMethod, PlaceRole, PropertyType, Unit

_NO_PARTNERSHIP = ("unplaced:", "force:")
_NEVER_LINKED = frozenset({PersonKind.OFFICIAL, PersonKind.ANONYMOUS, PersonKind.HOAX})
_HOMES = frozenset({PropertyType.HOME.value, PropertyType.UNKNOWN.value})
"""Of one household, as far as known: who shares a hostel's or a block's own number shares no home."""
_GROUPS = {
    PersonRole.COMPLAINANT: VICTIM,
    PersonRole.VICTIM: VICTIM,
    PersonRole.WITNESS: WITNESS,
    PersonRole.ALLEGED_PERPETRATOR: PERPETRATOR,
    PersonRole.REPORTER_ON_BEHALF: REPORTER,
    PersonRole.UNKNOWN: REPORTER,
}


def standardise(report: Report, detail: ReportDetail | None) -> ReportFeatures:
    """The features of a report; without its sealed part there are no persons and only openly published places."""
    opened = detail or ReportDetail()
    places = tuple(_place(place) for place in (*report.open_places, *opened.places))
    operational = report.kind is Kind.OPERATIONAL and report.unit is Unit.SINGLE_OCCASION
    earliest, latest = _bounds(report.occurred)
    written = _at(report.reported) or latest or report.received.at
    reference = references.spelling(report.reference, written) or ""
    case_reference = references.spelling(report.case_reference, written)
    quoting = references.in_text(opened.narrative)
    return ReportFeatures(
        report_id=report.report_id,
        agency=report.agency,
        source=report.source,
        revision=report.revision,
        reference=reference,
        case_reference=case_reference,
        quoted_references=references.quoted(
            (*opened.quoted_references, *quoting), (reference, case_reference), written
        ),
        earliest=earliest,
        latest=latest,
        reported=_at(report.reported),
        complaint_made=_bounds(report.complaint_made)[0],
        received=report.received.at,
        category=report.category.value,
        qualifier=report.qualifier.value,
        definition=report.definition.value,
        places=places,
        mentions=_mentions(report.report_id, opened.persons, places),
        words=narrative.rare_words(opened.narrative, (*quoting, *_said_elsewhere(opened))),
        countable=operational and opened.crimed_reference is None,
        linkable=operational and not report.area.startswith(_NO_PARTNERSHIP),
        crimed=opened.crimed_reference is not None,
        hate=bool(opened.hate),
        restrictions=tuple(restriction.value for restriction in opened.restrictions),
    )


def _said_elsewhere(detail: ReportDetail) -> Iterator[str | None]:
    """Names and addresses, which (as references) are compared by themselves: as words they would count twice."""
    for place in detail.places:
        yield place.address
    for person in detail.persons:
        yield from (person.full_name, person.family_name, person.address, *person.given_names)


def _at(moment: Moment | None) -> int | None:
    return None if moment is None else moment.at


def _bounds(span: Span | None) -> tuple[int | None, int | None]:
    if span is None:
        return None, None
    first, last = span.earliest.at, span.latest.at
    return (first, last) if first <= last else (last, first)


def _place(place: Place) -> PlaceFeatures:
    return PlaceFeatures(
        role=place.role.value,
        uprn=contacts.uprn(place.uprn) if place.uprn else None,
        parent_uprn=contacts.uprn(place.parent_uprn) if place.parent_uprn else None,
        usrn=contacts.uprn(place.usrn) if place.usrn else None,
        latitude=place.latitude,
        longitude=place.longitude,
        uncertainty_m=place.uncertainty_m,
        lsoa=f"{place.lsoa.code}@{place.lsoa.vintage}" if place.lsoa else None,
        ward=place.ward,
        postcode=contacts.postcode(place.postcode),
        address=contacts.address(place.address),
        snapped=place.method is PlaceMethod.SNAPPED_POINT,
        property_type=place.property_type.value,
    )


def _mentions(report_id: str, persons: tuple[Person, ...], places: tuple[PlaceFeatures, ...]) -> tuple[Mention, ...]:
    if not persons:
        return ()
    home, shared = _only_home(persons, places), _shared(places)
    mentions: dict[str, Mention] = {}
    for ordinal, person in enumerate(persons, start=1):
        mention_id = f"{report_id}#{person.role.value}#{person.reference or ordinal}"
        if mention_id in mentions:
            mention_id = f"{mention_id}~{ordinal}"
        mentions[mention_id] = _mention(mention_id, person, home, shared)
    return tuple(mentions.values())


def _only_home(persons: tuple[Person, ...], places: tuple[PlaceFeatures, ...]) -> PlaceFeatures | None:
    """The affected home, where it can be only one victim's: only affected homes follow the complainant."""
    homes = [place for place in places if place.role == PlaceRole.AFFECTED and place.uprn and not place.snapped]
    victims = sum(_GROUPS[person.role] == VICTIM for person in persons)
    return homes[0] if len(homes) == 1 and victims == 1 and homes[0].property_type in _HOMES else None


def _shared(places: tuple[PlaceFeatures, ...]) -> frozenset[str | None]:
    """Property numbers and addresses that many people have in common, so that they are nobody's home alone."""
    return frozenset(
        value for place in places if place.property_type not in _HOMES for value in (place.uprn, place.address)
    )


def _dwelling(person: Person) -> tuple[str | None, str | None, str | None]:
    return contacts.uprn(person.uprn), contacts.postcode(person.postcode), contacts.address(person.address)


def _mention(mention_id: str, person: Person, home: PlaceFeatures | None, shared: frozenset[str | None]) -> Mention:
    group = _GROUPS[person.role]
    name = names.parse(person.full_name, person.given_names, person.family_name)
    uprn, postcode, address = _dwelling(person)
    if home is not None and group == VICTIM and uprn is None and postcode in (None, home.postcode):
        uprn, postcode = home.uprn, postcode or home.postcode
    return Mention(
        mention_id=mention_id,
        role_group=group,
        linkable=person.kind not in _NEVER_LINKED,
        names=(name.given, name.family),
        suffix=name.suffix,
        birth_date=contacts.birth_date(person.birth_date),
        telephones=contacts.telephones(person.telephones),
        emails=contacts.emails(person.emails),
        uprn=None if uprn in shared else uprn,
        postcode=postcode,
        address=None if address in shared else address,
    )
