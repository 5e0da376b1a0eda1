"""One row type for each table that a batch writes: fields are the columns, times are microseconds since 1970 in UTC."""

from typing import NamedTuple


class ReportRow(NamedTuple):
    """A report after its greatest revision; a withdrawn one is a tombstone without data."""

    area: str
    report_id: str
    revision: int
    withdrawn: bool
    agency: str
    source: str
    reference: str
    case_reference: str | None
    batch: str
    row_reference: str | None
    mapper_version: str
    replay_of: str | None
    occurred_earliest: int | None
    occurred_latest: int | None
    occurred_precision: str | None
    offset_minutes: int | None
    reported_at: int | None
    complaint_made_at: int | None
    received_at: int
    category: str
    qualifier: str
    definition: str
    regime: str
    controller: str
    marking: str
    unit: str
    contacts: int | None
    kind: str
    lsoa_code: str | None
    lsoa_vintage: int | None
    incident_id: str | None
    share_set: str | None
    quality_facts: list[str]
    key_id: bytes | None
    detail: bytes | None
    monitoring: bytes | None
    features: bytes | None


class PlaceRow(NamedTuple):
    """One place of a report; all places of a report are replaced together."""

    area: str
    report_id: str
    ordinal: int
    role: str
    method: str
    uprn: str | None
    parent_uprn: str | None
    usrn: str | None
    latitude: float | None
    longitude: float | None
    uncertainty_m: float | None
    lsoa_code: str | None
    lsoa_vintage: int | None
    ward: str | None
    open_label: str | None
    property_type: str


class MentionRow(NamedTuple):
    """A person in a role of a report; all mentions of a report are replaced together."""

    area: str
    mention_id: str
    report_id: str
    role_group: str
    person_id: str | None


class IncidentRow(NamedTuple):
    """The incident that a report, which was stored before, belongs to now."""

    area: str
    report_id: str
    incident_id: str | None


class PersonRow(NamedTuple):
    """The person that a mention, which was stored before, belongs to now."""

    area: str
    mention_id: str
    person_id: str | None


class LinkRow(NamedTuple):
    """A pair that is, or no longer is (`live` false), the same or possibly the same."""

    area: str
    graph: str
    left_id: str
    right_id: str
    weight_millibits: int
    band: str
    model_version: str
    levels: str
    live: bool
    changed_at: int


class UnlinkRow(NamedTuple):
    """A pair that no longer is the same or possibly the same; its row stays as evidence."""

    area: str
    graph: str
    left_id: str
    right_id: str
    changed_at: int


class ReshareRow(NamedTuple):
    """The set of shares of a report, which was stored before, by the agreements that are in force now."""

    area: str
    report_id: str
    share_set: str


class AliasRow(NamedTuple):
    """An old id of an incident, person or case, and the one that took it over."""

    area: str
    old_id: str
    new_id: str
    changed_at: int


class CaseRow(NamedTuple):
    """A case after a change."""

    area: str
    case_id: str
    kind: str
    place_role: str | None
    place_level: str | None
    place_code: str | None
    version: int
    incident_ids: list[str]
    report_ids: list[str]
    agencies: list[str]
    first_occurred: int | None
    last_occurred: int | None
    changed_at: int


class AlertRow(NamedTuple):
    """An alert of one recipient after a change; `held` is what its rule compares with next time, and
    `quiet` why it is listed and not sent."""

    area: str
    alert_id: str
    case_id: str
    recipient: str
    role: str
    rule: str
    rule_source: str
    state: str
    version: int
    reason: str
    report_ids: list[str]
    agencies: list[str]
    restricted: bool
    agreements: list[str]
    shadow: bool
    due_at: int | None
    held: bytes
    raised_at: int
    changed_at: int
    quiet: str


class ShareRow(NamedTuple):
    """What one reader may see of the reports that name this set; a set never changes."""

    set_id: str
    agency: str
    role: str
    tier: str
    agreement: str | None
    agreement_version: str | None


class UpdateRow(NamedTuple):
    """What an agency did, found or decided."""

    area: str
    update_id: str
    revision: int
    withdrawn: bool
    agency: str
    source: str
    case_reference: str | None
    report_ids: list[str]
    batch: str
    update_kind: str
    action: str | None
    reason: str | None
    team: str | None
    outcome: str | None
    statement: str
    regime: str
    controller: str
    happened_earliest: int
    happened_latest: int
    received_at: int
    key_id: bytes | None
    detail: bytes | None


class JudgementRow(NamedTuple):
    """A caseworker's word about a pair."""

    area: str
    judgement_id: str
    revision: int
    graph: str
    left_id: str
    right_id: str
    verdict: str
    agency: str
    actor: str
    reason: str | None
    given_at: int


class ApplicationRow(NamedTuple):
    """An application for an ASB case review."""

    area: str
    application_id: str
    revision: int
    agency: str
    report_ids: list[str]
    case_id: str | None
    made_at: int
    received_at: int
    decision: str | None
    decided_at: int | None


class CommandRow(NamedTuple):
    """A command that was carried out."""

    area: str
    command_id: str
    command_kind: str
    given_by: str
    subject: str | None
    done_at: int


class BatchRow(NamedTuple):
    """A file or snapshot that a connector read."""

    area: str
    batch_id: str
    source: str
    agency: str
    digest: str
    columns: list[str]
    unknown_columns: list[str]
    mapper_version: str
    started_at: int
    finished_at: int
    counts: str


class QuarantineRow(NamedTuple):
    """A record that could not be used, its original sealed."""

    area: str
    quarantine_id: str
    agency: str
    source: str
    batch: str
    row_reference: str | None
    field: str
    rule: str
    remedy: str
    attempt: int
    state: str
    failed_at: int
    key_id: bytes | None
    original: bytes | None


class SourceRow(NamedTuple):
    """Whether the alerts that rest on a source are sent (live) or only recorded."""

    area: str
    agency: str
    source: str
    live: bool
    changed_at: int


class AuditRow(NamedTuple):
    """Who did what to whose data, and why: names of fields, never values."""

    area: str
    agency: str
    action: str
    actor: str
    purpose: str
    recipient: str | None
    subjects: list[str]
    fields: list[str]
    agreement: str | None
    model_version: str | None
    at: int


class OutboxRow(NamedTuple):
    """A message that leaves when the transaction is committed: Avro body, without its schema id."""

    message_id: str
    topic: str
    key: str
    body: bytes
    event_time: int


class AreaRow(NamedTuple):
    """An area: its partition, its own time, the next number for a cluster, by which agreements its shares were made and
    by which model its links; `waiting`: cases wait to be looked at.
    """

    area: str
    partition: int
    area_time: int
    next_number: int
    agreements: str
    model: str
    waiting: bool


class ReportKeyRow(NamedTuple):
    """The random key of one sealed row (kept in the key database)."""

    key_id: bytes
    key: bytes
    area: str
