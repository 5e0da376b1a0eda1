"""Who sees how much of a report: deny by default, and sharing that never widens."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.agreement import Agreement, Agreements, load_agreements
from policy.facts import Reader, ReportFact, Role
from policy.sharing import Share, Tier, fields_of, share_set, visible
from schemas.errors import Refused
from schemas.vocabulary import Category, Regime, Restriction
from tests.policy.factory import COUNCIL, HOUSING, POLICE, agreements, at, report

NOW = at("2026-03-05")
OPEN = agreements(("police", "housing", "CASE"), ("police", "council", "SUMMARY"))

READERS = [Reader(agency, role) for agency, role in product(("police", "housing", "council", "nobody"), Role)]


@st.composite
def any_report(draw: st.DrawFn) -> ReportFact:
    return report(
        f"{draw(st.sampled_from(('police', 'housing', 'council')))}:1",
        "2026-03-01",
        category=draw(st.sampled_from(Category)),
        restrictions=draw(st.frozensets(st.sampled_from(Restriction), max_size=2)),
    )


@st.composite
def any_agreement(draw: st.DrawFn) -> Agreement:
    giver, taker = draw(st.permutations(("police", "housing", "council")))[:2]
    first, last = sorted(draw(st.lists(st.sampled_from((2024, 2025, 2026, 2027)), min_size=2, max_size=2)))
    named = draw(st.frozensets(st.sampled_from(Restriction)))
    return Agreement(
        id=f"{giver}-to-{taker}-{draw(st.sampled_from('abc'))}",
        version=1,
        giver=giver,
        taker=taker,
        roles=draw(st.dictionaries(st.sampled_from(Role), st.sampled_from(list(Tier)[1:]), min_size=1)),
        purpose="ASB case management",
        legal_basis="Crime and Disorder Act 1998 section 115",
        regime=Regime.UK_GDPR,
        excluded_categories=draw(st.frozensets(st.sampled_from(Category), max_size=3)),
        named=named,
        silent=draw(st.frozensets(st.sampled_from(Restriction), max_size=2)) - named,
        tell_existence=draw(st.booleans()),
        valid_from=date(first, 1, 1),
        valid_to=date(last, 12, 31),
    )


ANY_AGREEMENTS = st.lists(any_agreement(), max_size=6)
ANY_READER = st.sampled_from(READERS)


def test_a_reader_is_an_agency_and_a_role_and_nothing_else() -> None:
    assert Reader.parse("nyc-311/steward") == Reader("nyc-311", Role.STEWARD)
    assert str(Reader.parse("police/caseworker")) == "police/caseworker"


@pytest.mark.parametrize("text", ["", "police", "police/", "police/boss", "/caseworker", "Police/caseworker", "a/b/c"])
def test_a_malformed_reader_is_refused_with_the_form_that_is_right(text: str) -> None:
    with pytest.raises(Refused, match="police/caseworker"):
        Reader.parse(text)


def test_without_an_agreement_nobody_but_the_owner_sees_a_report() -> None:
    rows = share_set(report("police:1", "2026-03-01"), Agreements(), NOW).shares
    assert {row.agency for row in rows} == {"police"}


def test_the_owner_sees_its_own_by_role() -> None:
    tiers = {
        role: visible(Reader("police", role), report("police:1", "2026-03-01"), Agreements(), NOW).tier for role in Role
    }
    assert tiers == {
        Role.CASEWORKER: Tier.PERSON,
        Role.GOVERNANCE: Tier.PERSON,
        Role.STEWARD: Tier.CASE,
        Role.OPERATOR: Tier.EXISTENCE,
    }


def test_three_agencies_get_three_different_answers_about_one_police_report() -> None:
    answers = [visible(reader, report("police:1", "2026-03-01"), OPEN, NOW) for reader in (POLICE, HOUSING, COUNCIL)]
    assert [answer.tier for answer in answers] == [Tier.PERSON, Tier.CASE, Tier.SUMMARY]
    assert [answer.citation for answer in answers] == [None, "police-to-housing@1", "police-to-council@1"]


def test_a_disclosure_cites_its_agreement_its_legal_basis_and_the_names_of_its_fields() -> None:
    answer = visible(COUNCIL, report("police:1", "2026-03-01"), OPEN, NOW)
    assert answer.legal_basis == "Crime and Disorder Act 1998 section 115"
    assert answer.purpose == "ASB case management"
    assert answer.fields == ("agency", "report_id", "category", "week", "lsoa")


def test_each_tier_holds_the_fields_of_those_below_and_persons_are_in_the_last_alone() -> None:
    for lower, higher in zip(list(Tier), list(Tier)[1:], strict=False):
        assert set(fields_of(lower)) < set(fields_of(higher))
    assert {"persons", "contact", "affected_place", "narrative"}.isdisjoint(fields_of(Tier.CASE))


@pytest.mark.parametrize("restriction", Restriction)
def test_a_restricted_report_is_told_only_as_existing(restriction: Restriction) -> None:
    answer = visible(HOUSING, report("police:1", "2026-03-01", restrictions=frozenset({restriction})), OPEN, NOW)
    assert (answer.tier, answer.restricted) == (Tier.EXISTENCE, True)
    assert answer.fields == ("agency",)


@pytest.mark.parametrize("category", [Category.DOMESTIC_ABUSE, Category.SEXUAL_OFFENCE])
def test_a_category_that_is_restricted_by_default_needs_no_flag(category: Category) -> None:
    assert visible(HOUSING, report("police:1", "2026-03-01", category=category), OPEN, NOW).tier is Tier.EXISTENCE


def test_an_agreement_that_names_a_restriction_opens_it() -> None:
    named = agreements(("police", "housing", "CASE"), more="  named_restrictions: [STALKING]\n")
    flagged = report("police:1", "2026-03-01", restrictions=frozenset({Restriction.STALKING}))
    both = report("police:1", "2026-03-01", restrictions=frozenset({Restriction.STALKING, Restriction.CHILD}))
    assert visible(HOUSING, flagged, named, NOW).tier is Tier.CASE
    assert visible(HOUSING, both, named, NOW).tier is Tier.EXISTENCE


def test_of_a_silent_restriction_not_even_the_existence_is_told() -> None:
    silent = agreements(("police", "housing", "CASE"), more="  silent_restrictions: [REFUGE_ADDRESS]\n")
    refuge = report("police:1", "2026-03-01", restrictions=frozenset({Restriction.REFUGE_ADDRESS}))
    assert visible(HOUSING, refuge, silent, NOW).tier is Tier.NONE


def test_an_agreement_says_nothing_of_a_restricted_report_unless_it_promises_to() -> None:
    mute = load_agreements(
        "agreements: " + "\n- {id: a, version: 1, from: police, to: housing, roles: {caseworker: CASE}, purpose: p, "
        "legal_basis: l, regime: UK_GDPR, valid_from: 2020-01-01, valid_to: 2029-12-31}"
    )
    flagged = report("police:1", "2026-03-01", restrictions=frozenset({Restriction.CHILD}))
    assert visible(HOUSING, flagged, mute, NOW).tier is Tier.NONE
    assert visible(HOUSING, report("police:2", "2026-03-01"), mute, NOW).tier is Tier.CASE


def test_an_excluded_category_is_not_told() -> None:
    narrow = agreements(("police", "housing", "CASE"), more="  excluded_categories: [DRUGS]\n")
    assert visible(HOUSING, report("police:1", "2026-03-01", category=Category.DRUGS), narrow, NOW).tier is Tier.NONE
    assert visible(HOUSING, report("police:1", "2026-03-01", category=Category.NOISE), narrow, NOW).tier is Tier.CASE


def test_an_agreement_binds_one_way_and_the_roles_it_names() -> None:
    assert visible(POLICE, report("housing:1", "2026-03-01"), OPEN, NOW).tier is Tier.NONE
    steward = Reader("housing", Role.STEWARD)
    assert visible(steward, report("police:1", "2026-03-01"), OPEN, NOW).tier is Tier.NONE


@pytest.mark.parametrize(
    ("when", "tier"),
    [
        ("2019-12-31 23:59", Tier.NONE),
        ("2020-01-01 00:00", Tier.CASE),
        ("2029-12-31 23:59", Tier.CASE),
        ("2030-01-01 00:00", Tier.NONE),
    ],
)
def test_an_agreement_holds_on_both_days_of_its_validity_and_not_a_minute_more(when: str, tier: Tier) -> None:
    assert visible(HOUSING, report("police:1", "2026-03-01"), OPEN, at(when)).tier is tier


def test_shares_name_everyone_who_sees_anything() -> None:
    rows = share_set(report("police:1", "2026-03-01"), OPEN, NOW).shares
    assert Share("housing", Role.CASEWORKER, Tier.CASE, "police-to-housing", "1") in rows
    assert Share("council", Role.CASEWORKER, Tier.SUMMARY, "police-to-council", "1") in rows
    assert [row for row in rows if row.agency == "police"] == [
        Share("police", Role.CASEWORKER, Tier.PERSON, None, None),
        Share("police", Role.STEWARD, Tier.CASE, None, None),
        Share("police", Role.OPERATOR, Tier.EXISTENCE, None, None),
        Share("police", Role.GOVERNANCE, Tier.PERSON, None, None),
    ]
    assert len(rows) == 6


@given(any_report(), ANY_AGREEMENTS)
def test_shares_say_of_every_reader_what_the_visibility_function_says(about: ReportFact, made: list[Agreement]) -> None:
    given_to = Agreements(made)
    rows = {(row.agency, row.role): row for row in share_set(about, given_to, NOW).shares}
    for reader in READERS:
        answer = visible(reader, about, given_to, NOW)
        row = rows.get((reader.agency, reader.role))
        assert (answer.tier, answer.agreement, answer.version) == (
            (Tier.NONE, None, None) if row is None else (row.tier, row.agreement, row.version)
        )


@given(any_report(), ANY_AGREEMENTS, ANY_READER, st.data())
def test_removing_an_agreement_never_shows_more(
    about: ReportFact, made: list[Agreement], reader: Reader, data: st.DataObject
) -> None:
    fewer = [agreement for agreement in made if data.draw(st.booleans())]
    assert visible(reader, about, Agreements(fewer), NOW).tier <= visible(reader, about, Agreements(made), NOW).tier


@given(any_report(), ANY_AGREEMENTS, ANY_READER, st.sampled_from(Restriction))
def test_adding_a_restriction_never_shows_more(
    about: ReportFact, made: list[Agreement], reader: Reader, restriction: Restriction
) -> None:
    tighter = report(
        about.report_id, "2026-03-01", category=about.category, restrictions=about.restrictions | {restriction}
    )
    assert visible(reader, tighter, Agreements(made), NOW).tier <= visible(reader, about, Agreements(made), NOW).tier


@given(any_report(), ANY_AGREEMENTS, ANY_READER)
def test_expired_agreements_show_nothing_to_anyone_but_the_owner(
    about: ReportFact, made: list[Agreement], reader: Reader
) -> None:
    later = at("2040-01-01")
    assert reader.agency == about.agency or visible(reader, about, Agreements(made), later).tier is Tier.NONE


@given(any_report(), ANY_AGREEMENTS, ANY_READER, st.randoms())
def test_visibility_depends_on_its_arguments_alone(
    about: ReportFact, made: list[Agreement], reader: Reader, random
) -> None:
    before = visible(reader, about, Agreements(made), NOW)
    for other in READERS:
        visible(other, about, Agreements(made), NOW)
    shuffled = random.sample(made, len(made))
    assert visible(reader, about, Agreements(shuffled), NOW).tier == before.tier


@given(any_report(), ANY_AGREEMENTS, ANY_READER)
def test_whatever_another_agency_sees_cites_an_agreement_in_force_for_its_role(
    about: ReportFact, made: list[Agreement], reader: Reader
) -> None:
    answer = visible(reader, about, Agreements(made), NOW)
    if reader.agency != about.agency and answer.tier > Tier.NONE:
        cited = [each for each in made if each.citation == answer.citation and each.giver == about.agency]
        assert any(each.taker == reader.agency and reader.role in each.roles for each in cited)


@given(any_report(), any_report(), ANY_AGREEMENTS)
def test_sets_of_shares_have_one_name_only_if_they_say_the_same(
    one: ReportFact, other: ReportFact, made: list[Agreement]
) -> None:
    left, right = (share_set(each, Agreements(made), NOW) for each in (one, other))
    assert (left.set_id == right.set_id) == (left.shares == right.shares)
