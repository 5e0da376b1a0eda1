"""Which agency is told first of a problem that several know: data, `lead` in the section `inbox` of the rules.

No Act names a lead for antisocial behaviour. The ASB case review asks that the relevant bodies act together, whichever
of them was applied to (ASB, Crime and Policing Act 2014 section 104 and Schedule 4); who leads until then is for the
partnership to settle. Pure.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from policy.facts import CaseFact, IncidentFact


class Lead(StrEnum):
    """By what an agency leads."""

    OPEN_CASE = "OPEN_CASE"
    LANDLORD = "LANDLORD"
    MOST_INCIDENTS = "MOST_INCIDENTS"
    TOLD_FIRST = "TOLD_FIRST"


def turns(case: CaseFact, by: Sequence[Lead]) -> Callable[[str], tuple[float, ...]]:
    """A key that sorts the codes of agencies, the one that should lead first; of equals, none is before another.

    What is restricted counts for nobody: who leads must not tell of it.
    """
    open_to_all = [incident for incident in case.incidents if not _is_restricted(incident)]
    measures = [_MEASURES[each] for each in by]

    def turn(agency: str) -> tuple[float, ...]:
        mine = [incident for incident in open_to_all if agency in incident.agencies]
        return tuple([measure(case, mine, agency) for measure in measures])

    return turn


def _is_restricted(incident: IncidentFact) -> bool:
    return any(report.restrictions for report in incident.reports)


_Measure = Callable[[CaseFact, Sequence[IncidentFact], str], float]
"""Of a case, an agency's incidents of it and the agency: the smaller, the sooner."""


def _has_no_open_case(_case: CaseFact, mine: Sequence[IncidentFact], agency: str) -> float:
    return not any(each.agency == agency and each.case_open for incident in mine for each in incident.countable)


def _is_no_landlord(case: CaseFact, _mine: Sequence[IncidentFact], agency: str) -> float:
    return agency not in case.landlords


def _fewer(_case: CaseFact, mine: Sequence[IncidentFact], _agency: str) -> float:
    return -len(mine)


def _later(_case: CaseFact, mine: Sequence[IncidentFact], agency: str) -> float:
    received = [each.received for incident in mine for each in incident.countable if each.agency == agency]
    return min(received, default=float("inf"))


_MEASURES: dict[Lead, _Measure] = {
    Lead.OPEN_CASE: _has_no_open_case,
    Lead.LANDLORD: _is_no_landlord,
    Lead.MOST_INCIDENTS: _fewer,
    Lead.TOLD_FIRST: _later,
}
