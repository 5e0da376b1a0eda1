"""What an index holds of one area, and what the case rules ask of it."""

from __future__ import annotations

from collections.abc import Iterable

from linkage.blocking import PersonBlocks
from linkage.blocking_incidents import IncidentBlocks
from linkage.changes import PlaceKey
from linkage.compare_incidents import incident_comparing
from linkage.compare_persons import person_comparing
from linkage.features import ReportFeatures
from linkage.graph import Graph
from linkage.identities import Counter, Identities
from linkage.interner import Interner
from linkage.judgements import Judgements
from linkage.model import Model
from linkage.nodes import Node
from linkage.packing import unpack
from linkage.persons import Seats
from linkage.places import PlaceEntry, PlaceIndex
from linkage.postings import IncidentBlockIndex, PersonBlockIndex
from linkage.scoring import Scorer
from linkage.values import VICTIMS, Incident, Person

_REMEMBERED = 1024


class HeldReport:
    """A report as the index holds it; one that may not be linked is only a revision."""

    __slots__ = ("entries", "mention_ids", "node", "packed", "received", "report_id", "revision")

    report_id: str
    revision: int
    received: int
    packed: bytes
    node: Node[Incident] | None
    mention_ids: tuple[str, ...]
    entries: tuple[PlaceEntry[HeldReport], ...]


class HeldArea:
    """One area's reports and graphs. `held` has every report by id; the rest is the index's own.

    Ids are `{area}-I{n}` for incidents and `{area}-V{n}` for persons, numbers from one counter.
    """

    def __init__(self, area: str, model: Model, secret: bytes) -> None:
        self.area = area
        self.model = model
        self.secret = secret
        self.interner = Interner(model)
        self.counter = Counter()
        self.verdicts = Judgements()
        person_scorer: Scorer[Person] = Scorer(model.person, person_comparing())
        incident_scorer = Scorer(model.incident, incident_comparing(model, person_scorer))
        self.person_graph = Graph(person_scorer, PersonBlockIndex(PersonBlocks(model.person)))
        self.incident_graph = Graph(incident_scorer, IncidentBlockIndex(IncidentBlocks(model.incident)))
        self.person_ids: Identities[Person] = Identities(self.counter)
        self.incident_ids: Identities[Incident] = Identities(self.counter)
        self.seats = Seats(self.person_graph, self.interner, self.verdicts, secret, self._received_of_mention)
        self.places: PlaceIndex[HeldReport] = PlaceIndex()
        self.held: dict[str, HeldReport] = {}
        self.report_of_mention: dict[str, HeldReport] = {}
        self.tombstones: dict[str, int] = {}
        self.remembered: dict[str, ReportFeatures] = {}

    @property
    def next_number(self) -> int:
        """The number that the next new cluster will get; kept with the stored state."""
        return self.counter.next_number

    def features(self, report_id: str) -> ReportFeatures | None:
        """The features of a linked report; None for others."""
        held = self.held.get(report_id)
        return self.unpacked_features(held) if held is not None and held.node is not None else None

    def incident_of(self, report_id: str) -> str | None:
        """The incident of a report."""
        number = self.incident_number(report_id)
        return self.incident_id(number) if number else None

    def person_of(self, mention_id: str) -> str | None:
        """The person of a mention."""
        number = self.person_number(mention_id)
        return self.person_id(number) if number else None

    def reports_of_incident(self, incident_id: str) -> tuple[str, ...]:
        """The reports of an incident, sorted; none for an id that nobody bears."""
        nodes = self.incident_ids.nodes(self._number(incident_id, "I"))
        return tuple(sorted(node.label() for node in nodes))

    def mentions_of_person(self, person_id: str) -> tuple[str, ...]:
        """The mentions of a person, sorted; none for an id that nobody bears."""
        nodes = self.person_ids.nodes(self._number(person_id, "V"))
        return tuple(sorted(member for node in nodes for member in node.members))

    def incidents_of_victim(self, person_id: str) -> tuple[str, ...]:
        """The incidents that a person suffered, in the order of their numbers; none of a suspect or witness."""
        nodes = [node for node in self.person_ids.nodes(self._number(person_id, "V")) if node.value.group == VICTIMS]
        return self._incidents_of(self.report_of_mention[member] for node in nodes for member in node.members)

    def incidents_of_place(self, place: PlaceKey) -> tuple[str, ...]:
        """The incidents of which a report names that place in that role, in the order of their numbers."""
        return self._incidents_of(self.places.reports(place))

    def reports(self) -> tuple[str, ...]:
        """All linked reports, sorted."""
        return tuple(sorted(report_id for report_id, held in self.held.items() if held.node is not None))

    def mentions(self) -> tuple[str, ...]:
        """All seated mentions, sorted."""
        return tuple(sorted(self.seats.at))

    def _incidents_of(self, reports: Iterable[HeldReport]) -> tuple[str, ...]:
        numbers = {held.node.cluster for held in reports if held.node is not None}
        return tuple(self.incident_id(number) for number in sorted(numbers))

    def unpacked_features(self, held: HeldReport) -> ReportFeatures:
        """The features of a held report; those asked for lately are remembered."""
        features = self.remembered.get(held.report_id)
        if features is None:
            if len(self.remembered) >= _REMEMBERED:
                self.remembered.clear()
            features = self.remembered[held.report_id] = unpack(held.packed)
        return features

    def received_of(self, member: str) -> int:
        """When a report, or the report of a mention, was received."""
        held = self.held.get(member)
        return held.received if held is not None else self._received_of_mention(member)

    def _received_of_mention(self, member: str) -> int:
        return self.report_of_mention[member].received

    def node_of_report(self, report_id: str) -> Node[Incident] | None:
        """The node of a linked report."""
        held = self.held.get(report_id)
        return held.node if held is not None else None

    def incident_number(self, report_id: str) -> int:
        """The number of a report's incident, 0 without one."""
        node = self.node_of_report(report_id)
        return node.cluster if node is not None else 0

    def person_number(self, mention_id: str) -> int:
        """The number of a mention's person, 0 without one."""
        node = self.seats.at.get(mention_id)
        return node.cluster if node is not None else 0

    def incident_id(self, number: int) -> str:
        """An incident's id."""
        return f"{self.area}-I{number}"

    def person_id(self, number: int) -> str:
        """A person's id."""
        return f"{self.area}-V{number}"

    def _number(self, cluster_id: str, letter: str) -> int:
        """The number of an id of this area and kind, 0 for any other text."""
        digits = cluster_id.removeprefix(f"{self.area}-{letter}")
        return int(digits) if digits != cluster_id and digits.isdecimal() else 0
