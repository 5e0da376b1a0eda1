"""An area's index: reports in, incidents and persons out, and what the case rules ask of them.

Everything that apply() returns follows from the set of current reports and judgements, whatever their order; only
the numbers of clusters are state, and restore() takes them from where they were stored.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

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
from linkage.digests import report_digest
from linkage.features import ReportFeatures
from linkage.held import HeldArea, HeldReport
from linkage.judgements import Pair, pair_of
from linkage.model import Model
from linkage.nodes import Node
from linkage.packing import pack
from linkage.persons import PERSON
from linkage.telling import INCIDENT, Batch
from linkage.values import Incident, Person, same_values
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

Item = TypeVar("Item")

_LETTERED = re.compile(r".*-[IV]")


class AreaIndex(HeldArea):
    """One area's reports, linked; the queries are HeldArea's.

    >>> from linkage.model import load_model
    >>> AreaIndex("E09000012", load_model(), b"secret").apply([]).links
    ()
    """

    def __init__(self, area: str, model: Model, secret: bytes) -> None:
        super().__init__(area, model, secret)
        self._batch = Batch(self)

    def apply(self, changes: Sequence[Change]) -> Resolution:
        """Take in changes and tell what they changed. Older or repeated revisions have no effect."""
        self._batch = Batch(self)
        for change in changes:
            self._take(change)
        return self._batch.resolve()

    def restore(
        self,
        reports: Iterable[Put],
        tombstones: Mapping[str, int],
        judgements: Iterable[Judge],
        cluster_ids: Mapping[str, str],
        next_number: int,
    ) -> None:
        """Rebuild an empty index from stored state: `cluster_ids` by report and mention, `tombstones` by report.

        Members keep their ids as far as they are still together under this model; nothing is emitted.
        """
        self._batch = Batch(self)
        self.tombstones.update(tombstones)
        for judgement in judgements:
            self._judge(judgement)
        for report in reports:
            self._put(report.features, report.packed)
        self.counter.next_number = max(next_number, self.counter.next_number)
        _assume(self.seats.at.values(), cluster_ids)
        _assume((held.node for held in self.held.values() if held.node is not None), cluster_ids)
        self.person_ids.assign(self.person_graph.settle().clusters, [])
        self.incident_ids.assign(self.incident_graph.settle().clusters, [])
        self._batch = Batch(self)

    def _take(self, change: Change) -> None:
        if isinstance(change, Put):
            self._put(change.features, change.packed)
        elif isinstance(change, Withdraw):
            self._withdraw(change)
        else:
            self._judge(change)

    def _put(self, features: ReportFeatures, packed: bytes | None) -> None:
        report_id = features.report_id
        held = self.held.get(report_id)
        known = held.revision if held is not None else self.tombstones.get(report_id)
        if known is not None and features.revision <= known:
            return
        self.tombstones.pop(report_id, None)
        if held is None:
            held = self.held[report_id] = HeldReport()
            held.report_id, held.node, held.mention_ids, held.entries = report_id, None, (), ()
        held.revision = features.revision
        if features.linkable:
            self._hold(held, features, packed or pack(features))
        else:
            self._let_go(held)
            held.received, held.packed = features.received, b""

    def _hold(self, held: HeldReport, features: ReportFeatures, packed: bytes) -> None:
        self._batch.touched[held] = None
        self.remembered.pop(held.report_id, None)
        persons = self._seat(held, features)
        held.packed = packed
        incident = self.interner.incident(features, persons)
        if held.node is None:
            self._add(held, incident)
        else:
            held.node.first = (features.received, held.report_id)
            if not same_values(held.node.value, incident):
                self._replace(held.node, incident)
        self._leave_places(held)
        held.entries = self.places.enter(held, features.places)

    def _leave_places(self, held: HeldReport) -> None:
        if held.entries:
            self._batch.left_places.update(dict.fromkeys(held.entries))
            self.places.leave(held, held.entries)
            held.entries = ()

    def _add(self, held: HeldReport, incident: Incident) -> None:
        node = held.node = Node(incident, report_digest(held.report_id, self.secret))
        node.members.append(held.report_id)
        node.first = (held.received, held.report_id)
        self._batch.ledger.before.setdefault(held.report_id, 0)
        self._batch.ledger.is_new(node)
        self.incident_graph.add(node)
        if self.verdicts:
            self._bind(node)

    def _replace(self, node: Node[Incident], incident: Incident) -> None:
        self._batch.ledger.will_change(node, is_replaced=True)
        self.incident_graph.remove(node)
        node.value = incident
        self.incident_graph.add(node)

    def _seat(self, held: HeldReport, features: ReportFeatures) -> list[Person]:
        """Seat the report's mentions as they are now; the persons' values."""
        mentions = {mention.mention_id: mention for mention in features.mentions if mention.linkable}
        is_same_time = held.mention_ids != () and held.received == features.received
        for member in held.mention_ids:
            if not (is_same_time and member in mentions and self.seats.holds(mentions[member])):
                self.seats.unseat(member)
                del self.report_of_mention[member]
        held.received = features.received
        held.mention_ids = tuple(mentions)
        for member, mention in mentions.items():
            if member not in self.report_of_mention:
                self.report_of_mention[member] = held
                self.seats.seat(mention, features.received)
        return [self.seats.at[member].value for member in mentions]

    def _withdraw(self, change: Withdraw) -> None:
        held = self.held.get(change.report_id)
        known = held.revision if held is not None else self.tombstones.get(change.report_id, change.revision - 1)
        if change.revision < known:
            return
        self.tombstones[change.report_id] = change.revision
        if held is not None:
            self._let_go(held)
            del self.held[change.report_id]

    def _let_go(self, held: HeldReport) -> None:
        """Take a report out of everything but the list of revisions."""
        node = held.node
        if node is None:
            return
        self._batch.touched[held] = None
        self.remembered.pop(held.report_id, None)
        for member in held.mention_ids:
            self.seats.unseat(member)
            del self.report_of_mention[member]
        self._batch.ledger.departs(held.report_id, node.cluster, node.first)
        self._batch.ledger.will_change(node)
        self.incident_graph.release(node)
        self.incident_graph.remove(node)
        node.members.clear()
        self._leave_places(held)
        held.node, held.mention_ids = None, ()

    # judgements

    def _judge(self, judgement: Judge) -> None:
        for pair in self.verdicts.enter(judgement):
            self._rebind(pair)
        pair = pair_of(judgement)
        if self.verdicts.is_disputed(pair):
            self._batch.attention.append(Attention(pair[0], "judgements_conflict", pair[1:]))
        if judgement.graph == PERSON:
            self._batch.attention += self.seats.misplaced(judgement.left, judgement.right)

    def _rebind(self, pair: Pair) -> None:
        graph, *members = pair
        for member in members:
            if graph == INCIDENT:
                held = self.held.get(member)
                if held is not None and held.node is not None:
                    self._bind(held.node)
            elif member in self.seats.at:
                self._reseat(member)

    def _reseat(self, member: str) -> None:
        """A judged mention may have to leave its equals, or may return to them."""
        held = self.report_of_mention[member]
        self._batch.touched[held] = None
        mention = next(one for one in self.unpacked_features(held).mentions if one.mention_id == member)
        if self.seats.holds(mention):
            self.seats.bind(self.seats.at[member])
        else:
            self.seats.unseat(member)
            self.seats.seat(mention, held.received)

    def _bind(self, node: Node[Incident]) -> None:
        self.incident_graph.release(node)
        for other_id, verdict in self.verdicts.of(INCIDENT, node.label()).items():
            other = self.held.get(other_id)
            if other is not None and other.node is not None:
                if verdict == Verdict.SAME:
                    self.incident_graph.bond(node, other.node)
                else:
                    self.incident_graph.bar(node, other.node)


def _assume(nodes: Iterable[Node[Item]], cluster_ids: Mapping[str, str]) -> None:
    """Give nodes the stored number of their oldest member."""
    for node in nodes:
        stored = cluster_ids.get(node.first[1])
        node.cluster = int(_LETTERED.sub("", stored)) if stored else 0
