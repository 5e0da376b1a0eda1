"""A watched folder of this machine.

Whoever delivers into it may be less trusted than we are: links are not followed, and only ordinary files count.
"""

import os
import shutil
import stat as mode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from connectors.collect.drive import BLOCK, Away, Drive, Entry, Sink
from schemas.errors import Refused

_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_GONE = (FileNotFoundError, NotADirectoryError)


class LocalDrive(Drive):
    """A folder by its absolute path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not folder.is_dir():
            raise Refused(f"{folder}: there is no such folder (make it, or mend `where`)")

    def entries(self, folder: str = "") -> list[Entry]:
        """Files alone; a folder or link that lies there is left alone."""
        missing = _GONE if folder else ()
        with self._told(), suppress(*missing), os.scandir(self._folder / folder) as found:
            return [entry for one in found if (entry := _entry(one)) is not None]
        return []

    def stat(self, path: str) -> Entry | None:
        """Without following a link."""
        with self._told(), suppress(*_GONE):
            found = os.lstat(self._folder / path)
            return _made(Path(path).name, found) if mode.S_ISREG(found.st_mode) else None
        return None

    def fetch(self, path: str, into: Sink) -> bool:
        """Without following a link."""
        with self._told(), suppress(*_GONE), open(os.open(self._folder / path, _PLAIN), "rb") as stream:
            if not mode.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return False
            shutil.copyfileobj(stream, into, BLOCK)
            return True
        return False

    def write(self, path: str, content: bytes) -> None:
        """By way of a hidden file beside it."""
        target = self._folder / path
        hidden = target.with_name(f".{target.name}")
        with self._told():
            hidden.write_bytes(content)
            hidden.replace(target)

    def move(self, source: str, target: str) -> bool:
        """A rename."""
        with self._told(), suppress(*_GONE):
            os.rename(self._folder / source, self._folder / target)
            return True
        return False

    def remove(self, path: str) -> None:
        """One file."""
        with self._told():
            (self._folder / path).unlink(missing_ok=True)

    def make_folder(self, name: str) -> None:
        """With the rights that the place's own umask gives."""
        with self._told():
            (self._folder / name).mkdir(exist_ok=True)

    def close(self) -> None:
        """There is nothing to give up."""

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (PermissionError, *_GONE) as error:
            raise Refused(
                f"{self._folder}: {error.strerror} (give the user that Wardlink runs as the right to read and write "
                "in it and to make folders)"
            ) from error
        except OSError as error:
            raise Away(f"{self._folder}: {error.strerror or type(error).__name__}") from error


def _entry(found: "os.DirEntry[str]") -> Entry | None:
    """None for what is no ordinary file, or has gone again."""
    with suppress(*_GONE):
        if found.is_file(follow_symlinks=False):
            return _made(found.name, found.stat(follow_symlinks=False))
    return None


def _made(name: str, found: os.stat_result) -> Entry:
    return Entry(name, found.st_size, found.st_mtime_ns // 1000, str(found.st_ino))
