"""A case as one reader may see it: what the alert rules may look at, and whom to ask for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from policy.agreement import Agreements
from policy.facts import CaseFact, IncidentFact, Reader, ReportFact
from policy.months import london_date, start_of, week_of
from policy.sharing import Visibility, told_to_landlord, visible
from policy.tiers import Tier

_FOR_EVER = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCase:
    """A case reduced to what a reader may see.

    `hidden` names each agency that holds something linked which the reader is told of only by "ask them", with the
    agreement (id@version) by which even that may be told. Sources on trial are left out of it. `cited` gives for each
    report of another agency that is left the agreement by which it may be seen. `as_landlord`: the reader told nothing
    of it, and is told because the place is in its stock.
    """

    case: CaseFact
    hidden: Mapping[str, str]
    cited: Mapping[str, str]
    as_landlord: bool = False


class Lens:
    """What one reader sees of incidents. Each is looked at once, until it changes or other agreements are in force."""

    def __init__(self, reader: Reader, agreements: Agreements) -> None:
        self._reader = reader
        self._agreements = agreements
        self._seen: dict[str, _Seen] = {}
        self._since = self._until = 0

    def reduce(self, case: CaseFact, now: int) -> SeenCase:
        """The case without what the reader may not see at a time (microseconds UTC)."""
        if not self._since <= now < self._until:
            self._begin(now)
        if self._reader.agency in case.landlords and self._reader.agency not in case.agencies:
            return _reduce_for_landlord(case, self._reader, self._agreements, now)
        seen = [self._see(incident, now) for incident in case.incidents]
        hidden: dict[str, str] = {}
        cited: dict[str, str] = {}
        for each in seen:
            if each.hidden:
                hidden.update(each.hidden)
            if each.cited:
                cited.update(each.cited)
        return SeenCase(case=_of_incidents(case, seen), hidden=dict(sorted(hidden.items())), cited=cited)

    def forget(self, incident_id: str) -> None:
        """Nobody asks for that incident any more, or not as it was."""
        self._seen.pop(incident_id, None)

    def _begin(self, now: int) -> None:
        self._seen.clear()
        until = self._agreements.next_change(now)
        self._since, self._until = start_of(london_date(now)), _FOR_EVER if until is None else until

    def _see(self, incident: IncidentFact, now: int) -> "_Seen":
        seen = self._seen.get(incident.incident_id)
        if seen is None or seen.of is not incident:
            seen = self._seen[incident.incident_id] = _see(incident, self._reader, self._agreements, now)
        return seen


def reduce_case(case: CaseFact, reader: Reader, agreements: Agreements, now: int) -> SeenCase:
    """The case without what the reader may not see; an incident of which nothing is left is gone."""
    return Lens(reader, agreements).reduce(case, now)


def _reduce_for_landlord(case: CaseFact, reader: Reader, agreements: Agreements, now: int) -> SeenCase:
    """The case of a place in the reader's stock of which it told nothing: summaries, by agreements that say so."""
    found = [_see_as_landlord(incident, case.level, reader, agreements, now) for incident in case.incidents]
    kept = [(incident, cited) for incident, cited in found if incident is not None]
    return SeenCase(
        case=replace(case, incidents=tuple([incident for incident, _ in kept])),
        hidden={},
        cited={report_id: agreement for _, cited in kept for report_id, agreement in cited},
        as_landlord=True,
    )


def _see_as_landlord(
    incident: IncidentFact, level: str, reader: Reader, agreements: Agreements, now: int
) -> tuple[IncidentFact | None, tuple[tuple[str, str], ...]]:
    told = [(report, told_to_landlord(reader, report, level, agreements, now)) for report in incident.reports]
    reports = tuple([_stock_summary(report) for report, by in told if by is not None])
    cited = tuple([(report.report_id, by.citation) for report, by in told if by is not None])
    return (replace(incident, reports=reports) if reports else None), cited


def reduce_report(report: ReportFact, by: Visibility) -> ReportFact | None:
    """A report as a visibility allows it, None below SUMMARY.

    What only ever lowers a count (`crimed`, `applied`) stays in every tier, and so do place keys from CASE on: opaque,
    compared and never shown.
    """
    if by.tier < Tier.SUMMARY:
        return None
    if by.tier is Tier.SUMMARY:
        return _summary(report)
    return replace(report, restrictions=frozenset()) if by.tier is Tier.CASE and report.restrictions else report


def _summary(report: ReportFact) -> ReportFact:
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
        applied=report.applied,
        shadow_source=report.shadow_source,
        lsoa=report.lsoa,
    )


def _stock_summary(report: ReportFact) -> ReportFact:
    """A summary with the opaque keys of its places, which are only compared: whether a block's trouble is that of
    several homes.
    """
    return replace(_summary(report), source_place=report.source_place, affected_place=report.affected_place)


class _Seen(NamedTuple):
    """An incident, what is left of it (None: nothing), the agreements (report, agreement) by which it may be seen, and
    (agency, agreement) of those to ask for the rest.
    """

    of: IncidentFact
    incident: IncidentFact | None
    cited: tuple[tuple[str, str], ...]
    hidden: tuple[tuple[str, str], ...]


def _see(incident: IncidentFact, reader: Reader, agreements: Agreements, now: int) -> _Seen:
    answers = [(report, visible(reader, report, agreements, now)) for report in incident.reports]
    reports = tuple([seen for report, by in answers if (seen := reduce_report(report, by)) is not None])
    told = [(report, by, by.citation) for report, by in answers if by.citation is not None]
    cited = tuple([(report.report_id, agreement) for report, by, agreement in told if by.tier >= Tier.SUMMARY])
    hidden = tuple([(report.agency, agreement) for report, by, agreement in told if _is_hidden(report, by)])
    return _Seen(incident, _with(incident, reports), cited, hidden)


def _of_incidents(case: CaseFact, seen: Sequence[_Seen]) -> CaseFact:
    """The case with what is left of its incidents; itself where that is all."""
    if all(each.incident is each.of for each in seen):
        return case
    return replace(case, incidents=tuple([each.incident for each in seen if each.incident is not None]))


def _is_hidden(report: ReportFact, by: Visibility) -> bool:
    return by.tier is Tier.EXISTENCE and not report.shadow_source


def _with(incident: IncidentFact, reports: tuple[ReportFact, ...]) -> IncidentFact | None:
    if reports == incident.reports:
        return incident
    return replace(incident, reports=reports) if reports else None
