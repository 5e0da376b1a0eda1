"""What changes from one delivery to the next: columns that came, went, or nobody knows. Pure.

A source whose columns are for the most part those of another source of the same agency is its new layout: its first
delivery is compared with the other's last.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.quality_rows import MeasuredBatch

_ALIKE = 0.5
"""Columns in common, of all columns of two deliveries, from which on one is the other's new layout."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One delivery beside the one before. `changed` is None where there is nothing to compare with."""

    batch: MeasuredBatch
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    changed: bool | None = None

    def is_worth_telling(self, steady: Collection[str]) -> bool:
        """Whether a steward should look: columns or codes that nobody knows, or a change of columns where the source is
        one of those that should be `steady`.
        """
        unknown = self.batch.unknown_columns or self.batch.counts.get("unknown_codes")
        return bool(unknown or (self.changed and self.batch.source in steady))

    def as_row(self) -> dict[str, Any]:
        """What rules on deliveries may ask."""
        counts = self.batch.counts
        return {
            "batch_id": self.batch.batch_id,
            "agency": self.batch.agency,
            "columns_changed": self.changed,
            "columns_added": len(self.added),
            "columns_dropped": len(self.dropped),
            "unknown_columns": len(self.batch.unknown_columns),
            "unknown_codes": counts.get("unknown_codes", 0),
            "read": counts.get("read", 0),
            "quarantined": counts.get("quarantined", 0),
        }


def drifts(batches: Iterable[MeasuredBatch], since: datetime) -> Iterator[Drift]:
    """The deliveries since a time, each beside the one before; `batches` are in the order of their time.

    A delivery without columns (nothing of it could be read) is compared with nothing, and nothing with it.
    """
    last: dict[tuple[str, str], MeasuredBatch] = {}
    for batch in batches:
        if batch.finished_at >= since:
            yield _beside(batch, _before(batch, last))
        if batch.columns:
            last[batch.agency, batch.source] = batch


def _before(batch: MeasuredBatch, last: dict[tuple[str, str], MeasuredBatch]) -> MeasuredBatch | None:
    own = last.get((batch.agency, batch.source))
    if own is not None:
        return own
    others = [other for (agency, _), other in last.items() if agency == batch.agency and _is_alike(batch, other)]
    return max(others, key=lambda other: other.finished_at, default=None)


def _is_alike(one: MeasuredBatch, other: MeasuredBatch) -> bool:
    mine, its = set(one.columns), set(other.columns)
    return len(mine & its) >= _ALIKE * len(mine | its) > 0


def _beside(batch: MeasuredBatch, before: MeasuredBatch | None) -> Drift:
    if before is None or not batch.columns:
        return Drift(batch)
    mine, its = set(batch.columns), set(before.columns)
    added, dropped = tuple(sorted(mine - its)), tuple(sorted(its - mine))
    return Drift(batch, added, dropped, bool(added or dropped))
