"""ASB case review (formerly Community Trigger): may the victim apply, and until when must an application be accepted?

Anti-social Behaviour, Crime and Policing Act 2014 section 104: bodies must decide that the threshold is met when an
application is made and at least three qualifying complaints (or fewer, by the area's published procedure) have been
made about the behaviour (4). A complaint qualifies when made within one month beginning with the day of the behaviour
and when the application is made within six months beginning with the day of the complaint (11). Nothing here says
that a review is required: that needs an application and the bodies' decision.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from policy.facts import Complaint, IncidentFact
from policy.months import first_within, last_day, london_date, within


class Counts(StrEnum):
    """What an area's procedure counts."""

    COMPLAINTS = "complaints"
    INCIDENTS = "incidents"


class ReviewStatus(StrEnum):
    """How near a victim is to the threshold."""

    APPROACHING = "APPROACHING"
    ELIGIBLE = "ELIGIBLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """An area's published review procedure, in force from `valid_from` until the next one begins.

    `hate_threshold` is the number of complaints perceived as hate that suffices, None where the area has no such
    exception. An empty `relevant_bodies` takes every agency of the area (section 105). `count_crimed` says whether
    behaviour that was recorded as a crime counts.
    """

    valid_from: date
    source: str
    threshold: int = 3
    hate_threshold: int | None = None
    counts: Counts = Counts.COMPLAINTS
    complaint_months: int = 1
    application_months: int = 6
    relevant_bodies: frozenset[str] = frozenset()
    count_crimed: bool = False

    @property
    def least_complaints(self) -> int:
        """With fewer complaints a victim is neither near the threshold nor over it."""
        thresholds = [self.threshold] if self.hate_threshold is None else [self.threshold, self.hate_threshold]
        return max(1, min(thresholds) - 1)


STATUTORY = Procedure(
    valid_from=date(2014, 10, 20),
    source="Anti-social Behaviour, Crime and Policing Act 2014 section 104(4) and (11)",
)
"""What holds where an area states nothing else; section 104 came into force on 20 October 2014."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFinding:
    """What is true of one problem of one victim on one day.

    `count` is in the procedure's unit. `last_day` is the last day in London on which an application would have to be
    accepted, as things are known now; None while the threshold is not reached.
    """

    status: ReviewStatus
    procedure: Procedure
    count: int
    hate: bool
    last_day: date | None
    agencies: tuple[str, ...]
    incidents: tuple[IncidentFact, ...]


def review(
    problems: Iterable[Sequence[IncidentFact]], procedures: Iterable[Procedure], now: int
) -> tuple[ReviewFinding, ...]:
    """The findings about one victim's problems (policy.problems) at a time (microseconds UTC): eligible first, latest
    day first.
    """
    today, dated = london_date(now), tuple(sorted(procedures, key=lambda procedure: procedure.valid_from))
    least = min([procedure.least_complaints for procedure in (STATUTORY, *dated)])
    oldest = first_within(max([procedure.application_months for procedure in (STATUTORY, *dated)]), today)
    made = [(problem, _made_since(oldest, problem, now)) for problem in problems]
    found = [_finding(*each, dated, today) for each in made if len(each[1]) >= least]
    return tuple(sorted((finding for finding in found if finding is not None), key=_strength))


def complaints_of(incidents: Iterable[IncidentFact], now: int) -> tuple[Complaint, ...]:
    """The complaints made by now about one problem, about which nobody has applied for a review yet: whoever has
    applied need not be told that they may.
    """
    today = london_date(now)
    made = [each for incident in incidents for each in incident.complaints if each.made_last <= today]
    return tuple([each for each in made if not each.applied])


def _made_since(oldest: date, problem: Sequence[IncidentFact], now: int) -> tuple[Complaint, ...]:
    """Without the complaints that are too old for an application by any procedure."""
    return tuple([each for each in complaints_of(problem, now) if each.made_first >= oldest])


def last_day_to_apply(complaints: Iterable[Complaint], procedures: tuple[Procedure, ...], today: date) -> date | None:
    """The last day from today on which, on every day until then, the threshold would be met; None: not met today.

    `procedures` are in order of their first day; each holds until the next one begins.
    """
    complaints = tuple(complaints)
    reached, day = None, today
    while True:
        procedure, until = _in_force(procedures, day)
        end = _last_met(_qualifying(complaints, procedure), procedure)
        if end is None or end < day:
            return reached
        if end <= until:
            return end
        reached, day = until, until + timedelta(days=1)


class _Qualifying(NamedTuple):
    """A complaint, and the last day of an application for which it surely qualifies."""

    complaint: Complaint
    last: date


def _qualifying(complaints: Iterable[Complaint], procedure: Procedure) -> list[_Qualifying]:
    """Those that qualify at some time."""
    months = procedure.application_months
    return [_Qualifying(each, last_day(each.made_first, months)) for each in complaints if _may_count(each, procedure)]


def _may_count(complaint: Complaint, procedure: Procedure) -> bool:
    return (
        within(complaint.behaviour, procedure.complaint_months, complaint.made_last)
        and (not procedure.relevant_bodies or complaint.agency in procedure.relevant_bodies)
        and (not complaint.crimed or procedure.count_crimed)
    )


def _unit(complaint: Complaint, procedure: Procedure) -> tuple[str, ...]:
    """What it is counted as: telling one agency again of the same incident is no further complaint."""
    if procedure.counts is Counts.INCIDENTS:
        return (complaint.incident_id,)
    return (complaint.incident_id, complaint.agency)


def _finding(
    problem: Sequence[IncidentFact],
    complaints: tuple[Complaint, ...],
    procedures: tuple[Procedure, ...],
    today: date,
) -> ReviewFinding | None:
    procedure, _ = _in_force(procedures, today)
    qualifying = [each.complaint for each in _qualifying(complaints, procedure) if today <= each.last]
    units, hateful = _units(qualifying, procedure), _units(_of_hate(qualifying), procedure)
    last = last_day_to_apply(complaints, procedures, today) if _is_met(units, hateful, procedure) else None
    if last is None and not _one_short(units, hateful, procedure):
        return None
    told_of = {complaint.incident_id for complaint in qualifying}
    return ReviewFinding(
        status=ReviewStatus.APPROACHING if last is None else ReviewStatus.ELIGIBLE,
        procedure=procedure,
        count=len(units),
        hate=any(complaint.hate for complaint in qualifying),
        last_day=last,
        agencies=tuple(sorted({complaint.agency for complaint in qualifying})),
        incidents=tuple([incident for incident in problem if incident.incident_id in told_of]),
    )


_Units = frozenset[tuple[str, ...]]
"""What is counted, each once."""


def _is_met(units: _Units, hateful: _Units, procedure: Procedure) -> bool:
    exception = procedure.hate_threshold
    return len(units) >= procedure.threshold or (exception is not None and len(hateful) >= exception)


def _one_short(units: _Units, hateful: _Units, procedure: Procedure) -> bool:
    exception = procedure.hate_threshold
    return 1 <= len(units) == procedure.threshold - 1 or (exception is not None and 1 <= len(hateful) == exception - 1)


def _units(complaints: Iterable[Complaint], procedure: Procedure) -> _Units:
    return frozenset([_unit(complaint, procedure) for complaint in complaints])


def _of_hate(complaints: Iterable[Complaint]) -> list[Complaint]:
    return [complaint for complaint in complaints if complaint.hate]


def _last_met(qualifying: Sequence[_Qualifying], procedure: Procedure) -> date | None:
    """The last day on which the procedure's threshold, or its hate exception, is met by what is known."""
    days = [_nth_last(qualifying, procedure, procedure.threshold)]
    if procedure.hate_threshold is not None:
        hateful = [each for each in qualifying if each.complaint.hate]
        days.append(_nth_last(hateful, procedure, procedure.hate_threshold))
    return max((day for day in days if day is not None), default=None)


def _nth_last(qualifying: Sequence[_Qualifying], procedure: Procedure, threshold: int) -> date | None:
    """The count falls below the threshold after the threshold-th latest of the units' last days."""
    lasts: dict[tuple[str, ...], date] = {}
    for complaint, last in qualifying:
        unit = _unit(complaint, procedure)
        lasts[unit] = max(lasts.get(unit, last), last)
    return sorted(lasts.values(), reverse=True)[threshold - 1] if len(lasts) >= threshold else None


def _in_force(procedures: tuple[Procedure, ...], day: date) -> tuple[Procedure, date]:
    """The procedure of a day and the last day on which it is in force."""
    begun = [procedure for procedure in procedures if procedure.valid_from <= day]
    next_begins = min((each.valid_from for each in procedures if each.valid_from > day), default=None)
    until = date.max if next_begins is None else next_begins - timedelta(days=1)
    return (begun[-1] if begun else STATUTORY), until


def _strength(finding: ReviewFinding) -> tuple[bool, int, int, str]:
    last = finding.last_day or date.min
    return (finding.last_day is None, -last.toordinal(), -finding.count, finding.incidents[0].incident_id)
