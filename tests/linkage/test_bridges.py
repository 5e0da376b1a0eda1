"""Where a cluster is held together least."""

from hypothesis import given
from hypothesis import strategies as st

from linkage.bridges import weakest_bridge, weakest_incident_bridge, weakest_person_bridge
from linkage.clustering import agglomerate, halves
from linkage.features import ReportFeatures
from linkage.model import load_model
from tests.linkage.builder import features

MODEL = load_model()
LEAH = {"name": "Leah Stern", "born": "1980-05-07", "telephones": ["07700 900111"], "uprn": "900"}
SPARSE = {"name": "Leah Stern", "uprn": "900"}
ANNA = {"name": "Anna Kowalska", "telephones": ["07700 900222"], "uprn": "901"}
NOISE = {"occurred": "Mon 23:00", "places": [{"uprn": "200"}]}


def mentions(**people: dict[str, object]) -> dict[str, ReportFeatures]:
    return {f"{each}#COMPLAINANT#1": features(each, {"persons": [person]}) for each, person in people.items()}


def test_the_mention_of_whom_least_is_known_hangs_on_the_weakest_bridge() -> None:
    found = weakest_person_bridge(mentions(a=LEAH, b=LEAH, c=SPARSE), MODEL)
    assert found is not None
    assert (found.one, found.other) == (("a#COMPLAINANT#1", "b#COMPLAINANT#1"), ("c#COMPLAINANT#1",))
    assert found.is_held
    assert found.strongest[1] == "c#COMPLAINANT#1"
    assert next(found.lines()) == "The case holds together least between a#COMPLAINANT#1, b#COMPLAINANT#1"
    assert not any("judgement" in line for line in found.lines())


def test_what_only_a_judgement_holds_is_told() -> None:
    found = weakest_person_bridge(mentions(a=LEAH, b=ANNA), MODEL)
    assert found is not None
    assert not found.is_held
    assert found.bits < 0
    assert "a judgement holds them together" in list(found.lines())[-1]


def test_a_person_of_one_mention_and_an_incident_of_one_report_have_no_bridge() -> None:
    assert weakest_person_bridge(mentions(a=LEAH), MODEL) is None
    assert weakest_incident_bridge([features("a", NOISE)], MODEL) is None


def test_of_a_places_case_the_incident_is_told_that_is_held_least() -> None:
    both = {**NOISE, "persons": [LEAH]}
    reports = {
        "a": features("a", both),
        "b": features("b", {**both, "agency": "council", "occurred": "Mon 23:10"}),
        "c": features("c", {**NOISE, "occurred": "Thu 23:00"}),
        "d": features("d", {**NOISE, "agency": "council", "occurred": "Thu 23:50"}),
        "e": features("e", {**NOISE, "occurred": "Sat 23:00"}),
    }
    found = weakest_bridge(reports, {"a": "I1", "b": "I1", "c": "I2", "d": "I2", "e": "I3"}, None, MODEL)
    assert found is not None
    assert found.strongest == ("c", "d")
    assert weakest_bridge({"e": reports["e"]}, {"e": "I3"}, None, MODEL) is None


def test_of_a_persons_case_only_that_persons_mentions_count() -> None:
    people = mentions(a=LEAH, b=LEAH, c=ANNA)
    reports = {each.partition("#")[0]: report for each, report in people.items()}
    of = {each: "V2" if each.startswith("c") else "V1" for each in people}
    found = weakest_bridge(reports, of, "V1", MODEL)
    assert found is not None
    assert {*found.one, *found.other} == {"a#COMPLAINANT#1", "b#COMPLAINANT#1"}


@given(st.integers(2, 7).flatmap(lambda size: st.lists(st.integers(-20, 20), min_size=size**2, max_size=size**2)))
def test_the_halves_are_what_parts_first_when_the_cut_rises(values: list[int]) -> None:
    size = int(len(values) ** 0.5)
    weights = [[values[min(r, c) * size + max(r, c)] for c in range(size)] for r in range(size)]
    one, other = halves([row[:] for row in weights])
    assert sorted((*one, *other)) == list(range(size))
    between = [weights[left][right] for left in one for right in other]
    cut = sum(between) // len(between) + 1
    for cluster in agglomerate([row[:] for row in weights], cut):
        assert set(cluster) <= set(one) or set(cluster) <= set(other)
