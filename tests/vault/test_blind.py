"""Blind indexes: equal only for equal key, purpose and value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.blind import BLIND_BYTES, blind

keys = st.binary(min_size=16, max_size=64)
purposes = st.text(st.characters(codec="ascii", min_codepoint=33), min_size=1, max_size=16)
values = st.text(max_size=40)


@given(keys, purposes, values)
def test_text_and_its_bytes_are_one_value(key: bytes, purpose: str, value: str) -> None:
    assert blind(key, purpose, value) == blind(key, purpose, value.encode())
    assert len(blind(key, purpose, value)) == BLIND_BYTES


@given(keys, purposes, st.tuples(values, values))
def test_different_values_differ(key: bytes, purpose: str, pair: tuple[str, str]) -> None:
    left, right = pair
    assert (blind(key, purpose, left) == blind(key, purpose, right)) is (left == right)


@given(keys, st.tuples(purposes, purposes), values)
def test_different_purposes_have_nothing_in_common(key: bytes, pair: tuple[str, str], value: str) -> None:
    left, right = pair
    assert (blind(key, left, value) == blind(key, right, value)) is (left == right)


@given(st.tuples(keys, keys).filter(lambda pair: pair[0].rstrip(b"\0") != pair[1].rstrip(b"\0")), purposes, values)
def test_different_keys_have_nothing_in_common(pair: tuple[bytes, bytes], purpose: str, value: str) -> None:
    assert blind(pair[0], purpose, value) != blind(pair[1], purpose, value)


def test_a_purpose_that_does_not_fit_is_a_defect() -> None:
    with pytest.raises(ValueError, match="person"):
        blind(b"k" * 32, "seventeen letters", "value")
