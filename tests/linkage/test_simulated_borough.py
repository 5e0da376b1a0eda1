"""What linking finds in a simulated borough, held against the truth; also where an agency states days only.

The figures of docs/borough.md, with a margin: at length in boroughs on which nothing was fitted, in short in one.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from connectors.times import LONDON, moment
from linkage import partition
from linkage.changes import Change, Put, Withdraw
from linkage.index import AreaIndex
from linkage.model import load_model
from linkage.standardise import standardise
from schemas.records import Report, Span
from schemas.vocabulary import Operation, Precision
from simulation.borough import Settings
from simulation.evaluate import PairScore, score
from tests.linkage.borough_figures import Figures, figures, told
from tests.linkage.simulated import Borough, simulated

Retell = Callable[[Report], Report]


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Borough:
    return simulated(tmp_path_factory.mktemp("borough"), Settings())


def as_told(report: Report) -> Report:
    return report


def by_day(agency: str, share: float) -> Retell:
    """A share of an agency's reports states no more than the day."""

    def retell(report: Report) -> Report:
        known = report.occurred.earliest if report.occurred else report.reported
        if report.agency != agency or known is None or Random(report.report_id).random() > share:
            return report
        clock = datetime.fromtimestamp(known.at / 1_000_000, LONDON)
        midnight = clock.replace(hour=0, minute=0, second=0, microsecond=0)
        last = midnight + timedelta(days=1, microseconds=-1)
        return replace(report, occurred=Span(earliest=moment(midnight), latest=moment(last), precision=Precision.DAY))

    return retell


def linked(borough: Borough, retell: Retell) -> AreaIndex:
    index = AreaIndex(Settings().area, load_model(), b"not very secret")
    changes: list[Change] = [
        Withdraw(report.report_id, report.revision)
        if report.operation is Operation.WITHDRAW
        else Put(standardise(retell(report), detail))
        for report, detail in borough.reports
    ]
    for start in range(0, len(changes), 500):
        index.apply(changes[start : start + 500])
    return index


def incidents(borough: Borough, index: AreaIndex) -> PairScore:
    truth = {key: incident for key, incident in borough.truth.incident_of.items() if key not in borough.truth.withdrawn}
    return score({key: index.incident_of(key) for key in truth}, truth)


@pytest.mark.parametrize(
    ("retell", "precision", "recall"),
    [
        (as_told, 0.97, 0.80),
        (by_day("housing", 1.0), 0.97, 0.77),
        (by_day("council", 0.5), 0.97, 0.70),
        (by_day("police", 0.3), 0.97, 0.60),
    ],
    ids=["as told", "the landlord by day", "the council half by day", "the police a third by day"],
)
def test_incidents_come_near_the_truth(borough: Borough, retell: Retell, precision: float, recall: float) -> None:
    found = incidents(borough, linked(borough, retell))
    assert found.precision >= precision
    assert found.recall >= recall


def test_successive_days_that_two_reports_state_are_never_one_incident(borough: Borough) -> None:
    index = linked(borough, by_day("housing", 1.0))
    stated = {}
    for report_id in index.reports():
        features = index.features(report_id)
        if features is not None and features.agency == "housing" and features.earliest is not None:
            stated[report_id] = features.earliest
    together = [pair for one in partition.incidents(index) for pair in combinations(filter(stated.get, one), 2)]
    assert len(together) > 10
    assert [pair for pair in together if stated[pair[0]] != stated[pair[1]]] == []


def hold(found: Figures, precision: float) -> None:
    """Bands of reports told twice; persons, of whom nobody is taken for a twin, a neighbour, a warden or a hoaxer."""
    bands, victims = found.bands, found.victims
    assert bands["certain"].precision >= precision
    assert bands["certain"].recall >= 0.62
    assert bands["one incident"].precision >= precision - 0.01
    assert bands["possible"].precision >= 0.40
    assert bands["certain or possible"].recall >= 0.88
    assert victims["all"].precision >= 0.98
    assert victims["all"].recall >= 0.90
    for tag in ("twin", "same_named_neighbour", "official", "hoax"):
        assert victims[tag].precision >= 0.97, tag


def test_a_short_borough_is_as_right_as_the_documents_say(tmp_path: Path) -> None:
    hold(figures(told(tmp_path, Settings(seed=44, days=14)), load_model()), 0.96)


@pytest.mark.long
@pytest.mark.parametrize("seed", [41, 42, 43])
def test_boroughs_on_which_nothing_was_fitted_are_as_right_as_the_documents_say(tmp_path: Path, seed: int) -> None:
    hold(figures(told(tmp_path, Settings(seed=seed, days=60)), load_model()), 0.98)
