"""Average linkage in whole numbers: the two clusters with the best average join, while it reaches the cut.

R. R. Sokal and C. D. Michener, "A statistical method for evaluating systematic relationships", University of Kansas
Science Bulletin 38 (1958). Averages are compared as fractions by cross multiplication. A tie goes to the clusters
with the smallest members, so the caller sorts its items by something that does not depend on arrival.
"""

from collections.abc import Iterable, Sequence

Weights = list[list[int]]
"""Symmetric; the diagonal is not read."""


def agglomerate(weights: Weights, cut: int, together: Iterable[Sequence[int]] = ()) -> list[list[int]]:
    """The clusters of the items 0 … n-1, each sorted, in the order of their smallest items.

    `together` are groups of items, each sorted, that start as one cluster. `weights` is used up.
    """
    clusters = _Clusters(weights)
    for group in together:
        for item in group[1:]:
            clusters.join(group[0], item)
    while (pair := clusters.best_pair(cut)) is not None:
        clusters.join(*pair)
    return clusters.result()


class _Clusters:
    """Clusters named by their smallest item, with the sums of the weights between them."""

    __slots__ = ("_alive", "_best", "_members", "_sizes", "_sums")

    def __init__(self, weights: Weights) -> None:
        self._sums = weights
        self._sizes = [1] * len(weights)
        self._members = [[item] for item in range(len(weights))]
        self._alive = list(range(len(weights)))
        self._best: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        """Make two clusters one."""
        kept, gone = (one, other) if one < other else (other, one)
        self._alive.remove(gone)
        sums, into, row = self._sums, self._sums[kept], self._sums[gone]
        for third in self._alive:
            into[third] += row[third]
            sums[third][kept] = into[third]
        self._sizes[kept] += self._sizes[gone]
        self._members[kept] += self._members[gone]
        self._best = {
            cluster: best for cluster, best in self._best.items() if cluster not in (kept, gone) and best != gone
        }
        self._rivals(kept)

    def _rivals(self, kept: int) -> None:
        """The joined cluster's averages changed: it may now be others' best, or no longer be."""
        for cluster, best in list(self._best.items()):
            if best == kept:
                del self._best[cluster]
            elif cluster < kept and self._is_better(cluster, kept, best):
                self._best[cluster] = kept

    def best_pair(self, cut: int) -> tuple[int, int] | None:
        """The pair with the greatest average, if that is at least the cut."""
        chosen: tuple[int, int] | None = None
        for position, cluster in enumerate(self._alive[:-1]):
            best = self._best.get(cluster)
            if best is None:
                best = self._best[cluster] = self._best_after(cluster, position)
            if chosen is None or self._beats(cluster, best, *chosen):
                chosen = (cluster, best)
        if chosen is None:
            return None
        one, other = chosen
        is_enough = self._sums[one][other] >= cut * self._sizes[one] * self._sizes[other]
        return chosen if is_enough else None

    def _best_after(self, cluster: int, position: int) -> int:
        later = self._alive[position + 1 :]
        best = later[0]
        for other in later[1:]:
            if self._is_better(cluster, other, best):
                best = other
        return best

    def _is_better(self, cluster: int, other: int, best: int) -> bool:
        """Whether `other` is nearer to a cluster than `best`, or as near and the smaller."""
        row, sizes = self._sums[cluster], self._sizes
        mine, held = row[other] * sizes[best], row[best] * sizes[other]
        return mine > held or (mine == held and other < best)

    def _beats(self, one: int, other: int, first: int, second: int) -> bool:
        """Whether the pair (one, other) has the greater average; the pairs come in the order of ties."""
        sizes = self._sizes
        mine = self._sums[one][other] * (sizes[first] * sizes[second])
        return mine > self._sums[first][second] * (sizes[one] * sizes[other])

    def result(self) -> list[list[int]]:
        """The clusters."""
        return [sorted(self._members[cluster]) for cluster in self._alive]
