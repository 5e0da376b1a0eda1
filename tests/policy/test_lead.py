"""Who leads: one agency is told, those that see it in the alert are not, and nobody waits for whom he cannot see."""

from dataclasses import replace
from typing import Any

import pytest

from policy.alert import AlertFact, HeldAlert
from policy.facts import CaseFact, Reader
from policy.inbox import Inboxes, InboxRules, Quiet
from policy.lead import Lead, turns
from policy.rulebook import load_rules
from schemas.errors import Refused
from tests.policy.factory import COUNCIL, HOUSING, POLICE, at, incident, place, report, told, victim

NOW = at("2026-03-04")
RULES = InboxRules(
    folded_share=50,
    led_share=50,
    duties=frozenset({"review", "hate"}),
    lead=tuple(Lead),
    each=frozenset({"hate"}),
)


def alert(reader: Reader, *reports: str, rule: str = "three", **more: Any) -> AlertFact:
    values: dict[str, Any] = {
        "alert_id": f"{reader.agency}/{rule}/{reports}",
        "case_id": "v1",
        "rule": rule,
        "rules": (rule,),
        "raising": frozenset({rule}),
        "rule_source": "",
        "reason": "Three.",
        "report_ids": reports,
        "evidence": tuple(frozenset({each}) for each in reports),
        "scenes": (frozenset[str](),) * len(reports),
        "agencies": ("council", "housing", "police"),
    }
    return AlertFact(recipient=reader, **{**values, **more})


def after(*sent: AlertFact) -> Inboxes:
    inboxes = Inboxes(RULES)
    for each in sent:
        inboxes.of(each.recipient).put(HeldAlert.of(each), NOW)
    return inboxes


def first_of(case: CaseFact, *by: Lead) -> str:
    return min(("council", "housing", "police"), key=turns(case, by))


def test_what_one_agency_was_told_another_is_not_told_anew() -> None:
    inboxes = after(alert(HOUSING, "police:1", "police:2", "housing:3"))
    second = alert(POLICE, "police:1", "police:2", "police:4")
    assert inboxes.quiet(second, NOW) is Quiet.LED
    assert inboxes.leaders(second, NOW) == ("housing",)
    assert inboxes.quiet(alert(POLICE, "police:1", "police:4", "police:5"), NOW) is None


def test_two_agencies_may_lead_together() -> None:
    inboxes = after(alert(HOUSING, "police:1"), alert(COUNCIL, "police:2"))
    assert inboxes.leaders(alert(POLICE, "police:1", "police:2", "police:3"), NOW) == ("council", "housing")


def test_nobody_waits_for_an_agency_that_he_does_not_see_in_the_matter() -> None:
    inboxes = after(alert(HOUSING, "police:1", "police:2"))
    assert inboxes.quiet(alert(POLICE, "police:1", "police:2", agencies=("police",)), NOW) is None


def test_a_landlord_who_told_nothing_ever_is_always_told() -> None:
    inboxes = after(alert(POLICE, "police:1", "police:2"))
    stock = alert(HOUSING, "police:1", "police:2", agencies=("police",))
    assert inboxes.quiet(replace(stock, as_landlord=True), NOW) is None
    assert inboxes.quiet(stock, NOW) is Quiet.LED


def test_an_agency_leads_in_a_duty_only_when_it_was_told_of_the_duty() -> None:
    duty = alert(POLICE, "police:1", "police:2", rule="review")
    assert after(alert(HOUSING, "police:1", "police:2")).quiet(duty, NOW) is None
    assert after(alert(HOUSING, "police:1", "police:2", rule="review")).quiet(duty, NOW) is Quiet.LED


def test_hate_is_told_to_each_agency_that_knows_of_it() -> None:
    hate = alert(POLICE, "police:1", "police:2", rule="hate")
    assert after(replace(hate, alert_id="other", recipient=HOUSING)).quiet(hate, NOW) is None


def test_what_is_restricted_is_led_by_nobody() -> None:
    asked = alert(POLICE, rule="restricted_link", restricted=True)
    assert after(alert(HOUSING, "police:1")).quiet(asked, NOW) is None


def test_without_a_lead_every_agency_is_told() -> None:
    inboxes = Inboxes(replace(RULES, lead=()))
    inboxes.of(HOUSING).put(HeldAlert.of(alert(HOUSING, "police:1")), NOW)
    assert inboxes.quiet(alert(POLICE, "police:1"), NOW) is None


def test_the_owner_of_an_open_case_leads_then_the_landlord_then_who_knows_most_then_who_knew_first() -> None:
    mine = [told("police:1", "2026-02-01"), told("police:2", "2026-02-02"), told("council:3", "2026-01-31")]
    owned = incident(report("housing:4", "2026-02-03", case_reference="ASB-1", case_open=True))
    assert first_of(victim(*mine, owned), *Lead) == "housing"
    assert first_of(replace(place("block/source", mine), landlords=frozenset({"council"})), *Lead) == "council"
    assert first_of(victim(*mine), *Lead) == "police"
    assert first_of(victim(*mine[1:]), *Lead) == "council"
    assert first_of(victim(*mine, owned), Lead.MOST_INCIDENTS) == "police"


def test_a_restricted_report_makes_nobody_lead() -> None:
    hidden = incident(report("police:1", "2026-01-01", restrictions=frozenset({"STALKING"}), case_open=True))
    assert first_of(victim(hidden, told("housing:2", "2026-02-01")), *Lead) == "housing"


def test_a_lead_that_is_none_is_refused_with_the_words_that_are() -> None:
    with pytest.raises(Refused, match=r"OPEN_CASE, .*not LOUDEST"):
        load_rules("areas: ['*']\ninbox: {a_week: 0, folded_share: 50, lead: [LOUDEST]}")
