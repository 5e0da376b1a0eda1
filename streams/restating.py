"""Stored reports standardised again, where a release spells features otherwise than the one that stored them.

It happens once after such a release, while an area's memory is built: the sealed detail is opened in memory, and the
features are sealed and stored anew, so that the next start finds them as they should be.
"""

from collections.abc import Iterator, Sequence

from linkage.changes import Put
from schemas.records import Moment, Report, Span
from schemas.vocabulary import Category, Definition, Kind, Qualifier, Unit
from store.areas import rewrite_features, whole_reports
from store.database import Row, Session
from store.reading import report_keys
from streams.opening import Desk

_AT_ONCE = 1_000


def standardised_again(
    truth: Session, keys: Session, desk: Desk, area: str, report_ids: Sequence[str]
) -> Iterator[Put]:
    """The reports as linking takes them; their newly sealed features are stored, some at a time."""
    for start in range(0, len(report_ids), _AT_ONCE):
        rows = whole_reports(truth, area, report_ids[start : start + _AT_ONCE])
        key_of = report_keys(keys, [row["key_id"] for row in rows if row["key_id"]])
        puts = [desk.standardise_again(report_of(row), row["detail"], key_of.get(row["key_id"])) for row in rows]
        rewrite_features(truth, area, [(put.features.report_id, put.features.revision, sealed) for put, sealed in puts])
        yield from (put for put, _ in puts)


def report_of(row: Row) -> Report:
    """A report as far as its columns tell it: enough to standardise it with its detail."""
    return Report(
        report_id=row["report_id"],
        agency=row["agency"],
        source=row["source"],
        reference=row["reference"],
        case_reference=row["case_reference"],
        revision=row["revision"],
        area=row["area"],
        batch=row["batch"],
        mapper_version=row["mapper_version"],
        occurred=_span(row["occurred_earliest"], row["occurred_latest"]),
        reported=None if row["reported"] is None else Moment(at=row["reported"]),
        complaint_made=_span(row["complaint_made"], row["complaint_made"]),
        received=Moment(at=row["received"]),
        category=Category(row["category"]),
        qualifier=Qualifier(row["qualifier"]),
        definition=Definition(row["definition"]),
        controller=row["controller"],
        unit=Unit(row["unit"]),
        kind=Kind(row["kind"]),
    )


def _span(first: int | None, last: int | None) -> Span | None:
    if first is None or last is None:
        return None
    return Span(earliest=Moment(at=first), latest=Moment(at=last))
