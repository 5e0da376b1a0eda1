"""A victim's incidents fall into problems, whatever their order."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from policy.facts import CaseFact, IncidentFact
from policy.problems import ProblemRules, group_problems
from schemas.vocabulary import Category
from tests.policy.factory import incident, report, told, victims

RULES = ProblemRules(window_days=30, families={"noisy": frozenset({Category.NOISE, Category.ROWDY_BEHAVIOUR})})


def problems_of(*incidents: IncidentFact) -> set[frozenset[str]]:
    return {
        frozenset(each.incident_id.removeprefix("i-") for each in group) for group in group_problems(incidents, RULES)
    }


def test_one_source_place_is_one_problem_whoever_was_told_of_it_and_when() -> None:
    assert problems_of(
        told("police:1", "2025-01-01", source_place="flat-1", category=Category.NOISE),
        told("housing:1", "2026-03-01", source_place="flat-1", category=Category.DRUGS),
        told("council:1", "2026-03-01", source_place="flat-1", category=Category.OTHER),
    ) == {frozenset({"police:1", "housing:1", "council:1"})}


def test_three_unrelated_problems_of_one_victim_stay_three() -> None:
    assert problems_of(
        told("police:1", "2026-03-01", category=Category.VEHICLE_NUISANCE, affected_place="home"),
        told("police:2", "2026-03-02", category=Category.NOISE, affected_place="home"),
        told("police:3", "2026-03-03", category=Category.DRUGS, affected_place="home"),
    ) == {frozenset({"police:1"}), frozenset({"police:2"}), frozenset({"police:3"})}


def test_two_sources_are_two_problems_though_the_behaviour_is_the_same() -> None:
    assert problems_of(
        told("police:1", "2026-03-01", source_place="flat-1", affected_place="home"),
        told("police:2", "2026-03-01", source_place="flat-2", affected_place="home"),
    ) == {frozenset({"police:1"}), frozenset({"police:2"})}


def test_without_a_source_one_family_of_behaviour_at_one_home_is_one_problem() -> None:
    assert problems_of(
        told("police:1", "2026-03-01", category=Category.NOISE, affected_place="home"),
        told("council:1", "2026-03-20", category=Category.ROWDY_BEHAVIOUR, affected_place="home"),
    ) == {frozenset({"police:1", "council:1"})}


def test_it_ends_where_the_gap_is_longer_than_the_window() -> None:
    assert (
        len(
            problems_of(
                told("police:1", "2026-03-01", affected_place="home"),
                told("police:2", "2026-03-31", affected_place="home"),
                told("police:3", "2026-05-01", affected_place="home"),
            )
        )
        == 2
    )


def test_another_home_is_another_problem_and_no_home_is_none() -> None:
    assert (
        len(
            problems_of(
                told("police:1", "2026-03-01", affected_place="home"),
                told("police:2", "2026-03-01", affected_place="old home"),
                told("police:3", "2026-03-01"),
                told("police:4", "2026-03-01"),
            )
        )
        == 4
    )


def test_an_unknown_behaviour_says_nothing() -> None:
    assert (
        len(
            problems_of(
                told("police:1", "2026-03-01", category=Category.OTHER, affected_place="home"),
                told("police:2", "2026-03-01", category=Category.OTHER, affected_place="home"),
            )
        )
        == 2
    )


def test_a_report_without_a_source_joins_the_only_problem_that_fits() -> None:
    sourced = told("housing:1", "2026-03-01", source_place="flat-1", affected_place="home")
    vague = told("police:1", "2026-03-10", affected_place="home")
    assert len(problems_of(sourced, vague)) == 1


def test_it_joins_neither_of_two_and_never_makes_them_one() -> None:
    left = told("housing:1", "2026-03-01", source_place="flat-1", affected_place="home")
    right = told("housing:2", "2026-03-05", source_place="flat-2", affected_place="home")
    vague = told("police:1", "2026-03-10", affected_place="home")
    assert len(problems_of(left, vague, right)) == 3


def test_an_incident_that_two_agencies_tell_of_ties_their_sources_together() -> None:
    both = incident(
        report("police:1", "2026-03-01", source_place="block"), report("housing:1", "2026-03-01", source_place="flat-1")
    )
    assert len(problems_of(both, told("housing:2", "2026-01-01", source_place="flat-1"))) == 1


@given(victims(most=8), st.randoms())
def test_the_order_of_incidents_and_reports_does_not_matter(case: CaseFact, random) -> None:
    incidents = [
        incident(*random.sample(each.reports, len(each.reports)), name=each.incident_id) for each in case.incidents
    ]
    random.shuffle(incidents)
    assert problems_of(*incidents) == problems_of(*case.incidents)


@given(victims(most=8))
def test_every_incident_is_in_one_problem_and_all_of_one_source_are_together(case: CaseFact) -> None:
    groups = group_problems(case.incidents, RULES)
    assert sorted(each.incident_id for group in groups for each in group) == sorted(
        each.incident_id for each in case.incidents
    )
    of_group = [{report.source_place for each in group for report in each.countable} - {None} for group in groups]
    assert all(left.isdisjoint(right) for left, right in combinations(of_group, 2))
