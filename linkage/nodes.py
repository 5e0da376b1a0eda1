"""Nodes of a graph and the blocks they are filed in."""

from __future__ import annotations

from typing import Generic, TypeVar

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
