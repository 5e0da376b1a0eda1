"""From what a connector makes of a row to what is measured of it, as storage would tell it later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from connectors.assemble import Assembler, Sketch
from connectors.contract import Draft
from schemas.records import Moment, Place, Report, ReportDetail
from schemas.vocabulary import Operation, PlaceMethod
from store.quality_rows import MeasuredReport

Facts = Callable[[Report, ReportDetail | None], Sequence[str]]
"""The value-free facts of a report while it is open, as they are stored with it."""

_METHODS = (
    PlaceMethod.STATED_UPRN,
    PlaceMethod.STATED_POINT,
    PlaceMethod.STATED_ADDRESS,
    PlaceMethod.SNAPPED_POINT,
    PlaceMethod.POSTCODE_CENTROID,
    PlaceMethod.AREA_ONLY,
)
"""The best first, as in the statement select_reports of store/sql/quality.sql."""

_MICROS = 1_000_000
_MARK_BYTES = 8


@dataclass(slots=True)
class Sketches:
    """The sketches of one reading, one after the other; remembers a mark of each row to know it again."""

    assembler: Assembler
    facts: Facts
    _seen: set[int] = field(default_factory=set)

    def measured(self, sketch: Sketch) -> MeasuredReport:
        """One report; its sealed part is looked at and left behind."""
        draft = sketch.draft
        if not isinstance(draft, Draft):
            raise TypeError("an update is no report")
        report = self.assembler.report(replace(sketch, detail=None, monitoring=None), Operation.INSERT, 0)
        detail = replace(draft.detail, places=sketch.settled.places) if draft.detail else None
        places = (*sketch.settled.open_places, *sketch.settled.places)
        return _measured(report, detail, places, self.facts(report, detail), self._repeats(sketch))

    def _repeats(self, sketch: Sketch) -> bool:
        """Whether an earlier row says the same; of a source without references the number among equals tells."""
        if self.assembler.source.immutable:
            return not sketch.key[2].endswith(":1")
        mark = int.from_bytes(sketch.content[:_MARK_BYTES], "big")
        is_known = mark in self._seen
        self._seen.add(mark)
        return is_known


def _measured(
    report: Report, detail: ReportDetail | None, places: Sequence[Place], facts: Sequence[str], repeats: bool
) -> MeasuredReport:
    occurred, told = report.occurred, report.complaint_made
    reported_at = _seconds(report.reported)
    best = min((place.method for place in places), key=_rank, default=None)
    return MeasuredReport(
        area=report.area,
        report_id=report.report_id,
        agency=report.agency,
        occurred_precision=occurred.precision.value if occurred else None,
        occurred_at=_seconds(occurred.earliest if occurred else None),
        reported_at=reported_at,
        told_at=reported_at if reported_at is not None else _seconds(told.latest if told else None),
        received_at=report.received.at / _MICROS,
        category=report.category.value,
        regime=report.regime.value,
        kind=report.kind.value,
        facts=" ".join(facts),
        has_detail=detail is not None,
        places=len(places),
        has_point=any(place.latitude is not None for place in places),
        has_property=any(place.uprn is not None for place in places),
        place_method=best.value if best else None,
        open_label=min((place.address for place in report.open_places if place.address is not None), default=None),
        has_lsoa=report.lsoa is not None,
        repeats_row=repeats,
        repeats_incident=None,
    )


def _rank(method: PlaceMethod) -> int:
    return _METHODS.index(method) if method in _METHODS else len(_METHODS)


def _seconds(moment: Moment | None) -> float | None:
    return None if moment is None else moment.at / _MICROS
