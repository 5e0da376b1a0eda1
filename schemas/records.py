"""The records of the schemas: one frozen dataclass for each Avro record (schemas/avro documents every field).

A test holds the two together. Times are microseconds since 1970 in UTC; arrays are tuples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.vocabulary import (
    Action,
    AlertState,
    CaseKind,
    Category,
    CommandKind,
    Definition,
    Graph,
    HateStrand,
    Kind,
    Marking,
    Operation,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Precision,
    PropertyType,
    Qualifier,
    Regime,
    Restriction,
    Statement,
    Unit,
    UpdateKind,
    Verdict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One instant as its source stated it."""

    at: int
    offset_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time known between two instants; both ends belong to it."""

    earliest: Moment
    latest: Moment
    precision: Precision = Precision.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Bytes that only resolve can open: AES-256-GCM under a content key, which HPKE (RFC 9180) wraps to the area's
    public key.
    """

    recipient_key: str
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyUpdate:
    """What an agency has done, found or decided about its own case or reports."""

    update_id: str
    agency: str
    source: str
    area: str
    case_reference: str | None = None
    report_ids: tuple[str, ...] = ()
    revision: int
    operation: Operation = Operation.UNKNOWN
    batch: str
    row: str | None = None
    mapper_version: str
    happened: Span
    received: Moment
    update_kind: UpdateKind = UpdateKind.UNKNOWN
    action: Action | None = None
    reason: str | None = None
    team: str | None = None
    outcome: str | None = None
    statement: Statement = Statement.NOT_STATED
    regime: Regime = Regime.NOT_STATED
    controller: str
    detail: Sealed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAssessment:
    """One scored risk assessment."""

    tool: str
    version: str | None = None
    score: int | None = None
    band: str | None = None
    assessed: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyUpdateDetail:
    """The sealed part of an agency update."""

    note: str | None = None
    contact_route: str | None = None
    risk: RiskAssessment | None = None
    opening_code: str | None = None
    closing_code: str | None = None
    crimed_reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule says that a case needs one recipient; it holds only what that recipient may see."""

    alert_id: str
    message_id: str
    area: str
    recipient: str
    role: str
    rule: str
    rule_source: str
    case_id: str
    state: AlertState = AlertState.UNKNOWN
    version: int
    reason: str
    report_ids: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    restricted: bool = False
    agreements: tuple[str, ...] = ()
    shadow: bool = False
    due: Moment | None = None
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One file, snapshot or answer that a connector read, with what became of its rows."""

    batch_id: str
    source: str
    agency: str
    area: str
    digest: str
    columns: tuple[str, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    mapper_version: str
    started: Moment
    finished: Moment
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The state of a case after a change: ids and counts, no personal data."""

    case_id: str
    area: str
    case_kind: CaseKind = CaseKind.UNKNOWN
    version: int
    incident_ids: tuple[str, ...] = ()
    report_ids: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    first_occurred: Moment | None = None
    last_occurred: Moment | None = None
    merged_into: str | None = None
    at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReviewApplication:
    """An application for an ASB case review (ASB, Crime and Policing Act 2014 section 104)."""

    application_id: str
    area: str
    agency: str
    report_ids: tuple[str, ...] = ()
    case_id: str | None = None
    made: Moment
    received: Moment
    decision: str | None = None
    decided: Moment | None = None
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something other than a report that changes an area's state."""

    command_id: str
    area: str
    command_kind: CommandKind = CommandKind.UNKNOWN
    at: Moment
    given_by: str
    subject: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A caseworker's word about two mentions or two reports, never about a cluster."""

    judgement_id: str
    area: str
    graph: Graph = Graph.UNKNOWN
    left: str
    right: str
    verdict: Verdict = Verdict.UNSURE
    revision: int
    given_at: Moment
    agency: str
    actor: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lsoa:
    """A Lower layer Super Output Area with its census vintage; codes repeat across vintages with other boundaries,
    so neither stands alone.
    """

    code: str
    vintage: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """Second sealed part, for fairness figures only; resolve never opens it."""

    age_band: str | None = None
    ethnicity: str | None = None
    ethnicity_method: str | None = None
    disability: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeContact:
    """How the person may be reached without being put at risk; null where nobody asked."""

    may_telephone: bool | None = None
    may_write: bool | None = None
    may_leave_message: bool | None = None
    language: str | None = None
    times: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person in one role of a report."""

    role: PersonRole = PersonRole.UNKNOWN
    kind: PersonKind = PersonKind.UNKNOWN
    reference: str | None = None
    full_name: str | None = None
    given_names: tuple[str, ...] = ()
    family_name: str | None = None
    birth_date: str | None = None
    telephones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str | None = None
    postcode: str | None = None
    uprn: str | None = None
    safe_contact: SafeContact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place in one role."""

    role: PlaceRole = PlaceRole.UNKNOWN
    method: PlaceMethod = PlaceMethod.UNKNOWN
    uprn: str | None = None
    parent_uprn: str | None = None
    usrn: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    uncertainty_m: float | None = None
    lsoa: Lsoa | None = None
    ward: str | None = None
    address: str | None = None
    postcode: str | None = None
    property_type: PropertyType = PropertyType.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A record that could not be used: the original sealed, and why, without its values."""

    quarantine_id: str
    area: str
    agency: str
    source: str
    batch: str
    row: str | None = None
    field: str
    rule: str
    remedy: str
    attempt: int = 1
    at: Moment
    original: Sealed | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one agency recorded of one occasion. The greatest revision is the report's state."""

    report_id: str
    agency: str
    source: str
    reference: str
    case_reference: str | None = None
    revision: int
    operation: Operation = Operation.UNKNOWN
    area: str
    batch: str
    row: str | None = None
    mapper_version: str
    replay_of: str | None = None
    occurred: Span | None = None
    reported: Moment | None = None
    complaint_made: Span | None = None
    received: Moment
    category: Category = Category.OTHER
    qualifier: Qualifier = Qualifier.NOT_STATED
    definition: Definition = Definition.NOT_STATED
    regime: Regime = Regime.NOT_STATED
    controller: str
    marking: Marking = Marking.NOT_STATED
    unit: Unit = Unit.UNKNOWN
    contacts: int | None = None
    kind: Kind = Kind.UNKNOWN
    lsoa: Lsoa | None = None
    open_places: tuple[Place, ...] = ()
    detail: Sealed | None = None
    monitoring: Sealed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDetail:
    """The sealed part of a report: persons, places, narrative and everything that tells of them."""

    persons: tuple[Person, ...] = ()
    places: tuple[Place, ...] = ()
    narrative: str | None = None
    opening_code: str | None = None
    closing_code: str | None = None
    grade: str | None = None
    qualifiers: tuple[str, ...] = ()
    hate: tuple[HateStrand, ...] = ()
    vulnerability: tuple[str, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    handling: tuple[str, ...] = ()
    quoted_references: tuple[str, ...] = ()
    crimed_reference: str | None = None
