"""Nodes of a graph and the blocks they are filed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

from linkage.blocking import PersonBlocks
from linkage.blocking_incidents import IncidentBlocks, Sought, are_in_reach, points
from linkage.values import Incident, Person

Item = TypeVar("Item")


class Node(Generic[Item]):
    """Something to cluster: a report, or all mentions with equal features.

    `digest` settles ties. `edges` hold the weights of the candidates at or above the graph's floor; `others` those
    of further pairs that clustering asked for. `bonds` and `bars` are the nodes that judgements put together or
    keep apart. `component` is None for a node that nothing holds to another. `cluster` is its cluster's number, 0
    before it has one. `members` are ids: of the report, or of the mentions, of which the smallest stands for all.
    """

    __slots__ = (
        "bars", "bonds", "cluster", "component", "digest", "edges", "first", "members", "others", "value",
    )  # fmt: skip

    def __init__(self, value: Item, digest: bytes) -> None:
        self.value = value
        self.digest = digest
        self.edges: dict[Node[Item], int] | None = None
        self.others: dict[Node[Item], int] | None = None
        self.bonds: set[Node[Item]] | None = None
        self.bars: set[Node[Item]] | None = None
        self.component: Component[Item] | None = None
        self.cluster = 0
        self.members: list[str] = []
        self.first: tuple[int, str] = (0, "")

    def label(self) -> str:
        """The id that stands for the node: its smallest, which is kept in front."""
        return self.members[0]

    def admit(self, member: str) -> None:
        """Add a member."""
        members = self.members
        members.append(member)
        if member < members[0]:
            members[0], members[-1] = member, members[0]

    def dismiss(self, member: str) -> None:
        """Take a member away."""
        members = self.members
        members.remove(member)
        if members:
            smallest = members.index(min(members))
            members[0], members[smallest] = members[smallest], members[0]


class Component(Generic[Item]):
    """Nodes that edges hold together: the largest such set, within the limit, at a level of whole bits.

    `is_whole`: no level brings it within the limit. `is_tight`: every pair is at or above the cut, `fresh` apart,
    which came since that was established.
    """

    __slots__ = ("fresh", "is_tight", "is_whole", "level", "members")

    def __init__(self, members: list[Node[Item]], level: int, is_whole: bool) -> None:
        self.members = members
        self.level = level
        self.is_whole = is_whole
        self.is_tight = False
        self.fresh: list[Node[Item]] = []


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

    def under(self, keys: Iterable[int]) -> Iterator[Sequence[Node[Item]]]:
        """What is filed under keys, block by block."""
        blocks = self._blocks
        for key in keys:
            posted = blocks.get(key)
            if posted is not None:
                yield posted if isinstance(posted, list) else (posted,)


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
    """Finds the reports' nodes that share a block at nearly the same time."""

    __slots__ = ("_blocks", "_postings")

    def __init__(self, blocks: IncidentBlocks) -> None:
        self._blocks = blocks
        self._postings: Postings[Incident] = Postings()

    def file(self, node: Node[Incident]) -> Iterable[Node[Incident]]:
        """Put a node into its blocks; the nodes that share one, within its rule's gap and reach."""
        untimed, timed, sought = self._blocks.keys(node.value)
        found = self._postings.file(node, untimed)
        for each in sought:
            self._look(node.value, each, found)
        self._postings.file(node, timed)
        return found

    def _look(self, value: Incident, sought: Sought, found: dict[Node[Incident], None]) -> None:
        """Add what lies under the keys, within the gap (see are_within) and, if asked for, within reach."""
        keys, within, is_near = sought
        mine = points(value) if is_near else []
        is_stated, end = value.is_stated, value.end
        earliest, latest = value.start - within, end + within
        for others in self._postings.under(keys):
            for other in others:
                theirs = other.value
                if theirs.start > latest or theirs.end < earliest or other in found:
                    continue
                if not (is_stated or theirs.is_stated or -within <= end - theirs.end <= within):
                    continue
                if not is_near or are_in_reach(mine, theirs):
                    found[other] = None

    def unfile(self, node: Node[Incident]) -> None:
        """Take a node out of its blocks."""
        untimed, timed, _ = self._blocks.keys(node.value)
        self._postings.unfile(node, untimed)
        self._postings.unfile(node, timed)
