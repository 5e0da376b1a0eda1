"""ASB case review (ASB, Crime and Policing Act 2014 section 104), in the words of the design's second rule."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.case_review import (
    STATUTORY,
    Counts,
    Procedure,
    ReviewFinding,
    ReviewStatus,
    complaints_of,
    last_day_to_apply,
    review,
)
from policy.facts import Complaint, IncidentFact
from policy.problems import ProblemRules, group_problems
from schemas.vocabulary import Category
from tests.policy.factory import at, incident, on, report, reports, told

HATE_AT_ONE = Procedure(valid_from=date(2020, 1, 1), source="local", hate_threshold=1)
BY_INCIDENTS = Procedure(valid_from=date(2020, 1, 1), source="local", counts=Counts.INCIDENTS)


def findings(
    incidents: list[IncidentFact], now: str, *procedures: Procedure, problems: ProblemRules | None = None
) -> tuple[ReviewFinding, ...]:
    groups = group_problems(incidents, problems or ProblemRules())
    return review(groups, procedures or (STATUTORY,), at(now))


def noise(report_id: str, when: str, **more: object) -> IncidentFact:
    return told(report_id, when, **{"source_place": "flat-1", "category": Category.NOISE, **more})


def test_at_the_second_complaint_the_victim_may_apply() -> None:
    (found,) = findings([noise("police:1", "2026-01-05"), noise("housing:1", "2026-02-05")], "2026-02-06")
    assert (found.status, found.count, found.last_day) == (ReviewStatus.APPROACHING, 2, None)


def test_at_the_third_an_application_must_be_accepted_until_the_first_of_the_three_is_six_months_old() -> None:
    three = [
        noise("police:1", "2026-01-15"),
        noise("housing:1", "2026-02-05"),
        noise("council:1", "2026-03-01"),
    ]
    (found,) = findings(three, "2026-03-02")
    assert (found.status, found.count, found.last_day) == (ReviewStatus.ELIGIBLE, 3, date(2026, 7, 14))
    assert found.agencies == ("council", "housing", "police")
    assert findings(three, "2026-07-14 23:59")[0].status is ReviewStatus.ELIGIBLE
    assert findings(three, "2026-07-15 00:00")[0].status is ReviewStatus.APPROACHING


def test_a_fourth_complaint_moves_the_last_day_to_the_second_ones_six_months() -> None:
    four = [noise(f"police:{n}", f"2026-0{n}-15") for n in (1, 2, 3, 4)]
    assert findings(four, "2026-04-16")[0].last_day == date(2026, 8, 14)


def test_one_problem_told_to_three_agencies_may_qualify() -> None:
    one_party = incident(*(report(f"{agency}:1", "2026-01-15") for agency in ("police", "housing", "council")))
    (found,) = findings([one_party], "2026-01-16")
    assert (found.status, found.count) == (ReviewStatus.ELIGIBLE, 3)


def test_three_unrelated_problems_of_one_victim_do_not() -> None:
    unrelated = [
        noise("police:1", "2026-01-15", source_place="flat-1"),
        noise("police:2", "2026-01-16", source_place="pub"),
        noise("police:3", "2026-01-17", source_place="school"),
    ]
    assert findings(unrelated, "2026-01-20") == ()


def test_telling_the_same_agency_again_of_the_same_incident_is_no_further_complaint() -> None:
    chasing = incident(*(report(f"police:{n}", f"2026-01-15 22:0{n}") for n in range(5)))
    assert findings([chasing], "2026-01-16") == ()


def test_where_the_area_counts_incidents_three_agencies_told_of_one_are_one() -> None:
    one_party = incident(*(report(f"{agency}:1", "2026-01-15") for agency in ("police", "housing", "council")))
    assert findings([one_party], "2026-01-16", BY_INCIDENTS) == ()
    three = [noise("police:1", "2026-01-15"), noise("police:2", "2026-01-25"), noise("council:1", "2026-01-08")]
    assert findings(three, "2026-01-26", BY_INCIDENTS)[0].status is ReviewStatus.ELIGIBLE


@pytest.mark.parametrize(("made", "count"), [("2026-02-14", 2), ("2026-02-15", 1)])
def test_a_complaint_counts_when_made_within_a_month_beginning_with_the_behaviour(made: str, count: int) -> None:
    late = noise("police:1", "2026-01-15", complaint_made=at(made))
    found = findings([late, noise("police:2", "2026-01-20")], "2026-02-20")
    assert [each.count for each in found] == ([2] if count == 2 else [])


def test_a_feed_that_comes_late_does_not_make_its_complaints_late() -> None:
    lost = [noise(f"council:{n}", f"2026-01-1{n}", received=at("2026-05-01")) for n in (1, 2, 3)]
    assert findings(lost, "2026-05-02")[0].last_day == date(2026, 7, 10)


def test_where_nobody_states_when_the_complaint_was_made_only_what_is_sure_counts() -> None:
    unstated = {"reported": None, "complaint_made": None}
    soon = [noise(f"council:{n}", f"2026-01-1{n}", received=at("2026-01-20"), **unstated) for n in (1, 2, 3)]
    late = [noise(f"council:{n}", f"2026-01-1{n}", received=at("2026-05-01"), **unstated) for n in (1, 2, 3)]
    assert findings(soon, "2026-01-20")[0].last_day == date(2026, 7, 10)
    assert findings(late, "2026-05-02") == ()


def test_a_complaint_that_is_yet_to_come_does_not_count() -> None:
    three = [noise(f"council:{n}", f"2026-01-1{n}", complaint_made=at(f"2026-01-2{n}")) for n in (1, 2, 3)]
    assert findings(three, "2026-01-22")[0].status is ReviewStatus.APPROACHING
    assert findings(three, "2026-01-23")[0].status is ReviewStatus.ELIGIBLE


def test_one_report_of_hate_is_enough_where_the_area_says_so() -> None:
    hateful = [noise("police:1", "2026-01-15", hate=True)]
    assert findings(hateful, "2026-01-16") == ()
    (found,) = findings(hateful, "2026-01-16", HATE_AT_ONE)
    assert (found.status, found.hate, found.last_day) == (ReviewStatus.ELIGIBLE, True, date(2026, 7, 14))


def test_only_relevant_bodies_count() -> None:
    bodies = Procedure(valid_from=date(2020, 1, 1), source="local", relevant_bodies=frozenset({"police", "council"}))
    three = [noise(f"{agency}:1", "2026-01-15") for agency in ("police", "council", "charity")]
    assert findings(three, "2026-01-16", bodies)[0].status is ReviewStatus.APPROACHING


def test_what_became_a_crime_counts_only_where_the_area_says_so() -> None:
    three = [noise("police:1", "2026-01-15"), noise("police:2", "2026-01-16"), noise("police:3", "2026-01-17")]
    three[2] = noise("police:3", "2026-01-17", crimed=True)
    counting = Procedure(valid_from=date(2020, 1, 1), source="local", count_crimed=True)
    assert findings(three, "2026-01-18")[0].status is ReviewStatus.APPROACHING
    assert findings(three, "2026-01-18", counting)[0].status is ReviewStatus.ELIGIBLE


def test_summaries_and_public_statistics_are_no_complaints() -> None:
    assert findings([noise(f"police:{n}", "2026-01-15", kind_countable=False) for n in range(3)], "2026-01-16") == ()


def test_a_threshold_of_two_is_approached_at_one_and_one_of_one_is_never_approached() -> None:
    two = Procedure(valid_from=date(2020, 1, 1), source="local", threshold=2)
    one = Procedure(valid_from=date(2020, 1, 1), source="local", threshold=1)
    single = [noise("police:1", "2026-01-15")]
    assert findings(single, "2026-01-16", two)[0].status is ReviewStatus.APPROACHING
    assert findings(single, "2026-01-16", one)[0].status is ReviewStatus.ELIGIBLE


def test_a_new_procedure_holds_from_its_first_day() -> None:
    lower = Procedure(valid_from=date(2026, 6, 1), source="local", threshold=2)
    two = [noise("police:1", "2026-05-10"), noise("police:2", "2026-05-20")]
    assert findings(two, "2026-05-31 23:00", STATUTORY, lower)[0].status is ReviewStatus.APPROACHING
    assert findings(two, "2026-06-01 00:00", STATUTORY, lower)[0].last_day == date(2026, 11, 9)


def test_the_last_day_does_not_outlive_the_procedure_that_gives_it() -> None:
    lenient = Procedure(valid_from=date(2026, 1, 1), source="local", threshold=2)
    strict = Procedure(valid_from=date(2026, 6, 1), source="local", threshold=3)
    two = [noise("police:1", "2026-05-10"), noise("police:2", "2026-05-20")]
    assert findings(two, "2026-05-21", lenient, strict)[0].last_day == date(2026, 5, 31)


@pytest.mark.parametrize(
    ("made", "last"),
    [
        ("2025-08-31", date(2026, 2, 28)),
        ("2027-08-31", date(2028, 2, 29)),
        ("2026-03-29", date(2026, 9, 28)),
        ("2026-10-25 01:30", date(2027, 4, 24)),
        ("2026-04-30 23:30", date(2026, 10, 29)),
    ],
)
def test_six_months_are_calendar_months_in_london(made: str, last: date) -> None:
    one = Procedure(valid_from=date(2020, 1, 1), source="local", threshold=1)
    assert findings([noise("police:1", made)], made, one)[0].last_day == last


SOME_DAYS = st.dates(date(2027, 6, 1), date(2028, 8, 31))


@st.composite
def procedures(draw: st.DrawFn) -> tuple[Procedure, ...]:
    first_days = draw(st.lists(SOME_DAYS, unique=True, max_size=3).map(sorted))
    return tuple(
        Procedure(
            valid_from=first,
            source="local",
            threshold=draw(st.integers(1, 3)),
            hate_threshold=draw(st.none() | st.integers(1, 2)),
            counts=draw(st.sampled_from(Counts)),
            complaint_months=draw(st.integers(1, 2)),
            application_months=draw(st.integers(1, 6)),
            count_crimed=draw(st.booleans()),
        )
        for first in first_days
    )


@st.composite
def problem(draw: st.DrawFn) -> list[IncidentFact]:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    numbers = iter(range(sum(sizes)))
    return [incident(*(draw(reports(next(numbers), SOME_DAYS)) for _ in range(size))) for size in sizes]


def months_on(day: date, months: int) -> tuple[int, int, int]:
    """The corresponding date, which may be no date at all: comparable with dates as a triple."""
    month = day.year * 12 + day.month - 1 + months
    return month // 12, month % 12 + 1, day.day


def is_met_on(day: date, complaints: tuple[Complaint, ...], dated: tuple[Procedure, ...]) -> bool:
    """Section 104(4) and (11), read plainly for one day."""
    procedure = max(
        (each for each in dated if each.valid_from <= day), key=lambda each: each.valid_from, default=STATUTORY
    )
    units, hateful = set(), set()
    for each in complaints:
        made = (each.made_last.year, each.made_last.month, each.made_last.day)
        in_time = made < months_on(each.behaviour, procedure.complaint_months)
        not_stale = (day.year, day.month, day.day) < months_on(each.made_first, procedure.application_months)
        if in_time and not_stale and (procedure.count_crimed or not each.crimed):
            whom = each.agency if procedure.counts is Counts.COMPLAINTS else ""
            units.add((each.incident_id, whom))
            if each.hate:
                hateful.add((each.incident_id, whom))
    by_hate = procedure.hate_threshold is not None and len(hateful) >= procedure.hate_threshold
    return len(units) >= procedure.threshold or by_hate


@given(problem(), procedures(), SOME_DAYS)
def test_the_last_day_is_the_one_that_asking_day_by_day_gives(
    incidents: list[IncidentFact], dated: tuple[Procedure, ...], today: date
) -> None:
    complaints = complaints_of(incidents, on(today))
    day = today
    while is_met_on(day, complaints, dated):
        day += timedelta(days=1)
    expected = None if day == today else day - timedelta(days=1)
    assert last_day_to_apply(complaints, dated, today) == expected


@given(problem(), SOME_DAYS, SOME_DAYS)
def test_time_alone_never_brings_the_last_day_nearer_or_farther(
    incidents: list[IncidentFact], one: date, other: date
) -> None:
    early, late = sorted((one, other))
    complaints = complaints_of(incidents, on(early))
    before = last_day_to_apply(complaints, (), early)
    after = last_day_to_apply(complaints, (), late)
    assert after in (before, None)
    assert (after is None) == (before is None or before < late)
