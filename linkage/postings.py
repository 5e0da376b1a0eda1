"""Blocks with the nodes that are filed in them: what finds a node's candidates."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from typing import Generic, TypeVar

from linkage.blocking import PersonBlocks
from linkage.blocking_incidents import LONGEST, IncidentBlocks, Point, are_in_reach
from linkage.nodes import Node
from linkage.values import Incident, Person

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

    Timed blocks are sorted by the ends of their reports' intervals, so that only what lies in time is looked at.
    """

    __slots__ = ("_blocks", "_postings", "_timed")

    def __init__(self, blocks: IncidentBlocks) -> None:
        self._blocks = blocks
        self._postings: Postings[Incident] = Postings()
        self._timed: dict[int, list[Node[Incident]]] = {}

    def file(self, node: Node[Incident]) -> Iterable[Node[Incident]]:
        """Put a node into its blocks; the nodes that share one, within its rule's gap and reach."""
        value = node.value
        found = self._postings.file(node, self._blocks.untimed(value))
        for within, keys in self._blocks.timed(value):
            self._look(value, keys, within, None, found)
            self._file(node, keys)
        near = self._blocks.near(value)
        if near is not None:
            within, mine, keys, reached = near
            self._look(value, reached, within, mine, found)
            self._file(node, keys)
        return found

    def unfile(self, node: Node[Incident]) -> None:
        """Take a node out of its blocks."""
        self._postings.unfile(node, self._blocks.untimed(node.value))
        for _, keys in self._blocks.timed(node.value):
            self._unfile(node, keys)
        near = self._blocks.near(node.value)
        if near is not None:
            self._unfile(node, near[2])

    def _file(self, node: Node[Incident], keys: list[int]) -> None:
        timed, end = self._timed, node.value.end
        for key in keys:
            block = timed.get(key)
            if block is None:
                timed[key] = [node]
            elif block[-1].value.end <= end:
                block.append(node)
            else:
                insort(block, node, key=_end)

    def _unfile(self, node: Node[Incident], keys: list[int]) -> None:
        for key in keys:
            block = self._timed[key]
            del block[block.index(node, bisect_left(block, node.value.end, key=_end))]
            if not block:
                del self._timed[key]

    def _look(self, value: Incident, keys: list[int], within: int, mine: list[Point] | None, found: Found) -> None:
        timed = self._timed
        for key in keys:
            block = timed.get(key)
            if block is not None:
                _sift(value, block, within, mine, found)


def _end(node: Node[Incident]) -> int:
    return node.value.end


def _sift(value: Incident, block: list[Node[Incident]], within: int, mine: list[Point] | None, found: Found) -> None:
    """Add what of a timed block is within the gap (see are_within) and, if points are given, within their reach.

    Goes back in time from the last that can have begun early enough to the first that ended too early.
    """
    is_stated, end = value.is_stated, value.end
    earliest, latest = value.start - within, end + within
    position = len(block)
    if block[-1].value.end > latest + LONGEST:
        position = bisect_right(block, latest + LONGEST, key=_end)
    while position:
        position -= 1
        other = block[position]
        theirs = other.value
        if theirs.end < earliest:
            return
        if theirs.start > latest or other in found:
            continue
        if not (is_stated or theirs.is_stated or -within <= end - theirs.end <= within):
            continue
        if mine is None or are_in_reach(mine, theirs):
            found[other] = None
