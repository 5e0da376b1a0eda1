"""Pairs compare alike from both sides, and what is found early is what is found in full."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.compare_incidents import incident_comparing
from linkage.compare_persons import person_comparing
from linkage.interner import Interner
from linkage.model import VETO, load_model
from linkage.scoring import Scorer
from linkage.values import Person
from tests.linkage import borough
from tests.linkage.builder import features

MODEL = load_model()
PERSONS: Scorer[Person] = Scorer(MODEL.person, person_comparing())
INCIDENTS = Scorer(MODEL.incident, incident_comparing(MODEL, PERSONS))


@settings(max_examples=300)
@given(seed=st.integers(0, 1 << 32), floor=st.integers(-20_000, 20_000))
def test_weights_are_symmetric_and_add_up(seed: int, floor: int) -> None:
    random, interner = Random(seed), Interner(MODEL)
    reports = [features(name, borough.report(random, 4)) for name in "ab"]
    persons = [[interner.person(mention) for mention in report.mentions] for report in reports]
    left, right = (interner.incident(report, known) for report, known in zip(reports, persons, strict=True))
    _hold(INCIDENTS, left, right, floor)
    for mine in persons[0]:
        for other in persons[1]:
            _hold(PERSONS, mine, other, floor)


def _hold(scorer: Scorer, left: object, right: object, floor: int) -> None:  # type: ignore[type-arg]
    weight, rows = scorer.weigh(left, right), scorer.rows(left, right)
    assert weight == scorer.weigh(right, left)
    assert rows == scorer.rows(right, left)
    assert weight == (VETO if scorer.vetoes(rows) else sum(millibits for _, _, millibits in rows))
    reached = scorer.reach(left, right, floor)
    assert reached == weight if weight >= floor else reached < floor
