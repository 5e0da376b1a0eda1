"""One record's step from what was published of it to what is known of it now, and the messages that this takes."""

from dataclasses import dataclass, replace

from connectors.assemble import Assembler, Sketch
from connectors.compare import Change, Found, Step, compare
from connectors.contract import Draft
from connectors.mapped import Failure
from connectors.ports import Outlet
from schemas.records import AgencyUpdate, Quarantined, Report
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
    """Compares a sketch with what is held and sends what that asks for; the caller saves the state that stands then.

    `again` and `present` as in `connectors.compare.compare`.
    """

    assembler: Assembler
    outlet: Outlet
    again: bool = False
    present: bool = False

    def step(self, sketch: Sketch, held: Published | None) -> Step:
        """The step from what is held, not told yet."""
        return compare(_found(sketch, held), held, self.again, self.present)

    def tell(self, sketch: Sketch, step: Step, held: Published | None) -> None:
        """Sends what a step asks for: of a record that has moved, also its withdrawal from where it was."""
        if step.change is Change.UNCHANGED:
            return
        if step.change is Change.MOVED and held is not None:
            self.send(self._tombstone(sketch, held.area, step.state.revision))
        self.send(self._record(sketch, step.change, step.state))

    def send(self, record: Report | AgencyUpdate) -> None:
        """Sends one record under an id that a repeat shares."""
        name = record.report_id if isinstance(record, Report) else record.update_id
        message_id = f"{name}/{record.revision}/{record.area}"
        self.outlet.send(self.assembler.topic_of(record), record.area, record, message_id, _event_time(record))

    def quarantine(self, failure: Failure, before: Published | None) -> Published:
        """Sends what cannot be used to quarantine, as the next try of what lies there of its reference; the state of
        that reference from now on.
        """
        of = (failure.position, failure.raw, failure.error, failure.agency)
        return self._tell_quarantine(self.assembler.quarantined(*of, before))

    def settle(self, sketch: Sketch, before: Published) -> Published:
        """Says that what lies in quarantine of a record's reference is mended; the state of that reference."""
        return self._tell_quarantine(self.assembler.settled(sketch.row, sketch.key[0], before))

    def _tell_quarantine(self, record: Quarantined) -> Published:
        message_id = record.quarantine_id if record.attempt == 1 else f"{record.quarantine_id}/{record.attempt}"
        self.outlet.send(QUARANTINE, record.area, record, message_id, record.at.at)
        return Published(record.quarantine_id.encode(), record.attempt, record.area, record.settled)

    def _record(self, sketch: Sketch, change: Change, state: Published) -> Report | AgencyUpdate:
        if change is Change.WITHDRAWN:
            return self._tombstone(sketch, state.area, state.revision)
        make = self.assembler.report if isinstance(sketch.draft, Draft) else self.assembler.update
        return make(sketch, _OPERATIONS[change], state.revision)

    def _tombstone(self, sketch: Sketch, area: str, revision: int) -> Report | AgencyUpdate:
        if isinstance(sketch.draft, Draft):
            return self.assembler.tombstone(sketch.key, area, revision, sketch.draft.kind)
        return self.assembler.tombstone(sketch.key, area, revision)


def _event_time(record: Report | AgencyUpdate) -> int:
    """When it happened, as far as known, else when it was received; microseconds."""
    span = record.occurred if isinstance(record, Report) else record.happened
    return span.earliest.at if span else record.received.at


def _found(sketch: Sketch, held: Published | None) -> Found:
    """A withdrawal that says nothing of where its record was speaks of where it was published."""
    withdrawn = isinstance(sketch.draft, Draft) and sketch.draft.withdrawn
    found = Found(sketch.content, sketch.settled.area, sketch.revision, withdrawn)
    return replace(found, area=held.area) if withdrawn and held else found
