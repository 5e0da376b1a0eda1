"""Postcodes have one spelling, and numbers that keep them apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.postcodes import normalise, number

POSTCODES = st.from_regex(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("E8 1EA", "E8 1EA"),
        ("e81ea", "E8 1EA"),
        ("  n1c\t4ag ", "N1C 4AG"),
        ("SW1A-1AA", "SW1A 1AA"),
        ("W1A\u00a00AX", "W1A 0AX"),
        ("BT1  5GS", "BT1 5GS"),
        ("E8", None),
        ("E8 1E", None),
        ("E8 1EC", None),
        ("12345", None),
        ("not known", None),
        ("E８ 1EA", None),
        ("", None),
    ],
)
def test_a_postcode_is_upper_case_with_one_space_or_none(text: str, postcode: str | None) -> None:
    assert normalise(text) == postcode


@given(POSTCODES, st.sampled_from(["", " ", "  ", "-"]), st.booleans())
def test_spaces_and_case_never_matter(postcode: str, gap: str, lower: bool) -> None:
    written = postcode.replace(" ", gap)
    assert normalise(written.lower() if lower else written) == postcode


@given(st.text())
def test_any_text_is_a_normal_postcode_or_none(text: str) -> None:
    found = normalise(text)
    assert found is None or normalise(found) == found


@given(st.sets(POSTCODES))
def test_no_two_postcodes_have_one_number(postcodes: set[str]) -> None:
    assert len({number(postcode) for postcode in postcodes}) == len(postcodes)
    assert all(0 <= number(postcode) < 36**7 for postcode in postcodes)
