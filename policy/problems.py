"""Groups a victim's incidents into problems: one source of trouble each, whoever was told of it.

The case review counts complaints about "the behaviour to which the application relates" (ASB, Crime and Policing Act
2014 section 104): three unrelated problems of one victim do not add up, one problem told to three agencies does.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from policy.facts import IncidentFact
from policy.months import HOUR
from schemas.vocabulary import Category

DAY = 24 * HOUR
"""Microseconds."""

Problem = tuple[IncidentFact, ...]
"""The incidents of one problem, by id."""


@dataclass(frozen=True, kw_only=True)
class ProblemRules:
    """Which behaviours may be one problem where no source place tells: categories of one family, at the same affected
    home, not more than `window_days` apart.
    """

    window_days: int = 92
    families: Mapping[str, frozenset[Category]] = field(default_factory=dict)

    @cached_property
    def families_of(self) -> Mapping[Category, frozenset[str]]:
        """The families of each category; each is one by itself but OTHER, which says nothing."""
        named = {each: [name for name, members in self.families.items() if each in members] for each in Category}
        telling = {each: frozenset([*names, each]) for each, names in named.items()}
        return {**telling, Category.OTHER: _NONE}


def group_problems(incidents: Iterable[IncidentFact], rules: ProblemRules) -> tuple[Problem, ...]:
    """The problems of one victim, each with its incidents; order of the arguments does not matter.

    Incidents of one source place are one problem. Those without a source gather by behaviour, and join a problem with
    a source when exactly one fits: with two candidates nobody can tell.
    """
    ordered = sorted(incidents, key=lambda incident: incident.incident_id)
    if len(ordered) < 2:
        return (tuple(ordered),) if ordered else ()
    tellings = [_telling(number, incident, rules) for number, incident in enumerate(ordered)]
    groups = _Partition(len(ordered))
    _join_by_source(groups, tellings)
    _join_by_behaviour(groups, tellings, rules)
    _join_to_sources(groups, tellings, rules)
    return tuple(tuple(ordered[index] for index in members) for members in groups.members())


class _Telling(NamedTuple):
    """What an incident tells of its problem. A behaviour is an affected home and a family of categories."""

    number: int
    sources: frozenset[str]
    behaviours: frozenset[tuple[str, str]]
    happened: int


_NONE: frozenset[str] = frozenset()
_NO_BEHAVIOURS: frozenset[tuple[str, str]] = frozenset()


def _telling(number: int, incident: IncidentFact, rules: ProblemRules) -> _Telling:
    sources, homes, happened = incident.source_places, incident.affected_places, incident.earliest
    if not homes or happened is None:
        return _Telling(number, sources, frozenset(), 0)
    families = _NONE.union(*[rules.families_of[category] for category in incident.categories])
    return _Telling(number, sources, frozenset([(home, family) for home in homes for family in families]), happened)


def _join_by_source(groups: "_Partition", tellings: Iterable[_Telling]) -> None:
    first: dict[str, int] = {}
    for telling in tellings:
        for source in telling.sources:
            groups.join(first.setdefault(source, telling.number), telling.number)


def _join_by_behaviour(groups: "_Partition", tellings: Iterable[_Telling], rules: ProblemRules) -> None:
    """Joins those without a source that follow each other within the window."""
    timelines: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for telling in tellings:
        if not telling.sources:
            for behaviour in telling.behaviours:
                timelines[behaviour].append((telling.happened, telling.number))
    for timeline in timelines.values():
        for (before, left), (after, right) in pairwise(sorted(timeline)):
            if after - before <= rules.window_days * DAY:
                groups.join(left, right)


def _join_to_sources(groups: "_Partition", tellings: Iterable[_Telling], rules: ProblemRules) -> None:
    """Joins a group without a source to the only group with one that has the same behaviour within the window."""
    without = [telling for telling in tellings if not telling.sources]
    times = _times_by_root(groups, tellings, _NO_BEHAVIOURS.union(*[telling.behaviours for telling in without]))
    candidates: dict[int, set[int]] = defaultdict(set)
    for telling in without if times else ():
        candidates[groups.root(telling.number)].update(_near(telling, times, rules.window_days * DAY))
    for root, found in candidates.items():
        if len(found) == 1:
            groups.join(root, *found)


_Times = Mapping[tuple[str, str], Mapping[int, list[int]]]
"""For each behaviour and each root of a group with a source: when, in order."""


def _times_by_root(groups: "_Partition", tellings: Iterable[_Telling], asked: frozenset[tuple[str, str]]) -> _Times:
    """Of the behaviours that are asked for."""
    times: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for telling in sorted(tellings, key=_when) if asked else ():
        for behaviour in telling.behaviours & asked if telling.sources else ():
            times[behaviour][groups.root(telling.number)].append(telling.happened)
    return times


def _when(telling: _Telling) -> int:
    return telling.happened


def _near(telling: _Telling, times: _Times, window: int) -> Iterator[int]:
    for behaviour in telling.behaviours:
        for root, moments in times.get(behaviour, {}).items():
            if bisect_left(moments, telling.happened - window) < bisect_right(moments, telling.happened + window):
                yield root


class _Partition:
    """Union-find over 0 … count - 1; the root of a group is its smallest member."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def root(self, index: int) -> int:
        parent = self._parent
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(self, left: int, right: int) -> None:
        left, right = self.root(left), self.root(right)
        self._parent[max(left, right)] = min(left, right)

    def members(self) -> Iterable[list[int]]:
        members: dict[int, list[int]] = defaultdict(list)
        for index in range(len(self._parent)):
            members[self.root(index)].append(index)
        return members.values()
