"""From the form that a partner wrote to a report, purely: the `to_report` of pushed events."""

from datetime import timedelta

from connectors.clocks import ISO, Clock
from connectors.contract import Context, Draft, OutOfScope
from connectors.grid import Point, to_wgs84
from connectors.mapping import values
from connectors.push.form import (
    IntervalForm,
    MonitoringForm,
    PersonForm,
    PlaceForm,
    ReportForm,
    SafeContactForm,
    WithdrawalForm,
)
from connectors.times import LONDON, between
from schemas import codes
from schemas.codes import BLANK, Meaning
from schemas.errors import Unfit
from schemas.records import Lsoa, Moment, Monitoring, Person, Place, ReportDetail, SafeContact, Span
from schemas.vocabulary import (
    Category,
    Definition,
    HateStrand,
    Marking,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Regime,
    Restriction,
    Unit,
)

MAPPER = "push-1"
NOT_ASB = "not antisocial behaviour"
CLOCK = Clock(LONDON, (ISO, "%Y-%m"))

_NEARLY = timedelta(hours=2) // timedelta(microseconds=1)
_AHEAD = timedelta(days=1) // timedelta(microseconds=1)
"""How far a partner's clock may be ahead of ours."""


def draft_of(form: ReportForm, time: str | None, context: Context) -> Draft | OutOfScope:
    """The report of a form; `time` is its event's.

    Raises Unfit, naming the field, for a time or number that cannot be one.
    """
    meaning = _meaning(form)
    if not meaning.in_scope and form.category is None:
        return OutOfScope(NOT_ASB)
    reported, complaint = _span(form.reported, "data.reported"), _span(form.complaint_made, "data.complaint_made")
    contacts = form.contacts if (form.contacts or 0) > 1 else None
    return Draft(
        reference=form.reference,
        case_reference=form.case_reference,
        revision=_revision(form.updated, time, context),
        occurred=_interval(form.occurred),
        reported=_moment(reported),
        complaint_made=complaint or (None if _moment(reported) else reported),
        category=form.category or meaning.category,
        qualifier=form.qualifier or meaning.qualifier,
        definition=form.definition or Definition.NOT_STATED,
        regime=form.regime or Regime.NOT_STATED,
        marking=form.marking or Marking.NOT_STATED,
        unit=Unit.SUMMARY if contacts else Unit.SINGLE_OCCASION,
        contacts=contacts,
        detail=_detail(form, meaning),
        monitoring=_monitoring(form.monitoring),
        unknown_codes=0 if meaning.known else 1,
    )


def withdrawal_of(form: WithdrawalForm, time: str | None, context: Context) -> Draft:
    """The end of a report."""
    return Draft(reference=form.reference, revision=_revision(form.updated, time, context), withdrawn=True)


def _meaning(form: ReportForm) -> Meaning:
    """What the agency's code says in the shipped list that it is of."""
    if form.code is None or form.code_list is None:
        return BLANK
    return codes.shipped().meaning(form.code_list, form.code)


def _detail(form: ReportForm, meaning: Meaning) -> ReportDetail:
    restrictions = ((meaning.restriction,) if meaning.restriction else ()) + form.restrictions
    return ReportDetail(
        persons=tuple(_person(person, f"data.persons[{place}].uprn") for place, person in enumerate(form.persons)),
        places=tuple(_place(one, f"data.places[{place}]") for place, one in enumerate(form.places)),
        narrative=form.narrative,
        opening_code=form.code,
        closing_code=form.closing_code,
        grade=form.grade,
        qualifiers=form.qualifiers,
        hate=_hate(form),
        vulnerability=form.vulnerability,
        restrictions=tuple(dict.fromkeys(map(Restriction, restrictions))),
        handling=form.handling,
        quoted_references=form.quoted_references,
        crimed_reference=form.crimed_reference,
    )


def _hate(form: ReportForm) -> tuple[HateStrand, ...]:
    """The strands stated; a category of hate alone is a motive that nobody has named yet."""
    return form.hate or ((HateStrand.OTHER,) if form.category is Category.HATE_RELATED else ())


def _person(form: PersonForm, field: str) -> Person:
    return Person(
        role=PersonRole(form.role),
        kind=form.kind or PersonKind.MEMBER_OF_PUBLIC,
        reference=form.reference,
        full_name=form.full_name,
        given_names=form.given_names,
        family_name=form.family_name,
        birth_date=form.birth_date,
        telephones=tuple(number for cell in form.telephones for number in values.telephones(cell)),
        emails=form.emails,
        address=form.address,
        postcode=values.postcode(form.postcode) or values.postcode_within(form.address),
        uprn=values.uprn(form.uprn, field),
        safe_contact=_safe_contact(form.safe_contact),
    )


def _safe_contact(form: SafeContactForm | None) -> SafeContact | None:
    return None if form is None else SafeContact(**form.model_dump())


def _monitoring(form: MonitoringForm | None) -> Monitoring | None:
    return None if form is None else Monitoring(**form.model_dump())


def _place(form: PlaceForm, field: str) -> Place:
    uprn, point = values.uprn(form.uprn, f"{field}.uprn"), _point(form, field)
    latitude, longitude = point or (None, None)
    return Place(
        role=PlaceRole(form.role),
        method=_method(form, uprn, point, field),
        uprn=uprn,
        usrn=form.usrn,
        latitude=latitude,
        longitude=longitude,
        uncertainty_m=form.uncertainty_m if point else None,
        lsoa=Lsoa(code=form.lsoa.code, vintage=form.lsoa.vintage) if form.lsoa else None,
        address=form.address,
        postcode=values.postcode(form.postcode) or values.postcode_within(form.address),
    )


def _method(form: PlaceForm, uprn: str | None, point: Point | None, field: str) -> PlaceMethod:
    """How the place is known best."""
    ways = (
        (uprn, PlaceMethod.STATED_UPRN),
        (point, PlaceMethod.STATED_POINT),
        (form.address, PlaceMethod.STATED_ADDRESS),
        (form.postcode, PlaceMethod.POSTCODE_CENTROID),
        (form.lsoa or form.usrn, PlaceMethod.AREA_ONLY),
    )
    found = next((method for stated, method in ways if stated), None)
    if found is None:
        raise Unfit(field, "says nothing of where it is", "give a UPRN, point, address, postcode or LSOA")
    return found


def _point(form: PlaceForm, field: str) -> Point | None:
    if (form.latitude is None) != (form.longitude is None) or (form.easting is None) != (form.northing is None):
        raise Unfit(field, "has half a point", "give latitude and longitude, or easting and northing, together")
    if form.latitude is not None and form.longitude is not None:
        return form.latitude, form.longitude
    if form.easting is not None and form.northing is not None:
        return to_wgs84(form.easting, form.northing, f"{field}.easting, {field}.northing")
    return None


def _revision(updated: str | None, time: str | None, context: Context) -> int | None:
    """The partner's last change, as far as it can have happened."""
    span = _span(updated, "data.updated") or _span(time, "time")
    if span is None:
        return None
    latest = context.collected + _AHEAD
    if span.earliest.at > latest:
        field = "time" if updated is None else "data.updated"
        raise Unfit(field, "lies in the future", "set the clock of the system that sends it")
    return min(span.latest.at, latest)


def _interval(form: IntervalForm | None) -> Span | None:
    return between(_span(form.from_, "data.occurred.from"), _span(form.to, "data.occurred.to")) if form else None


def _span(text: str | None, field: str) -> Span | None:
    if text is None:
        return None
    try:
        CLOCK.read(text, field)
    except Unfit:
        remedy = "write 2024-06-01T23:10:00+01:00, 2024-06-01T23:10 by the clock in London, or 2024-06-01"
        raise Unfit(field, "is no date and time of ISO 8601", remedy) from None
    return CLOCK.span(text, field)


def _moment(span: Span | None) -> Moment | None:
    """One instant for a time that is known to two hours."""
    return span.earliest if span and span.latest.at - span.earliest.at < _NEARLY else None
