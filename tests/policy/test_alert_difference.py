"""Alerts are raised once, updated when something material changed, withdrawn when no longer true, and never flicker."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from policy.alerting import AlertFact, Difference, HeldAlert, difference, evaluate
from policy.facts import CaseFact, IncidentFact
from policy.problems import DAY
from policy.reduction import SeenCase, reduce_case
from schemas.vocabulary import Category, Restriction
from tests.policy.factory import HOUSING, POLICE, agreements, at, incident, plain_rules, report, reports, told, victim

RULES = plain_rules()
OPEN = agreements(("police", "housing", "CASE"), ("housing", "police", "CASE"), ("council", "housing", "CASE"))


@dataclass
class Inbox:
    """One recipient's alerts, told the facts of one case as they change."""

    reader: object = POLICE
    held: dict[str, HeldAlert] = field(default_factory=dict)

    def hears(self, incidents: Iterable[IncidentFact], now: str | int) -> Difference:
        moment = at(now) if isinstance(now, str) else now
        seen = reduce_case(victim(*incidents), self.reader, OPEN, moment)
        change = difference(self.held, evaluate(seen, self.reader, RULES, moment))
        for alert in (*change.raised, *change.updated):
            self.held[alert.alert_id] = HeldAlert.from_bytes(HeldAlert.of(alert).to_bytes())
        for gone in change.withdrawn:
            del self.held[gone.alert_id]
        return change


NOTHING = Difference((), (), ())


def other(report_id: str, when: str, **more: object) -> IncidentFact:
    return told(report_id, when, **{"category": Category.OTHER, **more})


THREE = [other("police:1", "2026-01-10"), other("police:2", "2026-02-10"), other("police:3", "2026-03-05")]


def sizes(change: Difference) -> tuple[int, int, int]:
    return len(change.raised), len(change.updated), len(change.withdrawn)


def test_an_alert_is_raised_once() -> None:
    inbox = Inbox()
    assert sizes(inbox.hears(THREE, "2026-03-06")) == (1, 0, 0)
    assert inbox.hears(THREE, "2026-03-06") == NOTHING
    assert inbox.hears(reversed(THREE), "2026-03-07") == NOTHING


def test_a_new_incident_updates_it_even_when_the_sentence_stays_the_same() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    change = inbox.hears([*THREE, other("police:4", "2026-04-11")], "2026-04-12")
    assert sizes(change) == (0, 1, 0)
    assert change.updated[0].reason == "One victim has suffered 3 incidents in 3 months, told to Police."


def test_where_many_are_known_one_more_is_not_worth_a_word() -> None:
    told_of = [other(f"police:{n}", f"2026-03-{n:02}") for n in range(1, 13)]
    (before,) = raised(told_of[:9])
    held = {before.alert_id: HeldAlert.of(before)}
    assert sizes(difference(held, raised(told_of[:10]), growth=33)) == (0, 0, 0)
    assert sizes(difference(held, raised(told_of[:12]), growth=33)) == (0, 1, 0)
    assert sizes(difference(held, raised(told_of[:10]), growth=0)) == (0, 1, 0)
    new_agency = [*told_of[:9], other("housing:1", "2026-03-10")]
    assert sizes(difference(held, raised(new_agency), growth=33)) == (0, 1, 0)


def raised(incidents: Iterable[IncidentFact]) -> tuple[AlertFact, ...]:
    moment = at("2026-03-20")
    return evaluate(reduce_case(victim(*incidents), POLICE, OPEN, moment), POLICE, RULES, moment)


def test_further_reports_of_the_same_incident_do_not() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    stormy = incident(
        *(report(f"police:{n}", "2026-03-05", category=Category.OTHER) for n in (3, 31, 32, 33)), name="i-police:3"
    )
    assert inbox.hears([*THREE[:2], stormy], "2026-03-06") == NOTHING


def told_twice() -> IncidentFact:
    """The third incident, of which housing was told too, too late for a case review."""
    late = report("housing:1", "2026-03-05", category=Category.OTHER, complaint_made=at("2026-04-20"))
    return incident(*THREE[2].reports, late, name="i-police:3")


def test_but_another_agencys_report_of_it_does_and_so_does_its_withdrawal() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    change = inbox.hears([*THREE[:2], told_twice()], "2026-04-21")
    assert [each.agencies for each in change.updated] == [("housing", "police")]
    change = inbox.hears(THREE, "2026-04-21")
    assert [each.agencies for each in change.updated] == [("police",)]


def test_a_rule_that_comes_true_by_what_is_now_known_of_old_incidents_updates_it() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    hateful = [*THREE[:2], other("police:3", "2026-03-05", hate=True)]
    assert [each.rule for each in inbox.hears(hateful, "2026-03-06").updated] == ["hate_2_in_6_months"]


def test_a_report_that_is_withdrawn_withdraws_the_alert_that_rests_on_it_at_once() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    assert sizes(inbox.hears(THREE[:2], "2026-03-06")) == (0, 0, 1)
    assert inbox.held == {}


def test_an_incident_that_became_a_crime_withdraws_it_too() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    crimed = [*THREE[:2], other("police:3", "2026-03-05", crimed=True)]
    assert sizes(inbox.hears(crimed, "2026-03-06")) == (0, 0, 1)


def test_where_the_rule_still_holds_without_the_report_its_recipient_is_told_the_correction() -> None:
    inbox = Inbox()
    four = [*THREE, other("police:4", "2026-03-06")]
    inbox.hears(four, "2026-03-07")
    change = inbox.hears(THREE, "2026-03-07")
    assert [each.reason for each in change.updated] == [
        "One victim has suffered 3 incidents in 3 months, told to Police."
    ]


def test_two_incidents_found_to_be_one_correct_the_count() -> None:
    inbox = Inbox()
    four = [*THREE, other("police:4", "2026-03-05")]
    inbox.hears(four, "2026-03-07")
    one = incident(*THREE[2].reports, *four[3].reports, name="i-police:3")
    assert [each.incidents for each in inbox.hears([*THREE[:2], one], "2026-03-07").updated] == [3]


def test_hate_that_was_recorded_wrongly_is_corrected() -> None:
    inbox = Inbox()
    hateful = [*THREE[:2], other("police:3", "2026-03-05", hate=True)]
    assert inbox.hears(hateful, "2026-03-06").raised[0].rule == "hate_2_in_6_months"
    assert [each.rule for each in inbox.hears(THREE, "2026-03-06").updated] == ["victim_3_in_3_months"]


def test_ageing_alone_updates_nothing() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    assert inbox.hears(THREE, "2026-06-20") == inbox.hears(THREE, "2026-11-20") == NOTHING


def test_time_withdraws_an_alert_only_after_the_grace_of_the_rules() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    assert inbox.hears(THREE, "2027-01-09 23:59") == NOTHING
    assert inbox.hears(THREE, "2027-01-10 00:00") == NOTHING
    assert inbox.hears(THREE, "2027-01-23 23:59") == NOTHING
    assert sizes(inbox.hears(THREE, "2027-01-24 00:00")) == (0, 0, 1)


def test_an_alert_that_is_kept_by_grace_alone_is_never_raised() -> None:
    assert Inbox().hears(THREE, "2027-01-12") == NOTHING


def test_in_its_grace_a_fact_that_goes_withdraws_it() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    assert sizes(inbox.hears(THREE[1:], "2027-01-12")) == (0, 0, 1)


def test_one_that_comes_back_within_its_grace_has_never_gone() -> None:
    inbox = Inbox()
    inbox.hears(THREE, "2026-03-06")
    assert inbox.hears(THREE, "2027-01-12") == NOTHING
    assert sizes(inbox.hears([*THREE, other("police:4", "2027-01-14")], "2027-01-15")) == (0, 1, 0)


def test_the_last_day_of_a_case_review_passes_to_the_day() -> None:
    inbox = Inbox()
    problem = [told(f"police:{n}", f"2026-0{n}-15", source_place="flat-1") for n in (1, 2, 3)]
    assert inbox.hears(problem[:2], "2026-02-16").raised[0].rule == "case_review_approaching"
    assert [each.rule for each in inbox.hears(problem, "2026-03-16").updated] == ["case_review_eligible"]
    assert inbox.hears(problem, "2026-07-14 23:59") == NOTHING
    (after,) = inbox.hears(problem, "2026-07-15 00:00").updated
    assert (after.rule, after.due) == ("case_review_approaching", None)


def test_a_case_that_is_closed_is_no_longer_told_as_open() -> None:
    inbox = Inbox()
    late = {"complaint_made": at("2026-03-05"), "source_place": "flat-1"}
    shared = [told("police:1", "2025-10-05", **late), told("housing:1", "2026-01-05", **late, case_open=True)]
    assert inbox.hears(shared, "2026-03-06").raised[0].rule == "shared_problem"
    closed = [shared[0], told("housing:1", "2026-01-05", **late)]
    assert sizes(inbox.hears(closed, "2026-03-06")) == (0, 0, 1)


def test_whom_to_ask_is_told_anew_when_it_changes_and_withdrawn_when_nobody_is_left() -> None:
    inbox = Inbox(reader=HOUSING)
    own = other("housing:1", "2026-03-01")
    stalking = frozenset({Restriction.STALKING})
    police, council = (other(f"{agency}:1", "2026-03-01", restrictions=stalking) for agency in ("police", "council"))
    assert [each.reason for each in inbox.hears([own, police], "2026-03-02").raised] == ["Restricted: ask Police."]
    assert inbox.hears([own, police], "2026-03-03") == NOTHING
    both = inbox.hears([own, police, council], "2026-03-03")
    assert [each.reason for each in both.updated] == ["Restricted: ask Council and Police."]
    assert [each.agencies for each in inbox.hears([own, council], "2026-03-03").updated] == [("council",)]
    assert sizes(inbox.hears([own], "2026-03-03")) == (0, 0, 1)


def test_what_is_held_survives_being_stored() -> None:
    alert = Inbox().hears(THREE, "2026-03-06").raised[0]
    held = HeldAlert.of(alert)
    assert HeldAlert.from_bytes(held.to_bytes()) == held
    assert (held.rules, held.report_ids, held.incidents) == (alert.rules, alert.report_ids, 3)


STEPS = st.lists(st.tuples(st.sets(st.integers(0, 5)), st.integers(0, 40)), min_size=1, max_size=8)


@given(st.tuples(*(reports(number) for number in range(6))), STEPS)
def test_what_is_held_is_always_of_facts_that_are_there(made, steps) -> None:
    """Whatever comes, goes and ages: every alert that is out rests on reports that are, and is raised once."""
    inbox, now = Inbox(), at("2026-03-01")
    for present, days in steps:
        now += days * DAY
        before = set(inbox.held)
        incidents = [incident(made[number]) for number in sorted(present)]
        change = inbox.hears(incidents, now)
        assert not {each.alert_id for each in change.raised} & before
        assert {each.alert_id for each in change.updated} | {each.alert_id for each in change.withdrawn} <= before
        there = {made[number].report_id for number in present}
        assert all(set(held.report_ids) <= there for held in inbox.held.values())
    assert inbox.hears([], now).raised == ()
    assert inbox.held == {}


@given(st.tuples(*(reports(number) for number in range(5))), st.integers(0, 300))
def test_telling_the_same_facts_twice_changes_nothing(made, days: int) -> None:
    inbox, now = Inbox(), at("2025-10-01") + days * DAY
    incidents = [incident(each) for each in made]
    inbox.hears(incidents, now)
    assert inbox.hears(incidents, now) == NOTHING


@settings(max_examples=40)
@given(st.tuples(*(reports(number) for number in range(5))), st.integers(0, 300))
def test_an_alert_is_withdrawn_at_most_once_while_only_time_passes(made, days: int) -> None:
    inbox, now = Inbox(), at("2025-10-01") + days * DAY
    incidents = [incident(each) for each in made if each.earliest <= now and each.received <= now]
    inbox.hears(incidents, now)
    raised_later = []
    for step in range(1, 50):
        change = inbox.hears(incidents, now + step * 9 * DAY)
        raised_later.extend(each for each in change.raised)
    assert raised_later == []
    assert inbox.held == {}


def raise_of(case: CaseFact) -> AlertFact:
    (alert,) = evaluate(SeenCase(case=case, hidden={}, cited={}), POLICE, RULES, at("2026-03-06"))
    return alert


def test_alerts_of_other_cases_are_left_to_their_own_evaluation() -> None:
    one = raise_of(victim(*THREE, case_id="v1"))
    two = raise_of(victim(*THREE, case_id="v2"))
    assert one.alert_id != two.alert_id
    assert sizes(difference({one.alert_id: HeldAlert.of(one)}, [one, two])) == (1, 0, 0)
