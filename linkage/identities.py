"""Cluster numbers as state: given once, never used again, kept by whoever has the best claim.

A number belongs to the part that holds its oldest member (by received time, then id). Of the numbers that a cluster
may claim, the smallest survives and the others become its aliases; a cluster without a claim gets a new number.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from linkage.nodes import Node

Item = TypeVar("Item")
Age = tuple[int, str]


class Counter:
    """The one counter of an area's cluster numbers."""

    __slots__ = ("next_number",)

    def __init__(self) -> None:
        self.next_number = 1

    def take(self) -> int:
        """A number that was never given before."""
        number = self.next_number
        self.next_number += 1
        return number


@dataclass(slots=True)
class Departure(Generic[Item]):
    """A member left a node that had this number; `goes_to` is the node where it is now, None if it is gone."""

    number: int
    age: Age
    goes_to: Node[Item] | None


@dataclass(slots=True)
class Renumbering(Generic[Item]):
    """What became of the numbers: nodes with their former number, numbers merged (old → survivor) or parted off
    (new → old), clusters whose nodes changed, and numbers that nobody bears any more.
    """

    nodes: list[tuple[Node[Item], int]] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    parted: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)


class Identities(Generic[Item]):
    """The numbers of one graph's clusters."""

    __slots__ = ("_clusters", "_counter")

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._clusters: dict[int, list[Node[Item]] | Node[Item]] = {}

    def nodes(self, number: int) -> list[Node[Item]]:
        """The nodes of a cluster; none for a number that nobody bears."""
        held = self._clusters.get(number, [])
        return held if isinstance(held, list) else [held]

    def is_shared(self, number: int) -> bool:
        """Whether a cluster has more than one member."""
        held = self._clusters.get(number)
        return held is not None and (isinstance(held, list) or len(held.members) > 1)

    def assign(self, clusters: list[list[Node[Item]]], departures: list[Departure[Item]]) -> Renumbering[Item]:
        """Number these clusters, which replace whatever their nodes were in before."""
        renumbering: Renumbering[Item] = Renumbering()
        concerned = self._with_neighbours(clusters, departures) if departures else clusters
        claims = self._claims(concerned, departures)
        claimed: dict[int, list[int]] = {}
        for number, (_, place) in claims.items():
            claimed.setdefault(place, []).append(number)
        for place in sorted(range(len(concerned)), key=lambda place: _age(concerned[place])):
            self._number(concerned[place], claimed.get(place, []), renumbering)
        self._end({departure.number for departure in departures}.difference(claims), renumbering)
        return renumbering

    def _with_neighbours(
        self, clusters: list[list[Node[Item]]], departures: list[Departure[Item]]
    ) -> list[list[Node[Item]]]:
        """The clusters, and those others that a member left or went to."""
        seen = {node for cluster in clusters for node in cluster}
        concerned = list(clusters)
        for departure in departures:
            goals = self.nodes(departure.goes_to.cluster) if departure.goes_to is not None else []
            for nodes in (self.nodes(departure.number), goals):
                left = [node for node in nodes if node.members and node not in seen]
                if left:
                    seen.update(left)
                    concerned.append(left)
        return concerned

    def _claims(
        self, clusters: list[list[Node[Item]]], departures: list[Departure[Item]]
    ) -> dict[int, tuple[Age, int]]:
        """For each number its oldest member's age and the place of the cluster that holds that member now."""
        claims: dict[int, tuple[Age, int]] = {}
        place_of = {}
        for place, cluster in enumerate(clusters):
            for node in cluster:
                place_of[node] = place
                if node.cluster:
                    _claim(claims, node.cluster, node.first, place)
        for departure in departures:
            if departure.goes_to is not None:
                _claim(claims, departure.number, departure.age, place_of[departure.goes_to])
        return claims

    def _number(self, cluster: list[Node[Item]], claimed: list[int], renumbering: Renumbering[Item]) -> None:
        if not claimed and len(cluster) == 1 and not cluster[0].cluster:
            self._begin(cluster[0], renumbering)
            return
        number = min(claimed) if claimed else self._counter.take()
        for other in claimed:
            if other != number:
                renumbering.merged[other] = number
                self._clusters.pop(other, None)
        former = {node.cluster for node in cluster}
        if former == {number} and len(cluster) == len(self.nodes(number)):
            return
        if not claimed and (known := former - {0}):
            renumbering.parted[number] = min(known)
        renumbering.changed.add(number)
        self._clusters[number] = cluster if len(cluster) > 1 else cluster[0]
        for node in cluster:
            if node.cluster != number:
                renumbering.nodes.append((node, node.cluster))
                node.cluster = number

    def _begin(self, node: Node[Item], renumbering: Renumbering[Item]) -> None:
        """A new node by itself, by far the most frequent case."""
        node.cluster = number = self._counter.take()
        self._clusters[number] = node
        renumbering.changed.add(number)
        renumbering.nodes.append((node, 0))

    def _end(self, numbers: set[int], renumbering: Renumbering[Item]) -> None:
        for number in numbers:
            if self._clusters.pop(number, None) is not None:
                renumbering.ended.add(number)


def _claim(claims: dict[int, tuple[Age, int]], number: int, age: Age, place: int) -> None:
    held = claims.get(number)
    if held is None or age < held[0]:
        claims[number] = (age, place)


def _age(cluster: list[Node[Item]]) -> Age:
    return cluster[0].first if len(cluster) == 1 else min(node.first for node in cluster)
