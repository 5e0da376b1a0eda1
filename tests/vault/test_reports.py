"""Sealing at rest: a key for each report, and features under a key for each area."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Unfit
from tests.vault.conftest import CAMDEN, HACKNEY
from vault.keyring import Keyring
from vault.reports import FeatureSeal, ReportKey

RING = Keyring.create()

associated = st.binary(max_size=40)
plaintexts = st.binary(max_size=300)
areas = st.sampled_from((HACKNEY, CAMDEN))


@given(associated, plaintexts)
def test_a_report_opens_under_its_own_key(bound: bytes, plaintext: bytes) -> None:
    key = ReportKey.new()
    assert ReportKey(key.key).open(bound, key.seal(bound, plaintext)) == plaintext


@given(associated, associated)
def test_a_report_opens_with_its_own_associated_data_only(own: bytes, other: bytes) -> None:
    key = ReportKey.new()
    sealed = key.seal(own, b"plain")
    if own == other:
        assert key.open(other, sealed) == b"plain"
        return
    with pytest.raises(Unfit):
        key.open(other, sealed)


def changed(sealed: bytes, place: int, difference: int) -> bytes:
    content = bytearray(sealed)
    content[place % len(content)] ^= difference
    return bytes(content)


@given(plaintexts, st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_anywhere_is_noticed(plaintext: bytes, place: int, difference: int) -> None:
    key, features = ReportKey.new(), FeatureSeal(RING)
    with pytest.raises(Unfit):
        key.open(b"a", changed(key.seal(b"a", plaintext), place, difference))
    with pytest.raises(Unfit):
        features.open(HACKNEY, b"a", changed(features.seal(HACKNEY, b"a", plaintext), place, difference))


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_truncated_bytes_are_unfit(length: int) -> None:
    key = ReportKey.new()
    with pytest.raises(Unfit):
        key.open(b"a", key.seal(b"a", b"plain")[:length])


def test_another_reports_key_does_not_open() -> None:
    sealed = ReportKey.new().seal(b"a", b"plain")
    with pytest.raises(Unfit):
        ReportKey.new().open(b"a", sealed)


def test_sealing_twice_gives_different_bytes() -> None:
    key = ReportKey.new()
    assert key.seal(b"a", b"plain") != key.seal(b"a", b"plain")


def test_a_report_key_is_not_shown_when_it_is_printed(seeded: Callable[[int], bytes]) -> None:
    key = ReportKey.new(seeded)
    assert len(key.key) == 32
    assert repr(key.key) not in repr(key)


@given(areas, areas, associated, plaintexts)
def test_features_open_in_their_own_area_only(own: str, other: str, bound: bytes, plaintext: bytes) -> None:
    sealed = FeatureSeal(RING).seal(own, bound, plaintext)
    if own == other:
        assert FeatureSeal(RING).open(other, bound, sealed) == plaintext
        return
    with pytest.raises(Unfit):
        FeatureSeal(RING).open(other, bound, sealed)


def test_features_do_not_open_under_another_keyring() -> None:
    sealed = FeatureSeal(RING).seal(HACKNEY, b"a", b"plain")
    with pytest.raises(Unfit):
        FeatureSeal(Keyring.create()).open(HACKNEY, b"a", sealed)
