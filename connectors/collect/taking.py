"""One file, from the claim to its receipt: fetched to a private copy, read as `wardlink ingest` reads, laid aside.

Each step leaves the next one possible: a claimed file is taken up again, rows that were published are known, a verdict
is stored before the file is moved, and the receipt is there before the file is. A kill between any two loses nothing
and repeats nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from connectors.collect import receipt
from connectors.collect.drive import Entry
from connectors.collect.feed import Feed
from connectors.collect.inbox import Inbox, Shelf
from connectors.collect.receipt import Failing, Subject
from connectors.collect.scratch import Scratch
from connectors.contract import Source
from connectors.files import digest
from connectors.ingest import Reading
from connectors.mapped import Failure
from connectors.reading import Desk, read_path
from schemas.errors import Refused, Unavailable
from store.collected import CollectedFiles, KnownFile

MOST_ATTEMPTS = 5
"""Readings of one file that may end without a word (a kill, a crash) before it is laid aside as failed."""


class Reader:
    """Reads a feed's paths at its desk, and remembers which rows could not be used."""

    def __init__(self, feed: Feed, desk: Desk) -> None:
        self._desk = replace(desk, failed=self._note)
        self.reads_as = feed.reads_as(desk.source)
        self.failing: list[Failing] = []

    @property
    def source(self) -> Source:
        """What it reads as."""
        return self._desk.source

    @property
    def desk(self) -> Desk:
        """The desk itself, for what is asked for rather than read from a path."""
        return self._desk

    def read(self, path: Path) -> Reading:
        """One path; raises what `read_path` raises."""
        self.failing.clear()
        return read_path(self._desk, path)

    def _note(self, quarantine_id: str, failure: Failure) -> None:
        if len(self.failing) < receipt.MOST_FAILING:
            self.failing.append(Failing.of(quarantine_id, failure))


@dataclass(frozen=True, slots=True)
class Taken:
    """One file that was laid aside: on which shelf, by what name, with what receipt."""

    shelf: Shelf
    name: str
    receipt: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes the files of one feed; `clock` gives the present in microseconds."""

    feed: Feed
    inbox: Inbox
    files: CollectedFiles
    reader: Reader
    scratch: Scratch
    clock: Callable[[], int]

    def take(self, claimed: Entry) -> Taken | None:
        """Reads a claimed file and lays it aside; None when it has changed meanwhile, and is left to be taken again.

        Raises Unavailable when something is away; then the file stays claimed, and is taken up again.
        """
        with self.scratch.copy_of(claimed.label) as copy:
            if not self.inbox.fetch(claimed, copy) or copy.size != claimed.size:
                return None
            copy.end(claimed.written)
            subject = self._subject(claimed, digest([copy.path]))
            known = self.files.find(subject.digest)
            told = self._before(subject, known) or self._read(subject, copy.path, known)
        return self._lay_aside(claimed, subject, told)

    def _before(self, subject: Subject, known: KnownFile | None) -> Mapping[str, Any] | None:
        """The receipt of bytes that need not be read any more, if that is so."""
        if known is None or known.receipt is None:
            return None
        if not known.is_settled and known.name == subject.file:
            return known.receipt
        if known.state == "done" and known.read_as == self.reader.reads_as and not self.reader.source.snapshot:
            return receipt.of_repeat(subject, known.receipt, self.clock())
        return None

    def _read(self, subject: Subject, path: Path, known: KnownFile | None) -> Mapping[str, Any]:
        """Reads the copy and stores the verdict; returns the receipt."""
        if known and known.state == "begun" and known.attempts >= MOST_ATTEMPTS:
            reason = f"{MOST_ATTEMPTS} readings of it ended in the middle: send the log of that time to the developers"
            return self._conclude(subject, receipt.of_failure(subject, reason, (), self.clock()))
        self.files.begin(subject.digest, subject.file, self.reader.reads_as, subject.begun)
        try:
            reading = self.reader.read(path)
        except Refused as error:
            return self._conclude(subject, receipt.of_failure(subject, str(error), self.reader.failing, self.clock()))
        except Unavailable:
            self.files.put_back(subject.digest)
            raise
        return self._conclude(subject, receipt.of_reading(subject, reading, self.reader.failing, self.clock()))

    def _conclude(self, subject: Subject, told: Mapping[str, Any]) -> Mapping[str, Any]:
        state: Literal["done", "failed"] = "done" if told["outcome"] == Shelf.DONE else "failed"
        self.files.conclude(subject.digest, state, told)
        return told

    def _lay_aside(self, claimed: Entry, subject: Subject, told: Mapping[str, Any]) -> Taken | None:
        shelf = Shelf(told["outcome"])
        name = self.inbox.name_aside(claimed, shelf, subject.digest)
        if not self.inbox.lay_aside(claimed, shelf, name, receipt.written(told)):
            return None
        self.files.settle(subject.digest, self.clock())
        return Taken(shelf, name, told)

    def _subject(self, claimed: Entry, digest_: str) -> Subject:
        return Subject(self.feed, claimed.label, digest_, claimed.size, claimed.written, self.clock())
