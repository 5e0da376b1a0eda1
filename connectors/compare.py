"""What a row means beside what was published before: new, revised, moved, withdrawn or unchanged. Pure.

A report's state is its greatest revision, so each change gets a greater one than the last, made only of what the
source says and what was published: the same bytes give the same revision, however often they are read.
"""

from dataclasses import dataclass
from enum import StrEnum

from store.connector_state import Published


class Change(StrEnum):
    """What has to be published of a row."""

    NEW = "new"
    REVISED = "revised"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Found:
    """One record as it was read: keyed hash of its content, area, the source's revision or the collection time, and
    whether the source says that it is no more.
    """

    content: bytes
    area: str
    revision: int
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A change, and the state that stands once Kafka has acknowledged it."""

    change: Change
    state: Published


def compare(found: Found, held: Published | None, again: bool = False, present: bool = False) -> Step:
    """The step from what was published to what was found.

    What differs from what is held but has an older revision is a former state, read late: nothing changes, unless the
    reading is the source's `present` word (a snapshot). `again` publishes also what is unchanged, or older.
    """
    if held is None:
        return Step(Change.UNCHANGED if found.withdrawn else Change.NEW, _state(found, found.revision))
    if _is_same(found, held):
        return Step(_repeated(held) if again else Change.UNCHANGED, held)
    if _is_former(found, held) and not (again or present):
        return Step(Change.UNCHANGED, held)
    return Step(_change(found, held), _state(found, max(found.revision, held.revision + 1)))


def _is_same(found: Found, held: Published) -> bool:
    return (found.content, found.area, found.withdrawn) == (held.content, held.area, held.withdrawn)


def _is_former(found: Found, held: Published) -> bool:
    other = (found.content, found.withdrawn) != (held.content, held.withdrawn)
    return other and found.revision < held.revision


def _repeated(held: Published) -> Change:
    return Change.WITHDRAWN if held.withdrawn else Change.NEW


def _change(found: Found, held: Published) -> Change:
    if found.withdrawn:
        return Change.UNCHANGED if held.withdrawn else Change.WITHDRAWN
    return Change.MOVED if found.area != held.area and not held.withdrawn else Change.REVISED


def _state(found: Found, revision: int) -> Published:
    return Published(found.content, revision, found.area, found.withdrawn)
