"""Of what somebody ought to be alerted is worked out from the truth by the shipped rules' numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.rulebook import shipped_rules
from simulation.duties import Duty, Fact, duties, rules

START = date(2026, 1, 31)


def fact(
    number: int, day: int, agency: str = "police", problem: str = "", hate: bool = False, address: str = "1"
) -> Fact:
    happened = START + timedelta(days=day)
    return Fact(f"I{number}", problem, agency, happened, happened + timedelta(days=1), hate, address)


def of_person(*facts: Fact) -> list[Duty]:
    return duties({("repeat_victim", "P1", ""): facts}, {})


def test_the_numbers_are_those_of_the_shipped_rules() -> None:
    """For persons exactly; for places no stricter, since the rules look at a place's own past besides."""
    shipped = {rule.name: rule for rule in shipped_rules().for_area("E09000012").repeats if rule.raises}
    for rule in rules():
        theirs = shipped[rule.name]
        assert (rule.months, rule.hate) == (theirs.months, theirs.hate), rule.name
        assert rule.count == theirs.count or (rule.kind != "repeat_victim" and rule.count < theirs.count), rule.name
        assert rule.agencies in (0, theirs.agencies)
        assert rule.addresses <= theirs.places


def test_the_third_incident_makes_it_due_from_the_day_its_file_comes() -> None:
    [duty] = of_person(fact(1, 0), fact(2, 40), fact(3, 200))
    assert (duty.rule, duty.first_day, duty.incidents) == ("victim_3_in_12_months", START + timedelta(days=201), 3)


def test_reports_of_one_incident_count_once() -> None:
    assert of_person(fact(1, 0), fact(1, 0, "council"), fact(2, 9)) == []


def test_what_lies_more_than_a_year_back_counts_no_more() -> None:
    assert of_person(fact(1, 0), fact(2, 1), fact(3, 367)) == []


def test_two_of_hate_are_enough_and_one_problem_of_two_agencies_too() -> None:
    assert [duty.rule for duty in of_person(fact(1, 0), fact(2, 9, hate=True))] == ["hate_2_in_6_months"]
    [duty] = of_person(fact(1, 0, problem="PR1"), fact(2, 9, "housing", problem="PR1"))
    assert (duty.rule, duty.problem, duty.agencies) == ("shared_problem", "PR1", "housing;police")


def test_two_problems_of_two_agencies_are_no_shared_problem() -> None:
    assert of_person(fact(1, 0, problem="PR1"), fact(2, 9, "housing", problem="PR2")) == []


def test_a_block_needs_one_incident_for_ten_homes_and_two_addresses() -> None:
    facts = [fact(number, number, address=str(number % 2)) for number in range(9)]
    subject = ("repeat_block", "B", "")
    assert len(duties({subject: facts}, {"B": 90})) == 1
    assert duties({subject: facts}, {"B": 100}) == []
    assert duties({subject: [fact(number, number) for number in range(9)]}, {"B": 60}) == []


@pytest.mark.parametrize("kind", ["repeat_place", "repeat_street", "repeat_block"])
def test_nothing_told_makes_nothing_due(kind: str) -> None:
    assert duties({(kind, "1", ""): []}, {}) == []


FACTS = st.lists(
    st.builds(
        fact,
        number=st.integers(0, 9),
        day=st.integers(0, 500),
        agency=st.sampled_from(["police", "council"]),
        problem=st.sampled_from(["", "PR1", "PR2"]),
        hate=st.booleans(),
    ),
    max_size=12,
)


@given(FACTS, FACTS)
def test_more_facts_never_make_anything_due_later(told: list[Fact], more: list[Fact]) -> None:
    before = {duty.problem: duty.first_day for duty in of_person(*told)}
    after = {duty.problem: duty.first_day for duty in of_person(*told, *more)}
    assert before.keys() <= after.keys()
    assert all(after[problem] <= day for problem, day in before.items())


@given(FACTS)
def test_the_order_of_facts_does_not_matter(told: list[Fact]) -> None:
    assert of_person(*told) == of_person(*reversed(told))
