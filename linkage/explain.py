"""Why two reports are linked, or not: a waterfall of bits for the incident and for each pair of their persons.

Sentences are put together from the model's words for levels; they hold no value of either report.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from linkage.compare_incidents import incident_comparing
from linkage.compare_persons import person_comparing
from linkage.features import Mention, ReportFeatures
from linkage.interner import Interner
from linkage.model import MILLIBITS, GraphModel, Model
from linkage.scoring import Row, Scorer
from linkage.values import Person

_MOST_REASONS = 3
_MOST_TOLD = 1_000_000
_EVEN = 1.5
_PRIOR = "before anything is compared: most pairs are not the same"
_SAME = {
    "incident": {
        "certain": "Both reports tell the same incident",
        "possible": "Both reports may tell the same incident; a person should decide",
        "apart": "The reports tell different incidents",
    },
    "person": {
        "certain": "Both mention the same person",
        "possible": "Both may mention the same person; a person should decide",
        "apart": "They mention different persons, or too little is known",
    },
}


_ONE = "one incident, told in both reports."
_PERHAPS_ONE = "perhaps one incident; Wardlink does not join them until a person says so."
_TWO_OF_ONE_PERSON = "two incidents, and one person who told of or suffered both: they count together."
_TWO_PERHAPS_OF_ONE = (
    "two incidents, and perhaps one person in both; until somebody says so they do not count together."
)
_TWO = "two incidents, and nobody who is known to be in both."
_JOINED = "They are one all the same, by what others have in common with both; a judgement can part them."
_PARTED = "They are not put together all the same: a judgement, or what others say, keeps them apart."
_BY_OTHERS = {("apart", True): _JOINED, ("possible", True): _JOINED, ("certain", False): _PARTED}
_NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a waterfall, in words, with its weight in bits."""

    comparison: str
    level: str
    says: str
    bits: float


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """Why two reports (`graph` incident) or two mentions (`graph` person) are weighed as they are.

    `bits` is the sum of the steps; `band` is `apart` where one of `vetoes` (in words) holds, whatever the sum.
    `are_one`: they are of one incident or person, be it by what others have in common with both. `levels` are the
    numbers of its levels (linkage.levels), in the model's order of comparisons.
    """

    graph: str
    left: str
    right: str
    steps: tuple[Step, ...]
    bits: float
    band: str
    vetoes: tuple[str, ...]
    are_one: bool
    sentence: str
    undone_by: str
    levels: tuple[int, ...]

    def lines(self) -> Iterator[str]:
        """The explanation as text, a line for each step."""
        yield self.sentence
        for step in self.steps:
            yield f"  {step.bits:+6.1f}  {step.comparison.replace('_', ' '):<11} {step.says}"
        yield f"  {self.bits:+6.1f}  bits together, {odds(self.bits)}: {self.band}"
        yield from (f"  vetoed: {veto}" for veto in self.vetoes)
        yield f"  {self.undone_by}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two reports are linked, or not, by one version of the model."""

    model_version: str
    incident: PairExplanation
    persons: tuple[PairExplanation, ...]

    def short(self) -> str:
        """What follows from all of it, for somebody who reads no further."""
        if self.incident.are_one:
            return _ONE
        if self.incident.band == "possible":
            return _PERHAPS_ONE
        if any(pair.are_one for pair in self.persons):
            return _TWO_OF_ONE_PERSON
        return _TWO_PERHAPS_OF_ONE if any(pair.band == "possible" for pair in self.persons) else _TWO

    def lines(self) -> Iterator[str]:
        """The explanation as text."""
        yield f"In short: {self.short()}"
        yield ""
        yield from self.incident.lines()
        for pair in self.persons:
            yield ""
            yield f"{pair.left} and {pair.right}"
            yield from pair.lines()
        yield ""
        yield f"model {self.model_version}"


def explain(
    left: ReportFeatures, right: ReportFeatures, model: Model, cluster_of: Mapping[str, str] = _NOTHING
) -> Explanation:
    """Why these reports are one incident or not, and which of their persons are one.

    `cluster_of` has the incident of each report and the person of each mention, as far as they are stored.
    """
    interner = Interner(model)
    scorer: Scorer[Person] = Scorer(model.person, person_comparing())
    incidents = Scorer(model.incident, incident_comparing(model, scorer))
    ours, theirs = _linkable(left, interner), _linkable(right, interner)
    one, other = interner.incident(left, ours.values()), interner.incident(right, theirs.values())
    rows = incidents.rows(one, other)
    pairs = tuple(
        _explain_pair("person", model.person, (mine, its), scorer.rows(person, theirs[its]), scorer.vetoes, cluster_of)
        for mine, person in ours.items()
        for its in theirs
        if person.group == theirs[its].group
    )
    ids = (left.report_id, right.report_id)
    incident = _explain_pair("incident", model.incident, ids, rows, incidents.vetoes, cluster_of)
    return Explanation(model.version, incident, pairs)


def odds(bits: float) -> str:
    """A weight in bits, each of which doubles the odds, as people say it.

    >>> odds(10), odds(-4.5), odds(0.2), odds(35)
    ('1,000 to 1', '23 to 1 against', 'about even', 'more than a million to 1')
    """
    size = 2 ** abs(bits)
    against = " against" if bits < 0 else ""
    if size >= _MOST_TOLD:
        return f"more than a million to 1{against}"
    if size < _EVEN:
        return "about even"
    digits = max(0, len(str(int(size))) - 2)
    return f"{round(size, -digits):,.0f} to 1{against}"


def _linkable(features: ReportFeatures, interner: Interner) -> Mapping[str, Person]:
    mentions: Iterator[Mention] = (mention for mention in features.mentions if mention.linkable)
    return {mention.mention_id: interner.person(mention) for mention in mentions}


def _explain_pair(
    graph: str,
    model: GraphModel,
    ids: tuple[str, str],
    rows: tuple[Row, ...],
    vetoes_of: Callable[[tuple[Row, ...]], tuple[str, ...]],
    cluster_of: Mapping[str, str],
) -> PairExplanation:
    weight = sum(millibits for _, _, millibits in rows)
    vetoes = tuple(veto.says for veto in model.vetoes if veto.name in vetoes_of(rows))
    band = "apart" if vetoes else model.band(weight)
    steps = tuple(_steps(model, rows))
    are_stored = all(member in cluster_of for member in ids)
    are_one = cluster_of[ids[0]] == cluster_of[ids[1]] if are_stored else band == "certain"
    return PairExplanation(
        graph=graph,
        left=ids[0],
        right=ids[1],
        steps=steps,
        bits=weight / MILLIBITS,
        band=band,
        vetoes=vetoes,
        are_one=are_one,
        sentence=_sentence(graph, band, steps, vetoes),
        undone_by=_BY_OTHERS.get((band, are_one)) or _undone_by(model, band, weight, steps),
        levels=tuple(_numbers(model, rows)),
    )


def _numbers(model: GraphModel, rows: tuple[Row, ...]) -> Iterator[int]:
    at = {comparison: level for comparison, level, _ in rows}
    for comparison in model.comparisons:
        yield [level.name for level in comparison.levels].index(at[comparison.name])


def _steps(model: GraphModel, rows: tuple[Row, ...]) -> Iterator[Step]:
    says = {
        (comparison.name, level.name): level.says for comparison in model.comparisons for level in comparison.levels
    }
    for comparison, level, millibits in rows:
        words = says.get((comparison, level), _PRIOR)
        if millibits or comparison == "prior":
            yield Step(comparison, level, words, millibits / MILLIBITS)


def _sentence(graph: str, band: str, steps: tuple[Step, ...], vetoes: tuple[str, ...]) -> str:
    """One plain sentence: the verdict, what speaks for it most, and what against."""
    evidence = sorted(steps[1:], key=lambda step: -abs(step.bits))
    speaking_for = [step.says for step in evidence if step.bits > 0][:_MOST_REASONS]
    against = [step.says for step in evidence if step.bits < 0][:_MOST_REASONS]
    said = _SAME[graph][band]
    if vetoes:
        return f"{said}: {'; '.join(vetoes)}."
    reasons, but = (against, speaking_for) if band == "apart" else (speaking_for, against)
    sentence = f"{said}: {', '.join(reasons)}" if reasons else said
    return f"{sentence}; but {', '.join(but)}." if but else f"{sentence}."


def _undone_by(model: GraphModel, band: str, weight: int, steps: tuple[Step, ...]) -> str:
    if band == "apart":
        return "Only a judgement that they are the same would put them together."
    threshold = model.thresholds.certain if band == "certain" else model.thresholds.possible
    spare = (weight - threshold) / MILLIBITS
    decisive = [step.says for step in steps[1:] if step.bits > spare]
    judgement = "A judgement that they are different parts them"
    if not decisive:
        return f"{judgement}; no single fact would, if it turned out wrong."
    return f"{judgement}; so would any of these, if it turned out wrong: {', '.join(decisive)}."
