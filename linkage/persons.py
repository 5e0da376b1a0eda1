"""Mentions seated at nodes: those with equal standardised features share one, if equality says enough.

Two mentions of which only "John" is known are equal, and yet nobody knows whether they are one person: such mentions,
and those that a judgement sets apart from another, each have a node of their own.
"""

from collections.abc import Callable

from linkage.changes import Attention
from linkage.digests import digest
from linkage.features import Mention
from linkage.graph import Graph
from linkage.interner import Interner
from linkage.judgements import Judgements
from linkage.ledger import Ledger
from linkage.nodes import Node
from linkage.values import Person
from schemas.vocabulary import Graph as GraphName
from schemas.vocabulary import Verdict

PERSON = GraphName.PERSON


class Seats:
    """Which node each mention sits at. `received` tells when a mention's report was received."""

    __slots__ = ("_enough", "_graph", "_interner", "_judgements", "_nodes", "_received", "_secret", "at", "ledger")

    def __init__(
        self,
        graph: Graph[Person],
        interner: Interner,
        judgements: Judgements,
        secret: bytes,
        received: Callable[[str], int],
    ) -> None:
        self._graph = graph
        self._interner = interner
        self._judgements = judgements
        self._secret = secret
        self._received = received
        thresholds = graph.scorer.model.thresholds
        self._enough = max(thresholds.cut, thresholds.weak)
        self._nodes: dict[bytes, Node[Person]] = {}
        self.at: dict[str, Node[Person]] = {}
        self.ledger: Ledger[Person] = Ledger(PERSON)

    def seat(self, mention: Mention, received: int) -> Node[Person]:
        """Seat a mention, at a new node if need be."""
        member = mention.mention_id
        node = self._node(mention)
        age = (received, member)
        is_new = not node.members
        if not is_new and member < node.label():
            self.ledger.will_change(node)
        node.admit(member)
        node.first = age if is_new else min(node.first, age)
        self.at[member] = node
        self.ledger.before.setdefault(member, 0)
        if is_new:
            self.ledger.is_new(node)
            self._graph.add(node)
        if self._judgements:
            self.bind(node)
        return node

    def unseat(self, member: str) -> None:
        """Take a mention from its node; an empty node is gone."""
        node = self.at.pop(member)
        self.ledger.departs(member, node.cluster, (self._received(member), member))
        if len(node.members) == 1 or member == node.label():
            self.ledger.will_change(node)
        node.dismiss(member)
        if not node.members:
            self._graph.release(node)
            self._graph.remove(node)
            del self._nodes[node.digest]
            return
        if node.first[1] == member:
            node.first = min((self._received(other), other) for other in node.members)
        if node.bonds or node.bars:
            self.bind(node)

    def bind(self, node: Node[Person]) -> None:
        """Put a node under the judgements of its mentions."""
        if node.bonds or node.bars:
            self._graph.release(node)
        for member in node.members:
            for other, verdict in self._judgements.of(PERSON, member).items():
                self._bind(node, self.at.get(other), verdict)

    def _bind(self, node: Node[Person], other: Node[Person] | None, verdict: Verdict) -> None:
        if other is None or other is node or other.value.group != node.value.group:
            return
        if verdict is Verdict.SAME:
            self._graph.bond(node, other)
        else:
            self._graph.bar(node, other)

    def misplaced(self, left: str, right: str) -> tuple[Attention, ...]:
        """A judgement that joins different roles has no effect, and a person should know."""
        one, other = self.at.get(left), self.at.get(right)
        if one is None or other is None or one.value.group == other.value.group:
            return ()
        return (Attention(PERSON, "judgement_misplaced", (left, right)),)

    def holds(self, mention: Mention) -> bool:
        """Whether a seated mention sits where it would be seated now."""
        node = self.at[mention.mention_id]
        return node.digest == self._key(mention, node.value, digest(mention, self._secret))

    def _node(self, mention: Mention) -> Node[Person]:
        shared = digest(mention, self._secret)
        node = self._nodes.get(shared)
        if node is not None and not self._is_apart(mention):
            return node
        person = self._interner.person(mention)
        key = self._key(mention, person, shared)
        node = self._nodes[key] = Node(person, key)
        return node

    def _key(self, mention: Mention, person: Person, shared: bytes) -> bytes:
        """The digest that mentions with equal features share, or the mention's own."""
        if self._graph.scorer.weigh(person, person) >= self._enough and not self._is_apart(mention):
            return shared
        return digest(mention, self._secret, mention.mention_id)

    def _is_apart(self, mention: Mention) -> bool:
        return bool(self._judgements) and self._judgements.is_set_apart(PERSON, mention.mention_id)
