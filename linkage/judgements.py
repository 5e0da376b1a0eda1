"""Caseworkers' verdicts as a set: what holds of a pair now, whatever came first.

A judgement is one of a pair's set until a greater revision of the same judgement replaces or withdraws it. While
the set holds both SAME and DIFFERENT the pair is different, and a person should look at it.
"""

from collections.abc import Mapping

from linkage.changes import Judge
from schemas.vocabulary import Graph, Verdict

Pair = tuple[Graph, str, str]
_NOTHING: Mapping[str, Verdict] = {}


def pair_of(judgement: Judge) -> Pair:
    """The judged pair, the smaller id first."""
    left, right = sorted((judgement.left, judgement.right))
    return judgement.graph, left, right


class Judgements:
    """All judgements of one area."""

    __slots__ = ("_by_id", "_by_member", "_by_pair")

    def __init__(self) -> None:
        self._by_id: dict[str, Judge] = {}
        self._by_pair: dict[Pair, set[str]] = {}
        self._by_member: dict[tuple[Graph, str], dict[str, Verdict]] = {}

    def __bool__(self) -> bool:
        return bool(self._by_id)

    def enter(self, judgement: Judge) -> tuple[Pair, ...]:
        """Take in a judgement; the pairs for which something else holds now. Older revisions change nothing."""
        former = self._by_id.get(judgement.judgement_id)
        if former is not None and former.revision >= judgement.revision:
            return ()
        pairs = {pair_of(judgement): None} if former is None else {pair_of(former): None, pair_of(judgement): None}
        before = {pair: self.verdict(pair) for pair in pairs}
        if former is not None:
            self._by_pair[pair_of(former)].discard(former.judgement_id)
        self._by_id[judgement.judgement_id] = judgement
        self._by_pair.setdefault(pair_of(judgement), set()).add(judgement.judgement_id)
        changed = tuple(pair for pair in pairs if self.verdict(pair) != before[pair])
        for pair in changed:
            self._note(pair)
        return changed

    def verdict(self, pair: Pair) -> Verdict | None:
        """SAME, DIFFERENT, or None where nothing holds; nothing holds between a member and itself."""
        verdicts = self._live(pair)
        if Verdict.DIFFERENT in verdicts:
            return Verdict.DIFFERENT
        return Verdict.SAME if Verdict.SAME in verdicts else None

    def is_disputed(self, pair: Pair) -> bool:
        """Whether SAME and DIFFERENT live together."""
        return {Verdict.SAME, Verdict.DIFFERENT} <= self._live(pair)

    def of(self, graph: Graph, member: str) -> Mapping[str, Verdict]:
        """What holds between a member and others."""
        return self._by_member.get((graph, member), _NOTHING)

    def is_set_apart(self, graph: Graph, member: str) -> bool:
        """Whether a member is different from another: it must then stand by itself, even among its equals."""
        return Verdict.DIFFERENT in self.of(graph, member).values()

    def _live(self, pair: Pair) -> set[Verdict]:
        _, left, right = pair
        if left == right:
            return set()
        return {self._by_id[judgement_id].verdict for judgement_id in self._by_pair.get(pair, ())}

    def _note(self, pair: Pair) -> None:
        graph, left, right = pair
        verdict = self.verdict(pair)
        for member, other in ((left, right), (right, left)):
            held = self._by_member.setdefault((graph, member), {})
            if verdict is None:
                held.pop(other, None)
            else:
                held[other] = verdict
            if not held:
                del self._by_member[graph, member]
