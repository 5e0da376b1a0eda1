"""One row of a table, by its profile, as one report."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from hashlib import blake2b

from connectors.clocks import Clock
from connectors.contract import Draft, OutOfScope, UpdateDraft
from connectors.mapping import values
from connectors.mapping.coding import Coding, coding_of, hate_of, restrictions_of, texts_of
from connectors.mapping.moments import is_exact, moment_of, occurred_of, span_of
from connectors.mapping.people import holds, persons_of, text_of
from connectors.mapping.profile import Profile
from connectors.mapping.profile_parts import Quoted, UpdateOf
from connectors.mapping.profile_shape import Named
from connectors.mapping.spots import places_of
from schemas import codes
from schemas.errors import Unfit
from schemas.records import AgencyUpdateDetail, Place, ReportDetail, Span
from schemas.vocabulary import Category, HateStrand, Qualifier, Statement, Unit, UpdateKind

Values = Mapping[str, str]

NOT_ASB = "not antisocial behaviour"
"""Why a row is out of scope whose codes are all of other matters."""

_HIDDEN_BYTES = 6
_SEVERAL = re.compile(r"[;,|\n]")


def draft_of(row: Values, profile: Profile, agency: str | None, row_key: bytes) -> Draft | OutOfScope:
    """The report of a row; `agency` is the user's, before the profile's own, and `row_key` keys the hashes of what a
    reference may not show. Raises Unfit, naming the column.
    """
    lacking = _lacking(row, profile.reference)
    if lacking:
        raise Unfit(lacking, "is empty", "give the row the reference that it has at the agency")
    coding = coding_of(row, profile.category)
    if not coding.in_scope:
        return OutOfScope(NOT_ASB)
    return _draft(row, profile, coding, agency or profile.agency, row_key)


def _draft(row: Values, profile: Profile, coding: Coding, agency: str | None, row_key: bytes) -> Draft:
    clock = profile.clock()
    reported = span_of(row, profile.reported, clock)
    occurred = occurred_of(row, profile.occurred, clock)
    reference = _reference(row, profile.reference, occurred or reported, row_key)
    places = places_of(row, profile.places)
    contacts = _contacts(row, profile.contacts)
    return Draft(
        reference=reference,
        agency=agency,
        case_reference=_cell(row, profile.case_reference),
        revision=_revision(row, profile, clock),
        occurred=occurred,
        reported=moment_of(reported),
        complaint_made=None if is_exact(reported) else reported,
        category=coding.category,
        qualifier=_qualifier(row, profile) or coding.qualifier,
        definition=profile.definition,
        regime=profile.regime,
        marking=profile.marking,
        unit=profile.unit if contacts is None else Unit.SUMMARY,
        contacts=contacts,
        kind=profile.kind,
        open_places=places if profile.openly_published else (),
        detail=_detail(row, profile, coding, () if profile.openly_published else places),
        updates=tuple(_updates(row, profile, clock, reference, agency, places)),
        unknown_codes=coding.unknown,
    )


def _lacking(row: Values, part: Named) -> str | None:
    """The first column of a reference that is blank."""
    return next((column for column in part.columns if values.clean(row.get(column)) is None), None)


def _reference(row: Values, part: Named, when: Span | None = None, row_key: bytes = b"") -> str:
    """The supplier's own; where it has none, made of columns, of a keyed hash, and of the local time of the event."""
    texts = [values.clean(row.get(column)) or "" for column in part.columns]
    if part.hashed:
        hidden = "\x1f".join(" ".join(row.get(column, "").casefold().split()) for column in part.hashed)
        texts.append(blake2b(hidden.encode(), key=row_key[:64], digest_size=_HIDDEN_BYTES).hexdigest())
    if part.with_time and when is not None:
        local = datetime.fromtimestamp(
            when.earliest.at / 1e6, timezone(timedelta(minutes=when.earliest.offset_minutes))
        )
        texts.append(f"{local:%Y%m%dT%H%M}")
    return "/".join(texts)


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
        quoted_references=quoted(row, profile.quoted, profile.crimed_reference),
        crimed_reference=_cell(row, profile.crimed_reference),
    )


def quoted(row: Values, part: Quoted, crimed: str | None = None) -> tuple[str, ...]:
    """The references that a row quotes, each once: whole cells, which may hold several, then what the patterns find
    (their first group). A crime made of it is quoted too.
    """
    texts = text_of(row, part.texts, "\n") or ""
    found = (match[(match.lastindex and 1) or 0] for pattern in part.patterns for match in re.finditer(pattern, texts))
    stated = [_cell(row, column) for column in (*part.columns, *([crimed] if crimed else ()))]
    cells = (cell.strip() for text in stated if text for cell in _SEVERAL.split(text))
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


def _revision(row: Values, profile: Profile, clock: Clock) -> int | None:
    updated = span_of(row, profile.revision, clock)
    return updated.latest.at if updated else None


def _contacts(row: Values, column: str | None) -> int | None:
    """How many contacts a summary stands for; a row of one contact, or of none stated, is a single occasion."""
    stated = values.number(row.get(column), column) if column else None
    if stated is None:
        return None
    if stated < 0 or stated != int(stated):
        raise Unfit(column or "", "is no number of contacts", "give a whole number, or leave it empty")
    return int(stated) if stated > 1 else None


def references_of(row: Values, profile: Profile) -> tuple[str, ...]:
    """The references of a row's report and of all updates that it may tell; none if the row does not say, or has none
    of its own.
    """
    if profile.reference.is_made or _lacking(row, profile.reference):
        return ()
    reference = _reference(row, profile.reference)
    return (reference, *(f"{_subject(row, profile, part, reference)}-{part.kind.lower()}" for part in profile.updates))


def _subject(row: Values, profile: Profile, part: UpdateOf, reference: str) -> str:
    """What an update is of: the row's case, or its report."""
    return (_cell(row, profile.case_reference) if part.of == "case" else None) or reference


def _updates(
    row: Values, profile: Profile, clock: Clock, reference: str, agency: str | None, places: tuple[Place, ...]
) -> Iterator[UpdateDraft]:
    for part in profile.updates:
        happened = span_of(row, part.at, clock) if holds(row, part.when) else None
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
        team=_cell(row, part.team),
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
