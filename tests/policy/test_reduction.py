"""A case as one reader may see it."""

from hypothesis import given
from hypothesis import strategies as st

from policy.agreement import Agreements
from policy.facts import CaseFact, Reader, ReportFact
from policy.months import london_date
from policy.reduction import Lens, reduce_case
from policy.sharing import Tier, visible
from schemas.vocabulary import PropertyType, Restriction
from tests.policy.factory import COUNCIL, HOUSING, POLICE, agreements, at, incident, report, told, victim, victims

NOW = at("2026-03-05")
OPEN = agreements(
    ("police", "housing", "CASE"), ("police", "council", "SUMMARY"), ("housing", "council", "CASE"),
)  # fmt: skip
STALKING = frozenset({Restriction.STALKING})


def reports_of(case: CaseFact) -> list[ReportFact]:
    return [each for one in case.incidents for each in one.reports]


def seen_ids(case: CaseFact) -> set[str]:
    return {each.report_id for each in reports_of(case)}


def test_what_no_agreement_opens_is_gone_with_its_incident() -> None:
    case = victim(told("police:1", "2026-03-01"), told("council:1", "2026-03-02"))
    seen = reduce_case(case, POLICE, OPEN, NOW)
    assert seen_ids(seen.case) == {"police:1"}
    assert len(seen.case.incidents) == 1
    assert seen.hidden == {}


def test_a_restricted_report_leaves_only_whom_to_ask_and_by_which_agreement() -> None:
    case = victim(told("housing:1", "2026-03-01"), told("police:1", "2026-03-02", restrictions=STALKING))
    seen = reduce_case(case, HOUSING, OPEN, NOW)
    assert seen_ids(seen.case) == {"housing:1"}
    assert seen.hidden == {"police": "police-to-housing@1"}


def test_what_no_agreement_tells_of_is_not_even_hidden() -> None:
    case = victim(told("police:1", "2026-03-01"), told("housing:1", "2026-03-02", restrictions=STALKING))
    assert reduce_case(case, POLICE, OPEN, NOW).hidden == {}


def test_a_source_on_trial_is_not_told_of() -> None:
    case = victim(told("housing:1", "2026-03-01"), told("police:1", restrictions=STALKING, shadow_source=True))
    assert reduce_case(case, HOUSING, OPEN, NOW).hidden == {}


def test_a_summary_shows_category_week_and_lsoa_and_no_day_place_or_hate() -> None:
    whole = report(
        "police:1",
        "2026-03-05 23:30",
        hate=True,
        source_place="flat-1",
        affected_place="home",
        premises=(("source", PropertyType.HOSTEL),),
        lsoa="E01001764",
        case_reference="C/1",
        case_open=True,
    )
    seen = reduce_case(victim(incident(whole)), COUNCIL, OPEN, NOW)
    ((summary,),) = (each.reports for each in seen.case.incidents)
    assert (summary.category, summary.lsoa) == (whole.category, "E01001764")
    assert seen.cited == {"police:1": "police-to-council@1"}
    assert (summary.earliest, summary.latest) == (at("2026-03-02 00:00"), at("2026-03-09 00:00") - 1)
    assert (summary.source_place, summary.affected_place, summary.case_reference) == (None, None, None)
    assert (summary.reported, summary.complaint_made) == (None, None)
    assert not summary.hate
    assert not summary.case_open


def test_the_case_tier_names_nobody() -> None:
    case = victim(told("police:1", "2026-03-05", hate=True))
    (seen,) = reduce_case(case, HOUSING, OPEN, NOW).case.incidents
    assert seen.hate


def test_the_owner_sees_its_own_report_as_it_is() -> None:
    case = victim(told("police:1", "2026-03-05", restrictions=STALKING))
    assert reduce_case(case, POLICE, OPEN, NOW).case == case


@given(victims(), st.sampled_from((POLICE, HOUSING, COUNCIL)))
def test_only_what_is_visible_is_left_and_every_foreign_report_cites_its_agreement(
    case: CaseFact, reader: Reader
) -> None:
    seen = reduce_case(case, reader, OPEN, NOW)
    for each in reports_of(case):
        answer = visible(reader, each, OPEN, NOW)
        assert (each.report_id in seen_ids(seen.case)) == (answer.tier >= Tier.SUMMARY)
    foreign = {each.report_id for each in reports_of(seen.case) if each.agency != reader.agency}
    assert seen.cited.keys() == foreign


@given(victims(), st.sampled_from((POLICE, HOUSING, COUNCIL)))
def test_without_agreements_only_the_readers_own_is_left_and_nothing_is_hidden(case: CaseFact, reader: Reader) -> None:
    seen = reduce_case(case, reader, Agreements(), NOW)
    assert {each.partition(":")[0] for each in seen_ids(seen.case)} <= {reader.agency}
    assert seen.hidden == {}


@given(victims())
def test_a_summary_never_tells_a_day_better_than_its_week(case: CaseFact) -> None:
    seen = reduce_case(case, COUNCIL, OPEN, NOW)
    for each in reports_of(seen.case):
        if seen.cited.get(each.report_id) == "police-to-council@1" and each.earliest is not None:
            assert london_date(each.earliest).weekday() == 0


@given(victims(), victims(), st.sampled_from((POLICE, HOUSING, COUNCIL)))
def test_a_lens_that_has_seen_other_cases_and_days_sees_the_same(
    one: CaseFact, other: CaseFact, reader: Reader
) -> None:
    lens = Lens(reader, OPEN)
    for case, now in ((one, NOW), (other, NOW), (one, at("2031-01-01")), (one, NOW)):
        assert lens.reduce(case, now) == reduce_case(case, reader, OPEN, now)
