"""What a batch of changes did to an area, told as a Resolution."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from linkage.changes import Attention, Link, Move, PlaceKey, Resolution
from linkage.graph import Graph
from linkage.held import HeldArea, HeldReport
from linkage.identities import Identities
from linkage.ledger import Ledger, attention
from linkage.nodes import Node
from linkage.persons import PERSON
from linkage.places import PlaceEntry
from linkage.scoring import Comparable
from linkage.values import Incident
from schemas.vocabulary import Graph as GraphName

INCIDENT = GraphName.INCIDENT

Item = TypeVar("Item", bound=Comparable)


class Batch:
    """The changes to an area since its last resolution: reports touched, places left, what needs attention."""

    def __init__(self, area: HeldArea) -> None:
        self.area = area
        self.ledger: Ledger[Incident] = Ledger(INCIDENT)
        self.touched: dict[HeldReport, None] = {}
        self.left_places: dict[PlaceEntry[HeldReport], None] = {}
        self.attention: list[Attention] = []
        area.seats.ledger = Ledger(PERSON)

    def resolve(self) -> Resolution:
        """Settle both graphs, number what changed, and tell the difference."""
        area, version = self.area, self.area.model.version
        persons = _Side(area.seats.ledger, area.person_graph, area.person_ids, area.seats.at.get, area.person_id)
        incidents = _Side(self.ledger, area.incident_graph, area.incident_ids, area.node_of_report, area.incident_id)
        self._touch_reports_of(incidents)
        person_links, person_dropped = persons.links(version)
        links, dropped = incidents.links(version)
        numbers = {held.node.cluster for held in self.touched if held.node is not None}
        seats = area.seats.at
        person_numbers = {seats[member].cluster for held in self.touched for member in held.mention_ids}
        return Resolution(
            links=tuple(sorted(person_links + links, key=_link_order)),
            dropped=tuple(sorted(person_dropped + dropped)),
            incident_of=incidents.assignments(),
            person_of=persons.assignments(),
            aliases=(*incidents.aliases(), *persons.aliases()),
            moves=(*incidents.moves(), *persons.moves()),
            attention=(*self.attention, *incidents.attention(), *persons.attention()),
            touched_incidents=incidents.touched(numbers),
            touched_persons=persons.touched(person_numbers),
            touched_places=self._touched_places(),
        )

    def _touch_reports_of(self, incidents: "_Side[Incident]") -> None:
        """Whatever counts incidents may count otherwise, once an incident's reports are others."""
        held = self.area.held
        for number in incidents.renumbering.changed:
            for node in self.area.incident_ids.nodes(number):
                self.touched[held[node.label()]] = None

    def _touched_places(self) -> tuple[PlaceKey, ...]:
        entries = dict.fromkeys(self.left_places)
        for held in self.touched:
            entries.update(dict.fromkeys(held.entries))
        return tuple([entry.key for entry in entries])


class _Side(Generic[Item]):
    """What changed in one graph: its clusters settled and numbered, and its ledger read."""

    def __init__(
        self,
        ledger: Ledger[Item],
        graph: Graph[Item],
        identities: Identities[Item],
        node_of: Callable[[str], Node[Item] | None],
        name: Callable[[int], str],
    ) -> None:
        self.settled = graph.settle()
        self.renumbering = identities.assign(self.settled.clusters, ledger.departures(node_of))
        ledger.renumbered(self.renumbering)
        self._changed = ledger.changed(node_of)
        self._ledger = ledger
        self._graph = graph
        self._identities = identities
        self._name = name

    def links(self, version: str) -> tuple[list[Link], list[tuple[GraphName, str, str]]]:
        """New or changed links, and dropped ones."""
        return self._ledger.links(self._graph.scorer, self.settled.levels_of, version)

    def assignments(self) -> dict[str, str | None]:
        """The new cluster of each member that changed cluster."""
        return {member: self._name(new) if new else None for member, _, new in self._changed}

    def aliases(self) -> Iterator[tuple[str, str]]:
        """(old id, surviving id) of merged clusters."""
        for old, new in sorted(self.renumbering.merged.items()):
            yield self._name(old), self._name(new)

    def moves(self) -> Iterator[Move]:
        """How clusters changed."""
        return self._ledger.moves(self._changed, self.renumbering, self._identities.is_shared, self._name)

    def attention(self) -> Iterator[Attention]:
        """What settling could not do by the rule."""
        return attention(self._ledger.graph, self.settled)

    def touched(self, numbers: set[int]) -> tuple[str, ...]:
        """The ids of these clusters, and of all that have changed, ended, lost or gained a member."""
        numbers |= self.renumbering.changed | self.renumbering.ended | set(self._ledger.before.values())
        return tuple([self._name(number) for number in sorted(numbers) if number])


def _link_order(link: Link) -> tuple[GraphName, str, str]:
    return link.graph, link.left, link.right
