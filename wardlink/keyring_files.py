"""Where the keyring lies, and how its passphrase is asked for."""

from pathlib import Path

import typer

from schemas.errors import Refused
from vault.ring_file import public_path, state_path, write_private
from wardlink.settings import Settings, load

SHORTEST_PASSPHRASE = 12
"""Characters; a backup may be copied and guessed at for years."""


def keyring_path(settings: Settings) -> Path:
    """keyring.json in the keyring's folder."""
    return settings.keyring_folder / "keyring.json"


def hand_out(settings: Settings) -> None:
    """Copies what seals and cannot open, and the note of the last backup, to the folder that is set for that."""
    path, folder = keyring_path(settings), settings.keyring_public
    for kept in (public_path(path), state_path(path)):
        if folder is not None and kept.exists():
            write_private(folder.expanduser().absolute() / kept.name, kept.read_bytes())


def new_passphrase(file: Path | None) -> str:
    """The passphrase for a new backup, from a file (or the setting that names one) or asked for twice.

    Refused when it is too short.
    """
    file = file or load().keyring_passphrase_file
    words = _from_file(file) if file else typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True)
    if len(words) < SHORTEST_PASSPHRASE:
        raise Refused(f"the passphrase has fewer than {SHORTEST_PASSPHRASE} characters: take a longer one")
    return str(words)


def known_passphrase(file: Path | None) -> str:
    """The passphrase of a backup that exists, from a file or asked for."""
    file = file or load().keyring_passphrase_file
    return _from_file(file) if file else str(typer.prompt("Passphrase", hide_input=True))


def _from_file(file: Path) -> str:
    try:
        return file.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"the passphrase file {file} cannot be read ({type(error).__name__})") from None
