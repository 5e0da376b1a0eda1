"""One look at one place, and all that follows from it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field

from connectors.collect.drive import Drive, Entry, OpenDrive
from connectors.collect.feed import Feed
from connectors.collect.inbox import AT_ONCE, Inbox, Look, Naming
from connectors.collect.scratch import Scratch
from connectors.collect.taking import Reader, Taken, Taker
from store.collected import CollectedFiles

OpenReader = Callable[[], AbstractContextManager[Reader]]
"""Opens all that reading a feed needs; raises Refused when keys or rights are missing, Unavailable when a server is."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one look came to.

    `waiting`: files that are not known to be complete yet. `has_more`: there is more to take at once than one look
    takes. `is_elsewhere`: another process is looking at the feed just now.
    """

    look: Look = field(default_factory=Look, repr=False)
    taken: tuple[Taken, ...] = ()
    waiting: int = 0
    has_more: bool = False
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What a visit works with. `told` hears of each file as soon as it is laid aside; `clock` in microseconds."""

    files: CollectedFiles
    open_drive: OpenDrive
    open_reader: OpenReader
    scratch: Scratch
    clock: Callable[[], int]
    told: Callable[[Taken], None] = lambda taken: None


def visit(feed: Feed, before: Look, tools: Tools) -> Visit:
    """Looks at a feed's place and takes every file that is complete; `before` is what the last look found.

    Raises Refused when the place or the reading needs to be mended first, Unavailable when something is away: no file
    was then laid aside that was not read, and what was begun is taken up again.
    """
    if not tools.files.try_lock():
        return Visit(look=before, is_elsewhere=True)
    with closing(tools.open_drive()) as drive:
        return _look_and_take(feed, drive, before, tools)


def _look_and_take(feed: Feed, drive: Drive, before: Look, tools: Tools) -> Visit:
    naming = Naming(feed.files, feed.marker)
    inbox = Inbox(drive, naming)
    left_over, look = inbox.left_over(), inbox.look()
    complete = look.complete(naming, before)
    has_more = len(complete) == AT_ONCE
    waiting = 0 if has_more else len(look.files) - len(complete)
    if not (left_over or complete):
        return Visit(look, waiting=waiting)
    inbox.prepare()
    with tools.open_reader() as reader:
        taker = Taker(feed, inbox, tools.files, reader, tools.scratch, tools.clock)
        taken = tuple(_take_all(taker, inbox, left_over, complete, tools))
    return Visit(look, taken, waiting, has_more)


def _take_all(
    taker: Taker, inbox: Inbox, left_over: list[Entry], complete: list[Entry], tools: Tools
) -> Iterator[Taken]:
    for claimed in (*left_over, *_claimed(inbox, complete)):
        taken = taker.take(claimed)
        if taken is not None:
            tools.told(taken)
            yield taken


def _claimed(inbox: Inbox, entries: list[Entry]) -> Iterator[Entry]:
    """Each is claimed when its turn comes, so that a kill leaves at most one claimed."""
    for entry in entries:
        claimed = inbox.claim(entry)
        if claimed is not None:
            yield claimed
