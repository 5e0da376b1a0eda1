"""Backups of the keyring: sealed under a passphrase, and believed in only once they have been opened again.

Without the keyring every sealed report is lost, so sources with personal data are refused until a backup has been
verified. The last verification is noted beside the keyring: when, and which keys it found.
"""

import io
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.errors import Refused
from vault.keyring import Keyring, PublicRing, Random
from vault.ring_file import dump, parse, state_path, write_private
from vault.sealed_file import SCRYPT_COST, read_sealed, write_sealed

KIND = "keyring"
STALE_AFTER_DAYS = 90
"""After so many days without a verified backup `doctor` warns."""

_STATE = "wardlink keyring backup state"
_VERIFY = "verify it again with `wardlink keyring verify BACKUP`"
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class BackupState:
    """What is known of the keyring's backup; `age_days` is None while none was verified."""

    verified_at: datetime | None
    covers_all_areas: bool
    age_days: int | None

    @property
    def is_trusted(self) -> bool:
        """Whether personal data may be sealed: what they are sealed to can be restored."""
        return self.verified_at is not None and self.covers_all_areas

    @property
    def is_stale(self) -> bool:
        """Whether it is time to verify a backup again."""
        return self.age_days is None or self.age_days > STALE_AFTER_DAYS


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found: keys that can be restored, and keys that should no longer exist anywhere."""

    keys: int
    destroyed: int


def write_backup(
    path: Path, target: Path, passphrase: str, random: Random = os.urandom, cost: int = SCRYPT_COST
) -> None:
    """Writes the keyring at `path` to a new file; Refused when there is a file already."""
    if target.exists():
        raise Refused(f"{target} exists: give the name of a new file")
    sealed = io.BytesIO()
    write_sealed(sealed, KIND, [Keyring.load(path).to_json()], passphrase, random, cost)
    write_private(target, sealed.getvalue())


def verify_backup(path: Path, backup: Path, passphrase: str, now: datetime) -> Verified:
    """Opens a backup, compares it with the keyring at `path`, and notes that it is good.

    Refused when it does not open, is of another keyring, or lacks a key that the keyring can still use.
    """
    ring, kept = Keyring.load(path), open_backup(backup, passphrase)
    if kept.secrets != ring.secrets:
        raise Refused("the backup is of another keyring: make one of this with `wardlink keyring backup FILE`")
    missing = {pair.area for pair in ring.pairs if pair.private and not _holds(kept, pair.key_id)}
    if missing:
        raise Refused(f"the backup lacks keys of {', '.join(sorted(missing))}: make a new one and verify that")
    _note(path, ring.public(), now)
    return Verified(len(kept.pairs), sum(_is_destroyed(ring, pair.key_id) for pair in kept.pairs if pair.private))


def restore_backup(path: Path, backup: Path, passphrase: str, now: datetime) -> Keyring:
    """Puts the keyring of a backup at `path`, and notes that the backup is good.

    Refused when a keyring is there that holds what the backup does not.
    """
    kept = open_backup(backup, passphrase)
    if path.exists():
        _refuse_to_lose(Keyring.load(path), kept, path)
    kept.save(path)
    _note(path, kept.public(), now)
    return kept


def open_backup(backup: Path, passphrase: str) -> Keyring:
    """The keyring in a backup; Refused when it does not open."""
    try:
        with backup.open("rb") as file:
            return Keyring.from_json(b"".join(read_sealed(file, KIND, passphrase)))
    except FileNotFoundError:
        raise Refused(f"there is no {backup}: give the file that `wardlink keyring backup` wrote") from None


def backup_state(path: Path, now: datetime) -> BackupState:
    """What is known of the backup of the keyring at `path`; the public ring beside it is enough to ask."""
    ring = PublicRing.load(path)
    noted = _noted(path)
    if noted is None or noted.fingerprint != ring.fingerprint:
        return BackupState(None, False, None)
    covers = all(key.key_id in noted.keys for key in ring.keys)
    age = int((now - noted.verified_at).total_seconds() // _SECONDS_PER_DAY)
    return BackupState(noted.verified_at, covers, age)


@dataclass(frozen=True, slots=True)
class _Note:
    verified_at: datetime
    fingerprint: str
    keys: frozenset[str]


def _note(path: Path, ring: PublicRing, now: datetime) -> None:
    content = {
        "verified_at": now.isoformat(),
        "fingerprint": ring.fingerprint,
        "keys": [key.key_id for key in ring.keys],
    }
    write_private(state_path(path), dump(_STATE, content))


def _noted(path: Path) -> _Note | None:
    try:
        content = parse(_STATE, state_path(path).read_bytes(), _VERIFY)
        verified_at = datetime.fromisoformat(content["verified_at"])
        return _Note(verified_at, content["fingerprint"], frozenset(content["keys"]))
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(f"the note of the last backup is damaged: {_VERIFY}") from error


def _refuse_to_lose(ring: Keyring, kept: Keyring, path: Path) -> None:
    lost = [pair for pair in ring.pairs if pair.private and not _holds(kept, pair.key_id)]
    if lost or ring.secrets != kept.secrets:
        raise Refused(f"{path} holds keys that the backup lacks: back it up, then move it away before you restore")


def _holds(ring: Keyring, key_id: str) -> bool:
    pair = ring.pair(key_id)
    return pair is not None and pair.private is not None


def _is_destroyed(ring: Keyring, key_id: str) -> bool:
    pair = ring.pair(key_id)
    return pair is not None and pair.private is None
