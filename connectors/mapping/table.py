"""One row of a table, by its profile, as one report."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from zoneinfo import ZoneInfo

from connectors.clocks import Clock
from connectors.contract import Draft, OutOfScope, UpdateDraft
from connectors.mapping import values
from connectors.mapping.coding import Coding, coding_of, hate_of, restrictions_of, texts_of
from connectors.mapping.people import holds, persons_of, text_of
from connectors.mapping.profile import Profile
from connectors.mapping.profile_parts import Occurred, Quoted, Time, UpdateOf
from connectors.mapping.spots import places_of
from connectors.times import between
from schemas import codes
from schemas.errors import Unfit
from schemas.records import AgencyUpdateDetail, Moment, Place, ReportDetail, Span
from schemas.vocabulary import Category, HateStrand, Qualifier, Statement, Unit, UpdateKind

Values = Mapping[str, str]

NOT_ASB = "not antisocial behaviour"
"""Why a row is out of scope whose codes are all of other matters."""

_AS_GOOD_AS_EXACT = 60 * 10**6
_NEARLY = 2 * 3600 * 10**6


def draft_of(row: Values, profile: Profile, agency: str | None) -> Draft | OutOfScope:
    """The report of a row; `agency` is the user's, before the profile's own. Raises Unfit, naming the column."""
    reference = values.clean(row.get(profile.reference))
    if reference is None:
        raise Unfit(profile.reference, "is empty", "give the row the reference that it has at the agency")
    coding = coding_of(row, profile.category)
    if not coding.in_scope:
        return OutOfScope(NOT_ASB)
    return _draft(row, profile, coding, reference, agency or profile.agency)


def _draft(row: Values, profile: Profile, coding: Coding, reference: str, agency: str | None) -> Draft:
    clock = _clock(profile.times.zone, profile.times.formats)
    reported = _span(row, profile.reported, clock)
    places = places_of(row, profile.places)
    contacts = _contacts(row, profile.contacts)
    return Draft(
        reference=reference,
        agency=agency,
        case_reference=_cell(row, profile.case_reference),
        revision=_revision(row, profile, clock),
        occurred=_occurred(row, profile.occurred, clock),
        reported=_moment(reported),
        complaint_made=None if _is_exact(reported) else reported,
        category=coding.category,
        qualifier=_qualifier(row, profile) or coding.qualifier,
        definition=profile.definition,
        regime=profile.regime,
        marking=profile.marking,
        unit=Unit.SINGLE_OCCASION if contacts is None else Unit.SUMMARY,
        contacts=contacts,
        kind=profile.kind,
        open_places=places if profile.openly_published else (),
        detail=_detail(row, profile, coding, () if profile.openly_published else places),
        updates=tuple(_updates(row, profile, clock, reference, agency, places)),
        unknown_codes=coding.unknown,
    )


@cache
def _clock(zone: str, formats: tuple[str, ...]) -> Clock:
    return Clock(ZoneInfo(zone), formats)


def _detail(row: Values, profile: Profile, coding: Coding, places: tuple[Place, ...]) -> ReportDetail:
    restrictions = (*coding.restrictions, *restrictions_of(row, profile.restricted))
    return ReportDetail(
        persons=persons_of(row, profile.persons),
        places=places,
        narrative=text_of(row, profile.narrative, "\n\n"),
        opening_code=text_of(row, profile.opening_code, ": "),
        closing_code=text_of(row, profile.closing_code, ": "),
        grade=_cell(row, profile.grade),
        qualifiers=texts_of(row, profile.qualifiers),
        hate=_hate(row, profile, coding),
        vulnerability=texts_of(row, profile.vulnerability),
        restrictions=tuple(dict.fromkeys(restrictions)),
        handling=texts_of(row, profile.handling),
        quoted_references=quoted(row, profile.quoted),
        crimed_reference=_cell(row, profile.crimed_reference),
    )


def quoted(row: Values, part: Quoted) -> tuple[str, ...]:
    """The references that a row quotes, each once: whole cells, then what the patterns find (their first group)."""
    texts = text_of(row, part.texts, "\n") or ""
    found = (match[(match.lastindex and 1) or 0] for pattern in part.patterns for match in re.finditer(pattern, texts))
    cells = (_cell(row, column) for column in part.columns)
    return tuple(dict.fromkeys(reference for reference in (*cells, *found) if reference))


def _hate(row: Values, profile: Profile, coding: Coding) -> tuple[HateStrand, ...]:
    """The strands stated; a category of hate alone is a motive that nobody has named yet."""
    stated = hate_of(row, profile.hate)
    return stated or ((HateStrand.OTHER,) if coding.category is Category.HATE_RELATED else ())


def _qualifier(row: Values, profile: Profile) -> Qualifier | None:
    if profile.qualifier is None:
        return None
    told = codes.shipped().meaning(profile.qualifier.list, row.get(profile.qualifier.column, "")).qualifier
    return None if told is Qualifier.NOT_STATED else told


def _occurred(row: Values, part: Occurred | None, clock: Clock) -> Span | None:
    return between(_span(row, part.start, clock), _span(row, part.end, clock)) if part else None


def _revision(row: Values, profile: Profile, clock: Clock) -> int | None:
    updated = _span(row, profile.revision, clock)
    return updated.latest.at if updated else None


def _span(row: Values, part: Time | None, clock: Clock) -> Span | None:
    text = text_of(row, part.columns, " ") if part else None
    return clock.span(text, part.columns[0], part.precision) if part and text else None


def _moment(span: Span | None) -> Moment | None:
    """One instant for a time that is known to two hours (the earlier reading of an hour that came twice)."""
    return span.earliest if span and span.latest.at - span.earliest.at < _NEARLY else None


def _is_exact(span: Span | None) -> bool:
    return span is None or span.latest.at - span.earliest.at < _AS_GOOD_AS_EXACT


def _contacts(row: Values, column: str | None) -> int | None:
    """How many contacts a summary stands for; a row of one contact, or of none stated, is a single occasion."""
    stated = values.number(row.get(column), column) if column else None
    if stated is None:
        return None
    if stated < 0 or stated != int(stated):
        raise Unfit(column or "", "is no number of contacts", "give a whole number, or leave it empty")
    return int(stated) if stated > 1 else None


def references_of(row: Values, profile: Profile) -> tuple[str, ...]:
    """The references of a row's report and of all updates that it may tell; none if the row does not say."""
    reference = values.clean(row.get(profile.reference))
    if reference is None:
        return ()
    return (reference, *(f"{_subject(row, profile, part, reference)}-{part.kind.lower()}" for part in profile.updates))


def _subject(row: Values, profile: Profile, part: UpdateOf, reference: str) -> str:
    """What an update is of: the row's case, or its report."""
    return (_cell(row, profile.case_reference) if part.of == "case" else None) or reference


def _updates(
    row: Values, profile: Profile, clock: Clock, reference: str, agency: str | None, places: tuple[Place, ...]
) -> Iterator[UpdateDraft]:
    for part in profile.updates:
        happened = _span(row, part.at, clock) if holds(row, part.when) else None
        if happened is not None:
            yield _update(row, profile, part, happened, reference, agency, places)


def _update(
    row: Values,
    profile: Profile,
    part: UpdateOf,
    happened: Span,
    reference: str,
    agency: str | None,
    places: tuple[Place, ...],
) -> UpdateDraft:
    case = _cell(row, profile.case_reference)
    subject = _subject(row, profile, part, reference)
    return UpdateDraft(
        reference=f"{subject}-{part.kind.lower()}",
        agency=agency,
        case_reference=case,
        report_references=(reference,) if subject == reference else (),
        happened=happened,
        update_kind=part.kind,
        statement=Statement.FACT,
        regime=profile.regime,
        detail=AgencyUpdateDetail(
            note=text_of(row, part.note, "\n\n"),
            closing_code=_cell(row, part.closing_code),
            crimed_reference=_cell(row, profile.crimed_reference) if part.kind is UpdateKind.CRIMED else None,
        ),
        places=places,
    )


def _cell(row: Values, column: str | None) -> str | None:
    return values.clean(row.get(column)) if column else None
