"""What words about pairs would change, before they are given: the clusters as they are, and as they would be."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from linkage.changes import Judge, Put
from linkage.index import AreaIndex
from linkage.model import Model
from schemas.vocabulary import Graph

Members = tuple[str, ...]
Clusters = Mapping[str, Members]
"""Members, sorted, by the id of their cluster."""


@dataclass(frozen=True, slots=True)
class Preview:
    """The clusters of those judged and all that would be others, `before` and `after` the judgements.

    The same on both sides where it would change nothing. Ids that only `after` has are not given yet.
    """

    before: Clusters
    after: Clusters

    @property
    def changes(self) -> bool:
        """Whether anything would be otherwise."""
        return sorted(self.before.values()) != sorted(self.after.values())

    def among(self, reports: Collection[str]) -> "Preview":
        """As it looks to somebody who may know of these reports alone."""
        return Preview(_among(self.before, reports), _among(self.after, reports))


def preview(
    reports: Iterable[Put],
    judgements: Iterable[Judge],
    cluster_ids: Mapping[str, str],
    words: Sequence[Judge],
    model: Model,
    secret: bytes,
    area: str,
) -> Preview:
    """What judgements, all of one graph, would change, by the live path's own index. It is filled with the reports of
    all components that the judged belong to, and with what was said of them; `cluster_ids` are the stored ids of
    reports and mentions.
    """
    index = AreaIndex(area, model, secret)
    index.restore(reports, {}, judgements, cluster_ids, 1 + max(map(_number, cluster_ids.values()), default=0))
    judged, graph = {end for word in words for end in (word.left, word.right)}, words[0].graph
    before = _clusters(index, graph)
    index.apply(words)
    after = _clusters(index, graph)
    return Preview(_concerned(before, after, judged), _concerned(after, before, judged))


def _among(clusters: Clusters, reports: Collection[str]) -> Clusters:
    known = {each: tuple([one for one in held if one.partition("#")[0] in reports]) for each, held in clusters.items()}
    return {cluster: members for cluster, members in known.items() if members}


def _concerned(clusters: Clusters, others: Clusters, judged: set[str]) -> Clusters:
    """Those that are not among the others, or hold one of those judged."""
    same = set(others.values())
    return {
        cluster: members
        for cluster, members in clusters.items()
        if members not in same or not judged.isdisjoint(members)
    }


def _clusters(index: AreaIndex, graph: Graph) -> Clusters:
    members = index.mentions() if graph is Graph.PERSON else index.reports()
    cluster_of: Callable[[str], str | None] = index.person_of if graph is Graph.PERSON else index.incident_of
    found: dict[str, list[str]] = {}
    for member in members:
        cluster = cluster_of(member)
        if cluster is not None:
            found.setdefault(cluster, []).append(member)
    return {cluster: tuple(held) for cluster, held in sorted(found.items())}


def _number(cluster: str) -> int:
    return int(cluster.rpartition("-")[2][1:])
