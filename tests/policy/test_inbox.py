"""Few alerts: what is told already, what is only listed, and a week that is full."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy.alert import AlertFact, HeldAlert
from policy.inbox import NOWHERE, Beside, Inbox, Inboxes, InboxRules, Quiet, strength
from policy.problems import DAY
from tests.policy.factory import COUNCIL, POLICE, at

MONDAY = at("2026-03-02")
GROWTH = 33
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
        incidents=len(incidents),
        evidence=tuple(frozenset({each}) for each in incidents),
        known=tuple(frozenset({each}) for each in incidents),
        lasting=frozenset({rule}),
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


def test_a_duty_that_is_folded_is_told_beside_its_host_unless_one_tells_the_same_already() -> None:
    duty = alert("victim", "1", "2", "3", rule="case_review_eligible")
    place = inbox(alert("place", "1", "2", "3"))
    assert place.quiet(duty, MONDAY) is Quiet.FOLDED
    assert place.beside(duty, MONDAY, GROWTH) == Beside("place", ("1", "2", "3"), True)
    twin = inbox(alert("twin", "1", "2", "3", rule="case_review_eligible"))
    assert twin.beside(duty, MONDAY, GROWTH) == NOWHERE


def told_beside(folded: AlertFact, host: AlertFact) -> Inbox:
    made = inbox(host)
    _, told, _ = made.beside(folded, MONDAY, GROWTH)
    made.put(HeldAlert.of(folded, Quiet.FOLDED, host.alert_id, told), MONDAY)
    return made


def test_what_was_told_beside_a_host_is_told_once() -> None:
    duty = alert("victim", "1", "2", "3", rule="case_review_eligible")
    place = told_beside(duty, alert("place", "1", "2", "3"))
    assert place.beside(duty, MONDAY, GROWTH) == Beside("place", ("1", "2", "3"), False)
    assert place.beside(replace(duty, alert_id="twin"), MONDAY, GROWTH) == NOWHERE


def test_incidents_that_the_host_does_not_tell_are_told_beside_it_from_a_third_of_its_own_on() -> None:
    place = inbox(alert("place", "1", "2", "3", "4"))
    assert place.beside(alert("victim", "1", "2", "5"), MONDAY, GROWTH) == NOWHERE
    assert place.beside(alert("victim", "1", "2", "5", "6"), MONDAY, GROWTH).is_news


def test_what_grows_beside_a_host_stays_there() -> None:
    place = told_beside(alert("victim", "2", "3", "4", "5"), alert("place", "1", "2", "3"))
    grown = alert("victim", "2", "3", "4", "5", "6", "7", "8")
    assert place.quiet(grown, MONDAY) is Quiet.FOLDED
    assert place.beside(grown, MONDAY, GROWTH) == Beside("place", tuple("2345678"), True)


def test_what_was_told_beside_a_host_that_has_gone_is_told_no_longer() -> None:
    duty = alert("victim", "1", "2", "3", rule="case_review_eligible")
    place = told_beside(duty, alert("place", "1", "2", "3"))
    place.take_out("place")
    assert place.quiet(duty, MONDAY) is None
    assert place.quiet(replace(duty, alert_id="twin"), MONDAY) is None


def test_what_only_listed_rules_make_is_told_beside_nothing() -> None:
    assert inbox(alert("place", "1")).beside(alert("victim", "1", "2", "3", rule="weak"), MONDAY, GROWTH) == NOWHERE


def test_the_first_day_to_be_kept_is_that_of_what_was_told_beside_an_alert() -> None:
    duty = replace(alert("victim", "1", "2", rule="case_review_eligible"), due=MONDAY + 9 * DAY)
    place = told_beside(duty, alert("place", "1", "2"))
    assert (place.due_beside("place"), place.due_beside("victim")) == (MONDAY + 9 * DAY, None)


def test_a_date_that_comes_nearer_is_told_beside_the_same_host() -> None:
    duty = replace(alert("victim", "1", "2", rule="case_review_eligible"), due=MONDAY + 9 * DAY)
    place = told_beside(duty, alert("place", "1", "2"))
    assert place.beside(replace(duty, due=MONDAY + 8 * DAY), MONDAY, GROWTH).is_news


def test_whom_to_ask_is_told_beside_an_alert_about_the_same_case() -> None:
    ask = replace(alert("ask", rule="restricted"), case_id="victim")
    rules = replace(RULES, duties=frozenset({"restricted"}))
    told = inbox(alert("victim", "1", "2"), alert("other", "1", "2"), rules=rules)
    assert told.quiet(ask, MONDAY) is Quiet.FOLDED
    assert told.beside(ask, MONDAY, GROWTH) == Beside("victim", (), True)
    assert inbox(alert("other", "1", "2"), rules=rules).quiet(ask, MONDAY) is None


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
