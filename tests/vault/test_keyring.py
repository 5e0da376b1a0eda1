"""The keyring: what is kept, what connectors get, and what is destroyed."""

import json
import stat
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Refused
from tests.vault.conftest import CAMDEN, HACKNEY, NOON
from vault.keyring import Keyring, PublicRing
from vault.ring_file import public_path

areas = st.lists(st.text(min_size=1, max_size=12), max_size=4)
moments = st.datetimes(min_value=datetime(2020, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants it


@settings(max_examples=30)
@given(areas, areas, moments, st.randoms(use_true_random=False))
def test_a_ring_and_its_public_half_survive_being_written(
    added: list[str], rotated: list[str], now: datetime, random: "object"
) -> None:
    ring = Keyring.create()
    for area in added:
        ring = ring.with_area(area, now)
    for area in rotated:
        ring = ring.rotated(area, now) if area in ring.areas else ring
    assert Keyring.from_json(ring.to_json()) == ring
    assert PublicRing.from_json(ring.public().to_json()) == ring.public()


def test_the_public_ring_holds_no_private_byte(ring: Keyring) -> None:
    turned = ring.rotated(HACKNEY, NOON)
    written = turned.public().to_json()
    secrets = turned.secrets
    hidden = [secrets.blind_index, secrets.node, secrets.feature, *(pair.private for pair in turned.pairs)]
    for secret in hidden:
        assert secret is not None
        assert b64encode(secret) not in written
        assert secret.hex().encode() not in written
    assert b64encode(secrets.row_hash) in written


def test_nothing_secret_is_shown_when_a_ring_is_printed(ring: Keyring) -> None:
    shown = repr(ring) + repr(ring.public())
    for secret in (*(pair.private for pair in ring.pairs), ring.node_key, ring.row_hash_key):
        assert repr(secret) not in shown


def test_the_secrets_are_four_different_keys(ring: Keyring) -> None:
    keys = {ring.blind_index_key, ring.node_key, ring.feature_key, ring.row_hash_key}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 4


def test_the_same_randomness_makes_the_same_ring(seeded: Callable[[int], bytes]) -> None:
    import random

    again = random.Random(7).randbytes
    first = Keyring.create(seeded).with_area(HACKNEY, NOON, seeded)
    assert Keyring.create(again).with_area(HACKNEY, NOON, again) == first


def test_an_area_gets_one_pair_however_often_it_is_added(ring: Keyring) -> None:
    assert ring.with_area(HACKNEY, NOON) is ring


def test_an_area_without_a_key_is_refused_with_the_command(ring: Keyring) -> None:
    with pytest.raises(Refused, match="wardlink keyring area E06000001"):
        ring.public().current("E06000001")
    with pytest.raises(Refused, match="wardlink keyring area E06000001"):
        ring.rotated("E06000001", NOON)


def test_a_rotated_area_seals_to_the_new_pair_and_keeps_the_old_one_for_opening(ring: Keyring) -> None:
    old = ring.public().current(HACKNEY)
    turned = ring.rotated(HACKNEY, NOON + timedelta(days=30))
    assert turned.public().current(HACKNEY).key_id != old.key_id
    kept = turned.pair(old.key_id)
    assert kept is not None
    assert kept.private is not None
    assert kept.retired == NOON + timedelta(days=30)
    assert turned.public().current(CAMDEN) == ring.public().current(CAMDEN)


def test_retiring_destroys_only_private_halves_that_were_retired_before(ring: Keyring) -> None:
    turned = ring.rotated(HACKNEY, NOON).rotated(HACKNEY, NOON + timedelta(days=10))
    left = turned.retired(NOON + timedelta(days=5))
    assert [pair.private is None for pair in left.pairs if pair.area == HACKNEY] == [True, False, False]
    assert left.public() == turned.public()
    assert left.retired(NOON + timedelta(days=5)) == left


def test_a_destroyed_private_half_is_not_in_the_file(ring: Keyring) -> None:
    private = ring.pairs[0].private
    assert private is not None
    left = ring.rotated(HACKNEY, NOON).retired(NOON + timedelta(days=1))
    assert b64encode(private) in ring.to_json()
    assert b64encode(private) not in left.to_json()


def test_saving_writes_both_files_for_their_owner_only(ring: Keyring, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "keyring.json"
    ring.save(path)
    assert Keyring.load(path) == ring
    assert PublicRing.load(path) == ring.public()
    for file in (path, public_path(path)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {file.name for file in path.parent.iterdir()} == {"keyring.json", "keyring.public.json"}


def test_a_crash_while_saving_leaves_the_old_ring(
    ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keyring.json"
    ring.save(path)

    def crash(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", crash)
    with pytest.raises(OSError, match="disk full"):
        ring.rotated(HACKNEY, NOON).save(path)
    assert Keyring.load(path) == ring
    assert {file.name for file in tmp_path.iterdir()} == {"keyring.json", "keyring.public.json"}


def test_a_connector_needs_only_the_public_file(ring: Keyring, tmp_path: Path) -> None:
    path = tmp_path / "keyring.json"
    ring.save(path)
    path.unlink()
    assert PublicRing.load(path).areas == tuple(sorted((HACKNEY, CAMDEN)))


def test_a_missing_keyring_is_refused_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="wardlink keyring init"):
        Keyring.load(tmp_path / "keyring.json")
    with pytest.raises(Refused, match="wardlink keyring init"):
        PublicRing.load(tmp_path / "keyring.json")


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"[]",
        lambda content: content[: len(content) // 2],
        lambda content: json.dumps({**json.loads(content), "format": "something else"}).encode(),
        lambda content: json.dumps({**json.loads(content), "version": 2}).encode(),
        lambda content: json.dumps({**json.loads(content), "pairs": [{}], "keys": [{}]}).encode(),
        lambda content: json.dumps({**json.loads(content), "secrets": {}, "row_hash_key": "?"}).encode(),
    ],
)
def test_a_damaged_ring_is_refused(ring: Keyring, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Refused):
        Keyring.from_json(damage(ring.to_json()))
    with pytest.raises(Refused):
        PublicRing.from_json(damage(ring.public().to_json()))


def test_a_fingerprint_names_the_ring_and_stays_when_areas_change(ring: Keyring) -> None:
    assert ring.rotated(HACKNEY, NOON).public().fingerprint == ring.public().fingerprint
    assert Keyring.create().public().fingerprint != ring.public().fingerprint
