"""What a batch of changes did to an area, told as a Resolution."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from linkage.changes import Attention, Link, Move, PlaceKey, Resolution
from linkage.held import HeldArea, HeldReport
from linkage.identities import Renumbering
from linkage.ledger import Ledger, attention
from linkage.persons import PERSON
from linkage.places import PlaceEntry
from linkage.scoring import Comparable
from linkage.values import Incident, Person
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
        persons, incidents = self.area.person_graph.settle(), self.area.incident_graph.settle()
        person_ledger, ledger = self.area.seats.ledger, self.ledger
        new_persons = self.area.person_ids.assign(persons.clusters, person_ledger.departures(self.area.seats.at.get))
        new_incidents = self.area.incident_ids.assign(incidents.clusters, ledger.departures(self.area.node_of_report))
        person_ledger.renumbered(new_persons)
        ledger.renumbered(new_incidents)
        version = self.area.model.version
        person_links, person_dropped = person_ledger.links(self.area.person_graph.scorer, version)
        links, dropped = ledger.links(self.area.incident_graph.scorer, version)
        self._touch_all(new_incidents)
        return Resolution(
            links=tuple(sorted(person_links + links, key=_link_order)),
            dropped=tuple(sorted(person_dropped + dropped)),
            incident_of=self._changed(ledger, self.area.incident_number, self.area.incident_id),
            person_of=self._changed(person_ledger, self.area.person_number, self.area.person_id),
            aliases=self._aliases(new_incidents, new_persons),
            moves=(*self._incident_moves(new_incidents), *self._person_moves(new_persons)),
            attention=(*self.attention, *attention(INCIDENT, incidents), *attention(PERSON, persons)),
            touched_incidents=self._touched_incidents(new_incidents),
            touched_persons=self._touched_persons(new_persons),
            touched_places=self._touched_places(),
        )

    def _touch_all(self, renumbering: Renumbering[Incident]) -> None:
        """Whatever counts incidents may count otherwise, once an incident's reports are others."""
        for number in renumbering.changed:
            for node in self.area.incident_ids.nodes(number):
                self.touched[self.area.held[node.label()]] = None

    def _changed(
        self, ledger: Ledger[Item], number_of: Callable[[str], int], name: Callable[[int], str]
    ) -> dict[str, str | None]:
        changed: dict[str, str | None] = {}
        for member, old in ledger.before.items():
            new = number_of(member)
            if new != old:
                changed[member] = name(new) if new else None
        return changed

    def _aliases(self, incidents: Renumbering[Incident], persons: Renumbering[Person]) -> tuple[tuple[str, str], ...]:
        return (
            *(
                (self.area.incident_id(old), self.area.incident_id(new))
                for old, new in sorted(incidents.merged.items())
            ),
            *((self.area.person_id(old), self.area.person_id(new)) for old, new in sorted(persons.merged.items())),
        )

    def _incident_moves(self, renumbering: Renumbering[Incident]) -> Iterator[Move]:
        ids = self.area.incident_ids
        return self.ledger.moves(renumbering, self.area.incident_number, ids.is_shared, self.area.incident_id)

    def _person_moves(self, renumbering: Renumbering[Person]) -> Iterator[Move]:
        ids = self.area.person_ids
        return self.area.seats.ledger.moves(renumbering, self.area.person_number, ids.is_shared, self.area.person_id)

    def _touched_incidents(self, renumbering: Renumbering[Incident]) -> tuple[str, ...]:
        numbers = {held.node.cluster for held in self.touched if held.node is not None}
        numbers |= renumbering.changed | renumbering.ended | set(self.ledger.before.values())
        return tuple(self.area.incident_id(number) for number in sorted(numbers - {0}))

    def _touched_persons(self, renumbering: Renumbering[Person]) -> tuple[str, ...]:
        seats = self.area.seats.at
        numbers = {seats[member].cluster for held in self.touched for member in held.mention_ids}
        numbers |= renumbering.changed | renumbering.ended | set(self.area.seats.ledger.before.values())
        return tuple(self.area.person_id(number) for number in sorted(numbers - {0}))

    def _touched_places(self) -> tuple[PlaceKey, ...]:
        entries = dict.fromkeys(self.left_places)
        for held in self.touched:
            entries.update(dict.fromkeys(held.entries))
        return tuple([entry.key for entry in entries])


def _link_order(link: Link) -> tuple[GraphName, str, str]:
    return link.graph, link.left, link.right
