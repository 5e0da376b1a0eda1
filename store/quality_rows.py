"""What quality is measured from, and what is kept of it: value-free facts, the clear envelope, counts and ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


class MeasuredReport(NamedTuple):
    """One report as far as quality may look: no text but what is openly published, no person, no point.

    Times are seconds since 1970 in UTC. `told_at` is when it was reported, or else when the complaint was made. `facts`
    are the value-free facts, with blanks between. `place_method` is that of the best place, `open_label` the openly
    published name of a place. `repeats_row`: an earlier row of the source says the very same under another
    reference; `repeats_incident`: its agency has told of the same incident before. Both are None where nobody knows.
    """

    area: str
    report_id: str
    agency: str
    occurred_precision: str | None
    occurred_at: float | None
    reported_at: float | None
    told_at: float | None
    received_at: float
    category: str
    regime: str
    kind: str
    facts: str
    has_detail: bool
    places: int
    has_point: bool | None
    has_property: bool | None
    place_method: str | None
    open_label: str | None
    has_lsoa: bool
    repeats_row: bool | None
    repeats_incident: bool | None


@dataclass(frozen=True, slots=True)
class MeasuredBatch:
    """One delivery: its columns by name, those that nobody knows, and what became of its rows, counted."""

    batch_id: str
    agency: str
    source: str
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    counts: Mapping[str, int]
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one agency's source brought in a window: counts, the newest receipt, and a mark that tells states apart."""

    source: str
    agency: str
    opens: datetime
    closes: datetime
    reports: int
    quarantined: int
    batches: int
    newest: datetime | None
    is_public: bool | None
    mark: str


class Delay(NamedTuple):
    """From report to receipt: half of the reports, and 95 of 100, were received within so long."""

    median: timedelta
    p95: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one rule came out: `passed` of `checked`. `failing` are (area, report id) of the first that failed."""

    rule: str
    says: str
    dimension: str
    severity: str
    owner: str
    agreed: float | None
    because: str | None
    checked: int
    passed: int
    failing: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A window of one agency's source after measuring, as it is kept."""

    found: Found
    suite: str
    is_public: bool
    delay: Delay | None
    expected_every: timedelta | None
    measured_at: datetime
    results: Sequence[Result]
