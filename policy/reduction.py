"""A case as one reader may see it: what the alert rules may look at, and whom to ask for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from policy.agreement import Agreements
from policy.facts import CaseFact, IncidentFact, Reader, ReportFact
from policy.months import week_of
from policy.sharing import Visibility, visible
from policy.tiers import Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCase:
    """A case reduced to what a reader may see.

    `hidden` names each agency that holds something linked which the reader is told of only by "ask them", with the
    agreement (id@version) by which even that may be told. Sources on trial are left out of it.
    """

    case: CaseFact
    hidden: Mapping[str, str]


def reduce_case(case: CaseFact, reader: Reader, agreements: Agreements, now: int) -> SeenCase:
    """The case without what the reader may not see; an incident of which nothing is left is gone."""
    answers = {
        report.report_id: visible(reader, report, agreements, now)
        for incident in case.incidents
        for report in incident.reports
    }
    incidents = tuple(seen for incident in case.incidents if (seen := _reduce_incident(incident, answers)).reports)
    return SeenCase(case=replace(case, incidents=incidents), hidden=_hidden(case, answers))


def reduce_report(report: ReportFact, by: Visibility) -> ReportFact | None:
    """A report as a visibility allows it, None below SUMMARY.

    What only ever lowers a count (`crimed`) stays in every tier, and so do place keys from CASE on: they are opaque,
    compared and never shown.
    """
    if by.tier < Tier.SUMMARY:
        return None
    if by.tier is Tier.SUMMARY:
        return _summary(report, by)
    if by.tier is Tier.CASE:
        return replace(report, cited=by.citation, restrictions=frozenset())
    return report if by.citation is None else replace(report, cited=by.citation)


def _summary(report: ReportFact, by: Visibility) -> ReportFact:
    """Category, week and LSOA."""
    span = report.happened
    return ReportFact(
        report_id=report.report_id,
        agency=report.agency,
        source=report.source,
        category=report.category,
        kind_countable=report.kind_countable,
        earliest=None if span is None else week_of(span[0])[0],
        latest=None if span is None else week_of(span[1])[1],
        received=week_of(report.received)[1],
        crimed=report.crimed,
        shadow_source=report.shadow_source,
        lsoa=report.lsoa,
        cited=by.citation,
    )


def _reduce_incident(incident: IncidentFact, answers: Mapping[str, Visibility]) -> IncidentFact:
    reduced = (reduce_report(report, answers[report.report_id]) for report in incident.reports)
    return replace(incident, reports=tuple(report for report in reduced if report is not None))


def _hidden(case: CaseFact, answers: Mapping[str, Visibility]) -> dict[str, str]:
    reports = (report for incident in case.incidents for report in incident.reports if not report.shadow_source)
    told = ((report.agency, answers[report.report_id]) for report in reports)
    return dict(sorted((agency, by.citation) for agency, by in told if by.tier is Tier.EXISTENCE and by.citation))
