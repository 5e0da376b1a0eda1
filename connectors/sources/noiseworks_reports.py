"""One row of NoiseWorks' Complaint.csv, with the case, users and suspects that belong to it, as one report."""

import re

from connectors.contract import Context, Draft, Row
from connectors.mapping import values
from connectors.shelf import Values
from connectors.sources.noiseworks_cases import CLOCK, needed, only, source_places
from connectors.sources.noiseworks_names import CASE, PERPETRATORS, USER
from connectors.times import between
from schemas import codes
from schemas.codes import Meaning
from schemas.records import Person, Place, ReportDetail, SafeContact, Span
from schemas.vocabulary import Category, Definition, PersonKind, PersonRole, PlaceMethod, PlaceRole, Regime

_QUOTED = re.compile(
    r"\bCAD\s?\d{1,6}(?:/\d{1,2}[A-Z]{3}(?:(?:20)?\d{2})?|\s+of\s+\d{1,2}/\d{1,2}/(?:20)?\d{2})?\b"
    r"|\b[A-Z]{2,4}[-/]\d{4,}\b",
    re.IGNORECASE,
)
"""Other agencies' references, as residents pass them on: a police log's number with its day, a landlord's case."""


def report(row: Row, context: Context) -> Draft:
    """The report of a complaint."""
    complaint = row.values
    case = only(row, CASE, "case_id")
    created = CLOCK.span(complaint["created"], "created")
    meaning = _meaning(case)
    return Draft(
        reference=needed(complaint, "id"),
        case_reference=needed(complaint, "case_id"),
        occurred=_occurred(complaint, created),
        reported=created.earliest,
        category=meaning.category,
        qualifier=meaning.qualifier,
        definition=Definition.EPA_1990_PART_3,
        regime=Regime.UK_GDPR,
        detail=_detail(row, case, _complainant(row)),
        unknown_codes=0 if meaning.known else 1,
    )


def _detail(row: Row, case: Values, complainant: Person | None) -> ReportDetail:
    complaint = row.values
    suspects = (_person(user, PersonRole.ALLEGED_PERPETRATOR) for user in row.related[PERPETRATORS])
    homes = [_home(complainant)] if complainant and complainant.address else []
    return ReportDetail(
        persons=tuple(person for person in (complainant, *suspects) if person),
        places=(*source_places(case), *homes),
        narrative=values.joined(
            ("", complaint.get("description")), ("Rooms", complaint.get("rooms")), ("Effect", complaint.get("effect"))
        ),
        opening_code=values.joined(("", case["kind"]), ("other", case.get("kind_other"))),
        qualifiers=tuple(f"{name}: {case[name]}" for name in ("where", "estate") if values.clean(case.get(name))),
        quoted_references=tuple(dict.fromkeys(_QUOTED.findall(complaint.get("description") or ""))),
    )


def _occurred(complaint: Values, created: Span) -> Span | None:
    """From start to end; what still goes on lasts at least until the complaint was made."""
    start, end = (
        CLOCK.span(written, name) if (written := values.clean(complaint.get(name))) else None
        for name in ("start", "end")
    )
    going_on = values.yes(complaint.get("happening_now"))
    return between(start, end or (created if going_on else None))


def _meaning(case: Values) -> Meaning:
    """The kind's meaning; that of the officer's own words for another kind, where a list knows them (fireworks); that
    of the kind of premises where no kind is given.
    """
    shipped = codes.shipped()
    own_words = shipped.meaning(codes.OPEN311, case.get("kind_other", ""))
    if own_words.known and own_words.in_scope and own_words.category is not Category.OTHER:
        return own_words
    if values.clean(case["kind"]):
        return shipped.meaning(codes.NOISEWORKS_KIND, case["kind"])
    return shipped.meaning(codes.NOISEWORKS_WHERE, case.get("where", ""))


def _home(person: Person) -> Place:
    return Place(
        role=PlaceRole.AFFECTED,
        method=PlaceMethod.STATED_ADDRESS,
        address=person.address,
        postcode=person.postcode,
    )


def _complainant(row: Row) -> Person | None:
    if not values.clean(row.values["complainant_id"]):
        return None
    return _person(only(row, USER, "complainant_id"), PersonRole.COMPLAINANT)


def _person(user: Values, role: PersonRole) -> Person | None:
    """The person of a User row; None for the council's own staff, who are neither victims nor suspects."""
    if values.yes(user["is_staff"]):
        return None
    given, address = values.clean(user["first_name"]), values.clean(user.get("address"))
    email = values.clean(user.get("email"))
    return Person(
        role=role,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        reference=user["id"],
        given_names=(given,) if given else (),
        family_name=values.clean(user["last_name"]),
        telephones=values.telephones(user.get("phone")),
        emails=(email,) if email else (),
        address=address,
        postcode=values.postcode_within(address),
        safe_contact=_safe_contact(user),
    )


def _safe_contact(user: Values) -> SafeContact | None:
    times, method = values.clean(user.get("best_time")), values.clean(user.get("best_method"))
    if not (times or method):
        return None
    return SafeContact(times=times, may_telephone=True if method == "phone" else None)
