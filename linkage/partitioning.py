"""The clusters of a component: average linkage under the judgements, each pair weighed once.

Where every pair of a component is at or above the cut it is one cluster, whatever is joined first; that is found
without joining anything, and for a node that comes later by looking at its own pairs only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, TypeVar

from linkage.clustering import Weights, agglomerate, doublings
from linkage.model import VETO
from linkage.nodes import Component, Node
from linkage.scoring import Comparable, Scorer

Item = TypeVar("Item", bound=Comparable)

_by_digest = attrgetter("digest")


@dataclass(slots=True)
class Settled(Generic[Item]):
    """What settle() found: the clusters of everything that may have changed, what needs attention, and the levels of
    the pairs that became edges.
    """

    clusters: list[list[Node[Item]]] = field(default_factory=list)
    too_large: list[list[Node[Item]]] = field(default_factory=list)
    in_conflict: list[list[Node[Item]]] = field(default_factory=list)
    levels_of: dict[tuple[Node[Item], Node[Item]], int] = field(default_factory=dict)


class Partitioner(Generic[Item]):
    """Clusters components of one graph."""

    __slots__ = ("_scorer", "_thresholds")

    def __init__(self, scorer: Scorer[Item]) -> None:
        self._scorer = scorer
        self._thresholds = scorer.model.thresholds

    def partition(self, component: Component[Item], settled: Settled[Item]) -> list[list[Node[Item]]]:
        """The clusters of a component."""
        fresh, component.fresh = component.fresh, []
        if component.is_whole:
            settled.too_large.append(component.members)
            return self._partition_whole(component, settled)
        if any(node.bonds or node.bars for node in component.members):
            component.is_tight = False
            return self._agglomerate(component, settled)
        known = component.is_tight and len(fresh) < len(component.members)
        is_tight = self._is_tight(component.members, fresh if known else component.members)
        component.is_tight = is_tight and self._fits(len(component.members))
        return [list(component.members)] if component.is_tight else self._agglomerate(component, settled)

    def _is_tight(self, members: list[Node[Item]], fresh: list[Node[Item]]) -> bool:
        limits = self._thresholds
        cut = limits.cut + limits.rise * doublings(max(1, limits.limit // 2))
        return all(self._weight(node, other) >= cut for node in fresh for other in members if other is not node)

    def _agglomerate(self, component: Component[Item], settled: Settled[Item]) -> list[list[Node[Item]]]:
        """Average linkage inside the component, under the judgements."""
        nodes = sorted(component.members, key=_by_digest)
        weights = self._clipped_weights(nodes)
        places = {node: place for place, node in enumerate(nodes)}
        together = [sorted(places[node] for node in group) for group in self._bonded(nodes, settled)]
        limits = self._thresholds
        clusters = agglomerate(weights, limits.cut, together, limits.rise, limits.most)
        return [[nodes[place] for place in cluster] for cluster in clusters]

    def _partition_whole(self, component: Component[Item], settled: Settled[Item]) -> list[list[Node[Item]]]:
        """Single linkage under the judgements, strongest edges first: everything, unless they or its size part it."""
        if not any(node.bars for node in component.members) and self._fits(len(component.members)):
            return [list(component.members)]
        nodes = sorted(component.members, key=_by_digest)
        groups = {node: [node] for node in nodes}
        for bonded in self._bonded(nodes, settled):
            for other in bonded[1:]:
                _merge(groups, bonded[0], other)
        for _, node, other in sorted(self._strong_edges(nodes), key=_by_strength):
            mine, theirs = groups[node], groups[other]
            if mine is not theirs and self._fits(len(mine) + len(theirs)) and not _are_barred(mine, theirs):
                _merge(groups, node, other)
        return list({id(group): group for group in groups.values()}.values())

    def _fits(self, size: int) -> bool:
        """Whether a cluster may have so many nodes."""
        return not self._thresholds.most or size <= self._thresholds.most

    def _strong_edges(self, nodes: list[Node[Item]]) -> Iterator[tuple[int, Node[Item], Node[Item]]]:
        for node in nodes:
            for other, weight in (node.edges or {}).items():
                if weight >= self._thresholds.ceiling and node.digest < other.digest:
                    yield weight, node, other

    def _bonded(self, nodes: list[Node[Item]], settled: Settled[Item]) -> list[list[Node[Item]]]:
        """The groups that judgements put together; a group that others keep apart within is given up."""
        groups = []
        for group in _bonded_groups(nodes):
            inside = set(group)
            if any(node.bars and not node.bars.isdisjoint(inside) for node in group):
                settled.in_conflict.append(group)
            else:
                groups.append(group)
        return groups

    def _clipped_weights(self, nodes: list[Node[Item]]) -> Weights:
        limits = self._thresholds
        clip = limits.clip
        weights: Weights = [[0] * len(nodes) for _ in nodes]
        for row, node in enumerate(nodes):
            mine, edges, others = weights[row], node.edges or {}, node.others or {}
            for column in range(row + 1, len(nodes)):
                other = nodes[column]
                weight = edges.get(other)
                if weight is None and (weight := others.get(other)) is None:
                    weight = self._weight(node, other)
                if not -clip <= weight <= clip:
                    weight = limits.clipped(weight)
                if node.bars and other in node.bars:
                    weight = VETO
                mine[column] = weights[column][row] = weight
        return weights

    def _weight(self, node: Node[Item], other: Node[Item]) -> int:
        weight = node.edges.get(other) if node.edges else None
        if weight is None and node.others:
            weight = node.others.get(other)
        if weight is None:
            weight = self._scorer.weigh(node.value, other.value)
            for one, another in ((node, other), (other, node)):
                one.others = one.others or {}
                one.others[another] = weight
        return weight


def _bonded_groups(nodes: Iterable[Node[Item]]) -> Iterator[list[Node[Item]]]:
    seen: set[Node[Item]] = set()
    for start in nodes:
        if not start.bonds or start in seen:
            continue
        group = [start]
        seen.add(start)
        for node in group:
            for other in sorted(node.bonds or (), key=_by_digest):
                if other not in seen:
                    seen.add(other)
                    group.append(other)
        yield group


def _merge(groups: dict[Node[Item], list[Node[Item]]], one: Node[Item], other: Node[Item]) -> None:
    kept, gone = groups[one], groups[other]
    if kept is not gone:
        kept += gone
        for node in gone:
            groups[node] = kept


def _are_barred(one: list[Node[Item]], other: list[Node[Item]]) -> bool:
    others = set(other)
    return any(node.bars and not node.bars.isdisjoint(others) for node in one)


def _by_strength(edge: tuple[int, Node[Item], Node[Item]]) -> tuple[int, bytes, bytes]:
    weight, node, other = edge
    return -weight, node.digest, other.digest
