"""The processes' log files: kept small by the supervisor, read by `wardlink logs`."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import Refused
from wardlink.stack.home import Home

LARGEST = 10_000_000
"""Bytes after which a log is set aside as NAME.log.1, replacing the one before it."""

_LOOK_AGAIN = 0.25


def rotate(home: Home, largest: int = LARGEST) -> None:
    """Sets aside what has grown too large: copied, then emptied, because its process goes on writing to it."""
    for path in home.log.glob("*.log"):
        if path.stat().st_size > largest:
            shutil.copyfile(path, path.with_suffix(".log.1"))
            with path.open("r+b") as file:
                file.truncate(0)


def names(home: Home) -> list[str]:
    """Processes that have a log."""
    return sorted(path.stem for path in home.log.glob("*.log"))


def find(home: Home, name: str) -> Path:
    """The log of a process; Refused when there is none."""
    path = home.log_of(name)
    if name not in names(home):
        raise Refused(f"there is no log of {name}: choose one of {', '.join(names(home)) or 'none yet'}")
    return path


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines of a log."""
    lines = path.read_text("utf-8", errors="replace").splitlines()
    return lines[-count:] if count else []


def follow(path: Path, position: int) -> Iterator[str]:
    """Text as it is appended after a position, for ever; goes on from the beginning when the log is set aside."""
    while True:
        size = path.stat().st_size
        position = 0 if size < position else position
        if size > position:
            with path.open("rb") as file:
                file.seek(position)
                text = file.read()
            position += len(text)
            yield text.decode("utf-8", errors="replace")
        else:
            time.sleep(_LOOK_AGAIN)
