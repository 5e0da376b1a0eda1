"""One backup of everything that cannot be made again: the databases and the keyring, each file sealed.

    FOLDER/manifest.json     what is in it and when it was made
    FOLDER/keyring.backup    the keyring
    FOLDER/main.dump         the truth            FOLDER/keys.dump    the reports' keys
    FOLDER/registry.dump     the schemas' ids, where the registry is our own

All four are sealed under one passphrase, so that a stolen backup tells nothing. Kafka's topics are not part of it: what
they still hold is read again from the restored position.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schemas.errors import Refused
from store.dump import Part, dump, parts, restore
from store.settings import StoreSettings
from vault.backup import open_backup, restore_backup, verify_backup, write_backup
from vault.ring_file import dump as as_document
from vault.ring_file import parse
from vault.sealed_file import SCRYPT_COST, read_sealed, write_sealed

_FORMAT = "wardlink backup"
_REMEDY = "give a folder that `wardlink backup` wrote"


@dataclass(frozen=True, slots=True)
class Place:
    """What is backed up, and by which programs: the keyring, the databases, and the folder of pg_dump."""

    keyring: Path
    store: StoreSettings
    programs: Path


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is: when it was made and which databases it holds."""

    made_at: datetime
    parts: tuple[str, ...]

    def kind(self, part: str) -> str:
        """What a dump says of itself: dumps of different backups are never mixed."""
        return f"database {part} of {self.made_at.isoformat()}"


def back_up(place: Place, folder: Path, passphrase: str, now: datetime, cost: int = SCRYPT_COST) -> Manifest:
    """Writes a new folder and opens it all again; the manifest comes last, so a folder with one is whole.

    Refused when the folder exists or PostgreSQL cannot be dumped.
    """
    if folder.exists():
        raise Refused(f"{folder} exists: give the name of a new folder")
    folder.mkdir(mode=0o700, parents=True)
    wanted = parts(place.store)
    manifest = Manifest(now, tuple(part.name for part in wanted))
    for part in wanted:
        with _dump_file(folder, part.name).open("xb") as file:
            write_sealed(file, manifest.kind(part.name), dump(part, place.programs), passphrase, cost=cost)
    for part in wanted:
        _check(folder, manifest, part, passphrase)
    write_backup(place.keyring, folder / "keyring.backup", passphrase, cost=cost)
    verify_backup(place.keyring, folder / "keyring.backup", passphrase, now)
    (folder / "manifest.json").write_bytes(_as_json(manifest))
    return manifest


def put_back(place: Place, folder: Path, passphrase: str, now: datetime) -> Manifest:
    """Restores a backup over what is there. Everything is opened and checked before anything is changed.

    Each database is replaced in one transaction, the reports' keys before the reports that need them.
    """
    manifest = _read_manifest(folder)
    wanted = _wanted(manifest, place.store)
    open_backup(folder / "keyring.backup", passphrase)
    for part in wanted:
        _check(folder, manifest, part, passphrase)
    restore_backup(place.keyring, folder / "keyring.backup", passphrase, now)
    for part in reversed(wanted):
        restore(part, place.programs, _content(folder, manifest, part, passphrase))
    return manifest


def _wanted(manifest: Manifest, store: StoreSettings) -> tuple[Part, ...]:
    here = {part.name: part for part in parts(store)}
    missing = [name for name in manifest.parts if name not in here]
    if missing:
        raise Refused(f"the backup holds {', '.join(missing)}, for which no database is set here: set its DSN")
    return tuple(here[name] for name in manifest.parts)


def _content(folder: Path, manifest: Manifest, part: Part, passphrase: str) -> Iterator[bytes]:
    try:
        with _dump_file(folder, part.name).open("rb") as file:
            yield from read_sealed(file, manifest.kind(part.name), passphrase)
    except FileNotFoundError:
        raise Refused(f"{folder} lacks the dump of {part.name}: {_REMEDY}") from None


def _check(folder: Path, manifest: Manifest, part: Part, passphrase: str) -> None:
    """Refused when a dump does not open to its end."""
    for _ in _content(folder, manifest, part, passphrase):
        pass


def _dump_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.dump"


def _as_json(manifest: Manifest) -> bytes:
    return as_document(_FORMAT, {"made_at": manifest.made_at.isoformat(), "parts": manifest.parts})


def _read_manifest(folder: Path) -> Manifest:
    try:
        content = parse(_FORMAT, (folder / "manifest.json").read_bytes(), _REMEDY)
        return Manifest(datetime.fromisoformat(content["made_at"]), tuple(map(str, content["parts"])))
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(f"{folder} is not a whole backup: {_REMEDY}") from None
    except (KeyError, TypeError, ValueError):
        raise Refused(f"the manifest of {folder} is damaged: {_REMEDY}") from None
