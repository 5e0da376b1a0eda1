"""The oracle: the partitions of a set of reports by the plainest way, to hold the index against.

It shares with the index what a pair weighs (linkage.scoring) and what a judgement means (linkage.judgements), and
nothing of how pairs are found, components kept or clusters made: every pair is looked at, every component walked
from nothing, every average summed anew.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import log2

from linkage.blocking import PersonBlocks
from linkage.blocking_incidents import (
    REACH_EAST,
    REACH_NORTH,
    are_within,
    contacts,
    is_timed,
    premises,
    where,
)
from linkage.changes import Judge
from linkage.compare_incidents import incident_comparing, reference
from linkage.compare_persons import person_comparing
from linkage.digests import digest, report_digest
from linkage.features import Mention, ReportFeatures
from linkage.interner import Interner
from linkage.judgements import Judgements
from linkage.levels import Reference
from linkage.model import MILLIBITS, VETO, BlockingRule, GraphModel, Model
from linkage.partition import Partition
from linkage.scoring import Scorer
from linkage.values import Incident, Person, Point
from schemas.vocabulary import Graph, Verdict

Members = tuple[str, ...]
Groups = list[set[int]]


@dataclass(frozen=True, slots=True)
class _Item:
    """What is clustered: its members, its digest, and how it weighs with others by place in the list."""

    members: Members
    digest: bytes
    group: int = 0


def link_batch(
    features: Iterable[ReportFeatures], judgements: Iterable[Judge], model: Model, secret: bytes
) -> tuple[Partition, Partition]:
    """(incident partition, person partition) of reports, each given once, under judgements in any order."""
    reports = [report for report in features if report.linkable]
    verdicts = Judgements()
    for judgement in judgements:
        verdicts.enter(judgement)
    interner = Interner(model)
    scorer: Scorer[Person] = Scorer(model.person, person_comparing())
    persons = _link_persons(reports, verdicts, model, secret, interner, scorer)
    return _link_incidents(reports, verdicts, model, secret, interner, scorer), persons


def _link_persons(
    reports: Sequence[ReportFeatures],
    verdicts: Judgements,
    model: Model,
    secret: bytes,
    interner: Interner,
    scorer: Scorer[Person],
) -> Partition:
    seated: dict[bytes, list[Mention]] = {}
    for mention in (mention for report in reports for mention in report.mentions if mention.linkable):
        seated.setdefault(_seat(mention, verdicts, secret, interner, scorer), []).append(mention)
    people = [interner.person(mentions[0]) for mentions in seated.values()]
    items = [
        _Item(tuple(mention.mention_id for mention in mentions), key, person.group)
        for (key, mentions), person in zip(seated.items(), people, strict=True)
    ]
    blocks = PersonBlocks(model.person)
    keys = [set(blocks.keys(person)) for person in people]
    return _partition(
        items,
        model.person,
        lambda one, other: scorer.weigh(people[one], people[other]),
        lambda one, other: not keys[one].isdisjoint(keys[other]),
        _constraints(items, Graph.PERSON, verdicts),
    )


def _seat(mention: Mention, verdicts: Judgements, secret: bytes, interner: Interner, scorer: Scorer[Person]) -> bytes:
    person = interner.person(mention)
    thresholds = scorer.model.thresholds
    tells_enough = scorer.weigh(person, person) >= max(thresholds.cut, thresholds.weak)
    if tells_enough and not verdicts.is_set_apart(Graph.PERSON, mention.mention_id):
        return digest(mention, secret)
    return digest(mention, secret, mention.mention_id)


def _link_incidents(
    reports: Sequence[ReportFeatures],
    verdicts: Judgements,
    model: Model,
    secret: bytes,
    interner: Interner,
    persons: Scorer[Person],
) -> Partition:
    scorer = Scorer(model.incident, incident_comparing(model, persons))
    incidents = [
        interner.incident(report, [interner.person(mention) for mention in report.mentions if mention.linkable])
        for report in reports
    ]
    items = [_Item((report.report_id,), report_digest(report.report_id, secret)) for report in reports]
    return _partition(
        items,
        model.incident,
        lambda one, other: scorer.weigh(incidents[one], incidents[other]),
        lambda one, other: any(_share(rule, incidents[one], incidents[other]) for rule in model.incident.blocking),
        _constraints(items, Graph.INCIDENT, verdicts),
    )


def _share(rule: BlockingRule, one: Incident, other: Incident) -> bool:
    """Whether two reports share a block of a rule, stop lists apart."""
    if rule.within is not None and not (is_timed(one) and is_timed(other) and are_within(one, other, rule.within)):
        return False
    (part,) = rule.parts
    if part == "reference":
        return reference(one, other) != Reference.MISSING
    if part == "cell":
        return any(_are_in_reach(mine, theirs) for mine in one.points for theirs in other.points)
    return not _blocking_values(part, one).isdisjoint(_blocking_values(part, other))


def _are_in_reach(mine: Point, theirs: Point) -> bool:
    return abs(mine[0] - theirs[0]) <= REACH_NORTH and abs(mine[1] - theirs[1]) <= REACH_EAST


def _blocking_values(part: str, incident: Incident) -> set[object]:
    if part == "premises":
        return {number for spot in where(incident) for number in premises(spot, frozenset())}
    return {number for person in incident.persons for number in contacts(person, frozenset())}


def _constraints(items: Sequence[_Item], graph: Graph, verdicts: Judgements) -> dict[frozenset[int], Verdict]:
    """SAME and DIFFERENT between places in the list; across roles a judgement has no effect."""
    place_of = {member: place for place, item in enumerate(items) for member in item.members}
    found: dict[frozenset[int], Verdict] = {}
    for member, place in place_of.items():
        for other, verdict in verdicts.of(graph, member).items():
            elsewhere = place_of.get(other)
            if elsewhere is not None and elsewhere != place and items[place].group == items[elsewhere].group:
                found[frozenset((place, elsewhere))] = verdict
    return found


def _partition(
    items: Sequence[_Item],
    model: GraphModel,
    weigh: Callable[[int, int], int],
    share: Callable[[int, int], bool],
    constraints: dict[frozenset[int], Verdict],
) -> Partition:
    edges = {frozenset(pair): weigh(*pair) for pair in combinations(range(len(items)), 2) if share(*pair)}
    clusterer = _Clusterer(items, model, weigh, edges, constraints)
    clusters = clusterer.clusters(set(range(len(items))), model.thresholds.weak)
    return tuple(sorted(tuple(sorted(member for place in one for member in items[place].members)) for one in clusters))


class _Clusterer:
    def __init__(
        self,
        items: Sequence[_Item],
        model: GraphModel,
        weigh: Callable[[int, int], int],
        edges: dict[frozenset[int], int],
        constraints: dict[frozenset[int], Verdict],
    ) -> None:
        self._items = items
        self._thresholds = model.thresholds
        self._weigh = weigh
        self._edges = edges
        self._same = [pair for pair, verdict in constraints.items() if verdict is Verdict.SAME]
        self._different = [pair for pair, verdict in constraints.items() if verdict is Verdict.DIFFERENT]

    def clusters(self, places: set[int], level: int) -> Groups:
        """Components at a level; those that are too large again at the next, and at the ceiling kept whole."""
        found: Groups = []
        for component in self._components(places, level):
            if len(component) <= self._thresholds.limit:
                found += self._by_averages(component)
            elif level == self._thresholds.ceiling:
                found += self._by_single_links(component)
            else:
                found += self.clusters(component, min(level + MILLIBITS, self._thresholds.ceiling))
        return found

    def _components(self, places: set[int], level: int) -> Groups:
        links = [pair for pair, weight in self._edges.items() if weight >= level] + self._same
        return _connected(places, links)

    def _by_averages(self, component: set[int]) -> Groups:
        clusters = self._bonded(component)
        while len(clusters) > 1:
            clusters.sort(key=self._smallest)
            pairs = [pair for pair in combinations(clusters, 2) if self._fits(*pair)]
            if not pairs:
                break
            averages = [self._average(one, other) for one, other in pairs]
            best = max(averages)
            if best < self._thresholds.cut:
                break
            one, other = pairs[averages.index(best)]
            clusters = [cluster for cluster in clusters if cluster not in (one, other)] + [one | other]
        return clusters

    def _by_single_links(self, component: set[int]) -> Groups:
        clusters = self._bonded(component)
        strong = [
            pair for pair, weight in self._edges.items() if weight >= self._thresholds.ceiling and pair <= component
        ]
        for pair in sorted(strong, key=self._strength):
            one, other = (next(cluster for cluster in clusters if place in cluster) for place in pair)
            if (
                one is not other
                and self._fits(one, other)
                and not any(barred <= one | other for barred in self._across(one, other))
            ):
                clusters = [cluster for cluster in clusters if cluster not in (one, other)] + [one | other]
        return clusters

    def _bonded(self, component: set[int]) -> Groups:
        """Groups that judgements put together, unless others keep two of them apart; the rest one by one."""
        found: Groups = []
        for group in _connected(component, self._same):
            is_barred = any(pair <= group for pair in self._different)
            found += [{place} for place in group] if is_barred else [group]
        return found

    def _fits(self, one: set[int], other: set[int]) -> bool:
        return not self._thresholds.most or len(one) + len(other) <= self._thresholds.most

    def _across(self, one: set[int], other: set[int]) -> list[frozenset[int]]:
        return [pair for pair in self._different if pair & one and pair & other]

    def _average(self, one: set[int], other: set[int]) -> Fraction:
        average = Fraction(sum(self._clipped(a, b) for a in one for b in other), len(one) * len(other))
        return average - self._thresholds.rise * int(log2(min(len(one), len(other))))

    def _clipped(self, one: int, other: int) -> int:
        if frozenset((one, other)) in self._different:
            return VETO
        return self._thresholds.clipped(self._weigh(one, other))

    def _smallest(self, cluster: set[int]) -> bytes:
        return min(self._items[place].digest for place in cluster)

    def _strength(self, pair: frozenset[int]) -> tuple[int, list[bytes]]:
        return -self._edges[pair], sorted(self._items[place].digest for place in pair)


def _connected(places: set[int], links: Iterable[frozenset[int]]) -> Groups:
    near: dict[int, set[int]] = {place: set() for place in places}
    for link in links:
        if link <= places:
            one, other = link
            near[one].add(other)
            near[other].add(one)
    groups: Groups = []
    left = set(places)
    while left:
        group: set[int] = set()
        frontier = {left.pop()}
        while frontier:
            group |= frontier
            frontier = {other for place in frontier for other in near[place]} - group
        left -= group
        groups.append(group)
    return groups
