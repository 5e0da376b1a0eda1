"""Records to the rows that the store keeps. Pure: each function is one table."""

from collections.abc import Iterator, Sequence

import orjson

import policy.sharing
from linkage.changes import Link
from linkage.features import Mention
from schemas.codec import codec
from schemas.records import (
    AgencyUpdate,
    Batch,
    CaseReviewApplication,
    Command,
    Judgement,
    Moment,
    Place,
    Quarantined,
    Report,
    Sealed,
    Span,
)
from schemas.vocabulary import Operation
from store.rows import (
    ApplicationRow,
    BatchRow,
    CommandRow,
    JudgementRow,
    LinkRow,
    MentionRow,
    PlaceRow,
    QuarantineRow,
    ReportRow,
    ShareRow,
    UpdateRow,
)
from streams.opening import Opened


def report_row(opened: Opened, incident_id: str | None, share_set: str | None) -> ReportRow:
    """A report; a withdrawn one keeps its identity and revision only."""
    report = opened.report
    withdrawn = report.operation is Operation.WITHDRAW
    occurred, lsoa = report.occurred, report.lsoa
    return ReportRow(
        area=report.area,
        report_id=report.report_id,
        revision=report.revision,
        withdrawn=withdrawn,
        agency=report.agency,
        source=report.source,
        reference=report.reference,
        case_reference=report.case_reference,
        batch=report.batch,
        row_reference=report.row,
        mapper_version=report.mapper_version,
        replay_of=report.replay_of,
        occurred_earliest=occurred.earliest.at if occurred else None,
        occurred_latest=occurred.latest.at if occurred else None,
        occurred_precision=occurred.precision if occurred else None,
        offset_minutes=_offset(occurred, report.reported),
        reported_at=_at(report.reported),
        complaint_made_at=report.complaint_made.latest.at if report.complaint_made else None,
        received_at=report.received.at,
        category=report.category,
        qualifier=report.qualifier,
        definition=report.definition,
        regime=report.regime,
        controller=report.controller,
        marking=report.marking,
        unit=report.unit,
        contacts=report.contacts,
        kind=report.kind,
        lsoa_code=lsoa.code if lsoa else None,
        lsoa_vintage=lsoa.vintage if lsoa else None,
        incident_id=None if withdrawn else incident_id,
        share_set=share_set,
        quality_facts=[] if withdrawn else opened.facts,
        key_id=None if withdrawn else opened.key_id,
        detail=None if withdrawn else opened.sealed_detail,
        monitoring=None if withdrawn else _sealed(report.monitoring),
        features=None if withdrawn else opened.sealed_features,
    )


def place_rows(report: Report, places: Sequence[Place]) -> Iterator[PlaceRow]:
    """The places of a report; address texts stay in the sealed detail, but for what was published openly."""
    area, report_id = report.area, report.report_id
    for ordinal, place in enumerate(places):
        yield PlaceRow(
            area,
            report_id,
            ordinal,
            place.role,
            place.method,
            place.uprn,
            place.parent_uprn,
            place.usrn,
            place.latitude,
            place.longitude,
            place.uncertainty_m,
            place.lsoa.code if place.lsoa else None,
            place.lsoa.vintage if place.lsoa else None,
            place.ward,
            place.address if place in report.open_places else None,
            place.property_type,
        )


def mention_row(area: str, report_id: str, mention: Mention, person_id: str | None) -> MentionRow:
    """A person in a role of a report."""
    return MentionRow(area, mention.mention_id, report_id, mention.role_group, person_id)


def share_rows(shares: policy.sharing.ShareSet) -> Iterator[ShareRow]:
    """What each reader may see of the reports that name this set, and by which agreement."""
    for share in shares.shares:
        yield ShareRow(shares.set_id, share.agency, share.role, share.tier.name, share.agreement, share.version)


def link_row(area: str, link: Link, at: int) -> LinkRow:
    """A link that is new or has changed."""
    levels = orjson.dumps(link.levels).decode()
    return LinkRow(
        area, link.graph, link.left, link.right, link.weight, link.band, link.model_version, levels, True, at
    )


def update_row(update: AgencyUpdate, key_id: bytes | None, detail: bytes | None) -> UpdateRow:
    """What an agency did, found or decided."""
    return UpdateRow(
        area=update.area,
        update_id=update.update_id,
        revision=update.revision,
        withdrawn=update.operation is Operation.WITHDRAW,
        agency=update.agency,
        source=update.source,
        case_reference=update.case_reference,
        report_ids=list(update.report_ids),
        batch=update.batch,
        update_kind=update.update_kind,
        action=update.action,
        reason=update.reason,
        team=update.team,
        outcome=update.outcome,
        statement=update.statement,
        regime=update.regime,
        controller=update.controller,
        happened_earliest=update.happened.earliest.at,
        happened_latest=update.happened.latest.at,
        received_at=update.received.at,
        key_id=key_id,
        detail=detail,
    )


def judgement_row(judgement: Judgement) -> JudgementRow:
    """A caseworker's word about a pair."""
    return JudgementRow(
        judgement.area,
        judgement.judgement_id,
        judgement.revision,
        judgement.graph,
        judgement.left,
        judgement.right,
        judgement.verdict,
        judgement.agency,
        judgement.actor,
        judgement.reason,
        judgement.given_at.at,
    )


def application_row(application: CaseReviewApplication) -> ApplicationRow:
    """An application for an ASB case review."""
    return ApplicationRow(
        application.area,
        application.application_id,
        application.revision,
        application.agency,
        list(application.report_ids),
        application.case_id,
        application.made.at,
        application.received.at,
        application.decision,
        _at(application.decided),
    )


def command_row(command: Command) -> CommandRow:
    """A command that was carried out."""
    return CommandRow(
        command.area,
        command.command_id,
        command.command_kind,
        command.given_by,
        command.subject,
        command.at.at,
    )


def batch_row(batch: Batch) -> BatchRow:
    """A file or snapshot that a connector read."""
    return BatchRow(
        batch.area,
        batch.batch_id,
        batch.source,
        batch.agency,
        batch.digest,
        list(batch.columns),
        list(batch.unknown_columns),
        batch.mapper_version,
        batch.started.at,
        batch.finished.at,
        orjson.dumps(dict(batch.counts)).decode(),
    )


def quarantine_row(quarantined: Quarantined, key_id: bytes | None, original: bytes | None) -> QuarantineRow:
    """A row that a connector could not use, its original sealed again."""
    return QuarantineRow(
        quarantined.area,
        quarantined.quarantine_id,
        quarantined.agency,
        quarantined.source,
        quarantined.batch,
        quarantined.row,
        quarantined.field,
        quarantined.rule,
        quarantined.remedy,
        quarantined.attempt,
        "settled" if quarantined.settled else "open",
        quarantined.at.at,
        key_id,
        original,
    )


def _sealed(sealed: Sealed | None) -> bytes | None:
    return None if sealed is None else codec(Sealed).encode(sealed)


def _at(moment: Moment | None) -> int | None:
    return None if moment is None else moment.at


def _offset(occurred: Span | None, reported: Moment | None) -> int | None:
    if occurred is not None:
        return occurred.earliest.offset_minutes
    return None if reported is None else reported.offset_minutes
