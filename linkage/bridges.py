"""Where a cluster is held together least: its weakest bridge, the first place to look at when it may be wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from linkage.clustering import doublings, halves
from linkage.compare_incidents import incident_comparing
from linkage.compare_persons import person_comparing
from linkage.explain import odds
from linkage.features import Mention, ReportFeatures
from linkage.interner import Interner
from linkage.model import MILLIBITS, GraphModel, Model
from linkage.scoring import Comparable, Scorer
from linkage.values import Person
from schemas.vocabulary import Graph

Item = TypeVar("Item", bound=Comparable)
Members = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """The two parts into which a cluster would fall first, each sorted, and what holds them together.

    `bits`: the average of all pairs from one part to the other, as clustering counts them; `is_held`: it is enough by
    the model, so that no judgement is needed to keep them together. `strongest`: the pair that says most for it.
    """

    graph: Graph
    one: Members
    other: Members
    bits: float
    is_held: bool
    strongest: tuple[str, str]

    def lines(self) -> Iterator[str]:
        """The bridge as text."""
        yield f"The case holds together least between {', '.join(self.one)}"
        yield f"and {', '.join(self.other)}:"
        yield f"  {self.bits:+.1f} bits on average, {odds(self.bits)}."
        if not self.is_held:
            yield "  By itself that is too little: a judgement holds them together, or reports that you may not see."


def weakest_bridge(
    reports: Mapping[str, ReportFeatures], cluster_of: Mapping[str, str], person: str | None, model: Model
) -> Bridge | None:
    """Of a case of these reports (by id): of the `person` whose case it is, or else (a place's case, which the place
    holds together) of that of its incidents which is held least. None where nothing is put together.

    `cluster_of` has the incident of each report and the person of each mention.
    """
    if person is not None:
        own = [member for member, cluster in cluster_of.items() if cluster == person]
        return weakest_person_bridge({each: reports[each.partition("#")[0]] for each in own}, model)
    told: dict[str, list[ReportFeatures]] = {}
    for report_id, report in reports.items():
        told.setdefault(cluster_of.get(report_id, report_id), []).append(report)
    bridges = [weakest_incident_bridge(each, model) for _, each in sorted(told.items())]
    return min((each for each in bridges if each is not None), key=lambda each: each.bits, default=None)


def weakest_person_bridge(mentions: Mapping[str, ReportFeatures], model: Model) -> Bridge | None:
    """Of mentions (each with its report) that are held to be one person; None of fewer than two."""
    interner = Interner(model)
    people = {each: interner.person(_mention(report, each)) for each, report in sorted(mentions.items())}
    return _weakest(Graph.PERSON, people, model.person, Scorer(model.person, person_comparing()))


def weakest_incident_bridge(reports: Sequence[ReportFeatures], model: Model) -> Bridge | None:
    """Of reports that are held to tell one incident; None of fewer than two."""
    interner = Interner(model)
    persons: Scorer[Person] = Scorer(model.person, person_comparing())
    incidents = {
        report.report_id: interner.incident(report, [interner.person(each) for each in _linkable(report)])
        for report in sorted(reports, key=lambda each: each.report_id)
    }
    scorer = Scorer(model.incident, incident_comparing(model, persons))
    return _weakest(Graph.INCIDENT, incidents, model.incident, scorer)


def _weakest(graph: Graph, items: Mapping[str, Item], model: GraphModel, scorer: Scorer[Item]) -> Bridge | None:
    if len(items) < 2:
        return None
    ids, clipped = list(items), model.thresholds.clipped
    weights = {(one, other): scorer.weigh(items[one], items[other]) for one in ids for other in ids if one != other}
    averaged = [[clipped(weights.get((one, other), 0)) for other in ids] for one in ids]
    one, other = (tuple(ids[place] for place in part) for part in halves(averaged, model.thresholds.rise))
    between = {(left, right): weights[left, right] for left in one for right in other}
    average = sum(map(clipped, between.values())) / len(between)
    cut = model.thresholds.cut + model.thresholds.rise * doublings(min(len(one), len(other)))
    strongest = max(between, key=lambda pair: (between[pair], pair))
    return Bridge(graph, one, other, average / MILLIBITS, average >= cut, strongest)


def _mention(report: ReportFeatures, mention_id: str) -> Mention:
    return next(each for each in report.mentions if each.mention_id == mention_id)


def _linkable(report: ReportFeatures) -> Iterator[Mention]:
    return (each for each in report.mentions if each.linkable)
