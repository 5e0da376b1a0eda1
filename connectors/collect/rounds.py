"""All feeds by their schedules: who is due, how long to wait after trouble, and when to look a second time.

Feeds are visited one after the other; one that has much to take gives way to the others after each look.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from connectors.collect.feed import Feed
from connectors.collect.inbox import Look, Shelf
from connectors.collect.taking import Taken
from connectors.collect.visit import Visit
from schemas.errors import Refused, Unavailable, WardlinkError

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
"""After trouble a feed is tried again with growing pauses, or when its schedule says so, if that is sooner."""

_LONGEST_WAIT = 60.0
"""Seconds after which it is seen at the latest that what is collected has changed."""

_ELSEWHERE = timedelta(seconds=30)
"""When to look again at a feed that another process is looking at."""


class Stopped(Unavailable):
    """The process was told to stop: what was begun is taken up again by the next one."""


@dataclass(slots=True)
class Plan:
    """One feed and when to look at it next; instants are aware."""

    feed: Feed
    due: datetime
    look: Look = field(default_factory=Look)
    looks: int = 0
    failures: int = 0
    trouble: str = ""

    def note(self, visit: Visit, now: datetime) -> None:
        """Plans the next look after one that came to an end."""
        self.failures, self.trouble, self.look = 0, "", visit.look
        self.due = self.feed.schedule.due(now, now)
        if visit.has_more:
            self.due = now
        elif visit.is_elsewhere:
            self.due = min(self.due, now + _ELSEWHERE)
        elif self.feed.marker is None and visit.waiting:
            self.due = min(self.due, now + self.feed.unchanged_for)

    def note_trouble(self, error: WardlinkError, now: datetime) -> None:
        """Plans the next look after one that came to nothing."""
        pause = min(_FIRST_PAUSE * 2**self.failures, _LONGEST_PAUSE)
        self.failures = min(self.failures + 1, 10)
        self.trouble = str(error)
        self.due = min(self.feed.schedule.due(now, now), now + pause)


class Watcher(Protocol):
    """Whoever carries the rounds out."""

    def looked_at(self, feed: Feed) -> datetime | None:
        """When a feed was looked at last, by whichever process; raises Unavailable."""
        ...

    def visit(self, feed: Feed, before: Look) -> Visit:
        """Looks at a feed once; raises Refused and Unavailable."""
        ...

    def note(self, feed: Feed, trouble: WardlinkError | None) -> None:
        """Keeps what came of a look, as far as that can be done now."""
        ...

    def now(self) -> datetime:
        """The present."""
        ...

    def pause(self, seconds: float) -> bool:
        """Waits for so long; True as soon as the process is told to stop."""
        ...


def plan(feeds: Iterable[Feed], watcher: Watcher) -> list[Plan]:
    """When each feed is due first: by its schedule since its last look, at once if there was none.

    Raises Unavailable.
    """
    return [Plan(feed, feed.schedule.due(watcher.looked_at(feed), watcher.now())) for feed in feeds]


def step(each: Plan, watcher: Watcher) -> Visit | None:
    """Visits one feed and plans its next look; None when it came to nothing (see its `trouble`).

    A feed's trouble is its own: the others go on. Raises Stopped.
    """
    each.looks += 1
    try:
        done = watcher.visit(each.feed, each.look)
    except Stopped:
        raise
    except (Refused, Unavailable) as error:
        each.note_trouble(error, watcher.now())
        watcher.note(each.feed, error)
        return None
    each.note(done, watcher.now())
    if not done.is_elsewhere:
        watcher.note(each.feed, None)
    return done


def run(plans: list[Plan], watcher: Watcher, is_changed: Callable[[], bool] = lambda: False) -> bool:
    """Keeps the rounds until what is collected has changed (True), or the process is told to stop (False)."""
    while not is_changed():
        each = min(plans, key=lambda one: (one.due, one.looks))
        if watcher.pause(min(_LONGEST_WAIT, max(0.0, (each.due - watcher.now()).total_seconds()))):
            return False
        if each.due <= watcher.now():
            try:
                step(each, watcher)
            except Stopped:
                return False
    return True


@dataclass(slots=True)
class Result:
    """What came of one feed in one round: the files that were laid aside, those not yet complete, the trouble."""

    feed: Feed
    taken: list[Taken] = field(default_factory=list)
    waiting: int = 0
    is_elsewhere: bool = False
    trouble: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing asks for anybody's attention."""
        return not self.trouble and all(one.shelf is Shelf.DONE for one in self.taken)


def run_once(feeds: Iterable[Feed], watcher: Watcher) -> list[Result]:
    """Every feed once, whatever its schedule, with a second look where only that tells which files are complete."""
    plans = [(Plan(feed, watcher.now()), Result(feed)) for feed in feeds]
    for each, result in plans:
        _exhaust(each, result, watcher)
    unsure = [(each, result) for each, result in plans if result.waiting and not each.feed.marker]
    if unsure:
        watcher.pause(max(each.feed.unchanged_for.total_seconds() for each, _ in unsure))
    for each, result in unsure:
        _exhaust(each, result, watcher)
    return [result for _, result in plans]


def _exhaust(each: Plan, result: Result, watcher: Watcher) -> None:
    """Looks at a feed until there is no more to take at once."""
    has_more = True
    while has_more:
        done = step(each, watcher)
        result.trouble = each.trouble
        has_more = done is not None and done.has_more
        if done is not None:
            result.taken += done.taken
            result.waiting, result.is_elsewhere = done.waiting, done.is_elsewhere
