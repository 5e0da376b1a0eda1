"""The base of every source: collects, maps, compares, seals, publishes, and alone saves the connector's state.

Rows go in chunks. A chunk is looked up in the state, published, acknowledged by Kafka, and only then saved: a kill
between any two of these loses nothing, and what is published twice has the same id and the same revision.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from connectors.assemble import Assembler, Sketch
from connectors.compare import Change
from connectors.contract import Broken, Context, Row, Source, UpdateDraft
from connectors.mapped import Chunk, Failure, Mapper
from connectors.ports import Outlet, State
from connectors.steps import Stepper
from connectors.tally import Tally
from schemas.errors import Refused
from schemas.records import Batch, Moment
from schemas.topics import BATCHES
from store.connector_state import Key, Published

CHUNK = 5_000
"""Rows that are looked up, published and saved together."""

_TOO_FEW_TO_JUDGE = 100


@dataclass(frozen=True, slots=True)
class Request:
    """What the user asked for.

    `again` publishes what was published before; `dry_run` publishes and saves nothing; `accept_withdrawals` lets a
    snapshot withdraw more than half of what is held.
    """

    again: bool = False
    dry_run: bool = False
    accept_withdrawals: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of one path: its batch, its counts, and the trouble that broke it off, if any."""

    batch: str
    tally: Tally
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    broken_off: Refused | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """What a reading works with. `clock` gives the present in microseconds; `heard` is told how many rows were settled
    after each chunk of `chunk` rows, `failed` of each row that cannot be used, with its id in quarantine.
    """

    state: State
    outlet: Outlet
    clock: Callable[[], int]
    heard: Callable[[int], None] = lambda rows: None
    failed: Callable[[str, Failure], None] = lambda quarantine_id, failure: None
    chunk: int = CHUNK


class Ingest:
    """One reading of one path, whose bytes have this digest (SHA-256, hexadecimal).

    `is_present`: it is the present word of a snapshot source, so that what it does not hold is no more.
    """

    def __init__(
        self, assembler: Assembler, tools: Tools, request: Request, digest: str, is_present: bool = False
    ) -> None:
        self._assembler = assembler
        self._source: Source = assembler.source
        self._context: Context = assembler.context
        self._state, self._outlet = tools.state, tools.outlet
        self._clock, self._heard, self._failed, self._size = tools.clock, tools.heard, tools.failed, tools.chunk
        self._request = request
        self._digest = digest
        self._is_present = is_present
        self._stepper = Stepper(assembler, tools.outlet, request.again, is_present)
        self._mapper = Mapper(assembler)
        self._tally = Tally()
        self._nameless_failures = 0
        self._open_failures = dict(tools.state.open_failures())
        self._periods = tools.state.periods() if self._source.yields_to else set()

    @property
    def _agency(self) -> str:
        """Whose reading it is; the source's name where rows of several agencies come together."""
        return self._context.agency or self._source.name

    def run(self, path: Path) -> Reading:
        """Reads the path to its end, or as far as it goes. Raises Unavailable when Kafka or PostgreSQL stay away, and
        Refused when the path as a whole is not fit; what was published and saved before stands in every case.
        """
        started = self._clock()
        if self._is_present:
            self._state.begin_snapshot()
        trouble = self._read(self._source.collect(path, self._context))
        if trouble and not self._tally.read:
            raise trouble
        if trouble is None and self._is_present:
            self._withdraw_unseen()
        reading = Reading(
            self._assembler.batch, self._tally, self._mapper.columns, self._mapper.unknown_columns, trouble
        )
        self._close(started, reading)
        return reading

    def _read(self, rows: Iterator[Row | Broken]) -> Refused | None:
        while True:
            chunk, trouble = _take(rows, self._size)
            self._settle(chunk)
            if trouble or len(chunk) < self._size:
                return trouble

    def _settle(self, rows: list[Row | Broken]) -> None:
        """Maps, publishes and saves one chunk, all or nothing as far as the state goes."""
        chunk = self._mapper.map(rows)
        self._refuse_if_all_failed(chunk)
        self._refuse_periods(chunk)
        saved = self._publish(chunk)
        if self._is_present:
            self._note_seen(chunk)
        if not self._request.dry_run:
            self._outlet.flush()
            self._state.save(saved, chunk.periods)
        self._tally.add(chunk.tally)
        for failure in chunk.failures:
            self._failed(f"{self._assembler.batch}:{failure.position}", failure)
        self._heard(len(rows))

    def _publish(self, chunk: Chunk) -> dict[Key, Published]:
        """Sends what has changed; the states that stand once it is acknowledged."""
        keys = [one.key for one in chunk.all_sketches] + [self._failure_key(one) for one in chunk.failures]
        held = dict(self._state.find(dict.fromkeys(keys)))
        saved: dict[Key, Published] = {}
        for sketch in chunk.sketches:
            change = self._step(sketch, held, saved)
            self._count(sketch, change, chunk.tally)
            for update in sketch.updates:
                chunk.tally.updates += self._step(update, held, saved) is not Change.UNCHANGED
            self._settle_failure(sketch, saved)
        for failure in chunk.failures:
            self._quarantine(failure, held, saved)
        return saved

    def _step(self, sketch: Sketch, held: dict[Key, Published], saved: dict[Key, Published]) -> Change:
        """Compares one record with what is held and sends what that asks for."""
        before = held.get(sketch.key)
        step = self._stepper.step(sketch, before)
        if step.change is Change.UNCHANGED:
            return step.change
        if not self._request.dry_run:
            self._stepper.tell(sketch, step, before)
        held[sketch.key] = saved[sketch.key] = step.state
        return step.change

    def _count(self, sketch: Sketch, change: Change, tally: Tally) -> None:
        tally.count_row(change)
        if change is not Change.UNCHANGED:
            tally.by_area[sketch.settled.area] += 1
            tally.updates += isinstance(sketch.draft, UpdateDraft)
            tally.count_summary(sketch.draft)

    def _quarantine(self, failure: Failure, held: Mapping[Key, Published], saved: dict[Key, Published]) -> None:
        """Sends a row that cannot be used to quarantine, unless it lies there since an earlier reading."""
        key = self._failure_key(failure)
        if self._request.dry_run or (key in held and not self._request.again):
            return
        unfit = (failure.agency, "unfit", failure.references[0]) if failure.references else None
        state = self._stepper.quarantine(failure, self._open_failures.get(unfit) if unfit else None)
        saved[key] = Published(b"", self._context.collected, state.area)
        if unfit:
            self._open_failures[unfit] = saved[unfit] = state

    def _settle_failure(self, sketch: Sketch, saved: dict[Key, Published]) -> None:
        """A row can be used of which an earlier one lies in quarantine: that is mended."""
        agency, _, reference = sketch.key
        before = self._open_failures.pop((agency, "unfit", reference), None) if self._open_failures else None
        if before is not None and not self._request.dry_run:
            saved[agency, "unfit", reference] = self._stepper.settle(sketch, before)

    def _failure_key(self, failure: Failure) -> Key:
        return (self._agency, "quarantine", f"{self._assembler.batch}:{failure.position}")

    def _note_seen(self, chunk: Chunk) -> None:
        """A row that is there but broken is not gone from the snapshot, if only it says which one it is."""
        self._nameless_failures += sum(not failure.references for failure in chunk.failures)
        broken = [name for failure in chunk.failures for name in failure.references]
        keys = [(self._agency, entity, name) for name in broken for entity in ("report", "update")]
        self._state.note_seen([*(one.key for one in chunk.all_sketches), *keys])

    def _refuse_if_all_failed(self, chunk: Chunk) -> None:
        """A file of which no row fits is the wrong file, or a wrong release of ours: it must not fill quarantine."""
        count = len(chunk.failures)
        if self._tally.read == 0 and count >= _TOO_FEW_TO_JUDGE and count == chunk.tally.read:
            first = chunk.failures[0]
            raise Refused(
                f"{first.position}: none of the first {count} rows can be used ({first.error}); "
                f"expected {self._source.expects}. Nothing was published"
            )

    def _refuse_periods(self, chunk: Chunk) -> None:
        """A period that is held from a better layout is not read again from a lesser one."""
        for agency, period, layout in chunk.periods:
            better = self._source.yields_to.get(layout)
            if better and (agency, period, better) in self._periods:
                raise Refused(
                    f"{period} of {agency} is held from {better} already, which is the fuller source: "
                    f"leave this {layout} file out"
                )

    def _withdraw_unseen(self) -> None:
        """Withdraws what was published before and this snapshot does not hold.

        While rows are broken that do not tell their reference, nobody knows what is gone: withdrawals are withheld.
        """
        covers = self._assembler.areas.covers
        unseen = {
            key: held for key, held in self._state.unseen(self._agency).items() if covers(self._agency, held.area)
        }
        if self._nameless_failures:
            self._tally.withheld += len(unseen)
            return
        self._refuse_mass_withdrawal(len(unseen))
        pairs = iter(unseen.items())
        while some := dict(islice(pairs, self._size)):
            saved = {key: self._withdrawal(key, last) for key, last in some.items()}
            if not self._request.dry_run:
                self._outlet.flush()
                self._state.save(saved)
            self._tally.withdrawn += len(saved)

    def _withdrawal(self, key: Key, last: Published) -> Published:
        revision = max(self._context.collected, last.revision + 1)
        if not self._request.dry_run:
            self._stepper.send(self._assembler.tombstone(key, last.area, revision))
        return replace(last, revision=revision, withdrawn=True)

    def _refuse_mass_withdrawal(self, count: int) -> None:
        held = self._state.count_held(self._agency)
        if count >= _TOO_FEW_TO_JUDGE and count * 2 > held and not self._request.accept_withdrawals:
            raise Refused(
                f"this snapshot lacks {count} of the {held} records held, more than half: is it whole? "
                "If it is, repeat with --accept-withdrawals; everything that it holds was published"
            )

    def _close(self, started: int, reading: Reading) -> None:
        """Tells of the batch, if it brought anything, and notes that it was read to its end."""
        if self._request.dry_run:
            return
        tally, now = reading.tally, self._clock()
        batch = self._assembler.batch
        known = self._state.look_up_batch(batch)
        if tally.published or tally.withdrawn or known is None or not known.finished:
            record = self._batch(started, now, reading)
            self._outlet.send(BATCHES, record.area, record, f"{batch}/{started}", now)
            self._outlet.flush()
        if reading.broken_off is None:
            self._state.finish_batch(batch, now)

    def _batch(self, started: int, now: int, reading: Reading) -> Batch:
        return Batch(
            batch_id=self._assembler.batch,
            source=self._source.name,
            agency=self._agency,
            area=self._assembler.areas.fallback(self._agency),
            digest=self._digest,
            columns=reading.columns,
            unknown_columns=reading.unknown_columns,
            mapper_version=self._source.mapper_version,
            started=Moment(at=started),
            finished=Moment(at=now),
            counts=reading.tally.numbers(),
        )


def _take(rows: Iterator[Row | Broken], count: int) -> tuple[list[Row | Broken], Refused | None]:
    """Up to so many rows, and why there are no more if the file breaks off."""
    taken: list[Row | Broken] = []
    try:
        for row in islice(rows, count):
            taken.append(row)
    except Refused as error:
        return taken, error
    return taken, None
