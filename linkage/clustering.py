"""Average linkage in whole numbers: the two clusters with the best average join, while it reaches the cut.

R. R. Sokal and C. D. Michener, "A statistical method for evaluating systematic relationships", University of Kansas
Science Bulletin 38 (1958). Averages are quotients of whole numbers: equal fractions give the same quotient, and those
of some hundred items' clipped millibits lie too far apart to be rounded to one. A tie goes to the clusters with the
smallest members, so the caller sorts its items by something that does not depend on arrival.
"""

from collections.abc import Iterable, Sequence

Weights = list[list[int]]
"""Symmetric; the diagonal is not read."""

_NONE = float("-inf")


def agglomerate(
    weights: Weights, cut: int, together: Iterable[Sequence[int]] = (), rise: int = 0, most: int = 0
) -> list[list[int]]:
    """The clusters of the items 0 … n-1, each sorted, in the order of their smallest items.

    `together` are groups of items, each sorted, that start as one cluster. `rise` is taken from an average for each
    doubling of the smaller cluster. Two clusters of more than `most` items in all do not join (0: of any number).
    `weights` is used up.
    """
    clusters = _Clusters(weights, rise, most)
    for group in together:
        for item in group[1:]:
            clusters.join(group[0], item)
    while clusters.best() >= cut:
        clusters.join(*clusters.best_pair())
    return clusters.result()


def halves(weights: Weights, rise: int = 0) -> tuple[list[int], list[int]]:
    """The two clusters, each sorted, that are left when all others have joined, however low their averages: where two
    or more items hold together least. `weights` is used up.
    """
    clusters = _Clusters(weights, rise, 0)
    for _ in range(len(weights) - 2):
        clusters.join(*clusters.best_pair())
    one, other = clusters.result()
    return one, other


def doublings(size: int) -> int:
    """How often one must be doubled to reach a size: 0 for 1, 2 for 4 to 7."""
    return size.bit_length() - 1


def _no_average(_: int) -> float:
    return _NONE


class _Clusters:
    """Clusters named by their smallest item, with the sums of the weights between them.

    `averages` has each cluster's with those after it, `best` the greatest of them: the first place that holds it is
    the one that a tie goes to.
    """

    __slots__ = ("_alive", "_averages", "_best", "_members", "_most", "_rise", "_sums")

    def __init__(self, weights: Weights, rise: int, most: int) -> None:
        self._rise = rise
        self._most = most or len(weights)
        self._sums = weights
        self._members = [[item] for item in range(len(weights))]
        self._alive = list(range(len(weights)))
        of_two = float if self._most > 1 else _no_average
        self._averages: list[list[float]] = [
            [_NONE] * (item + 1) + [of_two(weight) for weight in row[item + 1 :]] for item, row in enumerate(weights)
        ]
        self._best: list[float] = [max(row) for row in self._averages]

    def join(self, one: int, other: int) -> None:
        """Make two clusters one."""
        kept, gone = (one, other) if one < other else (other, one)
        self._alive.remove(gone)
        self._members[kept] += self._members[gone]
        into, row, averages, best = self._sums[kept], self._sums[gone], self._averages, self._best
        mine, size = averages[kept], len(self._members[kept])
        mine[gone] = best[gone] = _NONE
        for third in self._alive:
            total = into[third] = self._sums[third][kept] = into[third] + row[third]
            average = self._average(total, size, len(self._members[third]))
            if third < kept:
                self._renew(third, kept, gone, average)
            elif third > kept:
                mine[third] = average
                if third < gone:
                    self._forget(third, gone)
        best[kept] = max(mine)

    def _renew(self, third: int, kept: int, gone: int, average: float) -> None:
        """A cluster before the joined one has another average with it."""
        row, best = self._averages[third], self._best[third]
        was_best = best in (row[kept], row[gone])
        row[kept], row[gone] = average, _NONE
        if average >= best:
            self._best[third] = average
        elif was_best:
            self._best[third] = max(row)

    def _forget(self, third: int, gone: int) -> None:
        row = self._averages[third]
        was_best = row[gone] == self._best[third]
        row[gone] = _NONE
        if was_best:
            self._best[third] = max(row)

    def best(self) -> float:
        """The greatest average of two clusters; of fewer, minus infinity."""
        return max(self._best, default=_NONE)

    def best_pair(self) -> tuple[int, int]:
        """The pair with the greatest average."""
        one = self._best.index(self.best())
        return one, self._averages[one].index(self._best[one])

    def _average(self, total: int, size: int, other: int) -> float:
        if size + other > self._most:
            return _NONE
        rise = self._rise and self._rise * doublings(size if size < other else other)
        return (total - rise * size * other) / (size * other)

    def result(self) -> list[list[int]]:
        """The clusters."""
        return [sorted(self._members[cluster]) for cluster in self._alive]
