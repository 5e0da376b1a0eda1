"""Rules files: what they must say, and every mistake told at once."""

from datetime import date

import pytest

from policy.case_review import STATUTORY, Counts
from policy.rulebook import RepeatRule, load_rules, shipped_rules
from schemas.errors import Refused
from schemas.vocabulary import CaseKind, Category


def rule(**more: object) -> RepeatRule:
    values = {"name": "r", "source": "s", "kinds": frozenset({CaseKind.REPEAT_VICTIM}), "count": 3, "months": 6}
    return RepeatRule(**{**values, **more})


def mistakes_of(*texts: str) -> str:
    with pytest.raises(Refused) as refused:
        load_rules(*texts)
    return str(refused.value)


def test_the_named_rules_of_a_repeat_victim_are_there_at_once_each_with_its_source() -> None:
    repeats = {each.name: each for each in shipped_rules().for_area("any").repeats}
    numbers = {
        name: (repeats[name].count, repeats[name].months)
        for name in ("victim_3_in_6_months", "victim_3_in_3_months", "victim_2_in_12_months", "victim_3_in_12_months")
    }
    assert set(numbers.values()) == {(3, 6), (3, 3), (2, 12), (3, 12)}
    assert all(each.source for each in repeats.values())


def test_the_third_incident_at_an_address_is_sent_within_a_month_and_later_only_listed() -> None:
    rules = shipped_rules().for_area("any")
    counts = {each.name: each.count for each in rules.repeats if each.name.startswith("place_uprn_")}
    assert counts == {"place_uprn_4_in_3_months": 4, "place_uprn_3_in_1_month": 3, "place_uprn_3_in_3_months": 3}
    assert counts.keys() & rules.inbox.listed == {"place_uprn_3_in_3_months"}


def test_of_whose_incidents_the_leader_was_told_is_as_what_is_folded_unless_stated() -> None:
    folded = load_rules("areas: ['*']\ninbox: {a_week: 0, folded_share: 30}").for_area("any").inbox
    assert folded.led_share == 30
    with pytest.raises(Refused, match="led_share"):
        load_rules("areas: ['*']\ninbox: {a_week: 0, folded_share: 30, led_share: 101}")


def test_the_shipped_review_procedure_is_the_acts_own() -> None:
    (procedure,) = shipped_rules().for_area("any").procedures
    assert procedure == STATUTORY


def test_no_unknown_behaviour_makes_a_problem() -> None:
    families = shipped_rules().for_area("any").problems.families
    assert families
    assert all(Category.OTHER not in members for members in families.values())


def test_an_area_replaces_whole_sections_and_keeps_the_rest() -> None:
    book = shipped_rules()
    hackney, common = book.for_area("E09000012"), book.for_area("any")
    assert [each.counts for each in hackney.procedures] == [Counts.INCIDENTS]
    assert hackney.repeats == common.repeats
    assert hackney.grace_days == common.grace_days


def test_a_file_serves_several_areas() -> None:
    book = load_rules("areas: [E1, E2]\ngrace_days: 3", "areas: ['*']\ngrace_days: 5")
    assert [book.for_area(area).grace_days for area in ("E1", "E2", "E3")] == [3, 3, 5]


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    message = mistakes_of(
        """
areas: []
repeats:
  - {name: a, kinds: [REPEAT_PLACE], count: 0, months: 3, cout: 3, source: local}
  - {name: a, kinds: [], count: 2, months: x, source: local, homes_per_incident: 10}
case_review:
  - {threshold: 4, source: local, valid_from: 2020-01-01}
  - {threshold: 2, source: local, valid_from: 2020-01-01, hate_threshold: true}
problems: {window_days: 10, families: {odd: [NOISY]}}
restricted_link: {months: 3}
grace_days: -1
colour: blue
"""
    )
    for told in (
        "areas: must list area codes",
        "repeats[0].count: must be a whole number of 1 or more",
        "repeats[0].levels, roles: must both be given",
        "repeats[0].cout: is not known",
        "repeats[0].name: a stands twice",
        "repeats[1].kinds: must name at least one",
        "repeats[1].months: must be a whole number",
        "repeats[1].unknown_dwellings:",
        "case_review[0].threshold: must be no higher than 3",
        "case_review[1].valid_from: 2020-01-01 begins two procedures",
        "case_review[1].hate_threshold: must be a whole number",
        "problems.families.odd: must be of",
        "restricted_link.name: is missing",
        "grace_days: must be a whole number of 0 or more",
        "colour: is not known",
    ):
        assert told in message


def test_two_files_must_not_state_one_section_for_one_area() -> None:
    assert "two files state grace_days for area E1" in mistakes_of(
        "areas: [E1]\ngrace_days: 1", "areas: [E1]\ngrace_days: 2"
    )


@pytest.mark.parametrize(
    ("stronger", "weaker", "implied"),
    [
        (rule(months=3), rule(months=6), True),
        (rule(months=6), rule(months=3), False),
        (rule(count=3), rule(count=2), True),
        (rule(count=2, hate=1), rule(count=2), True),
        (rule(count=3), rule(count=2, hate=1), False),
        (rule(count=3), rule(count=2, one_problem=True), False),
        (rule(count=9), rule(count=3, homes_per_incident=10, unknown_dwellings=9), False),
    ],
)
def test_a_rule_that_another_implies_is_not_worth_a_word(
    stronger: RepeatRule, weaker: RepeatRule, implied: bool
) -> None:
    assert stronger.implies(weaker) is implied


def test_the_days_of_a_rule_belong_to_it() -> None:
    dated = load_rules(
        "areas: ['*']\nrepeats: [{name: a, source: s, kinds: [REPEAT_VICTIM], count: 2, months: 6, "
        "valid_from: 2026-02-01, valid_to: 2026-03-31}]"
    )
    (only,) = dated.for_area("any").repeats
    assert (only.valid_from, only.valid_to) == (date(2026, 2, 1), date(2026, 3, 31))
