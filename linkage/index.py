"""An area's index: reports in, incidents and persons out, and what the case rules ask of them.

Everything that apply() returns follows from the set of current reports and judgements, whatever their order; only
the numbers of clusters are state, and restore() takes them from where they were stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from linkage.blocking import PersonBlocks
from linkage.blocking_incidents import IncidentBlocks
from linkage.changes import (
    Attention,
    Change,
    Judge,
    Link,
    Move,
    PlaceKey,
    Put,
    Resolution,
    Withdraw,
)
from linkage.compare_incidents import incident_comparing
from linkage.compare_persons import person_comparing
from linkage.features import ReportFeatures
from linkage.graph import Graph
from linkage.identities import Counter, Identities, Renumbering
from linkage.judgements import Judgements, Pair, pair_of
from linkage.ledger import Ledger, attention
from linkage.model import Model
from linkage.nodes import Node
from linkage.packing import pack, unpack
from linkage.persons import PERSON, Seats
from linkage.places import PlaceEntry, PlaceIndex
from linkage.postings import IncidentBlockIndex, PersonBlockIndex
from linkage.scoring import Comparable, Scorer
from linkage.values import Incident, Interner, Person, report_digest, same_values
from schemas.vocabulary import Graph as GraphName
from schemas.vocabulary import Verdict

__all__ = [
    "AreaIndex",
    "Attention",
    "Change",
    "Judge",
    "Link",
    "Move",
    "PlaceKey",
    "Put",
    "Resolution",
    "Withdraw",
]

INCIDENT = GraphName.INCIDENT

Item = TypeVar("Item", bound=Comparable)

_REMEMBERED = 1024
_LETTERED = re.compile(r".*-[IV]")


class _Held:
    """A report as the index holds it; one that may not be linked is only a revision."""

    __slots__ = ("entries", "mention_ids", "node", "packed", "received", "report_id", "revision")

    report_id: str
    revision: int
    received: int
    packed: bytes
    node: Node[Incident] | None
    mention_ids: tuple[str, ...]
    entries: tuple[PlaceEntry[_Held], ...]


class AreaIndex:
    """One area's reports, linked.

    >>> from linkage.model import load_model
    >>> AreaIndex("E09000012", load_model(), b"secret").apply([]).links
    ()
    """

    def __init__(self, area: str, model: Model, secret: bytes) -> None:
        self.area = area
        self.model = model
        self._secret = secret
        self._interner = Interner(model)
        self._counter = Counter()
        self._judgements = Judgements()
        person_scorer: Scorer[Person] = Scorer(model.person, person_comparing())
        incident_scorer = Scorer(model.incident, incident_comparing(model, person_scorer))
        self._persons = Graph(person_scorer, PersonBlockIndex(PersonBlocks(model.person)))
        self._incidents = Graph(incident_scorer, IncidentBlockIndex(IncidentBlocks(model.incident)))
        self._person_ids: Identities[Person] = Identities(self._counter)
        self._incident_ids: Identities[Incident] = Identities(self._counter)
        self._seats = Seats(self._persons, self._interner, self._judgements, secret, self._received_of_mention)
        self._places: PlaceIndex[_Held] = PlaceIndex()
        self._reports: dict[str, _Held] = {}
        self._report_of_mention: dict[str, _Held] = {}
        self._tombstones: dict[str, int] = {}
        self._unpacked: dict[str, ReportFeatures] = {}
        self._begin()

    @property
    def next_number(self) -> int:
        """The number that the next new cluster will get; kept with the stored state."""
        return self._counter.next_number

    # changes

    def apply(self, changes: Sequence[Change]) -> Resolution:
        """Take in changes and tell what they changed. Older or repeated revisions have no effect."""
        self._begin()
        for change in changes:
            self._take(change)
        return self._resolve()

    def restore(
        self,
        features: Iterable[ReportFeatures],
        tombstones: Mapping[str, int],
        judgements: Iterable[Judge],
        cluster_ids: Mapping[str, str],
        next_number: int,
    ) -> None:
        """Rebuild an empty index from stored state: `cluster_ids` by report and mention, `tombstones` by report.

        Members keep their ids as far as they are still together under this model; nothing is emitted.
        """
        self._begin()
        self._tombstones.update(tombstones)
        for judgement in judgements:
            self._judge(judgement)
        for report in features:
            self._put(report, None)
        self._counter.next_number = max(next_number, self._counter.next_number)
        _assume(self._seats.at.values(), cluster_ids)
        _assume((held.node for held in self._reports.values() if held.node is not None), cluster_ids)
        self._person_ids.assign(self._persons.settle().clusters, [])
        self._incident_ids.assign(self._incidents.settle().clusters, [])
        self._begin()

    def _begin(self) -> None:
        self._seats.ledger = Ledger(PERSON)
        self._ledger: Ledger[Incident] = Ledger(INCIDENT)
        self._touched: dict[_Held, None] = {}
        self._left_places: dict[PlaceEntry[_Held], None] = {}
        self._attention: list[Attention] = []

    def _take(self, change: Change) -> None:
        if isinstance(change, Put):
            self._put(change.features, change.packed)
        elif isinstance(change, Withdraw):
            self._withdraw(change)
        else:
            self._judge(change)

    def _put(self, features: ReportFeatures, packed: bytes | None) -> None:
        report_id = features.report_id
        held = self._reports.get(report_id)
        known = held.revision if held is not None else self._tombstones.get(report_id)
        if known is not None and features.revision <= known:
            return
        self._tombstones.pop(report_id, None)
        if held is None:
            held = self._reports[report_id] = _Held()
            held.report_id, held.node, held.mention_ids, held.entries = report_id, None, (), ()
        held.revision = features.revision
        if features.linkable:
            self._hold(held, features, packed or pack(features))
        else:
            self._let_go(held)
            held.received, held.packed = features.received, b""

    def _hold(self, held: _Held, features: ReportFeatures, packed: bytes) -> None:
        self._touched[held] = None
        self._unpacked.pop(held.report_id, None)
        persons = self._seat(held, features)
        held.packed = packed
        incident = self._interner.incident(features, persons)
        if held.node is None:
            self._add(held, incident)
        else:
            held.node.first = (features.received, held.report_id)
            if not same_values(held.node.value, incident):
                self._replace(held.node, incident)
        self._leave_places(held)
        held.entries = self._places.enter(held, features.places)

    def _leave_places(self, held: _Held) -> None:
        if held.entries:
            self._left_places.update(dict.fromkeys(held.entries))
            self._places.leave(held, held.entries)
            held.entries = ()

    def _add(self, held: _Held, incident: Incident) -> None:
        node = held.node = Node(incident, report_digest(held.report_id, self._secret))
        node.members.append(held.report_id)
        node.first = (held.received, held.report_id)
        self._ledger.before.setdefault(held.report_id, 0)
        self._ledger.is_new(node)
        self._incidents.add(node)
        if self._judgements:
            self._bind(node)

    def _replace(self, node: Node[Incident], incident: Incident) -> None:
        self._ledger.will_change(node, is_replaced=True)
        self._incidents.remove(node)
        node.value = incident
        self._incidents.add(node)

    def _seat(self, held: _Held, features: ReportFeatures) -> list[Person]:
        """Seat the report's mentions as they are now; the persons' values."""
        mentions = {mention.mention_id: mention for mention in features.mentions if mention.linkable}
        is_same_time = held.mention_ids != () and held.received == features.received
        for member in held.mention_ids:
            if not (is_same_time and member in mentions and self._seats.holds(mentions[member])):
                self._seats.unseat(member)
                del self._report_of_mention[member]
        held.received = features.received
        held.mention_ids = tuple(mentions)
        for member, mention in mentions.items():
            if member not in self._report_of_mention:
                self._report_of_mention[member] = held
                self._seats.seat(mention, features.received)
        return [self._seats.at[member].value for member in mentions]

    def _withdraw(self, change: Withdraw) -> None:
        held = self._reports.get(change.report_id)
        known = held.revision if held is not None else self._tombstones.get(change.report_id, change.revision - 1)
        if change.revision < known:
            return
        self._tombstones[change.report_id] = change.revision
        if held is not None:
            self._let_go(held)
            del self._reports[change.report_id]

    def _let_go(self, held: _Held) -> None:
        """Take a report out of everything but the list of revisions."""
        node = held.node
        if node is None:
            return
        self._touched[held] = None
        self._unpacked.pop(held.report_id, None)
        for member in held.mention_ids:
            self._seats.unseat(member)
            del self._report_of_mention[member]
        self._ledger.departs(held.report_id, node.cluster, node.first)
        self._ledger.will_change(node)
        self._incidents.release(node)
        self._incidents.remove(node)
        node.members.clear()
        self._leave_places(held)
        held.node, held.mention_ids = None, ()

    # judgements

    def _judge(self, judgement: Judge) -> None:
        for pair in self._judgements.enter(judgement):
            self._rebind(pair)
        pair = pair_of(judgement)
        if self._judgements.is_disputed(pair):
            self._attention.append(Attention(pair[0], "judgements_conflict", pair[1:]))
        if judgement.graph == PERSON:
            self._attention += self._seats.misplaced(judgement.left, judgement.right)

    def _rebind(self, pair: Pair) -> None:
        graph, *members = pair
        for member in members:
            if graph == INCIDENT:
                held = self._reports.get(member)
                if held is not None and held.node is not None:
                    self._bind(held.node)
            elif member in self._seats.at:
                self._reseat(member)

    def _reseat(self, member: str) -> None:
        """A judged mention may have to leave its equals, or may return to them."""
        held = self._report_of_mention[member]
        self._touched[held] = None
        mention = next(one for one in self._features(held).mentions if one.mention_id == member)
        if self._seats.holds(mention):
            self._seats.bind(self._seats.at[member])
        else:
            self._seats.unseat(member)
            self._seats.seat(mention, held.received)

    def _bind(self, node: Node[Incident]) -> None:
        self._incidents.release(node)
        for other_id, verdict in self._judgements.of(INCIDENT, node.label()).items():
            other = self._reports.get(other_id)
            if other is not None and other.node is not None:
                if verdict == Verdict.SAME:
                    self._incidents.bond(node, other.node)
                else:
                    self._incidents.bar(node, other.node)

    # what changed

    def _resolve(self) -> Resolution:
        persons, incidents = self._persons.settle(), self._incidents.settle()
        person_ledger, ledger = self._seats.ledger, self._ledger
        new_persons = self._person_ids.assign(persons.clusters, person_ledger.departures(self._seats.at.get))
        new_incidents = self._incident_ids.assign(incidents.clusters, ledger.departures(self._node_of_report))
        person_ledger.renumbered(new_persons)
        ledger.renumbered(new_incidents)
        version = self.model.version
        person_links, person_dropped = person_ledger.links(self._persons.scorer, version)
        links, dropped = ledger.links(self._incidents.scorer, version)
        self._touch_all(new_incidents)
        return Resolution(
            links=tuple(sorted(person_links + links, key=_link_order)),
            dropped=tuple(sorted(person_dropped + dropped)),
            incident_of=self._changed(ledger, self._incident_number, self._incident_id),
            person_of=self._changed(person_ledger, self._person_number, self._person_id),
            aliases=self._aliases(new_incidents, new_persons),
            moves=(*self._incident_moves(new_incidents), *self._person_moves(new_persons)),
            attention=(*self._attention, *attention(INCIDENT, incidents), *attention(PERSON, persons)),
            touched_incidents=self._touched_incidents(new_incidents),
            touched_persons=self._touched_persons(new_persons),
            touched_places=self._touched_places(),
        )

    def _touch_all(self, renumbering: Renumbering[Incident]) -> None:
        """Whatever counts incidents may count otherwise, once an incident's reports are others."""
        for number in renumbering.changed:
            for node in self._incident_ids.nodes(number):
                self._touched[self._reports[node.label()]] = None

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
            *((self._incident_id(old), self._incident_id(new)) for old, new in sorted(incidents.merged.items())),
            *((self._person_id(old), self._person_id(new)) for old, new in sorted(persons.merged.items())),
        )

    def _incident_moves(self, renumbering: Renumbering[Incident]) -> Iterator[Move]:
        ids = self._incident_ids
        return self._ledger.moves(renumbering, self._incident_number, ids.is_shared, self._incident_id)

    def _person_moves(self, renumbering: Renumbering[Person]) -> Iterator[Move]:
        ids = self._person_ids
        return self._seats.ledger.moves(renumbering, self._person_number, ids.is_shared, self._person_id)

    def _touched_incidents(self, renumbering: Renumbering[Incident]) -> tuple[str, ...]:
        numbers = {held.node.cluster for held in self._touched if held.node is not None}
        numbers |= renumbering.changed | renumbering.ended | set(self._ledger.before.values())
        return tuple(self._incident_id(number) for number in sorted(numbers - {0}))

    def _touched_persons(self, renumbering: Renumbering[Person]) -> tuple[str, ...]:
        seats = self._seats.at
        numbers = {seats[member].cluster for held in self._touched for member in held.mention_ids}
        numbers |= renumbering.changed | renumbering.ended | set(self._seats.ledger.before.values())
        return tuple(self._person_id(number) for number in sorted(numbers - {0}))

    def _touched_places(self) -> tuple[PlaceKey, ...]:
        entries = dict.fromkeys(self._left_places)
        for held in self._touched:
            entries.update(dict.fromkeys(held.entries))
        return tuple([entry.key for entry in entries])

    # queries

    def features(self, report_id: str) -> ReportFeatures | None:
        """The features of a linked report; None for others."""
        held = self._reports.get(report_id)
        return self._features(held) if held is not None and held.node is not None else None

    def incident_of(self, report_id: str) -> str | None:
        """The incident of a report."""
        number = self._incident_number(report_id)
        return self._incident_id(number) if number else None

    def person_of(self, mention_id: str) -> str | None:
        """The person of a mention."""
        number = self._person_number(mention_id)
        return self._person_id(number) if number else None

    def reports_of_incident(self, incident_id: str) -> tuple[str, ...]:
        """The reports of an incident, sorted; none for an id that nobody bears."""
        nodes = self._incident_ids.nodes(self._number(incident_id, "I"))
        return tuple(sorted(node.label() for node in nodes))

    def mentions_of_person(self, person_id: str) -> tuple[str, ...]:
        """The mentions of a person, sorted; none for an id that nobody bears."""
        nodes = self._person_ids.nodes(self._number(person_id, "V"))
        return tuple(sorted(member for node in nodes for member in node.members))

    def incidents_of_person(self, person_id: str) -> tuple[str, ...]:
        """The incidents in which a person is mentioned, in the order of their numbers."""
        nodes = self._person_ids.nodes(self._number(person_id, "V"))
        return self._incidents_of(self._report_of_mention[member] for node in nodes for member in node.members)

    def incidents_of_place(self, place: PlaceKey) -> tuple[str, ...]:
        """The incidents of which a report names that place in that role, in the order of their numbers."""
        return self._incidents_of(self._places.reports(place))

    def reports(self) -> tuple[str, ...]:
        """All linked reports, sorted."""
        return tuple(sorted(report_id for report_id, held in self._reports.items() if held.node is not None))

    def mentions(self) -> tuple[str, ...]:
        """All seated mentions, sorted."""
        return tuple(sorted(self._seats.at))

    def _incidents_of(self, reports: Iterable[_Held]) -> tuple[str, ...]:
        numbers = {held.node.cluster for held in reports if held.node is not None}
        return tuple(self._incident_id(number) for number in sorted(numbers))

    def _features(self, held: _Held) -> ReportFeatures:
        features = self._unpacked.get(held.report_id)
        if features is None:
            if len(self._unpacked) >= _REMEMBERED:
                self._unpacked.clear()
            features = self._unpacked[held.report_id] = unpack(held.packed)
        return features

    def _received_of_mention(self, member: str) -> int:
        return self._report_of_mention[member].received

    def _node_of_report(self, report_id: str) -> Node[Incident] | None:
        held = self._reports.get(report_id)
        return held.node if held is not None else None

    def _incident_number(self, report_id: str) -> int:
        node = self._node_of_report(report_id)
        return node.cluster if node is not None else 0

    def _person_number(self, mention_id: str) -> int:
        node = self._seats.at.get(mention_id)
        return node.cluster if node is not None else 0

    def _incident_id(self, number: int) -> str:
        return f"{self.area}-I{number}"

    def _person_id(self, number: int) -> str:
        return f"{self.area}-V{number}"

    def _number(self, cluster_id: str, letter: str) -> int:
        """The number of an id of this area and kind, 0 for any other text."""
        digits = cluster_id.removeprefix(f"{self.area}-{letter}")
        return int(digits) if digits != cluster_id and digits.isdecimal() else 0


def _assume(nodes: Iterable[Node[Item]], cluster_ids: Mapping[str, str]) -> None:
    """Give nodes the stored number of their oldest member."""
    for node in nodes:
        stored = cluster_ids.get(node.first[1])
        node.cluster = int(_LETTERED.sub("", stored)) if stored else 0


def _link_order(link: Link) -> tuple[GraphName, str, str]:
    return link.graph, link.left, link.right
