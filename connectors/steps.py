"""One record's step from what was published of it to what is known of it now, and the messages that this takes."""

from dataclasses import dataclass, replace

from connectors.assemble import Assembler, Sketch
from connectors.compare import Change, Found, compare
from connectors.contract import Draft
from connectors.ports import Outlet
from schemas.errors import Unfit
from schemas.records import AgencyUpdate, Report
from schemas.topics import QUARANTINE
from schemas.vocabulary import Operation
from store.connector_state import Published

_OPERATIONS = {
    Change.NEW: Operation.INSERT,
    Change.MOVED: Operation.INSERT,
    Change.REVISED: Operation.REVISE,
}


@dataclass(frozen=True, slots=True)
class Stepper:
    """Compares a sketch with what is held and sends what that asks for; the caller saves what it returns."""

    assembler: Assembler
    outlet: Outlet

    def step(self, sketch: Sketch, held: Published | None) -> tuple[Change, Published]:
        """The change, and the state that stands once Kafka has acknowledged it."""
        step = compare(_found(sketch, held), held)
        if step.change is Change.UNCHANGED:
            return step.change, step.state
        if step.change is Change.MOVED and held is not None:
            self._send(self._tombstone(sketch, held.area, step.state.revision))
        self._send(self._record(sketch, step.change, step.state))
        return step.change, step.state

    def quarantine(self, row: str, raw: bytes, error: Unfit, agency: str) -> None:
        """Sends what cannot be used to quarantine."""
        record = self.assembler.quarantined(row, raw, error, agency)
        self.outlet.send(QUARANTINE, record.area, record, record.quarantine_id, record.at.at)

    def _record(self, sketch: Sketch, change: Change, state: Published) -> Report | AgencyUpdate:
        if change is Change.WITHDRAWN:
            return self._tombstone(sketch, state.area, state.revision)
        make = self.assembler.report if isinstance(sketch.draft, Draft) else self.assembler.update
        return make(sketch, _OPERATIONS[change], state.revision)

    def _tombstone(self, sketch: Sketch, area: str, revision: int) -> Report | AgencyUpdate:
        if isinstance(sketch.draft, Draft):
            return self.assembler.tombstone(sketch.key, area, revision, sketch.draft.kind)
        return self.assembler.tombstone(sketch.key, area, revision)

    def _send(self, record: Report | AgencyUpdate) -> None:
        name = record.report_id if isinstance(record, Report) else record.update_id
        message_id = f"{name}/{record.revision}/{record.area}"
        self.outlet.send(self.assembler.topic_of(record), record.area, record, message_id, event_time(record))


def event_time(record: Report | AgencyUpdate) -> int:
    """When it happened, as far as known, else when it was received; microseconds."""
    span = record.occurred if isinstance(record, Report) else record.happened
    return span.earliest.at if span else record.received.at


def _found(sketch: Sketch, held: Published | None) -> Found:
    """A withdrawal that says nothing of where its record was speaks of where it was published."""
    withdrawn = isinstance(sketch.draft, Draft) and sketch.draft.withdrawn
    found = Found(sketch.content, sketch.settled.area, sketch.revision, withdrawn)
    return replace(found, area=held.area) if withdrawn and held else found
