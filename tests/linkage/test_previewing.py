"""Looking ahead: what a word would change is what it then does change."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.changes import Judge, Put
from linkage.index import AreaIndex
from linkage.model import load_model
from linkage.previewing import Preview, preview
from schemas.vocabulary import Graph, Verdict
from tests.linkage import borough
from tests.linkage.builder import AREA, features

MODEL = load_model()
SECRET = b"secret"
LEAH = {"name": "Leah Stern", "telephones": ["07700 900111"], "uprn": "900"}
ANNA = {"name": "Anna Kowalska", "telephones": ["07700 900222"], "uprn": "901"}
ONE, TWO, OTHER = "a#COMPLAINANT#1", "b#COMPLAINANT#1", "c#COMPLAINANT#1"


def reports() -> list[Put]:
    people = {"a": LEAH, "b": LEAH, "c": ANNA}
    return [Put(features(each, {"persons": [person]})) for each, person in people.items()]


def ahead(left: str, right: str, verdict: Verdict, graph: Graph = Graph.PERSON, *told: Judge) -> Preview:
    index = AreaIndex(AREA, MODEL, SECRET)
    resolution = index.apply([*reports(), *told])
    ids = {each: cluster for each, cluster in {**resolution.incident_of, **resolution.person_of}.items() if cluster}
    word = Judge("mine", graph, left, right, verdict, 9)
    return preview(reports(), told, ids, [word], MODEL, SECRET, AREA)


def test_two_that_are_the_same_become_one() -> None:
    found = ahead(TWO, OTHER, Verdict.SAME)
    assert found.changes
    assert list(found.before.values()) == [(ONE, TWO), (OTHER,)]
    assert list(found.after.values()) == [(ONE, TWO, OTHER)]
    assert set(found.after) <= set(found.before), "one of the ids survives"


def test_one_that_is_two_is_parted_and_one_part_keeps_its_id() -> None:
    found = ahead(ONE, TWO, Verdict.DIFFERENT)
    assert list(found.before.values()) == [(ONE, TWO)]
    assert sorted(found.after.values()) == [(ONE,), (TWO,)]
    assert len(set(found.after) - set(found.before)) == 1


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [(ONE, TWO, Verdict.SAME), (ONE, OTHER, Verdict.DIFFERENT), (ONE, OTHER, Verdict.UNSURE)],
)
def test_what_is_so_already_stays(left: str, right: str, verdict: Verdict) -> None:
    found = ahead(left, right, verdict)
    assert not found.changes
    assert found.before == found.after


def test_a_word_taken_back_changes_what_it_had_made() -> None:
    told = Judge("mine", Graph.PERSON, ONE, OTHER, Verdict.SAME, 1)
    found = ahead(ONE, OTHER, Verdict.WITHDRAWN, Graph.PERSON, told)
    assert list(found.before.values()) == [(ONE, TWO, OTHER)]
    assert sorted(found.after.values()) == [(ONE, TWO), (OTHER,)]


def test_incidents_are_looked_ahead_at_too() -> None:
    found = ahead("a", "c", Verdict.SAME, Graph.INCIDENT)
    assert ("a", "c") in {members[:1] + members[-1:] for members in found.after.values()}


def test_nothing_is_told_of_reports_that_a_reader_may_not_know_of() -> None:
    found = ahead(TWO, OTHER, Verdict.SAME).among({"b", "c"})
    assert list(found.before.values()) == [(TWO,), (OTHER,)]
    assert list(found.after.values()) == [(TWO, OTHER)]
    assert ahead(TWO, OTHER, Verdict.SAME).among(()) == Preview({}, {})


@given(st.integers(0, 10**6), st.sampled_from([Verdict.SAME, Verdict.DIFFERENT]), st.sampled_from(Graph))
def test_the_preview_is_what_then_happens(seed: int, verdict: Verdict, graph: Graph) -> None:
    random = Random(seed)
    puts = [Put(features(f"r{number}", borough.report(random, 8))) for number in range(12)]
    index = AreaIndex(AREA, MODEL, SECRET)
    index.apply(puts)
    members = index.mentions() if graph is Graph.PERSON else index.reports()
    left, right = random.sample(members, 2)
    ids = {each: index.incident_of(each) or "" for each in index.reports()}
    ids |= {each: index.person_of(each) or "" for each in index.mentions()}
    word = Judge("mine", graph, left, right, verdict, 1)
    found = preview(puts, (), ids, [word], MODEL, SECRET, AREA)
    index.apply([word])
    of = index.mentions_of_person if graph is Graph.PERSON else index.reports_of_incident
    assert all(of(cluster) == held for cluster, held in found.after.items() if cluster in found.before)
    assert {left, right} <= {each for held in found.after.values() for each in held}
