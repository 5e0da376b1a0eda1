"""How far a ranking agrees with what staff marked. They mark only some, so what they left out counts for nothing:
retrieval is measured, not the precision of pairs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """What staff marked: the cluster of each request, and the parent of each duplicate."""

    cluster_of: Mapping[str, str]
    parent_of: Mapping[str, str]

    def among(self, ids: Iterable[str]) -> "Marks":
        """Those of these requests alone; clusters of which only one is left are left out."""
        known = set(ids)
        members: dict[str, int] = {}
        for each, cluster in self.cluster_of.items():
            if each in known:
                members[cluster] = members.get(cluster, 0) + 1
        kept = {each: cluster for each, cluster in self.cluster_of.items() if each in known and members[cluster] > 1}
        parents = {each: parent for each, parent in self.parent_of.items() if each in kept and parent in kept}
        return Marks(kept, parents)


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Counts: requests with another of their cluster in the file, for how many one came first or among the first
    five; duplicates with their parent in the file, for how many it came among the first five.
    """

    requests: int
    first: int
    among_five: int
    with_parent: int
    parent_among_five: int

    def figures(self) -> dict[str, float]:
        """The shares; 1 where there is nothing to find."""
        return {
            "requests": self.requests,
            "member_first": _share(self.first, self.requests),
            "member_among_five": _share(self.among_five, self.requests),
            "with_parent": self.with_parent,
            "parent_among_five": _share(self.parent_among_five, self.with_parent),
        }


_FEW = 5


def retrieval(ranked: Mapping[str, Sequence[str]], marks: Marks, asked: Iterable[str] | None = None) -> Retrieval:
    """Of the requests that are `asked` (else all that were marked), by the ids that were ranked for each."""
    wanted = [each for each in (marks.cluster_of if asked is None else asked) if each in marks.cluster_of]
    first = among = with_parent = parent = 0
    for each in wanted:
        few = list(ranked.get(each, ()))[:_FEW]
        hits = [marks.cluster_of.get(other) == marks.cluster_of[each] for other in few]
        first += bool(hits) and hits[0]
        among += any(hits)
        if each in marks.parent_of:
            with_parent += 1
            parent += marks.parent_of[each] in few
    return Retrieval(len(wanted), first, among, with_parent, parent)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0
