"""What was stored under one model, told as the difference to what another model finds in the same reports."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from linkage.changes import Link, Resolution
from linkage.graph import Graph
from linkage.held import HeldArea
from linkage.ledger import Ledger
from linkage.nodes import Node
from linkage.persons import PERSON
from linkage.scoring import Comparable
from linkage.telling import INCIDENT
from schemas.vocabulary import Graph as GraphName

Item = TypeVar("Item", bound=Comparable)
Pair = tuple[GraphName, str, str]
"""A graph and two ids of its members, as a link names them."""


def retell(area: HeldArea, stored: Mapping[str, str], links: Iterable[Pair]) -> Resolution:
    """Every link under the area's model, and whatever is otherwise than stored.

    `stored` has the cluster's id of each report and mention, `links` the pairs that were linked. The area was restored
    from them, so that members kept their ids as far as they are still together. What is touched is not told: it may be
    anything.
    """
    incidents, persons = dict(_incidents(area)), dict(_persons(area))
    found = (*_links(area, PERSON, area.person_graph, area.seats.at.values()), *_incident_links(area))
    kept = {(link.graph, link.left, link.right) for link in found}
    return Resolution(
        links=found,
        dropped=tuple(sorted(pair for pair in set(links) if pair not in kept)),
        incident_of={member: now for member, now in incidents.items() if stored.get(member) != now},
        person_of={member: now for member, now in persons.items() if stored.get(member) != now},
        aliases=(*_aliases(area, incidents, stored), *_aliases(area, persons, stored)),
    )


def _incidents(area: HeldArea) -> Iterator[tuple[str, str]]:
    return ((report, area.incident_id(area.incident_number(report))) for report in area.reports())


def _persons(area: HeldArea) -> Iterator[tuple[str, str]]:
    return ((mention, area.person_id(area.person_number(mention))) for mention in area.mentions())


def _incident_links(area: HeldArea) -> list[Link]:
    nodes = (held.node for held in area.held.values() if held.node is not None)
    return _links(area, INCIDENT, area.incident_graph, nodes)


def _links(area: HeldArea, name: GraphName, graph: Graph[Item], nodes: Iterable[Node[Item]]) -> list[Link]:
    ledger: Ledger[Item] = Ledger(name)
    for node in nodes:
        ledger.is_new(node)
    links, _ = ledger.links(graph.scorer, {}, area.model.version)
    return links


def _aliases(area: HeldArea, now: Mapping[str, str], stored: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(stored id that nobody bears, the id where its oldest member is)."""
    in_use = set(now.values())
    oldest: dict[str, tuple[int, str]] = {}
    for member in now:
        old = stored.get(member)
        if old is not None and old not in in_use:
            age = (area.received_of(member), member)
            oldest[old] = min(age, oldest.get(old, age))
    for old, (_, member) in sorted(oldest.items()):
        yield old, now[member]
