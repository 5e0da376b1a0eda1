"""What a batch of changes did to one graph: links before and after, and who changed clusters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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

    def links(
        self, scorer: Scorer[Item], levels_of: Mapping[tuple[Node[Item], Node[Item]], int], version: str
    ) -> tuple[list[Link], list[tuple[GraphName, str, str]]]:
        """The links that are new or changed, and those that are gone; `levels_of` new edges are known."""
        links = []
        now = set()
        fresh, weights = self._fresh, self._weights
        for node in self._relinked:
            for other, weight in (node.edges or {}).items():
                pair = _pair(node, other)
                if pair in now:
                    continue
                now.add(pair)
                if node in fresh or other in fresh or weights.get(pair) != weight:
                    levels = levels_of.get((node, other)) or levels_of.get((other, node))
                    rows = scorer.rows_of(levels) if levels else scorer.rows(node.value, other.value)
                    links.append(Link(self.graph, *pair, weight, scorer.model.band(weight), version, rows))
        dropped = [(self.graph, *pair) for pair in weights if pair not in now]
        return links, dropped

    def changed(self, node_of: Callable[[str], Node[Item] | None]) -> list[tuple[str, int, int]]:
        """(member, number before, number now) of those that changed cluster; 0: none."""
        found = []
        for member, old in self.before.items():
            node = node_of(member)
            new = node.cluster if node is not None else 0
            if new != old:
                found.append((member, old, new))
        return found

    def moves(
        self,
        changed: Iterable[tuple[str, int, int]],
        renumbering: Renumbering[Item],
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
            for member, old, new in changed
            if (old or is_shared(new)) and renumbering.merged.get(old) != new and renumbering.parted.get(new) != old
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
