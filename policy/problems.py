"""Groups a victim's incidents into problems: one source of trouble each, whoever was told of it.

The case review counts complaints about "the behaviour to which the application relates" (ASB, Crime and Policing Act
2014 section 104): three unrelated problems of one victim do not add up, one problem told to three agencies does.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from policy.facts import IncidentFact
from policy.months import HOUR
from schemas.vocabulary import Category

DAY = 24 * HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRules:
    """Which behaviours may be one problem where no source place tells: categories of one family, at the same affected
    home, not more than `window_days` apart.
    """

    window_days: int = 92
    families: Mapping[str, frozenset[Category]] = field(default_factory=dict)

    def families_of(self, incident: IncidentFact) -> frozenset[str]:
        """The families of an incident's categories; each category but OTHER, which says nothing, is one by itself."""
        categories = {report.category for report in incident.countable} - {Category.OTHER}
        named = (name for name, members in self.families.items() if members & categories)
        return frozenset(categories).union(named)


def group_problems(incidents: Iterable[IncidentFact], rules: ProblemRules) -> tuple[tuple[IncidentFact, ...], ...]:
    """The problems of one victim, each with its incidents; order of the arguments does not matter.

    Incidents of one source place are one problem. Those without a source gather by behaviour, and join a problem with
    a source when exactly one fits: with two candidates nobody can tell.
    """
    ordered = sorted(incidents, key=lambda incident: incident.incident_id)
    if len(ordered) < 2:
        return (tuple(ordered),) if ordered else ()
    sourced = [incident for incident in ordered if _sources(incident)]
    unsourced = [incident for incident in ordered if not _sources(incident)]
    problems = _Partition(ordered)
    problems.join_equal(sourced, _sources)
    _join_by_behaviour(problems, unsourced, rules)
    _join_to_sources(problems, sourced, unsourced, rules)
    return problems.groups()


def _sources(incident: IncidentFact) -> frozenset[str]:
    return frozenset(report.source_place for report in incident.countable if report.source_place is not None)


def _behaviours(incident: IncidentFact, rules: ProblemRules) -> Iterator[tuple[str, str]]:
    """Every (affected home, family) of an incident."""
    homes = {report.affected_place for report in incident.countable if report.affected_place is not None}
    families = rules.families_of(incident)
    return ((home, family) for home in homes for family in families)


def _timelines(
    incidents: Iterable[IncidentFact], rules: ProblemRules
) -> dict[tuple[str, str], list[tuple[int, IncidentFact]]]:
    """The incidents of each behaviour in order of time."""
    timelines: dict[tuple[str, str], list[tuple[int, IncidentFact]]] = defaultdict(list)
    for incident in incidents:
        if incident.earliest is not None:
            for behaviour in _behaviours(incident, rules):
                timelines[behaviour].append((incident.earliest, incident))
    for timeline in timelines.values():
        timeline.sort(key=lambda entry: (entry[0], entry[1].incident_id))
    return timelines


def _join_by_behaviour(problems: "_Partition", unsourced: Iterable[IncidentFact], rules: ProblemRules) -> None:
    for timeline in _timelines(unsourced, rules).values():
        for (before, left), (after, right) in pairwise(timeline):
            if after - before <= rules.window_days * DAY:
                problems.join(left, right)


def _join_to_sources(
    problems: "_Partition", sourced: Iterable[IncidentFact], unsourced: Iterable[IncidentFact], rules: ProblemRules
) -> None:
    times = _times_by_root(problems, sourced, rules)
    candidates: dict[str, set[str]] = defaultdict(set)
    for incident in unsourced:
        candidates[problems.root(incident)].update(_near(incident, times, rules))
    for root, found in candidates.items():
        if len(found) == 1:
            problems.join_roots(root, problems.top(*found))


_Times = Mapping[tuple[str, str], Mapping[str, list[int]]]
"""For each behaviour and each root of a problem: when, in order."""


def _times_by_root(problems: "_Partition", sourced: Iterable[IncidentFact], rules: ProblemRules) -> _Times:
    times: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for behaviour, timeline in _timelines(sourced, rules).items():
        for time, incident in timeline:
            times[behaviour][problems.root(incident)].append(time)
    return times


def _near(incident: IncidentFact, times: _Times, rules: ProblemRules) -> Iterator[str]:
    """The roots of the problems that have an incident of the same behaviour within the window."""
    happened, window = incident.earliest, rules.window_days * DAY
    if happened is None:
        return
    for behaviour in _behaviours(incident, rules):
        for root, moments in times.get(behaviour, {}).items():
            if bisect_left(moments, happened - window) < bisect_right(moments, happened + window):
                yield root


class _Partition:
    """Union-find over incidents; the root of a group is its smallest id."""

    def __init__(self, incidents: Iterable[IncidentFact]) -> None:
        self._incidents = {incident.incident_id: incident for incident in incidents}
        self._parent = {incident_id: incident_id for incident_id in self._incidents}

    def root(self, incident: IncidentFact) -> str:
        return self.top(incident.incident_id)

    def join(self, left: IncidentFact, right: IncidentFact) -> None:
        self.join_roots(self.root(left), self.root(right))

    def join_roots(self, left: str, right: str) -> None:
        self._parent[max(left, right)] = min(left, right)

    def join_equal(self, incidents: Iterable[IncidentFact], keys_of: Callable[[IncidentFact], Iterable[str]]) -> None:
        first: dict[str, IncidentFact] = {}
        for incident in incidents:
            for key in keys_of(incident):
                self.join(first.setdefault(key, incident), incident)

    def groups(self) -> tuple[tuple[IncidentFact, ...], ...]:
        members: dict[str, list[IncidentFact]] = defaultdict(list)
        for incident_id, incident in sorted(self._incidents.items()):
            members[self.top(incident_id)].append(incident)
        return tuple(tuple(group) for group in members.values())

    def top(self, incident_id: str) -> str:
        while self._parent[incident_id] != incident_id:
            self._parent[incident_id] = self._parent[self._parent[incident_id]]
            incident_id = self._parent[incident_id]
        return incident_id
