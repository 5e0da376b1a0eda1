"""Alerts, in the words of the design: few and true, one recipient each, counting incidents and never reports."""

import re
from dataclasses import replace
from importlib.resources import files
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.agreement import Agreements, load_agreements
from policy.alerting import AlertFact, Evaluator, Rules, evaluate, load_rules, recipients, shipped_rules
from policy.facts import CaseFact, IncidentFact, Reader, ReportFact
from policy.months import end_of, london_date
from policy.problems import DAY
from policy.reduction import reduce_case
from schemas.vocabulary import CaseKind, Category, PropertyType, Restriction
from tests.policy.factory import (
    COUNCIL,
    DAYS,
    HOUSING,
    POLICE,
    agreements,
    at,
    incident,
    on,
    place,
    plain_rules,
    report,
    told,
    victim,
    victims,
)

RULES = plain_rules()
OPEN = agreements(
    *((giver, taker, "CASE") for giver, taker in permutations(("police", "housing", "council"), 2)),
)


def alerts(case: CaseFact, now: str, to: Reader = POLICE, rules: Rules = RULES) -> tuple[AlertFact, ...]:
    seen = reduce_case(case, to, OPEN, at(now))
    return evaluate(seen, to, rules, at(now))


def alert(case: CaseFact, now: str, to: Reader = POLICE, rules: Rules = RULES) -> AlertFact:
    (only,) = alerts(case, now, to, rules)
    return only


def unrelated(report_id: str, when: str, **more: object) -> IncidentFact:
    """An incident that is no problem with any other: it leaves the case review out of a test about repeats."""
    return told(report_id, when, **{"category": Category.OTHER, **more})


# Repeat victims: several named rules at once, no national definition.


@pytest.mark.parametrize(
    ("days", "rule"),
    [
        (("2026-01-05", "2026-02-05", "2026-03-05"), "victim_3_in_3_months"),
        (("2025-10-05", "2026-02-05", "2026-03-05"), "victim_3_in_6_months"),
        (("2025-04-05", "2026-02-05", "2026-03-05"), "victim_3_in_12_months"),
    ],
)
def test_three_incidents_raise_the_strongest_rule_that_is_true(days: tuple[str, ...], rule: str) -> None:
    found = alert(victim(*(unrelated(f"police:{n}", day) for n, day in enumerate(days))), "2026-03-06")
    assert found.rule == rule
    assert "victim_2_in_12_months" in found.rules
    assert found.rule_source
    assert found.incidents == 3


def test_two_in_twelve_months_is_named_but_raises_nothing_by_itself() -> None:
    assert alerts(victim(unrelated("police:1", "2026-01-05"), unrelated("police:2", "2026-03-05")), "2026-03-06") == ()


def test_one_victim_told_to_two_agencies_three_times_is_a_repeat_across_them() -> None:
    case = victim(
        unrelated("police:1", "2026-01-05"), unrelated("housing:1", "2026-02-05"), unrelated("council:1", "2026-03-05")
    )
    found = alert(case, "2026-03-06")
    assert found.reason == "One victim has suffered 3 incidents in 3 months, told to Council, Housing and Police."
    assert found.agencies == ("council", "housing", "police")
    assert found.report_ids == ("council:1", "housing:1", "police:1")
    assert found.agreements == ("council-to-police@1", "housing-to-police@1")


def test_months_are_calendar_months_up_to_their_last_day() -> None:
    case = victim(*(unrelated(f"police:{n}", day) for n, day in enumerate(("2025-11-30", "2026-02-01", "2026-02-02"))))
    assert alert(case, "2026-02-28 23:59").rule == "victim_3_in_3_months"
    assert alert(case, "2026-03-01 00:00").rule == "victim_3_in_6_months"


def test_duplicate_reports_of_one_incident_count_once() -> None:
    party = incident(*(report(f"police:{n}", f"2026-03-05 22:{n:02}", category=Category.OTHER) for n in range(23)))
    assert alerts(victim(party), "2026-03-06") == ()
    assert alerts(place("uprn/source", [party]), "2026-03-06") == ()


def test_a_storm_on_a_repeat_place_is_one_incident_and_one_alert() -> None:
    party = incident(*(report(f"police:{n}", f"2026-03-05 22:{n:02}") for n in range(23)))
    before = [told("police:a", "2026-02-05"), told("police:b", "2026-01-05")]
    found = alert(place("uprn/source", [party, *before]), "2026-03-06")
    assert found.incidents == 3
    assert found.reason == "One address is the source of 3 incidents in 3 months, told to Police."


def test_one_flat_on_successive_nights_is_repeat_victimisation() -> None:
    nights = [told(f"council:{n}", f"2026-03-0{n} 23:30", source_place="flat-1") for n in (1, 2, 3)]
    assert alert(victim(*nights), "2026-03-04", COUNCIL).incidents == 3


def test_what_became_a_crime_leaves_the_count() -> None:
    three = [unrelated(f"police:{n}", f"2026-03-0{n}") for n in (1, 2, 3)]
    assert len(alerts(victim(*three), "2026-03-04")) == 1
    three[1] = unrelated("police:2", "2026-03-02", crimed=True)
    assert alerts(victim(*three), "2026-03-04") == ()


def test_it_leaves_the_count_whichever_agency_crimed_it() -> None:
    told_twice = incident(
        report("police:3", "2026-03-03", category=Category.OTHER, crimed=True),
        report("housing:3", "2026-03-03", category=Category.OTHER),
    )
    case = victim(*(unrelated(f"police:{n}", f"2026-03-0{n}") for n in (1, 2)), told_twice)
    assert alerts(case, "2026-03-04") == ()


def test_an_incident_is_dated_by_the_report_that_knows_best() -> None:
    vague = {"earliest": at("2025-01-01"), "latest": at("2026-03-31")}
    third = incident(
        report("housing:3", "2026-03-03", category=Category.OTHER, **vague),
        report("police:3", "2026-03-03 22:00", category=Category.OTHER, complaint_made=at("2026-03-03")),
    )
    case = victim(*(unrelated(f"police:{n}", f"2026-03-0{n}") for n in (1, 2)), third)
    assert alert(case, "2026-03-04").rule == "victim_3_in_3_months"


def test_summaries_and_public_statistics_never_count() -> None:
    three = [unrelated(f"police:{n}", f"2026-03-0{n}", kind_countable=n != 2) for n in (1, 2, 3)]
    assert alerts(victim(*three), "2026-03-04") == ()


def test_what_nobody_can_date_or_has_yet_to_come_does_not_count() -> None:
    two = [unrelated(f"police:{n}", f"2026-03-0{n}") for n in (1, 2)]
    undated = incident(ReportFact(report_id="police:9", agency="police", received=at("2026-03-03")))
    assert alerts(victim(*two, undated), "2026-03-04") == ()
    assert alerts(victim(*two, unrelated("police:3", "2026-03-20")), "2026-03-04") == ()


def test_hate_comes_before_the_other_repeats_and_is_counted() -> None:
    case = victim(unrelated("police:1", "2026-02-05", hate=True), unrelated("police:2", "2026-03-05"))
    found = alert(case, "2026-03-06")
    assert found.rule == "hate_2_in_6_months"
    assert found.reason == (
        "One victim has suffered 2 incidents in 6 months, 1 of them perceived as hate, told to Police."
    )


def test_one_open_problem_known_to_two_agencies_is_told_to_both() -> None:
    case = victim(
        told("police:1", "2025-10-05", source_place="flat-1", complaint_made=at("2026-02-01")),
        told("housing:1", "2026-01-05", source_place="flat-1", case_open=True, complaint_made=at("2026-03-01")),
    )
    for reader in (POLICE, HOUSING):
        found = alert(case, "2026-03-06", reader)
        assert found.rule == "shared_problem"
        assert found.reason == "One problem with 2 incidents in 6 months is open and known to Housing and Police."


def test_a_problem_that_nobody_has_open_or_two_problems_are_not_told() -> None:
    late = {"complaint_made": at("2026-03-05")}
    closed = victim(
        told("police:1", "2025-10-05", source_place="a", **late),
        told("housing:1", "2026-01-05", source_place="a", **late),
    )
    two = victim(
        told("police:1", "2025-10-05", source_place="a", **late),
        told("housing:1", "2026-01-05", source_place="b", case_open=True, **late),
    )
    assert alerts(closed, "2026-03-06") == alerts(two, "2026-03-06") == ()


def test_a_case_of_a_shared_problem_is_one_problem_as_it_stands() -> None:
    case = CaseFact(
        case_id="s1",
        kind=CaseKind.SHARED_PROBLEM,
        incidents=(told("police:1", "2026-02-05", case_open=True), told("council:1", "2026-03-05")),
    )
    assert alert(case, "2026-03-06").rule == "shared_problem"


# Case review: what the law now allows, never that a review is required.


def test_at_the_second_complaint_the_officer_is_told_to_tell_the_victim() -> None:
    case = victim(
        told("police:1", "2026-02-05", source_place="flat-1"), told("housing:1", "2026-03-05", source_place="flat-1")
    )
    found = alert(case, "2026-03-06")
    assert found.rule == "case_review_approaching"
    assert found.rule_source.startswith("Anti-social Behaviour, Crime and Policing Act 2014 section 104")
    assert found.reason == (
        "2 qualifying complaints about one problem made to Housing and Police: tell the victim that they may apply for "
        "an ASB case review; also 2 incidents in 12 months."
    )
    assert found.due is None


def test_at_the_third_the_last_day_is_told_and_due() -> None:
    case = victim(*(told(f"police:{n}", f"2026-0{n}-15", source_place="flat-1") for n in (1, 2, 3)))
    found = alert(case, "2026-03-16")
    assert (found.rule, found.rules[1]) == ("case_review_eligible", "victim_3_in_3_months")
    assert found.reason == (
        "3 qualifying complaints about one problem made to Police: tell the victim that they may apply; an application "
        "for an ASB case review received by 14 July 2026 would have to be accepted; also 3 incidents in 3 months."
    )
    assert found.due == at("2026-07-15 00:00") - 1 == end_of(london_date(at("2026-07-14")))


def test_hackney_counts_incidents() -> None:
    party = incident(*(report(f"{agency}:1", "2026-03-05") for agency in ("police", "housing", "council")))
    assert alert(victim(party), "2026-03-06").rule == "case_review_eligible"
    assert alerts(victim(party), "2026-03-06", rules=shipped_rules().for_area("E09000012")) == ()


# Repeat places, counted by role and against the number of homes.


def at_place(count: int, flats: int = 3, **more: object) -> list[IncidentFact]:
    return [told(f"police:{n}", "2026-03-01", source_place=f"flat-{n % flats}", **more) for n in range(count)]


@pytest.mark.parametrize(
    ("dwellings", "needed"), [(8, 5), (50, 5), (51, 6), (120, 12), (None, 10)]
)  # one incident for each ten homes, five at least
def test_a_block_needs_incidents_in_proportion_to_its_homes(dwellings: int | None, needed: int) -> None:
    assert alerts(place("block/source", at_place(needed - 1), dwellings), "2026-03-02") == ()
    assert alert(place("block/source", at_place(needed), dwellings), "2026-03-02").incidents == needed


def test_a_block_is_named_with_its_homes() -> None:
    assert alert(place("block/source", at_place(5), 40), "2026-03-02").reason == (
        "One block of 40 homes is the source of 5 incidents in 3 months, told to Police."
    )


@pytest.mark.parametrize(
    ("premises", "words"),
    [
        ((("source", PropertyType.LICENSED_PREMISES),), "One pub, bar or club is the source of"),
        ((("source", PropertyType.OPEN_SPACE),), "One open space is the source of"),
        ((("occurred", PropertyType.OPEN_SPACE),), "One address is the source of"),
        ((), "One address is the source of"),
    ],
)
def test_an_address_is_named_by_what_it_is(premises: tuple[tuple[str, PropertyType], ...], words: str) -> None:
    told_of = alert(place("uprn/source", at_place(3, premises=premises)), "2026-03-02")
    assert told_of.reason == f"{words} 3 incidents in 3 months, told to Police."


def test_where_reports_differ_in_what_an_address_is_it_is_an_address() -> None:
    kinds = (PropertyType.LICENSED_PREMISES, PropertyType.HOSTEL)
    told_of = [told(f"police:{n}", "2026-03-01", premises=(("source", kinds[n % 2]),)) for n in range(3)]
    assert alert(place("uprn/source", told_of), "2026-03-02").reason.startswith("One address is the source of")


def test_one_flats_trouble_is_not_its_blocks_or_its_streets() -> None:
    assert alerts(place("block/source", at_place(12, flats=1), 40), "2026-03-02") == ()
    assert alerts(place("street/source", at_place(12, flats=2)), "2026-03-02") == ()
    assert alert(place("street/source", at_place(12, flats=3)), "2026-03-02").rule == "place_street_10_in_3_months"


def test_a_home_that_suffers_is_a_victims_case_and_not_a_repeat_place() -> None:
    assert alerts(place("uprn/affected", at_place(9)), "2026-03-02") == ()
    scene = alert(place("uprn/occurred", at_place(3)), "2026-03-02")
    assert scene.reason == "One address was the scene of 3 incidents in 3 months, told to Police."


# Recipients: what they may see, and a stake of their own.


def test_a_rule_is_evaluated_on_what_the_recipient_may_see() -> None:
    case = victim(*(unrelated(f"{agency}:1", "2026-03-01") for agency in ("police", "housing", "council")))
    seen = reduce_case(case, POLICE, Agreements(), at("2026-03-02"))
    assert evaluate(seen, POLICE, RULES, at("2026-03-02")) == ()
    assert len(alerts(case, "2026-03-02")) == 1


def test_an_agency_without_an_incident_of_its_own_is_not_told() -> None:
    case = victim(*(unrelated(f"police:{n}", f"2026-03-0{n}") for n in (1, 2, 3)))
    assert len(alerts(case, "2026-03-04", POLICE)) == 1
    assert alerts(case, "2026-03-04", COUNCIL) == ()


def test_recipients_are_the_caseworkers_of_the_agencies_with_a_report_that_counts() -> None:
    case = victim(unrelated("police:1", "2026-03-01"), unrelated("council:1", "2026-03-01", kind_countable=False))
    assert recipients(case) == (POLICE,)


def test_three_agencies_are_told_of_one_case_by_the_demonstration_agreements_each_what_it_may_see() -> None:
    demo = load_agreements((files("policy") / "agreements" / "demo.yaml").read_text("utf-8"))
    case = victim(
        told("police:1", "2026-01-05", source_place="flat-1"),
        told("housing:1", "2026-02-05", source_place="flat-1", case_open=True),
        told("council:1", "2026-03-02", source_place="flat-1"),
    )
    now, answers, evaluator = at("2026-03-06"), {}, Evaluator(RULES, at("2026-03-06"))
    for reader in recipients(case):
        seen = reduce_case(case, reader, demo, now)
        (found,) = evaluate(seen, reader, RULES, now)
        assert evaluator.alerts(seen, reader) == (found,), "what was weighed for another must not show"
        answers[reader.agency] = found
    assert answers["police"].rule == answers["housing"].rule == "case_review_eligible"
    assert answers["council"].rule == "case_review_approaching"
    assert len({(found.reason, found.agreements) for found in answers.values()}) == 3


def test_each_recipients_alert_has_an_id_of_its_own_that_never_changes() -> None:
    case = victim(*(unrelated(f"{agency}:1", "2026-03-01") for agency in ("police", "housing", "council")))
    ids = [alert(case, "2026-03-02", reader).alert_id for reader in (POLICE, HOUSING, COUNCIL)]
    assert len(set(ids)) == 3
    assert alert(case, "2026-03-09").alert_id == ids[0]


def test_a_restricted_link_is_an_alert_of_its_own_that_says_whom_to_ask_and_nothing_else() -> None:
    flagged = unrelated("police:1", "2026-03-01", restrictions=frozenset({Restriction.STALKING}), hate=True)
    found = alert(victim(unrelated("housing:1", "2026-02-01"), flagged), "2026-03-02", HOUSING)
    assert (found.rule, found.reason) == ("restricted_link", "Restricted: ask Police.")
    assert (found.report_ids, found.agencies, found.restricted) == ((), ("police",), True)
    assert found.agreements == ("police-to-housing@1",)
    assert (found.incidents, found.evidence, found.known) == (0, (), ())


def test_it_stands_beside_the_cases_alert_which_says_that_there_is_more() -> None:
    own = [unrelated(f"housing:{n}", f"2026-02-0{n}") for n in (1, 2, 3)]
    flagged = unrelated("police:1", "2026-03-01", restrictions=frozenset({Restriction.CHILD}))
    case_alert, restricted = alerts(victim(*own, flagged), "2026-03-02", HOUSING)
    assert (case_alert.rule, case_alert.restricted) == ("victim_3_in_3_months", True)
    assert "police:1" not in case_alert.report_ids
    assert case_alert.agencies == ("housing",)
    assert restricted.rule == "restricted_link"


def test_it_is_not_told_of_a_case_that_has_long_been_quiet_for_the_recipient() -> None:
    flagged = unrelated("police:1", "2026-03-01", restrictions=frozenset({Restriction.STALKING}))
    assert alerts(victim(unrelated("housing:1", "2025-08-01"), flagged), "2026-03-02", HOUSING) == ()


# Sources on trial.


def test_what_rests_on_a_source_on_trial_is_recorded_and_not_sent() -> None:
    three = [unrelated(f"police:{n}", f"2026-03-0{n}", shadow_source=n == 3) for n in (1, 2, 3)]
    found = alert(victim(*three), "2026-03-04")
    assert (found.shadow, found.incidents) == (True, 3)


def test_what_stands_without_the_trial_is_sent_without_it() -> None:
    four = [unrelated(f"police:{n}", f"2026-03-0{n}", shadow_source=n == 4) for n in (1, 2, 3, 4)]
    sent, trial = alerts(victim(*four), "2026-03-05")
    assert (sent.shadow, sent.incidents) == (False, 3)
    assert "police:4" not in sent.report_ids
    assert (trial.shadow, trial.incidents) == (True, 4)


def test_a_stronger_rule_on_trial_is_recorded_beside_the_alert_that_is_sent() -> None:
    three = [unrelated(f"police:{n}", f"2026-03-0{n}") for n in (1, 2, 3)]
    on_trial = unrelated("police:4", "2026-03-04", shadow_source=True, hate=True)
    sent, trial = alerts(victim(*three, on_trial), "2026-03-05")
    assert (sent.rule, sent.shadow) == ("victim_3_in_3_months", False)
    assert (trial.rule, trial.shadow) == ("hate_2_in_6_months", True)
    assert sent.alert_id != trial.alert_id


# Laws.


ANY_RECIPIENT = st.sampled_from((POLICE, HOUSING, COUNCIL))


def judged(case: CaseFact, to: Reader, now: int) -> tuple[AlertFact, ...]:
    seen = reduce_case(case, to, OPEN, now)
    return evaluate(seen, to, RULES, now)


@given(victims(), ANY_RECIPIENT, DAYS.map(on), st.randoms())
def test_the_order_of_incidents_and_reports_does_not_matter(case: CaseFact, to: Reader, now: int, random) -> None:
    incidents = [
        replace(each, reports=tuple(random.sample(each.reports, len(each.reports)))) for each in case.incidents
    ]
    random.shuffle(incidents)
    assert judged(replace(case, incidents=tuple(incidents)), to, now) == judged(case, to, now)


@given(victims(), ANY_RECIPIENT, DAYS.map(on))
def test_at_most_one_alert_for_a_case_and_one_for_what_is_hidden_and_evidence_is_only_what_may_be_seen(
    case: CaseFact, to: Reader, now: int
) -> None:
    found = judged(case, to, now)
    assert len({each.alert_id for each in found}) == len(found)
    assert sum(each.rule != "restricted_link" for each in found if not each.shadow) <= 1
    seen = {r.report_id for i in reduce_case(case, to, OPEN, now).case.incidents for r in i.reports}
    for each in found:
        assert set(each.report_ids) <= seen
        assert set(each.report_ids) == set().union(*each.evidence)
        assert each.incidents == len(each.evidence)
        assert set(each.evidence) <= set(each.known)
        assert each.rule == each.rules[0]
        assert set(each.rules) <= each.lasting


@given(victims(), ANY_RECIPIENT, DAYS.map(on), st.data())
def test_a_report_more_of_an_incident_that_counts_already_adds_no_alert(
    case: CaseFact, to: Reader, now: int, data: st.DataObject
) -> None:
    """A storm: further calls about the same thing to the same agency."""
    which = data.draw(st.integers(0, len(case.incidents) - 1))
    stormy = case.incidents[which]
    again = replace(stormy.reports[0], report_id=f"{stormy.reports[0].agency}:again")
    more = (*case.incidents[:which], replace(stormy, reports=(*stormy.reports, again)), *case.incidents[which + 1 :])
    assert [(each.alert_id, each.reason) for each in judged(replace(case, incidents=more), to, now)] == [
        (each.alert_id, each.reason) for each in judged(case, to, now)
    ]


@given(victims(), ANY_RECIPIENT, DAYS.map(on))
def test_sentences_are_plain_and_never_name_a_report_a_place_or_a_person(case: CaseFact, to: Reader, now: int) -> None:
    for each in judged(case, to, now):
        assert each.reason.endswith(".")
        assert not re.search(
            r"\b1 (incidents|months|homes|complaints)\b|\b([2-9]|\d\d) (incident|month)\b", each.reason
        )
        assert not re.search(r"\w:\d|flat|home\b|v1|required", each.reason)


@given(victims(), ANY_RECIPIENT)
def test_nothing_is_told_of_what_is_longer_ago_than_every_rule_and_its_grace(case: CaseFact, to: Reader) -> None:
    last = max(each.latest or 0 for one in case.incidents for each in one.reports)
    assert judged(case, to, last + 400 * DAY) == ()


def test_rules_have_dates() -> None:
    dated = load_rules(
        "areas: ['*']\nrepeats: [{name: pair, kinds: [REPEAT_VICTIM], count: 2, months: 6, source: local, "
        "valid_from: 2026-02-01, valid_to: 2026-03-31}]"
    ).for_area("any")
    case = victim(unrelated("police:1", "2026-01-05"), unrelated("police:2", "2026-01-06"))
    assert alerts(case, "2026-01-31 23:59", rules=dated) == ()
    assert alert(case, "2026-02-01 00:00", rules=dated).rule == "pair"
    assert alert(case, "2026-03-31 23:59", rules=dated).rule == "pair"
    assert alerts(case, "2026-04-01 00:00", rules=dated) == ()
