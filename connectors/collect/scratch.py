"""Private temporary copies: a file is never held in memory as a whole, and no copy outlives its reading.

Copies of one process lie in a folder of its own (mode 0700, files 0600), which it keeps locked; what a process that was
killed has left is removed by the next one that starts.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from schemas.errors import Unavailable

_LOCK = ".lock"
_LONGEST_NAME = 200


class Scratch:
    """The folder of this process below `root`, which may be shared by others of its kind.

    `beat` is called with every block that is written; whatever it raises ends the copying.
    """

    def __init__(self, root: Path, beat: Callable[[], None] = lambda: None) -> None:
        self._beat = beat
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(root):
            _remove_left_over(root)
            self._folder = Path(tempfile.mkdtemp(dir=root))
            self._lock = _open_lock(self._folder)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)

    @contextmanager
    def copy_of(self, label: str) -> Iterator["Copy"]:
        """An empty file that bears a file's name, since sources tell rows by it; removed after the block."""
        inner = Path(tempfile.mkdtemp(dir=self._folder))
        path = inner / _short(label)
        stream = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")  # noqa: SIM115
        try:
            yield Copy(path, stream, self._beat)
        finally:
            with suppress(OSError):  # a full disk was told when it was met
                stream.close()
            shutil.rmtree(inner, ignore_errors=True)


class Copy:
    """A temporary copy; `path` is whole after `end`. Raises Unavailable when the disk is full."""

    def __init__(self, path: Path, stream: BinaryIO, beat: Callable[[], None]) -> None:
        self.path = path
        self._stream, self._beat = stream, beat
        self.size = 0

    def write(self, block: bytes) -> int:
        """Takes one block."""
        self._beat()
        try:
            self._stream.write(block)
        except OSError as error:
            raise Unavailable(f"no copy can be written ({error.strerror}): free some space") from error
        self.size += len(block)
        return len(block)

    def end(self, written: int) -> None:
        """Closes it, and gives it the time (microseconds) at which the original was written."""
        try:
            self._stream.close()
        except OSError as error:
            raise Unavailable(f"no copy can be written ({error.strerror}): free some space") from error
        os.utime(self.path, ns=(written * 1000, written * 1000))


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One process at a time: a folder is not yet locked when it is made."""
    lock = _open_lock(root)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _remove_left_over(root: Path) -> None:
    """Removes the folders of processes that have gone: nobody holds their lock any more."""
    for folder in root.iterdir():
        with suppress(OSError):  # it is another's, or has gone meanwhile
            lock = _open_lock(folder)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)


def _open_lock(folder: Path) -> int:
    return os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _short(label: str) -> str:
    """A name that fits; sources look at its ending."""
    data = label.replace("\\", "_").encode()
    return data.decode() if len(data) <= _LONGEST_NAME else data[-_LONGEST_NAME:].decode("utf-8", "ignore")
