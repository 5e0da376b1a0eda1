"""How good clusters are, held against the truth: pairs, B-cubed, whole clusters; for all rows or for those of a tag.

B-cubed: A. Bagga and B. Baldwin, "Entity-Based Cross-Document Coreferencing Using the Vector Space Model" (1998):
for each row, the share of its cluster that is of its person, and of its person that is in its cluster.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Precision and recall, from 0 to 1; 1 where there is nothing to be wrong about."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Measures:
    """What measure() found; `largest` is the size of the largest cluster."""

    rows: int
    people: int
    clusters: int
    largest: int
    pairs: Agreement
    b_cubed: Agreement
    whole: Agreement


Label = Mapping[str, str]
"""A row's cluster, or its person, by its id."""


def measure(clusters: Label, truth: Label, tagged: Collection[str] | None = None) -> Measures:
    """The measures over the truth's rows; those in no cluster stand alone, those not in the truth are left out.

    With `tagged`, of pairs with at least one such row, of such rows, and of clusters and people with such a row.
    """
    found = {row: clusters.get(row, f"\0{row}") for row in truth}
    rows = set(truth) if tagged is None else set(tagged) & set(truth)
    both = {row: f"{found[row]}\0{truth[row]}" for row in truth}
    return Measures(
        rows=len(rows),
        people=len({truth[row] for row in rows}),
        clusters=len({found[row] for row in rows}),
        largest=max(Counter(found.values()).values(), default=0),
        pairs=_pairs(found, truth, both, rows),
        b_cubed=_b_cubed(found, truth, both, rows),
        whole=_whole(found, truth, both, rows),
    )


def _pairs(found: Label, truth: Label, both: Label, rows: set[str]) -> Agreement:
    shared = _touching(both, rows)
    return Agreement(_share(shared, _touching(found, rows)), _share(shared, _touching(truth, rows)))


def _touching(label: Label, rows: set[str]) -> int:
    """Pairs of one label with at least one of the rows."""
    return _count_pairs(label.values()) - _count_pairs(name for row, name in label.items() if row not in rows)


def _count_pairs(names: Iterable[str]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(names).values())


def _b_cubed(found: Label, truth: Label, both: Label, rows: set[str]) -> Agreement:
    together, in_cluster, in_truth = Counter(both.values()), Counter(found.values()), Counter(truth.values())
    if not rows:
        return Agreement(1.0, 1.0)
    precision = sum(together[both[row]] / in_cluster[found[row]] for row in rows)
    recall = sum(together[both[row]] / in_truth[truth[row]] for row in rows)
    return Agreement(precision / len(rows), recall / len(rows))


def _whole(found: Label, truth: Label, both: Label, rows: set[str]) -> Agreement:
    """Clusters that are exactly one person's rows."""
    together, in_cluster, in_truth = Counter(both.values()), Counter(found.values()), Counter(truth.values())
    exact = {found[row] for row in rows if together[both[row]] == in_cluster[found[row]] == in_truth[truth[row]]}
    return Agreement(
        _share(len(exact), len({found[row] for row in rows})), _share(len(exact), len({truth[row] for row in rows}))
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
