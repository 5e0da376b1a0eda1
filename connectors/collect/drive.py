"""What a place must be able to do: a folder with files in it, some folders below it, and nothing more.

Paths are relative to the feed's place: a file's name, or `FOLDER/NAME`. Names are kept as the place gives them, also
where they are no UTF-8; `label` is what is shown and stored.

| situation                                           | raised      | what follows                                |
|-----------------------------------------------------|-------------|---------------------------------------------|
| the server does not answer, breaks off, is busy     | Away        | the feed waits and is tried again           |
| wrong host key, login, folder, rights               | Refused     | the feed is in trouble until it is mended   |
| the file has gone or changed since it was looked at | nothing     | the answer says so; it is left for later    |
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from schemas.errors import Unavailable

BLOCK = 1 << 20
"""Bytes that are held of a file at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as a look finds it: its size in bytes and when it was written (microseconds, 0 where nobody says)."""

    name: str
    size: int
    written: int
    tag: str = ""

    @property
    def label(self) -> str:
        """The name as it is shown and stored."""
        return label(self.name)


class Away(Unavailable):
    """A feed's place is away; the other feeds go on."""


class Sink(Protocol):
    """Takes the bytes of a file."""

    def write(self, block: bytes, /) -> int:
        """Takes one block."""
        ...


class Drive(ABC):
    """One place. It belongs to one thread; `close` it when done."""

    @abstractmethod
    def entries(self, folder: str = "") -> list[Entry]:
        """The ordinary files right in the place or in a folder below it; of a folder that is not there, none."""

    @abstractmethod
    def stat(self, path: str) -> Entry | None:
        """One file; None when it is not there."""

    @abstractmethod
    def fetch(self, path: str, into: Sink) -> bool:
        """Copies a file's bytes, block by block; False when it is not there."""

    @abstractmethod
    def write(self, path: str, content: bytes) -> None:
        """Writes a small file, so that whoever looks sees all of it or nothing."""

    @abstractmethod
    def move(self, source: str, target: str) -> bool:
        """Gives a file another path, at which there is none; False when the source has gone or changed meanwhile."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Removes a file, if it is there."""

    @abstractmethod
    def make_folder(self, name: str) -> None:
        """Makes a folder right below the place, if it is not there."""

    @abstractmethod
    def close(self) -> None:
        """Gives the connection up."""


OpenDrive = Callable[[], Drive]
"""Opens a feed's place; raises what its first step raises."""


def label(name: str) -> str:
    """A name as it is shown and stored: what is no UTF-8 in it stands as \\xNN.

    >>> label("b\\udcfcro.csv")
    'b\\\\xfcro.csv'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
