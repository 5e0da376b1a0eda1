"""Backups of the keyring: trusted only once opened, compared and noted."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from schemas.errors import Refused
from tests.vault.conftest import CAMDEN, HACKNEY, NOON
from vault.backup import BackupState, Verified, backup_state, open_backup, restore_backup, verify_backup, write_backup
from vault.keyring import Keyring
from vault.ring_file import public_path, state_path

CHEAP = 2**10
WORDS = "open sesame"


@pytest.fixture
def path(ring: Keyring, tmp_path: Path) -> Path:
    path = tmp_path / "live" / "keyring.json"
    ring.save(path)
    return path


@pytest.fixture
def backup(path: Path, tmp_path: Path) -> Path:
    target = tmp_path / "elsewhere" / "keyring.backup"
    write_backup(path, target, WORDS, cost=CHEAP)
    return target


def test_a_backup_holds_the_whole_ring_for_its_owner_only(ring: Keyring, backup: Path) -> None:
    assert open_backup(backup, WORDS) == ring
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_never_takes_the_place_of_another_file(path: Path, backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(Refused, match="new file"):
        write_backup(path, backup, WORDS, cost=CHEAP)
    assert backup.read_bytes() == before


def test_nothing_is_trusted_before_a_backup_is_verified(path: Path, backup: Path) -> None:
    state = backup_state(path, NOON)
    assert state == BackupState(None, False, None)
    assert not state.is_trusted
    assert state.is_stale


def test_a_verified_backup_is_trusted_and_ages(path: Path, backup: Path) -> None:
    assert verify_backup(path, backup, WORDS, NOON) == Verified(keys=2, destroyed=0)
    assert backup_state(path, NOON + timedelta(days=90, hours=23)) == BackupState(NOON, True, 90)
    assert backup_state(path, NOON).is_trusted
    assert not backup_state(path, NOON + timedelta(days=90)).is_stale
    assert backup_state(path, NOON + timedelta(days=91)).is_stale
    assert backup_state(path, NOON + timedelta(days=91)).is_trusted


def test_the_state_can_be_asked_where_there_is_only_the_public_ring(path: Path, backup: Path) -> None:
    verify_backup(path, backup, WORDS, NOON)
    path.unlink()
    assert backup_state(path, NOON).is_trusted


def test_a_new_key_is_not_covered_until_a_new_backup_is_verified(path: Path, backup: Path, tmp_path: Path) -> None:
    verify_backup(path, backup, WORDS, NOON)
    Keyring.load(path).with_area("E06000001", NOON).save(path)
    assert backup_state(path, NOON) == BackupState(NOON, False, 0)
    assert not backup_state(path, NOON).is_trusted
    with pytest.raises(Refused, match="E06000001"):
        verify_backup(path, backup, WORDS, NOON)
    write_backup(path, tmp_path / "second", WORDS, cost=CHEAP)
    verify_backup(path, tmp_path / "second", WORDS, NOON)
    assert backup_state(path, NOON).is_trusted


def test_a_rotated_key_is_not_covered_either(path: Path, backup: Path) -> None:
    verify_backup(path, backup, WORDS, NOON)
    Keyring.load(path).rotated(HACKNEY, NOON).save(path)
    assert not backup_state(path, NOON).is_trusted


def test_a_backup_that_keeps_destroyed_keys_is_told(path: Path, backup: Path) -> None:
    Keyring.load(path).rotated(CAMDEN, NOON).save(path)
    target = backup.with_name("after rotation")
    write_backup(path, target, WORDS, cost=CHEAP)
    Keyring.load(path).retired(NOON + timedelta(days=1)).save(path)
    assert verify_backup(path, target, WORDS, NOON) == Verified(keys=3, destroyed=1)


def test_a_backup_of_another_keyring_is_refused(path: Path, backup: Path) -> None:
    verify_backup(path, backup, WORDS, NOON)
    Keyring.create().save(path)
    assert not backup_state(path, NOON).is_trusted
    with pytest.raises(Refused, match="another keyring"):
        verify_backup(path, backup, WORDS, NOON)


def test_a_backup_that_does_not_open_notes_nothing(path: Path, backup: Path) -> None:
    with pytest.raises(Refused, match="does not open"):
        verify_backup(path, backup, "open barley", NOON)
    backup.write_bytes(backup.read_bytes()[:-1])
    with pytest.raises(Refused, match="does not open"):
        verify_backup(path, backup, WORDS, NOON)
    assert not state_path(path).exists()


def test_a_missing_backup_is_refused(path: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no"):
        verify_backup(path, tmp_path / "nowhere", WORDS, NOON)


@pytest.mark.parametrize("note", [b"", b"{}", b'{"format": "wardlink keyring backup state", "version": 1}'])
def test_a_damaged_note_is_refused_with_the_remedy(path: Path, note: bytes) -> None:
    state_path(path).write_bytes(note)
    with pytest.raises(Refused, match="wardlink keyring verify"):
        backup_state(path, NOON)


def test_a_lost_keyring_is_restored_and_its_backup_trusted(ring: Keyring, path: Path, backup: Path) -> None:
    path.unlink()
    public_path(path).unlink()
    assert restore_backup(path, backup, WORDS, NOON) == ring
    assert Keyring.load(path) == ring
    assert backup_state(path, NOON).is_trusted


def test_restoring_never_loses_a_key(path: Path, backup: Path) -> None:
    newer = Keyring.load(path).with_area("E06000001", NOON)
    newer.save(path)
    with pytest.raises(Refused, match="move it away"):
        restore_backup(path, backup, WORDS, NOON)
    assert Keyring.load(path) == newer


def test_restoring_never_takes_the_place_of_another_keyring(path: Path, backup: Path) -> None:
    Keyring.create().save(path)
    with pytest.raises(Refused, match="move it away"):
        restore_backup(path, backup, WORDS, NOON)


def test_restoring_over_the_same_keyring_changes_nothing(ring: Keyring, path: Path, backup: Path) -> None:
    assert restore_backup(path, backup, WORDS, NOON) == ring
