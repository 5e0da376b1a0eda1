"""Blocks with the nodes that are filed in them: what finds a node's candidates."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from linkage.blocking import PersonBlocks
from linkage.blocking_incidents import LONGEST, IncidentBlocks, are_in_reach, stems
from linkage.compare_incidents import reference
from linkage.interner import LOOK_BACK
from linkage.nodes import Node
from linkage.values import Incident, Person, Point

Item = TypeVar("Item")
Found = dict[Node[Incident], None]


class Postings(Generic[Item]):
    """Nodes by block. A block of one holds its node itself: most blocks are of one."""

    __slots__ = ("_blocks",)

    def __init__(self) -> None:
        self._blocks: dict[int, Node[Item] | list[Node[Item]]] = {}

    def file(self, node: Node[Item], keys: Iterable[int]) -> dict[Node[Item], None]:
        """Put a node under its keys; the nodes that were there."""
        blocks = self._blocks
        found: dict[Node[Item], None] = {}
        for key in keys:
            posted = blocks.get(key)
            if posted is None:
                blocks[key] = node
            elif isinstance(posted, list):
                found.update(dict.fromkeys(posted))
                posted.append(node)
            else:
                found[posted] = None
                blocks[key] = [posted, node]
        return found

    def put(self, node: Node[Item], key: int) -> None:
        """Put a node under a key."""
        posted = self._blocks.setdefault(key, node)
        if isinstance(posted, list):
            posted.append(node)
        elif posted is not node:
            self._blocks[key] = [posted, node]

    def under(self, key: int) -> Sequence[Node[Item]]:
        """The nodes under a key."""
        posted = self._blocks.get(key)
        if posted is None:
            return ()
        return posted if isinstance(posted, list) else (posted,)

    def unfile(self, node: Node[Item], keys: Iterable[int]) -> None:
        """Take a node from under its keys."""
        blocks = self._blocks
        for key in keys:
            posted = blocks[key]
            if not isinstance(posted, list):
                del blocks[key]
                continue
            posted.remove(node)
            if len(posted) == 1:
                blocks[key] = posted[0]


class PersonBlockIndex:
    """Finds the mentions' nodes that share a block."""

    __slots__ = ("_blocks", "_postings")

    def __init__(self, blocks: PersonBlocks) -> None:
        self._blocks = blocks
        self._postings: Postings[Person] = Postings()

    def file(self, node: Node[Person]) -> Iterable[Node[Person]]:
        """Put a node into its blocks; the nodes that share one with it."""
        return self._postings.file(node, self._blocks.keys(node.value))

    def unfile(self, node: Node[Person]) -> None:
        """Take a node out of its blocks."""
        self._postings.unfile(node, self._blocks.keys(node.value))


class IncidentBlockIndex:
    """Finds the reports' nodes that share a block, at nearly the same time where the block's rule asks for that.

    Reports that state when it happened and reports of which only the time of reporting is known are kept apart, so
    that the many of the second kind are held against each other by the narrow gap of their reporting.
    """

    __slots__ = ("_blocks", "_quoting", "_reported", "_stated")

    def __init__(self, blocks: IncidentBlocks) -> None:
        self._blocks = blocks
        self._quoting = Quoting()
        self._stated = TimedPostings(LONGEST)
        self._reported = TimedPostings(LOOK_BACK)

    def file(self, node: Node[Incident]) -> Iterable[Node[Incident]]:
        """Put a node into its blocks; the nodes that share one, within its rule's gap and reach."""
        value = node.value
        found: Found = dict.fromkeys(self._quoting.file(node)) if self._blocks.by_reference else {}
        own = self._stated if value.is_stated else self._reported
        for within, keys in self._blocks.timed(value):
            self._look(value, keys, within, (), found)
            own.file(node, keys)
        near = self._blocks.near(value)
        if near is not None:
            within, keys, reached = near
            self._look(value, reached, within, value.points, found)
            own.file(node, keys)
        return found

    def unfile(self, node: Node[Incident]) -> None:
        """Take a node out of its blocks."""
        if self._blocks.by_reference:
            self._quoting.unfile(node)
        own = self._stated if node.value.is_stated else self._reported
        for _, keys in self._blocks.timed(node.value):
            own.unfile(node, keys)
        near = self._blocks.near(node.value)
        if near is not None:
            own.unfile(node, near[1])

    def _look(self, value: Incident, keys: list[int], within: int, mine: tuple[Point, ...], found: Found) -> None:
        """Add what is within the gap (see are_within) and, if points are given, within their reach."""
        earliest, latest = value.start - within, value.end + within
        self._stated.look(keys, earliest, latest, mine, found)
        if not value.is_stated:
            earliest, latest = value.end - within, latest - LOOK_BACK
        self._reported.look(keys, earliest, latest, mine, found)


class Quoting:
    """Reports by the numbers that they bear and that they quote: what finds those of which one quotes the other, or
    both a third. Numbers that begin anew every day are many reports', but few quote them, and on one day.
    """

    __slots__ = ("_bearers", "_quoters")

    def __init__(self) -> None:
        self._bearers: Postings[Incident] = Postings()
        self._quoters: Postings[Incident] = Postings()

    def file(self, node: Node[Incident]) -> list[Node[Incident]]:
        """Put a report under its numbers; the reports that refer to it or to what it refers to."""
        value = node.value
        found = [other for other in self._near(value) if reference(value, other.value)]
        if value.reference is not None:
            self._bearers.put(node, value.reference.stem)
        for stem in stems(value.quoted):
            self._quoters.put(node, stem)
        return found

    def unfile(self, node: Node[Incident]) -> None:
        """Take a report from under its numbers."""
        value = node.value
        if value.reference is not None:
            self._bearers.unfile(node, (value.reference.stem,))
        self._quoters.unfile(node, stems(value.quoted))

    def _near(self, value: Incident) -> Iterator[Node[Incident]]:
        """Reports that bear or quote a number that this one quotes, or quote the number that it bears."""
        if value.reference is not None:
            yield from self._quoters.under(value.reference.stem)
        for stem in stems(value.quoted):
            yield from self._bearers.under(stem)
            yield from self._quoters.under(stem)


class TimedPostings:
    """Nodes by block, sorted by the ends of their intervals, none of which is longer than `longest`."""

    __slots__ = ("_blocks", "_longest")

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._blocks: dict[int, list[Node[Incident]]] = {}

    def file(self, node: Node[Incident], keys: list[int]) -> None:
        """Put a node under its keys."""
        blocks, end = self._blocks, node.value.end
        for key in keys:
            block = blocks.get(key)
            if block is None:
                blocks[key] = [node]
            elif block[-1].value.end <= end:
                block.append(node)
            else:
                insort(block, node, key=_end)

    def unfile(self, node: Node[Incident], keys: list[int]) -> None:
        """Take a node from under its keys."""
        for key in keys:
            block = self._blocks[key]
            del block[block.index(node, bisect_left(block, node.value.end, key=_end))]
            if not block:
                del self._blocks[key]

    def look(self, keys: list[int], earliest: int, latest: int, mine: tuple[Point, ...], found: Found) -> None:
        """Add what ended no earlier and began no later than that, within reach of the points if there are any."""
        blocks, last = self._blocks, latest + self._longest
        for key in keys:
            block = blocks.get(key)
            if block is None or block[-1].value.end < earliest:
                continue
            is_late = block[-1].value.end > last
            for place in range((bisect_right(block, last, key=_end) if is_late else len(block)) - 1, -1, -1):
                other = block[place]
                theirs = other.value
                if theirs.end < earliest:
                    break
                if theirs.start <= latest and other not in found and (not mine or are_in_reach(mine, theirs.points)):
                    found[other] = None


def _end(node: Node[Incident]) -> int:
    return node.value.end
