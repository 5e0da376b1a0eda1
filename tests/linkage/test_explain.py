"""Explanations: they add up, they read well, and they hold nothing of the reports."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from linkage.changes import Put
from linkage.explain import explain, odds
from linkage.index import AreaIndex
from linkage.model import load_model
from tests.linkage import borough
from tests.linkage.builder import AREA, features

MODEL = load_model()
NOISE = {"occurred": "Mon 23:00", "places": [{"uprn": "200"}]}
LEAH = {"name": "Leah Stern", "telephones": ["07700 900111"], "uprn": "900"}


def test_a_certain_pair_says_why_and_what_would_undo_it() -> None:
    left = features("a", {**NOISE, "persons": [LEAH]})
    right = features("b", {**NOISE, "agency": "council", "occurred": "Mon 23:10", "persons": [LEAH]})
    explanation = explain(left, right, MODEL)
    assert explanation.incident.band == "certain"
    assert explanation.incident.sentence.startswith("Both reports tell the same incident: within twenty minutes")
    assert "A judgement that they are different parts them" in explanation.incident.undone_by
    assert [(pair.left, pair.right, pair.band) for pair in explanation.persons] == [
        ("a#COMPLAINANT#1", "b#COMPLAINANT#1", "certain")
    ]
    lines = list(explanation.lines())
    assert lines[0] == "In short: one incident, told in both reports."
    assert lines[-1] == f"model {MODEL.version}"


def test_two_incidents_of_one_person_are_told_to_count_together() -> None:
    left = features("a", {**NOISE, "persons": [LEAH]})
    later = features("b", {**NOISE, "occurred": "Thu 23:00", "persons": [LEAH]})
    stranger = features("c", {**NOISE, "occurred": "Thu 23:00"})
    assert explain(left, later, MODEL).short().startswith("two incidents, and one person")
    assert explain(left, stranger, MODEL).short() == "two incidents, and nobody who is known to be in both."


def test_what_others_hold_together_or_keep_apart_is_told() -> None:
    wife = {**LEAH, "name": "Rivka Stern"}
    left, right = features("a", {"persons": [LEAH]}), features("b", {"persons": [wife]})
    one = dict.fromkeys(("a#COMPLAINANT#1", "b#COMPLAINANT#1"), "V1")
    joined = explain(left, right, MODEL, one)
    assert (joined.persons[0].band, joined.persons[0].are_one) == ("apart", True)
    assert "by what others have in common with both" in joined.persons[0].undone_by
    assert joined.short().startswith("two incidents, and one person")
    same = features("c", {"persons": [LEAH]})
    parted = explain(left, same, MODEL, {"a#COMPLAINANT#1": "V1", "c#COMPLAINANT#1": "V2"})
    assert (parted.persons[0].band, parted.persons[0].are_one) == ("certain", False)
    assert "keeps them apart" in parted.persons[0].undone_by


def test_a_weight_is_told_as_odds_too() -> None:
    assert [odds(bits) for bits in (10, -4.5, 0.2, -0.2, 35, -35)] == [
        "1,000 to 1",
        "23 to 1 against",
        "about even",
        "about even",
        "more than a million to 1",
        "more than a million to 1 against",
    ]


def test_a_vetoed_pair_is_apart_whatever_the_sum() -> None:
    wife = {**LEAH, "name": "Rivka Stern"}
    (pair,) = explain(features("a", {"persons": [LEAH]}), features("b", {"persons": [wife]}), MODEL).persons
    assert pair.bits > 0
    assert (pair.band, len(pair.vetoes)) == ("apart", 1)
    assert "two people of one household" in pair.sentence


@given(st.integers(0, 1 << 32))
def test_explanations_agree_with_the_index_and_hold_no_value(seed: int) -> None:
    random = Random(seed)
    left, right = (features(name, borough.report(random, 2)) for name in ("a", "b"))
    explanation = explain(left, right, MODEL)
    links = {
        (link.left, link.right): link for link in AreaIndex(AREA, MODEL, b"k").apply([Put(left), Put(right)]).links
    }
    link = links.get(("a", "b"))
    if link is not None:
        assert (link.band, link.weight / 1000) == (explanation.incident.band, explanation.incident.bits)
    for pair in (explanation.incident, *explanation.persons):
        assert round(sum(step.bits for step in pair.steps), 3) == round(pair.bits, 3)
    text = "\n".join(explanation.lines()).lower()
    values = {token for mention in (*left.mentions, *right.mentions) for names in mention.names for token in names}
    assert not [value for value in values if len(value) > 3 and value in text]
