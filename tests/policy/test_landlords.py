"""A landlord is told of a repeat place in its stock only where an agreement says so, and then in summaries alone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from policy.agreement import Agreements
from policy.alerting import AlertFact, evaluate, recipients
from policy.facts import CaseFact
from policy.reduction import reduce_case
from schemas.vocabulary import Restriction
from tests.policy.factory import COUNCIL, HOUSING, POLICE, agreements, at, place, plain_rules, told

NOW = at("2026-03-05")
RULES = plain_rules()
BLOCK = agreements(("police", "housing", "CASE"), more="  stock_levels: [block]\n")
HOMES_TOO = agreements(("police", "housing", "SUMMARY"), more="  stock_levels: [uprn, block]\n")
SAYS_NOTHING = agreements(("police", "housing", "PERSON"))


def trouble(subject: str = "block/source", **more: object) -> CaseFact:
    """Six evenings of two flats of one block, told to the police alone; a home of the association's."""
    flats = ("uprn:1", "uprn:2")
    incidents = [
        told(f"police:{day}", f"2026-02-{day:02}", source_place=flats[day % 2], **more) for day in range(10, 22)
    ]
    return replace(place(subject, incidents, dwellings=20), landlords=frozenset({"housing"}))


def alerts(case: CaseFact, by: Agreements) -> tuple[AlertFact, ...]:
    return evaluate(reduce_case(case, HOUSING, by, NOW), HOUSING, RULES, NOW)


def test_a_landlord_is_told_of_a_block_of_which_it_reported_nothing() -> None:
    (alert,) = alerts(trouble(), BLOCK)
    assert alert.rule.startswith("place_block")
    assert alert.agreements == ("police-to-housing@1",)
    assert alert.agencies == ("police",)


def test_a_landlord_and_nobody_else_becomes_a_recipient() -> None:
    assert recipients(trouble()) == (HOUSING, POLICE)
    assert COUNCIL not in recipients(trouble())


def test_an_agreement_that_says_nothing_of_stock_lets_no_landlord_be_told_however_much_it_shares() -> None:
    assert alerts(trouble(), SAYS_NOTHING) == ()
    assert alerts(trouble(), Agreements()) == ()


def test_an_agreement_about_blocks_tells_nothing_of_one_home() -> None:
    assert alerts(trouble("uprn/source"), BLOCK) == ()
    assert alerts(trouble("uprn/source"), HOMES_TOO) != ()


def test_an_agreement_that_has_ended_tells_nothing() -> None:
    ended = agreements(("police", "housing", "CASE"), more="  stock_levels: [block]\n")
    assert ended.all[0].stock_levels == {"block"}
    past = Agreements([replace(ended.all[0], valid_to=ended.all[0].valid_from)])
    assert alerts(trouble(), past) == ()


def test_of_what_is_restricted_a_landlord_hears_not_even_that_it_exists() -> None:
    case = trouble(restrictions=frozenset({Restriction.STALKING}))
    seen = reduce_case(case, HOUSING, BLOCK, NOW)
    assert (seen.case.incidents, seen.hidden) == ((), {})


def test_an_agency_that_holds_no_home_there_is_told_nothing_by_the_same_agreement() -> None:
    case = replace(trouble(), landlords=frozenset[str]())
    assert alerts(case, BLOCK) == ()


def test_a_landlord_that_told_of_it_itself_sees_what_its_agreement_gives_its_caseworkers() -> None:
    case = trouble()
    mine = replace(case, incidents=(*case.incidents, told("housing:1", "2026-02-11")))
    seen = reduce_case(mine, HOUSING, BLOCK, NOW)
    assert not seen.as_landlord
    assert all(report.reported is not None for each in seen.case.incidents for report in each.reports)


@given(st.sampled_from(("block/source", "uprn/source", "street/occurred")), st.sampled_from((BLOCK, HOMES_TOO)))
def test_a_landlord_never_sees_a_day_or_a_reference(subject: str, by: Agreements) -> None:
    seen = reduce_case(trouble(subject, case_reference="C1", hate=True), HOUSING, by, NOW)
    for report in (report for incident in seen.case.incidents for report in incident.reports):
        assert (report.reported, report.case_reference, report.hate) == (None, None, False)
        assert report.latest is not None
        assert report.earliest is not None
        assert report.latest - report.earliest > 6 * 24 * 3_600_000_000
