"""Pairs compare alike from both sides, and what is found early is what is found in full."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.compare_incidents import incident_comparing, time, wording
from linkage.compare_persons import person_comparing
from linkage.interner import Interner
from linkage.levels import INCIDENT_LEVELS
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


MONDAY, TUESDAY = ["Mon 00:00", "Mon 23:59"], ["Tue 00:00", "Tue 23:59"]


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ({"occurred": "Mon 23:10"}, {"occurred": MONDAY}, "same_day"),
        ({"occurred": MONDAY}, {"occurred": MONDAY}, "same_day"),
        ({"occurred": "Mon 23:10"}, {"occurred": TUESDAY}, "edge_of_day"),
        ({"occurred": "Mon 21:10"}, {"occurred": TUESDAY}, "apart"),
        ({"occurred": MONDAY}, {"occurred": TUESDAY}, "apart"),
        ({"occurred": "Tue 23:10"}, {"occurred": ["Mon 00:00", "Wed 23:59"]}, "same_days"),
        ({"occurred": MONDAY}, {"reported": "Mon 23:40"}, "same_day"),
        ({"occurred": MONDAY}, {"reported": "Tue 00:40"}, "told_next_day"),
        ({"occurred": MONDAY}, {"reported": "Tue 15:40"}, "told_next_day"),
        ({"occurred": MONDAY}, {"reported": "Tue 23:05"}, "told_late"),
        ({"occurred": "Mon 23:10"}, {"reported": "Mon 23:40"}, "told_at_once"),
        ({"occurred": "Mon 23:10"}, {"reported": "Tue 09:30"}, "told_that_day"),
        ({"occurred": "Mon 23:10"}, {"reported": "Tue 22:55"}, "told_late"),
        ({"occurred": ["Mon 20:00", "Mon 23:30"]}, {"reported": "Mon 22:40"}, "told_meanwhile"),
        ({"occurred": ["Mon 20:00", "Mon 23:30"]}, {"reported": "Tue 09:30"}, "told_that_day"),
        ({"occurred": ["Mon 20:00", "Mon 23:30"]}, {"reported": "Tue 22:55"}, "told_late"),
        ({"occurred": "Mon 23:10"}, {"reported": "Mon 22:10"}, "apart"),
    ],
)
def test_what_two_times_say(one: dict[str, Any], other: dict[str, Any], level: str) -> None:
    interner = Interner(MODEL)
    left, right = (interner.incident(features(name, given), ()) for name, given in (("a", one), ("b", other)))
    assert INCIDENT_LEVELS["time"][time(left, right)] == level


@pytest.mark.parametrize("level", ["edge_of_day", "told_late", "reported_apart", "apart"])
def test_who_where_and_what_cannot_make_certain_what_the_times_put_on_another_night(level: str) -> None:
    """All of these are the same when the same trouble comes again (product rule 7); only a reference tells more."""
    assert MODEL.incident.band(_all_but_the_time_agrees(level)) != "certain"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("trombone zeppelin marimba quartet", "marimba trombone zeppelin quartet", "all"),
        ("trombone zeppelin marimba quartet", "zeppelin marimba trombone harpsichord", "all"),
        ("trombone zeppelin marimba", "zeppelin marimba harpsichord", "most"),
        ("trombone zeppelin", "trombone harpsichord clavichord", "half"),
        ("trombone zeppelin marimba", "trombone harpsichord clavichord", "few"),
        ("trombone zeppelin", "harpsichord", "none"),
        ("trombone", "trombone zeppelin marimba", "most"),
        ("trombone", "the noise was very loud again", "missing"),
    ],
)
def test_narratives_compare_by_the_share_of_the_rare_words_of_the_one_with_fewer(
    one: str, other: str, level: str
) -> None:
    interner = Interner(MODEL)
    left, right = (
        interner.incident(features(name, {"narrative": text}), ())
        for name, text in zip("ab", (one, other), strict=True)
    )
    assert INCIDENT_LEVELS["wording"][wording(left, right)] == level


@pytest.mark.parametrize("level", ["edge_of_day", "told_late", "reported_apart", "apart"])
def test_nor_can_they_put_two_such_reports_together(level: str) -> None:
    assert _all_but_the_time_agrees(level) < MODEL.incident.thresholds.weak


def _all_but_the_time_agrees(level: str) -> int:
    best = {each.name: max(one.millibits for one in each.levels) for each in MODEL.incident.comparisons}
    times = {
        one.name: one.millibits for each in MODEL.incident.comparisons if each.name == "time" for one in each.levels
    }
    agreement = sum(bits for name, bits in best.items() if name not in ("time", "reference", "adjacent"))
    return MODEL.incident.prior + agreement + times[level]
