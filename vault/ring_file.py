"""How rings are kept on disk: versioned JSON, written whole or not at all, readable by their owner only."""

import json
import os
import tempfile
from base64 import b64decode, b64encode
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.errors import Refused

VERSION = 1
"""Version of the layout of all files of this room."""


def public_path(path: Path) -> Path:
    """Where the public halves of the keyring at `path` lie: keyring.json → keyring.public.json."""
    return path.with_suffix(".public.json")


def state_path(path: Path) -> Path:
    """Where the last verified backup of the keyring at `path` is noted: keyring.json → keyring.backup.json."""
    return path.with_suffix(".backup.json")


def write_private(path: Path, content: bytes) -> None:
    """Writes a file (mode 0600) that after a crash is either the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:  # also Ctrl-C: a half-written copy of the keys is never left behind
        os.unlink(name)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def dump(kind: str, content: dict[str, Any]) -> bytes:
    """A document of this room as indented JSON."""
    return json.dumps({"format": kind, "version": VERSION, **content}, indent=2).encode() + b"\n"


def parse(kind: str, data: bytes, remedy: str) -> dict[str, Any]:
    """A document of this kind and version; Refused with the remedy for anything else."""
    try:
        content = json.loads(data)
    except ValueError as error:
        raise Refused(f"the {kind} cannot be read as JSON: {remedy}") from error
    if not isinstance(content, dict) or content.get("format") != kind:
        raise Refused(f"the file is not a {kind}: {remedy}")
    if content.get("version") != VERSION:
        raise Refused(f"the {kind} has another version than {VERSION}: use the Wardlink that wrote it")
    return content


def text_of(data: bytes) -> str:
    """Bytes as base64."""
    return b64encode(data).decode()


def bytes_of(text: str) -> bytes:
    """Base64 as bytes; ValueError for anything else."""
    return b64decode(text, validate=True)


def instant_of(text: str | None) -> datetime | None:
    """An ISO 8601 instant with its offset, or None."""
    return None if text is None else datetime.fromisoformat(text)
