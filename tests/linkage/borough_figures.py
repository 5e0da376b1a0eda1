"""How right linking is in a simulated borough: reports told twice by band, victims and incidents by hard case.

`python -m tests.linkage.borough_figures --seeds 41 42 43 44 45 46` prints the tables of docs/borough.md, of all pairs
of these boroughs; with `--model VERSION` those of another model. Any seed will do on which no model was fitted.

A pair of reports is *certain* or *possible* by its own weight (the bands of the model); *one incident* are the pairs
of one cluster, which is what counts, once. A hard case's pairs are those of which at least one report has its tag.
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from linkage import partition
from linkage.changes import Change, Put, Withdraw
from linkage.index import AreaIndex
from linkage.model import Model, load_model
from linkage.standardise import standardise
from schemas.vocabulary import Operation
from simulation.borough import Settings, build
from simulation.evaluate import PairScore, score
from simulation.people import ADULT
from tests.linkage.simulated import Borough, simulated
from wardlink.demo.truth import Truth

Pair = tuple[str, str]

HOAXER = "H0001"
"""Who calls in jest is no victim: each call counts as somebody's own, so that any link is wrong, and none missed."""

_FEWEST = 50
"""Hard cases of fewer true pairs are printed, and never called the worst: chance alone makes their share."""


@dataclass(frozen=True, slots=True)
class Figures:
    """`bands` of reports' pairs; `victims` and `incidents` by hard case (`all`: every pair); pairs to review a week."""

    reports: int
    bands: Mapping[str, PairScore]
    victims: Mapping[str, PairScore]
    incidents: Mapping[str, PairScore]
    possible_a_week: float


@dataclass(frozen=True, slots=True)
class Told:
    """One borough as linking gets it, the truth, and the tags that the truth does not write: whose name, how young."""

    settings: Settings
    changes: Sequence[Change]
    truth: Truth
    tags: Mapping[str, frozenset[str]]


def told(folder: Path, settings: Settings, by_gazetteer: bool = False) -> Told:
    """Writes a borough below the folder and reads it."""
    borough = simulated(folder, settings, by_gazetteer)
    return Told(
        settings, list(_changes(borough)), borough.truth, {**borough.truth.tags, **_of_people(settings, borough.truth)}
    )


def figures(borough: Told, model: Model) -> Figures:
    """The figures of a borough by a model."""
    index = linked(borough.changes, model)
    gone, truth = borough.truth.withdrawn, borough.truth
    incidents = {key: incident for key, incident in truth.incident_of.items() if key not in gone}
    persons = {key: person for key, person in truth.person_of.items() if _report(key) not in gone and person != HOAXER}
    found = {key: index.incident_of(key) for key in incidents}
    seats = {key: index.person_of(key) for key in persons}
    bands = dict(_bands(index, found, incidents))
    return Figures(
        reports=len(incidents),
        bands=bands,
        victims=dict(_by_tag(seats, persons, borough.tags)),
        incidents=dict(_by_tag(found, incidents, borough.tags)),
        possible_a_week=bands["possible"].found * 7 / borough.settings.days,
    )


def pooled(made: Sequence[Figures]) -> Figures:
    """The figures of several boroughs, of all their pairs."""
    return Figures(
        reports=sum(one.reports for one in made),
        bands=_summed([one.bands for one in made]),
        victims=_summed([one.victims for one in made]),
        incidents=_summed([one.incidents for one in made]),
        possible_a_week=sum(one.possible_a_week for one in made) / len(made),
    )


def _summed(scores: Sequence[Mapping[str, PairScore]]) -> dict[str, PairScore]:
    names = dict.fromkeys(name for one in scores for name in one)
    found = {name: [one[name] for one in scores if name in one] for name in names}
    return {
        name: PairScore(
            sum(each.true for each in all_), sum(each.found for each in all_), sum(each.right for each in all_)
        )
        for name, all_ in found.items()
    }


def linked(changes: Sequence[Change], model: Model) -> AreaIndex:
    """An index that took in the changes by the hundred, as they came."""
    index = AreaIndex(Settings().area, model, b"not very secret")
    for start in range(0, len(changes), 500):
        index.apply(changes[start : start + 500])
    return index


def _changes(borough: Borough) -> Iterator[Change]:
    for report, detail in borough.reports:
        if report.operation is Operation.WITHDRAW:
            yield Withdraw(report.report_id, report.revision)
        else:
            yield Put(standardise(report, detail))


def _bands(
    index: AreaIndex, found: Mapping[str, str | None], incidents: Mapping[str, str]
) -> Iterator[tuple[str, PairScore]]:
    """Possible pairs are those that a person is asked about: of one cluster they are told once, as one incident."""
    true = score(incidents, incidents).true
    weights = dict(_weighed(index, incidents))
    certain = {pair for pair, weight in weights.items() if index.model.incident.band(weight) == "certain"}
    together = {
        pair
        for members in partition.incidents(index)
        for pair in combinations(sorted(set(members) & set(incidents)), 2)
    }
    for name, pairs in (
        ("certain", certain),
        ("one incident", together),
        ("possible", set(weights) - certain),
        ("possible, and not one incident", set(weights) - certain - together),
        ("certain or possible", set(weights) | together),
    ):
        right = sum(incidents[one] == incidents[other] for one, other in pairs)
        yield name, PairScore(true, len(pairs), right)


def _weighed(index: AreaIndex, incidents: Mapping[str, str]) -> Iterator[tuple[Pair, int]]:
    """The weights of the pairs that linking keeps, each once."""
    for report_id in incidents:
        node = index.node_of_report(report_id)
        for other, weight in (node.edges or {}).items() if node is not None else ():
            other_id = other.label()
            if report_id < other_id and other_id in incidents:
                yield (report_id, other_id), weight


def _by_tag(
    found: Mapping[str, str | None], truth: Mapping[str, str], tags: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, PairScore]]:
    """All pairs, then those of each tag: all less the ones of which neither has it."""
    every = score(found, truth)
    yield "all", every
    for tag, tagged in tags.items():
        others = score(found, {key: group for key, group in truth.items() if _report(key) not in tagged})
        yield tag, PairScore(every.true - others.true, every.found - others.found, every.right - others.right)


def _of_people(settings: Settings, truth: Truth) -> dict[str, frozenset[str]]:
    """Reports by the naming tradition of who told them, and those of the youngest."""
    tags: dict[str, set[str]] = {}
    young = settings.start.year - ADULT
    people = {person.id: person for person in build(settings).people}
    for mention, person_id in truth.person_of.items():
        if (person := people.get(person_id)) is not None:
            tags.setdefault(f"tradition: {person.community}", set()).add(_report(mention))
            if person.born.year >= young:
                tags.setdefault("in the year of 18", set()).add(_report(mention))
    return {tag: frozenset(reports) for tag, reports in sorted(tags.items())}


def _report(key: str) -> str:
    return key.partition("#")[0]


def worst(scores: Mapping[str, PairScore]) -> str:
    """The hard case with the least F1, of those with enough pairs to tell."""
    return min((tag for tag, one in scores.items() if one.true >= _FEWEST), key=lambda tag: scores[tag].f1)


def lines(made: Figures) -> Iterable[str]:
    """The tables, as Markdown."""
    yield f"{made.reports:,} reports; {made.possible_a_week:.0f} possible pairs a week in a borough"
    yield from _table("pairs of reports", made.bands)
    yield from _table("victims, by hard case", made.victims)
    yield f"worst: {worst(made.victims)}"
    yield from _table("incidents, by hard case", made.incidents)
    yield f"worst: {worst(made.incidents)}"


def _table(title: str, scores: Mapping[str, PairScore]) -> Iterator[str]:
    yield from ("", f"| {title} | precision | recall | found | right | true |", "|---|---|---|---|---|---|")
    for name, one in scores.items():
        if one.true or one.found:
            yield f"| {name} | {one.precision:.3f} | {one.recall:.3f} | {one.found:,} | {one.right:,} | {one.true:,} |"


def main() -> None:
    """Prints the figures of some boroughs, taken together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", required=True)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--model")
    parser.add_argument("--gazetteer", action="store_true", help="properties are told by addresses too")
    given = parser.parse_args()
    made = []
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            borough = told(Path(folder), Settings(seed=seed, days=given.days), given.gazetteer)
        made.append(figures(borough, load_model(given.model)))
    print("\n".join(lines(pooled(made))))


if __name__ == "__main__":
    main()
