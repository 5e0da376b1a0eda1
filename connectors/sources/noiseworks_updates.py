"""What NoiseWorks' cases and actions tell of the noise team's work: agency updates."""

from connectors.contract import Context, Row, UpdateDraft
from connectors.mapping import values
from connectors.sources.noiseworks_cases import CLOCK, needed, only, source_places
from connectors.sources.noiseworks_names import ACTION, CASE, COMPLAINT, HISTORY
from schemas import codes
from schemas.records import AgencyUpdateDetail, Moment
from schemas.vocabulary import Regime, Statement, UpdateKind


def action(row: Row, context: Context) -> UpdateDraft:
    """One entry of the team's log."""
    entry = row.values
    happened = CLOCK.span(entry["created"], "created")
    meaning = codes.shipped().action(codes.NOISEWORKS_ACTION, entry["type"])
    note = entry.get("notes") if meaning.known else values.joined((entry["type"], entry.get("notes") or "-"))
    return UpdateDraft(
        reference=f"action-{needed(entry, 'id')}",
        case_reference=needed(entry, "case_id"),
        report_references=_made_by(row, happened.latest),
        happened=happened,
        update_kind=meaning.update_kind,
        action=meaning.action,
        reason=meaning.reason,
        statement=Statement.FACT if meaning.action else Statement.NOT_STATED,
        regime=Regime.UK_GDPR,
        detail=AgencyUpdateDetail(note=values.clean(note)),
        places=source_places(only(row, CASE, "case_id")),
        unknown_codes=0 if meaning.known else 1,
    )


def _made_by(row: Row, time: Moment) -> tuple[str, ...]:
    """The complaints of the case that had been made by a time; later ones are not what the action was about."""
    return tuple(
        complaint["id"]
        for complaint in row.related[COMPLAINT]
        if CLOCK.span(complaint["created"], "created").earliest.at <= time.at
    )


def opened(row: Row, context: Context) -> UpdateDraft:
    """The start of a case."""
    case = row.values
    return UpdateDraft(
        reference=f"case-{needed(case, 'id')}",
        case_reference=case["id"],
        happened=CLOCK.span(case["created"], "created"),
        update_kind=UpdateKind.OPENED,
        statement=Statement.FACT,
        regime=Regime.UK_GDPR,
        detail=AgencyUpdateDetail(opening_code=values.clean(case["kind"])),
        places=source_places(case),
    )


def merged(row: Row, context: Context) -> UpdateDraft:
    """The end of a case whose complaints went to another, when its history last changed."""
    case = row.values
    into = [entry["case_id"] for entry in row.related[ACTION]]
    return UpdateDraft(
        reference=f"merge-{needed(case, 'id')}",
        case_reference=case["id"],
        happened=CLOCK.span(only(row, HISTORY, "history_date")["history_date"], "history_date"),
        update_kind=UpdateKind.CLOSED,
        reason=f"merged into case {into[-1]}" if into else "merged into another case",
        regime=Regime.UK_GDPR,
        places=source_places(case),
    )
