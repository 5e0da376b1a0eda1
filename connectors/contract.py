"""The contract of every source: `publish(seal(to_report(collect(path))))`.

A source is one short file that answers two questions. `collect` reads files and yields rows as they stand: it
converts nothing. `to_report` turns one row into a draft, purely: it touches no file, network, clock or state. All
the rest — ids, areas, sealing, comparing with what was read before, publishing, counting, resuming — is done once,
in `connectors.ingest`, the only place that saves state.

| situation                                                    | what a source does                        |
|--------------------------------------------------------------|-------------------------------------------|
| the path holds something else than this source               | `recognise` raises Refused                |
| the file breaks off, its archive is damaged                  | `collect` raises Refused after the good rows |
| one row breaks a rule (a date that is none, no reference)    | `to_report` raises Unfit; the row is quarantined |
| one row is fine but not of this source's matter              | `to_report` returns OutOfScope            |
| a code that is in no list                                    | Category.OTHER, original in detail, `unknown_codes=1` |
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from schemas.records import AgencyUpdateDetail, Moment, Monitoring, Place, ReportDetail, Span
from schemas.vocabulary import (
    Action,
    Category,
    Definition,
    Kind,
    Marking,
    Qualifier,
    Regime,
    Statement,
    Unit,
    UpdateKind,
)


class Sector(StrEnum):
    """Whose live topic a source's reports go to."""

    POLICE = "police"
    HOUSING = "housing"
    COUNCIL = "council"


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read.

    `position` names file and line for a steward ("2018-10-kent-street.csv:17"), `file` the file alone; `values` are
    texts by column; `raw` the row's own bytes, for quarantine. A source that reads several files at once names the
    row's kind in `table` and hands the rows that belong to it along in `related`, by table.
    """

    position: str
    values: Mapping[str, str]
    raw: bytes
    file: str = ""
    table: str = ""
    related: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not even be split into columns; the base quarantines it."""

    position: str
    raw: bytes
    rule: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the user said and the base knows; the same for all rows of one path.

    `agency` is that of the command line and is None only where the user named none; a source without agencies in its
    rows refuses that in `collect`. `collected` is the collection time in microseconds, stored with the batch, so
    equal for the same bytes whenever they are read.
    `row_key` keys the hashes of rows (32 bytes).
    """

    agency: str | None
    collected: int
    row_key: bytes = field(repr=False)
    history: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch that a source publishes as a whole ("2018-10"), and the layout that it was read from ("json")."""

    name: str
    layout: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateDraft:
    """All that a source knows of one agency update; the fields are AgencyUpdate's.

    `reference` is the agency's own of the update. `report_references` are references of its reports. `detail` is
    sealed by the base.
    """

    reference: str
    agency: str | None = None
    case_reference: str | None = None
    report_references: tuple[str, ...] = ()
    revision: int | None = None
    happened: Span
    update_kind: UpdateKind
    action: Action | None = None
    reason: str | None = None
    team: str | None = None
    outcome: str | None = None
    statement: Statement = Statement.NOT_STATED
    regime: Regime = Regime.NOT_STATED
    controller: str | None = None
    detail: AgencyUpdateDetail = field(default_factory=AgencyUpdateDetail)
    places: tuple[Place, ...] = ()
    unknown_codes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a source knows of one report, unsealed; the fields are Report's and ReportDetail's.

    `reference` is the agency's own and stays the same for ever; of a source without references it is made of the
    row's content, and the base numbers equal ones (see Source.has_references). `revision` is the source's version or
    last-updated time in microseconds, None where it has neither. `agency` and `controller` are None where the command
    line's agency is meant. `detail.places` holds the places of a source with personal data; only an openly published
    source puts its places into `open_places`. The base decides the area from them: SOURCE, then OCCURRED, then
    AFFECTED. `withdrawn`: the source itself says that the record is no more.
    """

    reference: str
    agency: str | None = None
    case_reference: str | None = None
    revision: int | None = None
    withdrawn: bool = False
    occurred: Span | None = None
    reported: Moment | None = None
    complaint_made: Span | None = None
    category: Category = Category.OTHER
    qualifier: Qualifier = Qualifier.NOT_STATED
    definition: Definition = Definition.NOT_STATED
    regime: Regime = Regime.NOT_STATED
    controller: str | None = None
    marking: Marking = Marking.NOT_STATED
    unit: Unit = Unit.SINGLE_OCCASION
    contacts: int | None = None
    kind: Kind = Kind.OPERATIONAL
    open_places: tuple[Place, ...] = ()
    detail: ReportDetail | None = None
    monitoring: Monitoring | None = None
    updates: tuple[UpdateDraft, ...] = ()
    period: Period | None = None
    unknown_codes: int = 0


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """The row is sound but not of this source's matter; `why` is counted, so it names no value."""

    why: str


Outcome = Draft | UpdateDraft | OutOfScope
"""What a row becomes."""


class Source(ABC):
    """One feed. Declares what it is; reads; maps. A subclass (or an instance, for profiles) sets the declarations.

    `name`            of the feed, as in `wardlink ingest NAME`
    `mapper_version`  changes whenever `to_report` maps differently
    `sector`          whose live topic its reports go to
    `personal`        False only for openly published sources: nothing is sealed
    `snapshot`        True: each reading is the whole; what it no longer holds is withdrawn
    `has_references`  False: the base appends the ordinal among rows of one file with an equal reference
    `immutable`       True: a row with a known reference never differs from what was published
    `yields_to`       layout → better layout: a period that is held from the better one is refused from the other
    `agency`          the one agency that it is of, where the user need not say so
    `names_agencies`  True: its rows name their agency, so that the user need not
    `columns`         names of the columns that it knows; others are told to the steward, and ignored
    `expects`         one sentence: what a right file looks like
    `one_report_is`   what of the supplier's becomes one report ("one contact", "one dated entry of a diary sheet")
    """

    name: str
    mapper_version: str
    sector: Sector
    expects: str
    columns: frozenset[str]
    one_report_is: str = "one row"
    agency: str | None = None
    names_agencies: bool = False
    personal: bool = True
    snapshot: bool = False
    has_references: bool = True
    immutable: bool = False
    yields_to: Mapping[str, str] = MappingProxyType({})

    def wants(self, name: str) -> bool:
        """Whether a file of this name in a folder or archive is one that rows are read from."""
        return True

    def references_of(self, row: Row) -> tuple[str, ...]:
        """The references of the report or updates that a row would have become, had it not been Unfit.

        A snapshot source should tell: a row that is there but broken must not count as gone. None: nobody knows.
        """
        return ()

    def agency_of(self, row: Row) -> str | None:
        """The agency that a row names which turned out Unfit, where rows name their agency."""
        return None

    @abstractmethod
    def recognise(self, path: Path) -> None:
        """Looks at the beginning of a path; raises Refused (`connectors.files.refuse`) when it is something else."""

    @abstractmethod
    def collect(self, path: Path, context: Context) -> Iterator[Row | Broken]:
        """The rows of a file, archive or folder in a fixed order, streamed in bounded memory.

        Raises Refused where the path cannot be read on; all rows yielded before that stand.
        """

    @abstractmethod
    def to_report(self, row: Row, context: Context) -> Outcome:
        """What a row becomes; pure. Raises Unfit with field, rule and remedy, never with a value."""
