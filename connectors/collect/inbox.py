"""A feed's place as an inbox: which files are complete, the one that is being read, and where it is laid aside.

PLACE/            files as they come; names that begin with a dot, or end as half-written ones do, do not count
PLACE/reading/    the file that is being read: moved there first, so that nobody writes to it and nobody else reads it
PLACE/done/       files that were read to their end      each with NAME.receipt.json beside it
PLACE/failed/     files that could not be
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from connectors.collect.drive import Drive, Entry, Sink

READING = "reading"
RECEIPT = ".receipt.json"
AT_ONCE = 200
"""Files that one look takes up at most, the oldest first; the next look goes on."""

_HALF_WRITTEN = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".uploading", "~", RECEIPT)
_LONGEST_NAME = 150
"""Bytes of a name that is laid aside; beside it stands a longer one, and 255 is the most that places take."""


class Shelf(StrEnum):
    """The folder in which a file is laid aside."""

    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Naming:
    """Which names count. `marker` names the file that says that another is complete; None where size and time do."""

    pattern: str
    marker: str | None = None

    def counts(self, name: str) -> bool:
        """Whether a file of this name is one to be read."""
        if name.startswith(".") or name.casefold().endswith(_HALF_WRITTEN):
            return False
        return fnmatchcase(name, self.pattern)

    def marker_of(self, name: str) -> str:
        """The name of a file's marker; empty where there are none.

        >>> Naming("*.csv", "{stem}.ok").marker_of("june.csv")
        'june.ok'
        """
        if self.marker is None:
            return ""
        return self.marker.replace("{name}", name).replace("{stem}", PurePosixPath(name).stem)


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found: files that count, and markers, by name."""

    files: Mapping[str, Entry] = field(default_factory=dict)
    markers: Mapping[str, Entry] = field(default_factory=dict)

    def complete(self, naming: Naming, before: "Look") -> list[Entry]:
        """The files that are complete, the oldest first: marked since they were written, or unchanged since the look
        before.
        """
        if naming.marker is None:
            whole = (entry for entry in self.files.values() if before.files.get(entry.name) == entry)
        else:
            whole = (entry for entry in self.files.values() if self._is_marked(naming, entry))
        return heapq.nsmallest(AT_ONCE, whole, key=lambda entry: (entry.written, entry.name))

    def _is_marked(self, naming: Naming, entry: Entry) -> bool:
        """A marker that is older than its file was left from an earlier file of that name."""
        marker = self.markers.get(naming.marker_of(entry.name))
        return marker is not None and marker.written >= entry.written


class Inbox:
    """The inbox on a drive."""

    def __init__(self, drive: Drive, naming: Naming) -> None:
        self._drive = drive
        self._naming = naming

    def look(self) -> Look:
        """What is there now."""
        found = {entry.name: entry for entry in self._drive.entries()}
        markers = {mark for name in found if (mark := self._naming.marker_of(name)) in found}
        files = {name: each for name, each in found.items() if name not in markers and self._naming.counts(name)}
        return Look(files, {name: found[name] for name in markers})

    def left_over(self) -> list[Entry]:
        """Files whose reading was cut off: they were complete, and are taken up again."""
        return sorted(self._drive.entries(READING), key=lambda entry: (entry.written, entry.name))

    def prepare(self) -> None:
        """Makes the folders."""
        for name in (READING, *Shelf):
            self._drive.make_folder(name)

    def claim(self, entry: Entry) -> Entry | None:
        """Moves a file out of everybody's way and removes its marker; None when it has gone, changed, or one of its
        name is being read.
        """
        path = f"{READING}/{entry.name}"
        now = self._drive.stat(entry.name)
        if now is None or now.size != entry.size or self._drive.stat(path) is not None:
            return None
        if not self._drive.move(entry.name, path):
            return None
        if marker := self._naming.marker_of(entry.name):
            self._drive.remove(marker)
        return self._drive.stat(path)

    def fetch(self, claimed: Entry, into: Sink) -> bool:
        """Copies a claimed file; False when it changed meanwhile: whoever wrote it had not ended."""
        path = f"{READING}/{claimed.name}"
        return self._drive.fetch(path, into) and self._drive.stat(path) == claimed

    def is_as_it_was(self, claimed: Entry) -> bool:
        """Whether nobody has written to a claimed file since."""
        return self._drive.stat(f"{READING}/{claimed.name}") == claimed

    def name_aside(self, claimed: Entry, shelf: Shelf, digest: str) -> str:
        """The name under which a file is laid aside: its own, unless one of that name lies there."""
        name = _shortened(claimed.name)
        return name if self._drive.stat(f"{shelf}/{name}") is None else _told_apart(name, claimed, digest)

    def lay_aside(self, claimed: Entry, shelf: Shelf, name: str, receipt: bytes) -> bool:
        """Puts the receipt, then the file beside it; False when the file has changed, and stays to be read again."""
        if not self.is_as_it_was(claimed):
            return False
        self._drive.write(f"{shelf}/{name}{RECEIPT}", receipt)
        self._drive.remove(f"{shelf}/{name}")
        return self._drive.move(f"{READING}/{claimed.name}", f"{shelf}/{name}")


def _told_apart(name: str, entry: Entry, digest: str) -> str:
    """A name with the time at which the file was written, and the beginning of its digest.

    >>> _told_apart("june.csv", Entry("june.csv", 1, 1_717_406_100_000_000), "1a2b3c4d5e6f")
    'june.20240603T091500Z-1a2b3c4d.csv'
    """
    path = PurePosixPath(name)
    when = datetime.fromtimestamp(entry.written / 1e6, UTC)
    return f"{path.stem}.{when:%Y%m%dT%H%M%SZ}-{digest[:8]}{path.suffix}"


def _shortened(name: str) -> str:
    """A name that leaves room for what is put to it; its ending stays."""
    data = name.encode("utf-8", "surrogateescape")
    if len(data) <= _LONGEST_NAME:
        return name
    ending = PurePosixPath(name).suffix.encode("utf-8", "surrogateescape")[-20:]
    return (data[: _LONGEST_NAME - len(ending)] + ending).decode("utf-8", "ignore")
