"""`wardlink keyring`: the keys that everything personal is sealed under, and their backup."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.errors import Refused

if TYPE_CHECKING:
    from vault.keyring import KeyPair

Areas = Annotated[list[str], typer.Argument(help="Codes such as E09000012, or unplaced:AGENCY.", show_default=False)]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File that holds the passphrase; it is asked for otherwise.")
]
Backup = Annotated[Path, typer.Argument(help="The file that `wardlink keyring backup` wrote.", show_default=False)]

MARGIN_DAYS = 2
"""Beyond the topics' retention: segments are removed some hours late, and a connector seals for a day with one key."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(no_args_is_help=True, help="The keys that personal data are sealed under, and their backup.")
    for name, command in _COMMANDS.items():
        group.command(name)(command)
    app.add_typer(group, name="keyring")


def init(
    areas: Annotated[list[str] | None, typer.Option("--area", help="An area to make a key for; repeat it.")] = None,
) -> None:
    """Make a new keyring."""
    from vault.keyring import Keyring

    path = _path()
    if path.exists():
        raise Refused(f"{path} exists: give it another area with `wardlink keyring area CODE`")
    ring = Keyring.create()
    for area in areas or ():
        ring = ring.with_area(area, datetime.now(UTC))
    ring.save(path)
    _hand_out()
    typer.echo(f"Made {path} with {len(ring.areas)} areas.")
    typer.echo(
        "Back it up now, on another machine: `wardlink keyring backup FILE`, then `wardlink keyring verify FILE`."
    )
    typer.echo("Until then only openly published sources are read. Without its keyring no sealed report can be opened.")


def ensure() -> None:
    """Make a keyring where there is none (what `wardlink up` does first)."""
    if not _path().exists():
        init()
    _hand_out()


def area(codes: Areas) -> None:
    """Give areas their keys; one that has a key keeps it."""
    from vault.keyring import Keyring

    ring = before = Keyring.load(_path())
    for code in codes:
        ring = ring.with_area(code, datetime.now(UTC))
    if ring == before:
        typer.echo("These areas have their keys already.")
        return
    ring.save(_path())
    _hand_out()
    typer.echo(f"Made keys for {len(ring.pairs) - len(before.pairs)} areas. Make and verify a new backup now.")


def rotate(codes: Annotated[list[str] | None, typer.Argument(help="Areas; all by default.")] = None) -> None:
    """Give areas new keys, and destroy those that nothing kept by Kafka is sealed to any more."""
    from vault.keyring import Keyring

    now = datetime.now(UTC)
    ring = Keyring.load(_path())
    codes = list(codes or ring.areas)
    for code in codes:
        ring = ring.rotated(code, now)
    left = ring.retired(now - timedelta(days=_retention_days() + MARGIN_DAYS))
    left.save(_path())
    _hand_out()
    destroyed = sum(was.private != now_is.private for was, now_is in zip(ring.pairs, left.pairs, strict=True))
    typer.echo(f"Rotated {len(codes)} areas, destroyed {destroyed} old keys. Make and verify a new backup now,")
    typer.echo("hand the new keyring.public.json to connectors on other machines, and destroy older backups.")


def backup(target: Annotated[Path, typer.Argument(help="A new file.")], passphrase_file: PassphraseFile = None) -> None:
    """Write the keyring to a new file, sealed under a passphrase."""
    from vault.backup import write_backup
    from wardlink.keyring_files import new_passphrase

    write_backup(_path(), target, new_passphrase(passphrase_file))
    typer.echo(f"Wrote {target}. Keep it and its passphrase on other machines, apart from each other.")
    typer.echo(f"Now check it where it is kept: `wardlink keyring verify {target}`.")


def verify(backup: Backup, passphrase_file: PassphraseFile = None) -> None:
    """Open a backup and compare it with the keyring."""
    from vault.backup import verify_backup
    from wardlink.keyring_files import known_passphrase

    found = verify_backup(_path(), backup, known_passphrase(passphrase_file), datetime.now(UTC))
    _hand_out()
    typer.echo(f"The backup opens and holds every key in use ({found.keys} keys in all).")
    if found.destroyed:
        typer.echo(f"It still holds {found.destroyed} keys that were destroyed: make a new one, then destroy this one.")


def restore(backup: Backup, passphrase_file: PassphraseFile = None) -> None:
    """Put the keyring of a backup back in its place."""
    from vault.backup import restore_backup
    from wardlink.keyring_files import known_passphrase

    ring = restore_backup(_path(), backup, known_passphrase(passphrase_file), datetime.now(UTC))
    _hand_out()
    typer.echo(f"Restored {_path()} with {len(ring.areas)} areas.")


def show() -> None:
    """List the keys and what is known of their backup."""
    from vault.backup import backup_state
    from vault.keyring import Keyring

    for pair in sorted(Keyring.load(_path()).pairs, key=lambda pair: (pair.area, pair.created)):
        typer.echo(f"{pair.area:<24}{pair.key_id:<18}{pair.created:%Y-%m-%d}  {_state(pair)}")
    state = backup_state(_path(), datetime.now(UTC))
    if state.verified_at is None:
        typer.echo("No backup was verified yet.")
        return
    covers = "it holds every key in use" if state.covers_all_areas else "it lacks newer keys: make and verify a new one"
    typer.echo(f"Last backup verified {state.verified_at:%Y-%m-%d}, {state.age_days} days ago; {covers}.")


_COMMANDS: dict[str, Callable[..., None]] = {
    "init": init,
    "ensure": ensure,
    "area": area,
    "rotate": rotate,
    "backup": backup,
    "verify": verify,
    "restore": restore,
    "list": show,
}


def _path() -> Path:
    from wardlink.keyring_files import keyring_path
    from wardlink.settings import load

    return keyring_path(load())


def _hand_out() -> None:
    from wardlink.keyring_files import hand_out
    from wardlink.settings import load

    hand_out(load())


def _retention_days() -> int:
    from schemas.topics import INBOUND

    return max(topic.retention_days for topic in INBOUND)


def _state(pair: "KeyPair") -> str:
    if pair.private is None:
        return "destroyed"
    return "in use" if pair.retired is None else f"retired {pair.retired:%Y-%m-%d}, opens only"
