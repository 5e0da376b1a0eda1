"""What the rules look at: readers, reports, incidents and cases as plain values, without any personal data.

Times are microseconds since 1970 in UTC. Places and persons are opaque keys: the rules only ask whether two are equal.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from policy.months import london_date
from schemas.errors import Refused
from schemas.vocabulary import CaseKind, Category, PropertyType

AGENCY_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]*")
"""Form of an agency's code, for example `police` or `nyc-311`."""

VICTIM = "victim"
"""The subject of a case that gathers one victim's incidents."""


class Role(StrEnum):
    """What a reader does in its agency. None of them stands for a party to a report (see policy.sharing)."""

    CASEWORKER = "caseworker"
    STEWARD = "steward"
    OPERATOR = "operator"
    GOVERNANCE = "governance"


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone who asks: an agency's code and a role in it.

    >>> Reader.parse("police/caseworker")
    Reader(agency='police', role=<Role.CASEWORKER: 'caseworker'>)
    """

    agency: str
    role: Role

    @classmethod
    def parse(cls, text: str) -> "Reader":
        """The reader that `AGENCY/ROLE` names; Refused when it names none."""
        agency, _, role = text.partition("/")
        if not AGENCY_PATTERN.fullmatch(agency) or role not in Role._value2member_map_:
            roles = ", ".join(Role)
            raise Refused(f"reader: must be AGENCY/ROLE (for example police/caseworker; the roles are {roles})")
        return cls(agency, Role(role))

    def __str__(self) -> str:
        return f"{self.agency}/{self.role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFact:
    """One report in its present state; withdrawn reports are left out by the caller.

    `kind_countable` is false for summaries and public statistics. `applied`: a case review was applied for because of
    it. `source_place` and `affected_place` are keys of the finest place known in that role; `scenes` keys of the
    addresses that it comes from or happened at, by role. `premises`: where one of these is worth a word (a hostel,
    licensed premises, an open space), what it is, by role in lower case.
    """

    report_id: str
    agency: str
    source: str = ""
    category: Category = Category.OTHER
    kind_countable: bool = True
    earliest: int | None = None
    latest: int | None = None
    reported: int | None = None
    complaint_made: int | None = None
    received: int
    restrictions: frozenset[str] = frozenset()
    hate: bool = False
    crimed: bool = False
    applied: bool = False
    case_reference: str | None = None
    case_open: bool = False
    shadow_source: bool = False
    source_place: str | None = None
    affected_place: str | None = None
    scenes: tuple[str, ...] = ()
    premises: tuple[tuple[str, PropertyType], ...] = ()
    lsoa: str | None = None

    @property
    def complained(self) -> int | None:
        """When the complaint was made, as far as stated (ASB, Crime and Policing Act 2014 section 104(11))."""
        return self.reported if self.complaint_made is None else self.complaint_made

    @property
    def happened(self) -> tuple[int, int] | None:
        """Earliest and latest time of the behaviour; the report's time where nothing else is stated."""
        earliest = self.complained if self.earliest is None else self.earliest
        if earliest is None:
            return None
        latest = self.latest
        return earliest, earliest if latest is None or latest < earliest else latest


class Complaint(NamedTuple):
    """One report as a complaint (ASB, Crime and Policing Act 2014 section 104).

    `made_first` and `made_last` differ only where its day is not known.
    """

    incident_id: str
    agency: str
    behaviour: date
    made_first: date
    made_last: date
    hate: bool
    crimed: bool
    applied: bool = False


@dataclass(frozen=True, kw_only=True)
class IncidentFact:
    """What happened once, told by one or more reports. What follows from them is worked out once."""

    incident_id: str
    reports: tuple[ReportFact, ...]

    @cached_property
    def countable(self) -> tuple[ReportFact, ...]:
        """Its reports other than summaries and public statistics, by id."""
        reports = [report for report in self.reports if report.kind_countable]
        return tuple(reports if len(reports) < 2 else sorted(reports, key=_by_id))

    @cached_property
    def report_ids(self) -> frozenset[str]:
        """The ids of its countable reports."""
        return frozenset([report.report_id for report in self.countable])

    @cached_property
    def happened(self) -> tuple[int, int] | None:
        """Earliest and latest time as its most exact report tells it (of equals the earliest); None: not known."""
        spans = [span for each in self.countable if (span := each.happened) is not None]
        if len(spans) < 2:
            return spans[0] if spans else None
        return min(spans, key=lambda span: (span[1] - span[0], span))

    @property
    def earliest(self) -> int | None:
        """When it began, as far as known."""
        return None if self.happened is None else self.happened[0]

    @property
    def latest(self) -> int | None:
        """When it ended at the latest, as far as known."""
        return None if self.happened is None else self.happened[1]

    @cached_property
    def day(self) -> date | None:
        """The day in London on which it counts: the one on which it began."""
        return None if self.earliest is None else london_date(self.earliest)

    @cached_property
    def agencies(self) -> frozenset[str]:
        """Who told of it."""
        return frozenset([report.agency for report in self.countable])

    @cached_property
    def source_places(self) -> frozenset[str]:
        """Where it came from, as far as anyone knows."""
        return frozenset([report.source_place for report in self.countable if report.source_place is not None])

    @cached_property
    def affected_places(self) -> frozenset[str]:
        """The homes where it was suffered."""
        return frozenset([report.affected_place for report in self.countable if report.affected_place is not None])

    @cached_property
    def categories(self) -> frozenset[Category]:
        """What it was called."""
        return frozenset([report.category for report in self.countable])

    @cached_property
    def crimed(self) -> bool:
        """Whether it became a crime: it then leaves the ASB count and stays linked."""
        return any(report.crimed for report in self.reports)

    @cached_property
    def hate(self) -> bool:
        """Whether anyone perceived it as motivated by hostility."""
        return any(report.hate for report in self.countable)

    @cached_property
    def open(self) -> bool:
        """Whether some agency has an open case on it."""
        return any(report.case_open for report in self.countable)

    @cached_property
    def scenes(self) -> frozenset[str]:
        """The keys of the addresses that it comes from or happened at, by role."""
        return frozenset([scene for report in self.countable for scene in report.scenes])

    @cached_property
    def complaints(self) -> tuple[Complaint, ...]:
        """Its countable reports as complaints, as far as a day is known."""
        made = [self._complaint(report) for report in self.countable]
        return tuple([complaint for complaint in made if complaint is not None])

    def _complaint(self, report: ReportFact) -> Complaint | None:
        """The report's own word on when it happened, else the incident's; None where neither is known.

        A complaint whose day is not stated was made between the behaviour and the arrival here, and only surely
        qualifies when it does on both days.
        """
        span = report.happened or self.happened
        if span is None:
            return None
        behaviour, stated = london_date(span[0]), report.complained
        return Complaint(
            incident_id=self.incident_id,
            agency=report.agency,
            behaviour=behaviour,
            made_first=behaviour if stated is None else london_date(stated),
            made_last=max(behaviour, london_date(report.received)) if stated is None else london_date(stated),
            hate=report.hate,
            crimed=self.crimed,
            applied=report.applied,
        )

    @cached_property
    def live(self) -> "IncidentFact | None":
        """The incident without reports of sources on trial; None when nothing is left of it."""
        kept = tuple([report for report in self.reports if not report.shadow_source])
        if len(kept) == len(self.reports):
            return self
        return IncidentFact(incident_id=self.incident_id, reports=kept) if kept else None


@dataclass(frozen=True, kw_only=True)
class CaseFact:
    """A repeat victim's or a repeat place's incidents.

    `subject` is `victim`, or the place's level and role, for example `block/source`. `dwellings` is the number of
    homes in the place, None where not known. `landlords` are those in whose stock the place is on the day of its last
    incident.
    """

    case_id: str
    kind: CaseKind
    subject: str = VICTIM
    incidents: tuple[IncidentFact, ...]
    dwellings: int | None = None
    landlords: frozenset[str] = frozenset()

    @cached_property
    def agencies(self) -> frozenset[str]:
        """Who told of any of it."""
        return frozenset[str]().union(*[incident.agencies for incident in self.incidents])

    @property
    def level(self) -> str:
        """`victim`, or the place's level: uprn, block, street, lsoa, ward."""
        return self.subject.partition("/")[0]

    @property
    def place_role(self) -> str:
        """The place's role: source, affected or occurred; empty for a victim."""
        return self.subject.partition("/")[2]


def _by_id(report: ReportFact) -> str:
    return report.report_id
