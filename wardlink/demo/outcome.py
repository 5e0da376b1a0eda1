"""Everything that a demonstration shows at its end, gathered; and the same as one JSON object."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simulation.evaluate import PairScore
from simulation.settings import Settings as Borough
from store.database import connect
from store.evaluation import conclusions, progress
from store.reading import counts
from wardlink.demo.cases import AGENCIES, Readers, TellingCase, View, one_party, one_woman, three_nights
from wardlink.demo.facts import Evidence, Fact, check, three_answers
from wardlink.demo.truth import PLACE_ROLES, VICTIM_GROUP, accuracy, read_truth
from wardlink.settings import Settings, store_settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a borough. `answers` is the first case as each agency sees it; `alerts` counts those standing, by
    recipient; `totals` are what the counters showed last; `figures` are of the playing itself.
    """

    borough: Borough
    cases: Sequence[TellingCase]
    answers: Mapping[str, View | None]
    accuracy: Mapping[str, PairScore]
    facts: Sequence[Fact]
    totals: Mapping[str, int]
    alerts: Mapping[str, int]
    figures: Mapping[str, Any]

    @property
    def is_true(self) -> bool:
        """Whether every promise holds."""
        return all(fact.holds for fact in self.facts)


def gather(settings: Settings, borough: Borough, truth_folder: Path, figures: Mapping[str, Any]) -> Outcome:
    """Reads what the system concluded, as its operator and as its readers, and holds it against the truth."""
    truth, readers = read_truth(truth_folder), Readers(settings)
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-demo") as connection:
        found = conclusions(connection, VICTIM_GROUP, PLACE_ROLES)
        totals = progress(connection)
        quarantined = counts(connection)["quarantined"]
    cases = [
        one_woman(readers, truth, found),
        one_party(readers, truth, found),
        three_nights(readers, truth, found),
    ]
    return Outcome(
        borough=borough,
        cases=cases,
        answers=three_answers(readers, cases[0].case_id),
        accuracy=accuracy(found, truth),
        facts=check(Evidence(readers, truth, found, quarantined)),
        totals=totals,
        alerts=Counter({agency: len(readers.alerts(agency)) for agency in AGENCIES}),
        figures=figures,
    )


def as_plain(outcome: Outcome, where: Mapping[str, Any]) -> dict[str, Any]:
    """As one JSON object; `where` tells where things lie and how to go on."""
    borough = outcome.borough
    return {
        "area": borough.area,
        "seed": borough.seed,
        "days": borough.days,
        "start": borough.start.isoformat(),
        "homes": borough.homes,
        "true": outcome.is_true,
        "story": {fact.name: fact.holds for fact in outcome.facts},
        "cases": [asdict(case) for case in outcome.cases],
        "answers": outcome.answers,
        "accuracy": {name: _score(score) for name, score in outcome.accuracy.items()},
        "totals": dict(outcome.totals),
        "alerts": dict(outcome.alerts),
        "throughput": dict(outcome.figures),
        **where,
    }


def _score(score: PairScore) -> dict[str, float]:
    return {
        **asdict(score),
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
    }
