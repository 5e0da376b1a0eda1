"""Sealing on the way: only the keyring opens, only for the area, record and part that it was sealed for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Refused, Unfit
from schemas.records import Sealed
from tests.vault.conftest import CAMDEN, HACKNEY, NOON
from vault import seal as sealing
from vault.keyring import Keyring
from vault.seal import Opener, Sealer

DAY = date(2026, 3, 1)
RING = Keyring.create().with_area(HACKNEY, NOON).with_area(CAMDEN, NOON)

areas = st.sampled_from((HACKNEY, CAMDEN))
ids = st.text(max_size=30)
parts = st.sampled_from(("detail", "monitoring", "original"))
plaintexts = st.binary(max_size=300)


@given(areas, ids, parts, plaintexts)
def test_what_is_sealed_opens_again(area: str, record_id: str, part: str, plaintext: bytes) -> None:
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(area, record_id, plaintext, part)
    assert Opener(RING).open(area, record_id, sealed, part) == plaintext


contexts = st.tuples(areas, ids, parts)


@given(contexts, contexts)
def test_it_opens_for_its_own_area_record_and_part_only(own: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    area, record_id, part = own
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(area, record_id, b"plain", part)
    if own == other:
        assert Opener(RING).open(area, record_id, sealed, part) == b"plain"
        return
    with pytest.raises(Unfit):
        Opener(RING).open(other[0], other[1], sealed, other[2])


def with_bytes(sealed: Sealed, name: str, value: bytes) -> Sealed:
    changes: dict[str, Any] = {name: value}
    return replace(sealed, **changes)


@given(
    st.sampled_from(("wrapped_key", "nonce", "ciphertext")),
    st.integers(min_value=0),
    st.integers(min_value=1, max_value=255),
)
def test_a_changed_byte_anywhere_is_noticed(name: str, place: int, difference: int) -> None:
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(HACKNEY, "met:1", b"plain")
    changed = bytearray(getattr(sealed, name))
    changed[place % len(changed)] ^= difference
    opener = Opener(RING)
    opener.open(HACKNEY, "met:1", sealed)
    with pytest.raises(Unfit):
        opener.open(HACKNEY, "met:1", with_bytes(sealed, name, bytes(changed)))


@pytest.mark.parametrize("name", ["wrapped_key", "nonce", "ciphertext"])
@pytest.mark.parametrize("length", [0, 1, 7])
def test_a_truncated_part_is_unfit(name: str, length: int) -> None:
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(HACKNEY, "met:1", b"plain")
    with pytest.raises(Unfit):
        Opener(RING).open(HACKNEY, "met:1", with_bytes(sealed, name, getattr(sealed, name)[:length]))


def test_another_keyring_cannot_open() -> None:
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(HACKNEY, "met:1", b"plain")
    with pytest.raises(Unfit, match="never held"):
        Opener(Keyring.create().with_area(HACKNEY, NOON)).open(HACKNEY, "met:1", sealed)


def test_another_key_of_the_ring_cannot_open_even_when_the_message_names_it() -> None:
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(HACKNEY, "met:1", b"plain")
    opener = Opener(RING)
    opener.open(HACKNEY, "met:1", sealed)
    renamed = replace(sealed, recipient_key=RING.public().current(CAMDEN).key_id)
    for area in (HACKNEY, CAMDEN):
        with pytest.raises(Unfit):
            opener.open(area, "met:1", renamed)


def test_a_retired_key_goes_on_opening_until_it_is_destroyed() -> None:
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(HACKNEY, "met:1", b"plain")
    turned = RING.rotated(HACKNEY, NOON)
    assert Opener(turned).open(HACKNEY, "met:1", sealed) == b"plain"
    with pytest.raises(Unfit, match="was destroyed"):
        Opener(turned.retired(NOON + timedelta(days=1))).open(HACKNEY, "met:1", sealed)


def test_an_opener_learns_of_keys_that_were_made_after_it() -> None:
    rings = [RING]
    opener = Opener(RING, renew=lambda: rings[-1])
    rings.append(RING.with_area("E06000001", NOON).rotated(HACKNEY, NOON))
    for area in (HACKNEY, "E06000001"):
        sealed = Sealer(rings[-1].public(), "noiseworks", DAY).seal(area, "met:1", b"plain")
        assert opener.open(area, "met:1", sealed) == b"plain"
    foreign = Sealer(Keyring.create().with_area(HACKNEY, NOON).public(), "s", DAY).seal(HACKNEY, "met:1", b"plain")
    with pytest.raises(Unfit, match="never held"):
        opener.open(HACKNEY, "met:1", foreign)


def test_a_failure_names_the_part_and_no_content() -> None:
    sealed = Sealer(RING.public(), "noiseworks", DAY).seal(HACKNEY, "met:17", b"Mrs Example", "monitoring")
    with pytest.raises(Unfit) as caught:
        Opener(RING).open(HACKNEY, "met:18", sealed, "monitoring")
    assert caught.value.field == "monitoring"
    assert "Example" not in str(caught.value)
    assert "met:" not in str(caught.value)


def test_an_area_without_a_key_is_refused() -> None:
    with pytest.raises(Refused, match="wardlink keyring area"):
        Sealer(RING.public(), "noiseworks", DAY).seal("E06000001", "met:1", b"plain")


def wrapped(sealed: list[Sealed]) -> set[bytes]:
    return {one.wrapped_key for one in sealed}


def test_one_content_key_serves_an_area_for_a_day() -> None:
    sealer = Sealer(RING.public(), "noiseworks", DAY)
    same = [sealer.on(DAY).seal(HACKNEY, f"met:{number}", b"plain") for number in range(5)]
    assert len(wrapped(same)) == 1
    assert len({one.nonce for one in same}) == 5
    others = [sealer.seal(CAMDEN, "met:1", b"plain"), sealer.on(DAY + timedelta(days=1)).seal(HACKNEY, "met:1", b"p")]
    assert len(wrapped([*same, *others])) == 3


def test_a_content_key_is_replaced_before_its_nonces_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MESSAGES_PER_KEY", 3)
    sealer = Sealer(RING.public(), "noiseworks", DAY)
    sealed = [sealer.seal(HACKNEY, "met:1", b"plain") for _ in range(7)]
    assert len(wrapped(sealed)) == 3
    assert {Opener(RING).open(HACKNEY, "met:1", one) for one in sealed} == {b"plain"}


def test_content_keys_and_nonces_come_from_the_given_randomness(seeded: Callable[[int], bytes]) -> None:
    import random

    again = random.Random(7).randbytes
    left = Sealer(RING.public(), "noiseworks", DAY, seeded).seal(HACKNEY, "met:1", b"plain")
    right = Sealer(RING.public(), "noiseworks", DAY, again).seal(HACKNEY, "met:1", b"plain")
    assert (left.nonce, left.ciphertext) == (right.nonce, right.ciphertext)
    assert left.wrapped_key != right.wrapped_key


def test_the_opener_remembers_a_bounded_number_of_content_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    unwrapped: list[bytes] = []
    unwrap = Opener._unwrap

    def counting(self: Opener, area: str, sealed: Sealed, part: str) -> bytes:
        unwrapped.append(sealed.wrapped_key)
        return unwrap(self, area, sealed, part)

    monkeypatch.setattr(Opener, "_unwrap", counting)
    first, second, third = (Sealer(RING.public(), "s", DAY).seal(HACKNEY, "met:1", b"plain") for _ in range(3))
    opener = Opener(RING, remembered=2)
    for sealed in (first, second, first, third, first, second):
        opener.open(HACKNEY, "met:1", sealed)
    assert unwrapped == [first.wrapped_key, second.wrapped_key, third.wrapped_key, second.wrapped_key]
