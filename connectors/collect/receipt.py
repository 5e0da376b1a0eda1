"""What is laid back beside a file: how many rows became what, and which could not be used and why. Never a value of a
row, so that it may be read by whoever may read the file's name.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.collect.feed import Feed
from connectors.collect.inbox import Shelf
from connectors.ingest import Reading
from connectors.mapped import Failure

MOST_FAILING = 1_000
"""Rows that a receipt names; `failing_left_out` counts the others, which `wardlink quarantine` lists."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A row in quarantine: its id there, where it stands in the file, and which rule it breaks."""

    id: str
    row: str
    field: str
    rule: str
    remedy: str

    @classmethod
    def of(cls, quarantine_id: str, failure: Failure) -> "Failing":
        """What may be told of a failure."""
        error = failure.error
        return cls(quarantine_id, failure.position, error.field, error.rule, error.remedy)

    def as_plain(self) -> dict[str, str]:
        """As a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Subject:
    """Which file of which feed; times in microseconds. What a service answered has no size."""

    feed: Feed
    file: str
    digest: str
    size: int | None
    written: int
    begun: int


def of_reading(subject: Subject, reading: Reading, failing: Sequence[Failing], now: int) -> dict[str, Any]:
    """The receipt of a file that was read, to its end or up to a break."""
    left_out = reading.tally.quarantined - min(len(failing), MOST_FAILING)
    return {
        **_head(subject, now),
        "outcome": Shelf.FAILED if reading.broken_off else Shelf.DONE,
        "reason": str(reading.broken_off) if reading.broken_off else None,
        "batch": reading.batch,
        "counts": reading.tally.numbers(),
        "by_area": dict(reading.tally.by_area.most_common()),
        "out_of_scope_by": dict(reading.tally.out_of_scope_by.most_common()),
        "quarantined_by": dict(reading.tally.quarantined_by.most_common()),
        "unknown_columns": list(reading.unknown_columns),
        "failing": [one.as_plain() for one in failing[:MOST_FAILING]],
        "failing_left_out": max(0, left_out),
    }


def of_failure(subject: Subject, reason: str, failing: Iterable[Failing], now: int) -> dict[str, Any]:
    """The receipt of a file that is refused as a whole."""
    named = [one.as_plain() for one in failing][:MOST_FAILING]
    return {**_head(subject, now), "outcome": Shelf.FAILED, "reason": reason, "counts": None, "failing": named}


def of_repeat(subject: Subject, first: Mapping[str, Any], now: int) -> dict[str, Any]:
    """The receipt of bytes that were read before: nothing was published, and here is what came of them then."""
    return {
        **_head(subject, now),
        "outcome": Shelf.DONE,
        "reason": "the same bytes were read before, so they were not read again; `wardlink ingest` reads them again",
        "same_as": {name: first[name] for name in ("file", "collected", "batch", "counts")},
        "counts": None,
        "failing": [],
    }


def written(receipt: Mapping[str, Any]) -> bytes:
    """The receipt as a file."""
    return (json.dumps(receipt, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


def _head(subject: Subject, now: int) -> dict[str, Any]:
    feed = subject.feed
    return {
        "receipt": 1,
        "feed": feed.name,
        "file": subject.file,
        "sha256": subject.digest,
        "size": subject.size,
        "written": _instant(subject.written),
        "collected": _instant(subject.begun),
        "finished": _instant(now),
        "source": feed.source,
        "agency": feed.agency,
        "area": feed.area,
    }


def _instant(micros: int) -> str:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).isoformat().replace("+00:00", "Z")
