"""Everything that a demonstration shows at its end, gathered; and the same as one JSON object."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from simulation.evaluate import PairScore
from simulation.settings import Settings as Borough
from store.evaluation import all_alerts, progress
from store.reading import counts
from wardlink.demo.cases import AGENCIES, Bond, person_of
from wardlink.demo.lines import Line
from wardlink.demo.measures import Alerting, alerting, by_tag
from wardlink.demo.theatre import Theatre, are_all_known, are_one, by_agency, incidents, victims
from wardlink.demo.truth import accuracy

Scores = Mapping[str, PairScore]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `totals` are what the counters showed last; `figures` are of the playing itself; `case_id` and
    `bond` are the woman's case and why her reports are linked, for whoever wants to look closer.
    """

    borough: Borough
    lines: Sequence[Line]
    accuracy: Scores
    by_tag: Mapping[str, Scores]
    alerting: Alerting
    totals: Mapping[str, int]
    figures: Mapping[str, Any]
    case_id: str | None
    bond: Bond | None

    @property
    def is_true(self) -> bool:
        """Whether each of the seven holds."""
        return all(line.holds for line in self.lines)


def gather(theatre: Theatre, lines: Sequence[Line], truth_folder: Path, figures: Mapping[str, Any]) -> Outcome:
    """Reads what the system concluded, as its operator and as its readers, and holds it against the truth; the seven
    lines are looked at again.
    """
    truth, found = theatre.truth, theatre.found()
    with theatre.look() as session:
        totals, quarantined, alerts = progress(session), counts(session)["quarantined"], all_alerts(session)
    told = set(truth.incident_of) - truth.withdrawn
    nothing_lost = set(found.incident_of) == told and found.withdrawn <= truth.withdrawn
    again = {line.name: line for line in lines}
    still = {
        "asb_officer": are_one(victims(found, theatre.story("three_agencies"))),
        "sergeant": are_one(incidents(found, theatre.story("party")))
        and are_all_known(incidents(found, theatre.story("three_nights")), 3),
        "trust": len(victims(found, theatre.story("same_named_neighbour"))) == 2
        and len(victims(found, theatre.story("mother_and_daughter"))) == 2,
    }
    for name, holds in still.items():
        again[name] = again[name].and_still("it is still so when the whole borough has been told", holds)
    again["data_steward"] = again["data_steward"].and_still("nothing is left in quarantine", quarantined == 0)
    again["it_team"] = again["it_team"].and_still(
        "in the end every report told is stored once, for its agency to see", nothing_lost and not found.unseen
    )
    of = by_agency(theatre.story("three_agencies"))
    return Outcome(
        borough=theatre.borough,
        lines=list(again.values()),
        accuracy=accuracy(found, truth),
        by_tag=by_tag(found, truth),
        alerting=alerting(alerts, theatre.borough, truth_folder),
        totals=totals,
        figures=figures,
        case_id=person_of(of["police"], found),
        bond=theatre.readers.bond("police", "person", of["police"], of["housing"]),
    )


def as_plain(outcome: Outcome, where: Mapping[str, Any]) -> dict[str, Any]:
    """As one JSON object; `where` tells where things lie and how to go on."""
    borough, alerts = outcome.borough, outcome.alerting
    return {
        "area": borough.area,
        "seed": borough.seed,
        "days": borough.days,
        "start": borough.start.isoformat(),
        "homes": borough.homes,
        "true": outcome.is_true,
        "story": {line.name: line.holds for line in outcome.lines},
        "lines": [{"name": line.name, "for": line.audience, **_line(line)} for line in outcome.lines],
        "alerts_per_week": alerts.per_week,
        "alerts_true": alerts.true,
        "problems_alerted": alerts.problems,
        "alerts_standing": alerts.standing,
        "alerts": {agency: alerts.standing_by_agency.get(agency, 0) for agency in AGENCIES},
        "accuracy": _scores(outcome.accuracy),
        "accuracy_by_tag": {tag: _scores(scores) for tag, scores in outcome.by_tag.items()},
        "totals": dict(outcome.totals),
        "throughput": dict(outcome.figures),
        **where,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "as": line.reader,
        "says": line.says,
        "details": dict(line.details),
        "parts": dict(line.parts),
        "true": line.holds,
    }


def _scores(scores: Scores) -> dict[str, dict[str, float]]:
    return {name: _score(score) for name, score in scores.items()}


def _score(score: PairScore) -> dict[str, float]:
    return {
        **asdict(score),
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
    }
