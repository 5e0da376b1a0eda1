"""Few alerts: what is told already, what is only listed, and a week that is full."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy.alert import AlertFact, HeldAlert
from policy.inbox import Inbox, Inboxes, InboxRules, Quiet, strength
from policy.problems import DAY
from tests.policy.factory import COUNCIL, POLICE, at

MONDAY = at("2026-03-02")
RULES = InboxRules(
    a_week=2,
    folded_share=50,
    fresh_days=92,
    duties=frozenset({"case_review_eligible"}),
    listed=frozenset({"weak"}),
)


def alert(name: str, *incidents: str, rule: str = "victim_3_in_3_months", scenes: str = "") -> AlertFact:
    values: dict[str, Any] = {"recipient": POLICE, "rule_source": "", "reason": "", "case_id": name}
    return AlertFact(
        alert_id=name,
        rule=rule,
        rules=(rule,),
        raising=frozenset({rule}),
        report_ids=tuple(sorted(incidents)),
        evidence=tuple(frozenset({each}) for each in incidents),
        scenes=(frozenset({scenes} - {""}),) * len(incidents),
        **values,
    )


def inbox(*told: AlertFact, rules: InboxRules = RULES, at: int = MONDAY - 30 * DAY) -> Inbox:
    made = Inbox(rules)
    for each in told:
        made.put(HeldAlert.of(each), at)
    return made


def test_an_alert_of_which_half_is_told_already_is_folded() -> None:
    full = inbox(alert("place", "1", "2", "3"))
    assert full.quiet(alert("victim", "2", "3", "4", "5"), MONDAY) is Quiet.FOLDED
    assert full.quiet(alert("victim", "3", "4", "5"), MONDAY) is None


def test_several_alerts_together_may_tell_it() -> None:
    full = inbox(alert("a", "1", "2", "3"), alert("b", "4", "5", "6"))
    assert full.quiet(alert("street", "1", "2", "4", "5"), MONDAY) is Quiet.FOLDED


def test_further_incidents_at_an_address_that_was_told_of_not_long_ago_are_told_already() -> None:
    full = inbox(alert("place", "1", "2", "3", scenes="SOURCE:uprn:7"))
    assert full.quiet(alert("neighbour", "4", "5", scenes="SOURCE:uprn:7"), MONDAY) is Quiet.FOLDED
    assert full.quiet(alert("neighbour", "4", "5", scenes="OCCURRED:uprn:7"), MONDAY) is None
    assert full.quiet(alert("neighbour", "4", "5", scenes="SOURCE:uprn:7"), MONDAY + 92 * DAY) is None


def test_what_has_gone_tells_nothing() -> None:
    full = inbox(alert("place", "1", "2", "3"))
    full.take_out("place")
    assert full.quiet(alert("victim", "1", "2", "3"), MONDAY) is None


def test_an_alert_does_not_stand_in_its_own_way() -> None:
    full = inbox(alert("victim", "1", "2", "3"))
    assert full.quiet(alert("victim", "1", "2", "3"), MONDAY) is None


def test_a_duty_that_is_folded_has_a_host_to_tell_it_unless_one_tells_the_same_already() -> None:
    duty = alert("victim", "1", "2", "3", rule="case_review_eligible")
    place = inbox(alert("place", "1", "2", "3"))
    assert (place.quiet(duty, MONDAY), place.host_of(duty, MONDAY)) == (Quiet.FOLDED, "place")
    twin = inbox(alert("twin", "1", "2", "3", rule="case_review_eligible"))
    assert (twin.quiet(duty, MONDAY), twin.host_of(duty, MONDAY)) == (Quiet.FOLDED, None)


def test_a_duty_is_told_once_beside_what_its_host_tells() -> None:
    duty = alert("victim", "1", "2", "3", rule="case_review_eligible")
    place = inbox()
    place.put(HeldAlert.of(alert("place", "1", "2", "3"), beside=("case_review_eligible",)), MONDAY)
    assert place.host_of(duty, MONDAY) is None


def test_a_full_week_takes_no_more_but_duties_and_the_next_week_has_room() -> None:
    full = inbox(alert("a", "1"), alert("b", "2"), at=MONDAY)
    assert full.quiet(alert("c", "3"), MONDAY + 6 * DAY) is Quiet.FULL
    assert full.quiet(alert("c", "3", rule="case_review_eligible"), MONDAY) is None
    assert full.quiet(alert("c", "3"), MONDAY + 7 * DAY) is None


def test_that_an_alert_has_gone_makes_no_room_in_its_week() -> None:
    full = inbox(alert("a", "1"), alert("b", "2"), at=MONDAY)
    full.take_out("a")
    assert full.quiet(alert("c", "3"), MONDAY) is Quiet.FULL


def test_a_weak_rule_is_only_listed() -> None:
    assert inbox().quiet(alert("a", "1", rule="weak"), MONDAY) is Quiet.WEAK


def test_what_a_rule_that_is_sent_makes_as_well_is_sent() -> None:
    both = replace(alert("a", "1", rule="weak"), raising=frozenset({"weak", "shared_problem"}))
    assert inbox().quiet(both, MONDAY) is None


def test_rules_that_say_nothing_of_the_inbox_keep_nothing_back() -> None:
    told = alert("place", "1", "2", "3")
    assert inbox(told, rules=InboxRules()).quiet(alert("victim", "1", "2", "3"), MONDAY) is None


def test_each_reader_has_an_inbox_of_its_own() -> None:
    inboxes = Inboxes(RULES)
    inboxes.of(POLICE).put(HeldAlert.of(alert("place", "1", "2")), MONDAY)
    assert inboxes.of(COUNCIL).quiet(alert("victim", "1", "2"), MONDAY) is None


def test_a_date_by_law_comes_before_hate_before_many_agencies_before_many_reports() -> None:
    order = [
        strength("case_review_eligible", 3, 1),
        strength("hate_2_in_6_months", 2, 1),
        strength("victim_3_in_3_months", 4, 3),
        strength("victim_3_in_3_months", 9, 2),
        strength("place_uprn_3_in_3_months", 8, 2),
        strength("restricted_link", 0, 1),
    ]
    assert sorted(order) == order


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sets(st.sampled_from("123456"), min_size=1)), max_size=12))
def test_putting_and_taking_out_leaves_nothing_behind(told: list[tuple[str, set[str]]]) -> None:
    used = Inbox(RULES)
    for name, incidents in told:
        used.put(HeldAlert.of(alert(name, *incidents)), MONDAY - 30 * DAY)
    for name in "abcd":
        used.take_out(name)
    assert used.quiet(alert("new", *"123456"), MONDAY) is None
