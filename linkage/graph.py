"""A graph that changes: edges, components and clusters, each a function of the nodes that are there and nothing else.

A node's component is the largest set of nodes that edges hold together and that is within the limit: held at the
weak threshold if that fits, else at the first level, bit by bit up to the ceiling, that does; what the ceiling still
leaves too large is kept whole. Adding a node mostly extends one component; whatever is less simple dissolves the
components concerned, and settle() finds them again from the edges.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from linkage.model import MILLIBITS
from linkage.nodes import Component, Node
from linkage.partitioning import Partitioner, Settled
from linkage.scoring import Comparable, Scorer

Item = TypeVar("Item", bound=Comparable)


class BlockIndex(Protocol[Item]):
    """Finds the nodes that a node must be compared with."""

    def file(self, node: Node[Item]) -> Iterable[Node[Item]]:
        """Put a node into its blocks; the nodes that share one with it."""

    def unfile(self, node: Node[Item]) -> None:
        """Take a node out of its blocks."""


class Graph(Generic[Item]):
    """One graph of one area."""

    __slots__ = (
        "_blocks",
        "_dirty",
        "_floor",
        "_levels",
        "_levels_of",
        "_loose",
        "_partitioner",
        "_pool",
        "_thresholds",
        "scorer",
    )

    def __init__(self, scorer: Scorer[Item], blocks: BlockIndex[Item]) -> None:
        self.scorer = scorer
        self._blocks = blocks
        self._thresholds = scorer.model.thresholds
        self._partitioner = Partitioner(scorer)
        self._floor = self._thresholds.possible
        weak, ceiling = self._thresholds.weak, self._thresholds.ceiling
        self._levels = (*range(weak, ceiling, MILLIBITS), ceiling)
        self._pool: dict[Node[Item], None] = {}
        self._dirty: dict[Component[Item], None] = {}
        self._loose: dict[Node[Item], None] = {}
        self._levels_of: dict[tuple[Node[Item], Node[Item]], int] = {}

    def add(self, node: Node[Item]) -> None:
        """Compare a node with its candidates and file it."""
        edges: dict[Node[Item], int] = {}
        reach, floor, value = self.scorer.reach, self._floor, node.value
        for other in self._blocks.file(node):
            weight = reach(value, other.value, floor)
            if weight >= floor:
                edges[other] = weight
                self._levels_of[node, other] = self.scorer.levels
                if other.edges is None:
                    other.edges = {}
                other.edges[node] = weight
        node.edges = edges or None
        self._attach(node)

    def remove(self, node: Node[Item]) -> None:
        """Forget a node's edges and take it out of its blocks. Its neighbours' components are found again."""
        self._blocks.unfile(node)
        self.revisit(node, *self._neighbours(node))
        self._pool.pop(node, None)
        self._loose.pop(node, None)
        for other in node.edges or ():
            other.edges = _without(other.edges, node)
            self._levels_of.pop((node, other), None)
            self._levels_of.pop((other, node), None)
        for other in node.others or ():
            other.others = _without(other.others, node)
        node.edges = node.others = None

    def bond(self, one: Node[Item], other: Node[Item]) -> None:
        """Put two nodes together, whatever their weight."""
        one.bonds = (one.bonds or set()) | {other}
        other.bonds = (other.bonds or set()) | {one}
        self.revisit(one, other)

    def bar(self, one: Node[Item], other: Node[Item]) -> None:
        """Keep two nodes apart, whatever their weight."""
        one.bars = (one.bars or set()) | {other}
        other.bars = (other.bars or set()) | {one}
        self.revisit(one, other)

    def release(self, node: Node[Item]) -> None:
        """Forget the bonds and bars of a node."""
        for other in node.bonds or ():
            other.bonds = ((other.bonds or set()) - {node}) or None
            self.revisit(other)
        for other in node.bars or ():
            other.bars = ((other.bars or set()) - {node}) or None
            self.revisit(other)
        if node.bonds or node.bars:
            self.revisit(node)
        node.bonds = node.bars = None

    def revisit(self, *nodes: Node[Item]) -> None:
        """Find the components of these nodes again."""
        for node in nodes:
            if node.component is not None:
                self._dissolve(node.component)
            self._pool[node] = None

    def settle(self) -> Settled[Item]:
        """Cluster whatever changed since the last call."""
        self._rebuild()
        settled: Settled[Item] = Settled()
        for component in self._dirty:
            settled.clusters += self._partitioner.partition(component, settled)
        settled.clusters += [[node] for node in self._loose]
        settled.levels_of = self._levels_of
        self._dirty, self._loose, self._levels_of = {}, {}, {}
        return settled

    def _attach(self, node: Node[Item]) -> None:
        near = self._neighbours(node)
        if not near:
            self._loose[node] = None
            return
        components = {other.component: None for other in near if other.component is not None}
        singles = [other for other in near if other.component is None]
        if len(components) == 1 and not singles and self._joins_whole(node, next(iter(components)), near):
            return
        if self._fits(node, components, singles):
            self._extend(node, components, singles)
        else:
            self.revisit(node, *near)

    def _neighbours(self, node: Node[Item]) -> list[Node[Item]]:
        weak = self._thresholds.weak
        near = [other for other, weight in node.edges.items() if weight >= weak] if node.edges else []
        return [*near, *node.bonds] if node.bonds else near

    def _joins_whole(self, node: Node[Item], component: Component[Item], near: list[Node[Item]]) -> bool:
        """A component that is whole at the ceiling only grows: by a node that reaches the ceiling, or not at all."""
        if not component.is_whole or node.bonds:
            return False
        edges, ceiling = node.edges or {}, self._thresholds.ceiling
        if any(edges[other] >= ceiling for other in near):
            self._grow(component, node)
        else:
            self._loose[node] = None
        return True

    def _fits(self, node: Node[Item], components: dict[Component[Item], None], singles: list[Node[Item]]) -> bool:
        """Whether one more node makes one component of these, within the limit at the weak threshold.

        It does not where one of them is held at a higher level, or stands alone only because of that.
        """
        size = 1 + len(singles) + sum(len(component.members) for component in components)
        return (
            size <= self._thresholds.limit
            and all(component.level == self._thresholds.weak for component in components)
            and all(self._neighbours(other) == [node] for other in singles)
            and (not self._pool or not any(other in self._pool for other in singles))
        )

    def _extend(self, node: Node[Item], components: dict[Component[Item], None], singles: list[Node[Item]]) -> None:
        if components:
            largest = max(components, key=lambda component: len(component.members))
        else:
            largest = Component([], self._thresholds.weak, is_whole=False)
        for component in components:
            if component is not largest:
                self._dirty.pop(component, None)
                singles += component.members
        for other in (*singles, node):
            self._loose.pop(other, None)
            self._grow(largest, other)

    def _grow(self, component: Component[Item], node: Node[Item]) -> None:
        node.component = component
        component.members.append(node)
        component.fresh.append(node)
        self._dirty[component] = None

    def _dissolve(self, component: Component[Item]) -> None:
        self._dirty.pop(component, None)
        for node in component.members:
            node.component = None
            self._pool[node] = None

    def _rebuild(self) -> None:
        placed: set[Node[Item]] = set()
        while self._pool:
            node = next(iter(self._pool))
            members, level, is_whole = self._bounded(node)
            for member in members:
                if member.component is not None and member not in placed:
                    self._dissolve(member.component)
            for member in members:
                self._pool.pop(member, None)
                self._loose.pop(member, None)
            placed.update(members)
            self._place(members, level, is_whole)

    def _place(self, members: list[Node[Item]], level: int, is_whole: bool) -> None:
        if len(members) == 1:
            self._loose[members[0]] = None
            return
        component = Component(members, level, is_whole)
        component.fresh = list(members)
        for member in members:
            member.component = component
        self._dirty[component] = None

    def _bounded(self, node: Node[Item]) -> tuple[list[Node[Item]], int, bool]:
        for level in self._levels:
            members = self._walk(node, level, self._thresholds.limit)
            if members is not None:
                return members, level, False
        everything = self._walk(node, self._thresholds.ceiling, None)
        return everything or [node], self._thresholds.ceiling, True

    def _walk(self, start: Node[Item], level: int, limit: int | None) -> list[Node[Item]] | None:
        """The nodes that edges of at least that level connect, or None as soon as there are more than the limit."""
        seen = {start: None}
        queue = [start]
        for node in queue:
            near = [other for other, weight in node.edges.items() if weight >= level] if node.edges else []
            for other in (*near, *node.bonds) if node.bonds else near:
                if other not in seen:
                    seen[other] = None
                    queue.append(other)
            if limit is not None and len(queue) > limit:
                return None
        return queue


def _without(weights: dict[Node[Item], int] | None, node: Node[Item]) -> dict[Node[Item], int] | None:
    if weights:
        weights.pop(node, None)
    return weights or None
