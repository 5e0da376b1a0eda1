"""Agreements files: what they must say, and every mistake told at once."""

from importlib.resources import files

import pytest

from policy.agreement import load_agreements
from policy.months import start_of
from schemas.errors import Refused
from tests.policy.factory import AGREEMENT, agreements, at

GOOD = AGREEMENT.format(giver="police", taker="housing", tier="CASE")


def mistakes_of(text: str) -> str:
    with pytest.raises(Refused) as refused:
        load_agreements(text)
    return str(refused.value)


def test_the_demonstration_agreements_are_six_one_way_promises_that_cite_the_1998_act() -> None:
    text = (files("policy") / "agreements" / "demo.yaml").read_text("utf-8")
    loaded = load_agreements(text)
    pairs = {(agreement.giver, agreement.taker) for agreement in loaded.all}
    assert len(loaded.all) == len(pairs) == 6
    assert {agreement.legal_basis for agreement in loaded.all} == {"Crime and Disorder Act 1998 section 115"}


def test_every_mistake_of_a_file_is_told_at_once() -> None:
    message = mistakes_of(
        """
agreements:
  - {id: A B, version: 0, from: police, to: police, roles: {boss: CASE, caseworker: ALL}, purpose: '',
     regime: GDPR, named_restrictions: [GHOSTS], valid_from: 2026-02-30, valid_until: 2027-01-01}
  - nothing
"""
    )
    for told in (
        "agreements[0].id:",
        "agreements[0].version:",
        "agreements[0].to: must be another agency",
        "agreements[0].roles.boss: is no role",
        "agreements[0].roles.caseworker: must be a tier",
        "agreements[0].purpose:",
        "agreements[0].legal_basis: is missing",
        "agreements[0].regime: must be of",
        "agreements[0].named_restrictions: must be of",
        "agreements[0].valid_from: must be a date",
        "agreements[0].valid_until: is not known",
        "agreements[1]: must be a mapping",
    ):
        assert told in message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("agreements: [", "is not YAML"),
        ("just words", "must be a mapping"),
        ("agreements:\n  - {id: a, id: b}", "the key id stands twice"),
        (f"agreements:{GOOD}{GOOD}", "stands twice for police-to-housing"),
        (f"agreements:{GOOD}{GOOD.replace('version: 1', 'version: 2')}", "overlaps version 1"),
        (f"agreements:{GOOD}  excluded: [NOISE]", "agreements[0].excluded: is not known"),
        (f"agreements:{GOOD.replace('2029-12-31', '2019-12-31')}", "must not be before valid_from"),
        (
            f"agreements:{GOOD}  named_restrictions: [CHILD]\n  silent_restrictions: [CHILD]",
            "must not be named as well: CHILD",
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(text: str, told: str) -> None:
    assert told in mistakes_of(text)


def test_a_file_that_is_not_there_is_refused_with_a_remedy(tmp_path) -> None:
    with pytest.raises(Refused, match="give the path"):
        load_agreements(tmp_path / "none.yaml")


def test_a_file_and_its_text_give_the_same(tmp_path) -> None:
    path = tmp_path / "agreements.yaml"
    path.write_text(f"agreements:{GOOD}")
    assert load_agreements(path).all == load_agreements(f"agreements:{GOOD}").all


def test_the_next_change_is_the_first_day_on_which_share_rows_may_differ() -> None:
    loaded = agreements(("police", "housing", "CASE"))
    (only,) = loaded.all
    assert loaded.next_change(at("2019-06-01")) == start_of(only.valid_from) == at("2020-01-01 00:00")
    assert loaded.next_change(at("2020-01-01 00:00")) == at("2030-01-01 00:00")
    assert loaded.next_change(at("2030-01-01 00:00")) is None
