"""What a batch of changes did to one graph: links before and after, and who changed clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from linkage.changes import Attention, Link, Move
from linkage.identities import Age, Departure, Renumbering
from linkage.nodes import Node
from linkage.partitioning import Settled
from linkage.scoring import Comparable, Scorer
from schemas.vocabulary import Graph as GraphName

Item = TypeVar("Item", bound=Comparable)
_MOST_NAMED = 5


class Ledger(Generic[Item]):
    """Remembers, while a batch goes on, how things were when it began.

    `before` holds each member's cluster number then (0: it had none), for members that may have changed cluster.
    """

    __slots__ = ("_departed", "_fresh", "_relinked", "_weights", "before", "graph")

    def __init__(self, graph: GraphName) -> None:
        self.graph = graph
        self.before: dict[str, int] = {}
        self._weights: dict[tuple[str, str], int] = {}
        self._relinked: dict[Node[Item], None] = {}
        self._fresh: set[Node[Item]] = set()
        self._departed: list[tuple[str, int, Age]] = []

    def is_new(self, node: Node[Item]) -> None:
        """A node that has no links yet."""
        self._relinked[node] = None
        self._fresh.add(node)

    def will_change(self, node: Node[Item], is_replaced: bool = False) -> None:
        """A node's links, or the id that stands for it, are about to change; or its very values."""
        if is_replaced:
            self._fresh.add(node)
        if node in self._relinked:
            return
        for other, weight in (node.edges or {}).items():
            if other not in self._relinked:
                self._weights[_pair(node, other)] = weight
        self._relinked[node] = None

    def departs(self, member: str, number: int, age: Age) -> None:
        """A member leaves its node; it may be seated elsewhere before the batch ends."""
        self.before.setdefault(member, number)
        if number:
            self._departed.append((member, number, age))

    def departures(self, seat: Callable[[str], Node[Item] | None]) -> list[Departure[Item]]:
        """Those who left, with where they are now."""
        return [Departure(number, age, seat(member)) for member, number, age in self._departed]

    def renumbered(self, renumbering: Renumbering[Item]) -> None:
        """Nodes have other numbers now."""
        for node, number in renumbering.nodes:
            for member in node.members:
                self.before.setdefault(member, number)

    def links(self, scorer: Scorer[Item], version: str) -> tuple[list[Link], list[tuple[GraphName, str, str]]]:
        """The links that are new or changed, and those that are gone."""
        links = []
        now = set()
        for node in self._relinked:
            for other, weight in (node.edges or {}).items():
                pair = _pair(node, other)
                if pair not in now:
                    now.add(pair)
                    is_fresh = node in self._fresh or other in self._fresh
                    if is_fresh or self._weights.get(pair) != weight:
                        links.append(self._link(scorer, version, pair, node, other, weight))
        dropped = [(self.graph, *pair) for pair in self._weights if pair not in now]
        return links, dropped

    def _link(
        self,
        scorer: Scorer[Item],
        version: str,
        pair: tuple[str, str],
        node: Node[Item],
        other: Node[Item],
        weight: int,
    ) -> Link:
        band = scorer.model.band(weight)
        return Link(self.graph, *pair, weight, band, version, scorer.rows(node.value, other.value))

    def moves(
        self,
        renumbering: Renumbering[Item],
        number_of: Callable[[str], int],
        is_shared: Callable[[int], bool],
        name: Callable[[int], str],
    ) -> Iterator[Move]:
        """How clusters changed: merged and split as a whole, joined and left member by member."""
        for old, new in sorted(renumbering.merged.items()):
            yield Move(self.graph, "merged", name(new), name(old))
        for new, old in sorted(renumbering.parted.items()):
            yield Move(self.graph, "split", name(new), name(old))
        alone = [
            (member, old, new)
            for member, old in self.before.items()
            if old != (new := number_of(member))
            and renumbering.merged.get(old) != new
            and renumbering.parted.get(new) != old
            and (old or is_shared(new))
        ]
        for member, old, new in sorted(alone):
            if old:
                yield Move(self.graph, "left", name(old), member=member)
            if new and is_shared(new):
                yield Move(self.graph, "joined", name(new), member=member)


def attention(graph: GraphName, settled: Settled[Item]) -> Iterator[Attention]:
    """What settling could not do by the rule."""
    for kind, groups in (("component_too_large", settled.too_large), ("judgements_conflict", settled.in_conflict)):
        for nodes in groups:
            labels = sorted(node.label() for node in nodes)
            yield Attention(graph, kind, tuple(labels[:_MOST_NAMED]))


def _pair(node: Node[Item], other: Node[Item]) -> tuple[str, str]:
    left, right = node.label(), other.label()
    return (left, right) if left < right else (right, left)
