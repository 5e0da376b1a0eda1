"""What becomes of the items of one request: each is settled once, under its receipt, whoever asks again.

The order of things is what makes it so. Receipts are begun and committed before anything is published, so that a
repeat after a crash has the same time of arrival, and with it the same revision. Then, in one transaction that no
other process settles this agency's events beside: compare, publish, wait for Kafka, note what was published.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime

from connectors.assemble import Assembler
from connectors.contract import Context, Draft, Outcome, OutOfScope, UpdateDraft
from connectors.mapped import Failure
from connectors.ports import Outlet
from connectors.push.events import Item
from connectors.push.reasons import Reason, reasons_of
from connectors.push.source import Pushed
from connectors.push.world import World
from connectors.steps import Stepper
from schemas.errors import Unavailable, Unfit
from store import receipts
from store.connector_state import ConnectorState, Key, Published
from store.database import Session
from store.receipts import Arrival, Receipt

_MICROS = 1_000_000
_ELSEWHERE = Reason(
    "data.places", "lie in another area than this partner reports for", "send it to that area's partnership"
)


class NoKey(Unavailable):
    """An area has no key yet: only the operator can help, and only this agency has to wait."""

    def __init__(self, area: str) -> None:
        super().__init__(f"area {area} has no key: make one with `wardlink keyring area {area}`")


@dataclass(frozen=True, slots=True)
class Submission:
    """The items of one request, mapped; `area` is the partner's own, for reports that do not say where."""

    source: Pushed
    partner: str
    agency: str
    area: str | None
    items: tuple[Item, ...]
    outcomes: tuple[Outcome | Unfit, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one item. `is_repeat`: it had been settled before, and nothing was done. `is_conflict`: another
    event had come under its source and id, and nothing was done.
    """

    receipt: Receipt
    is_repeat: bool = False
    is_conflict: bool = False


@dataclass(slots=True)
class Clerk:
    """Settles submissions one after the other, with a connection and an outlet of its own."""

    connection: Session
    outlet: Outlet
    world: World
    clock: Callable[[], int]

    def settle(self, submission: Submission) -> list[Settled]:
        """One for each item, in order, when Kafka has acknowledged all of them.

        Raises Unavailable while Kafka, PostgreSQL or the key of an area is missing; then the same may be sent again.
        """
        now = self.clock()
        receipts.begin(self.connection, list(_arrivals(submission)), now)
        with receipts.settling(self.connection, submission.agency):
            round_ = _Round(submission, self._world(submission), self.outlet, self.connection, now)
            settled = [
                round_.settle(item, outcome)
                for item, outcome in zip(submission.items, submission.outcomes, strict=True)
            ]
            self.outlet.flush()
            round_.save()
        return settled

    def _world(self, submission: Submission) -> Callable[[int], Assembler]:
        """Makes assemblers by the time of arrival."""
        seal = self.world.seal(submission.source.name, datetime.fromtimestamp(self.clock() / _MICROS, UTC).date())
        areas, key = self.world.areas(submission.area), self.world.ring.row_hash_key
        elsewhere = areas.fallback(submission.agency)
        if elsewhere not in self.world.ring.areas:
            raise NoKey(elsewhere)

        def assembler(received: int) -> Assembler:
            day = datetime.fromtimestamp(received / _MICROS, UTC).date()
            batch = f"{submission.source.name}:{submission.agency}:{day}"
            return Assembler(submission.source, Context(submission.agency, received, key), areas, seal, batch)

        return assembler


@dataclass(slots=True)
class _Round:
    """One submission on its way: the receipts and states that were found, and those that will be saved."""

    submission: Submission
    assembler: Callable[[int], Assembler]
    outlet: Outlet
    connection: Session
    now: int
    ledger: dict[str, Receipt] = field(init=False)
    held: dict[Key, Published] = field(init=False)
    saved: dict[Key, Published] = field(default_factory=dict)
    written: dict[str, Receipt] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = receipts.find(self.connection, {item.receipt_id for item in self.submission.items})
        self.held = self._state.find(set(_keys(self.submission)))

    @property
    def _state(self) -> ConnectorState:
        return ConnectorState(self.connection, self.submission.source.name)

    def settle(self, item: Item, outcome: Outcome | Unfit) -> Settled:
        """What becomes of one item."""
        before = self.ledger[item.receipt_id]
        same = before.content == item.content
        if before.state != "received" and same:
            return Settled(before, is_repeat=True)
        if before.state == "published":
            return Settled(before, is_conflict=True)
        begun = Receipt(item.receipt_id, item.content, before.received if same else self.now)
        receipt = self._receipt(begun, item, outcome)
        self.ledger[item.receipt_id] = self.written[item.receipt_id] = receipt
        return Settled(receipt)

    def save(self) -> None:
        """Writes everything down."""
        self._state.save(self.saved)
        receipts.settle(self.connection, list(self.written.values()))

    def _receipt(self, begun: Receipt, item: Item, outcome: Outcome | Unfit) -> Receipt:
        stepper = Stepper(self.assembler(begun.received), self.outlet)
        try:
            if isinstance(outcome, Unfit):
                raise outcome
            if isinstance(outcome, OutOfScope):
                return _left_out(begun, Reason("data", outcome.why, "nothing is to be done: it is not kept"))
            return self._published(begun, outcome, stepper)
        except Unfit as error:
            stepper.quarantine(Failure(item.receipt_id, item.raw, error, self.submission.agency, ()), None)
            return replace(begun, state="unfit", reasons=_plain(reasons_of(error)))

    def _published(self, begun: Receipt, draft: Draft | UpdateDraft, stepper: Stepper) -> Receipt:
        sketch = stepper.assembler.sketch(begun.receipt_id, draft)
        if sketch is None:
            return _left_out(begun, _ELSEWHERE)
        seal = stepper.assembler.seal
        if seal.ring is not None and sketch.settled.area not in seal.ring.areas:
            raise NoKey(sketch.settled.area)
        before = self.held.get(sketch.key)
        step = stepper.step(sketch, before)
        stepper.tell(sketch, step, before)
        state = step.state
        if state is not before and not (before is None and state.withdrawn):
            self.held[sketch.key] = self.saved[sketch.key] = state
        return replace(
            begun,
            state="published",
            report_id=sketch.record_id,
            area=state.area,
            revision=state.revision,
            change=step.change.value,
        )


def _arrivals(submission: Submission) -> Iterator[Arrival]:
    for item in submission.items:
        yield Arrival(item.receipt_id, submission.partner, submission.agency, item.content)


def _keys(submission: Submission) -> Iterator[Key]:
    """What may be held of the submission; a reference that cannot be one (see Assembler.sketch) is not looked up."""
    for outcome in submission.outcomes:
        if isinstance(outcome, Draft) and outcome.reference.isprintable():
            yield (submission.agency, "report", outcome.reference)


def _left_out(begun: Receipt, reason: Reason) -> Receipt:
    return replace(begun, state="out of scope", reasons=_plain([reason]))


def _plain(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    return [asdict(reason) for reason in reasons]
