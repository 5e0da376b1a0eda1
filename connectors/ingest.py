"""The base of every source: collects, maps, compares, seals, publishes, and alone saves the connector's state.

Rows go in chunks. A chunk is looked up in the state, published, acknowledged by Kafka, and only then saved: a kill
between any two of these loses nothing, and what is published twice has the same id and the same revision.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from connectors.assemble import Assembler, Sketch
from connectors.compare import Change, Found, compare
from connectors.contract import Broken, Context, Draft, OutOfScope, Row, Source, UpdateDraft
from connectors.tally import Tally
from schemas.errors import Refused, Unfit
from schemas.records import AgencyUpdate, Batch, Moment, Report
from schemas.topics import BATCHES, QUARANTINE, Topic
from schemas.vocabulary import Operation
from store.connector_state import Begun, Key, Published

CHUNK = 5_000
"""Rows that are looked up, published and saved together."""

_TOO_FEW_TO_JUDGE = 100
_OTHER_AREA = "in another area than asked for"
_QUARANTINE = "quarantine"
_OPERATIONS = {
    Change.NEW: Operation.INSERT,
    Change.MOVED: Operation.INSERT,
    Change.REVISED: Operation.REVISE,
    Change.WITHDRAWN: Operation.WITHDRAW,
}


class State(Protocol):
    """What the base keeps of one source (store.connector_state.ConnectorState)."""

    def look_up_batch(self, batch: str) -> Begun | None: ...
    def begin_batch(self, batch: str, agency: str, now: int) -> Begun: ...
    def finish_batch(self, batch: str, now: int) -> None: ...
    def renew_batch(self, batch: str, now: int) -> Begun: ...
    def newest_batch(self, agency: str) -> int: ...
    def find(self, keys: Collection[Key]) -> Mapping[Key, Published]: ...
    def save(self, records: Mapping[Key, Published], periods: Iterable[tuple[str, str, str]] = ()) -> None: ...
    def periods(self) -> set[tuple[str, str, str]]: ...
    def begin_snapshot(self) -> None: ...
    def note_seen(self, keys: Iterable[Key]) -> None: ...
    def unseen(self, agency: str) -> Mapping[Key, Published]: ...
    def count_held(self, agency: str) -> int: ...


class Outlet(Protocol):
    """What the base needs of a publisher (connectors.publish.Publisher)."""

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None: ...
    def flush(self) -> None: ...


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
    """The outcome of one path: its counts, and the trouble that broke it off, if any."""

    tally: Tally
    columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    broken_off: Refused | None = None


@dataclass(slots=True)
class _Chunk:
    """What is known of the rows of one chunk before anything is published."""

    tally: Tally = field(default_factory=Tally)
    sketches: list[Sketch] = field(default_factory=list)
    failed: list[tuple[str, bytes, Unfit]] = field(default_factory=list)
    periods: dict[tuple[str, str, str], None] = field(default_factory=dict)
    broken_references: list[str] = field(default_factory=list)


class Ingest:
    """One reading of one path. `heard` is told how many rows were settled after each chunk."""

    def __init__(
        self,
        assembler: Assembler,
        digest: str,
        state: State,
        outlet: Outlet,
        request: Request,
        clock: Callable[[], int],
        heard: Callable[[int], None] = lambda rows: None,
    ) -> None:
        self._assembler = assembler
        self._digest = digest
        self._source: Source = assembler.source
        self._context: Context = assembler.context
        self._state = state
        self._outlet = outlet
        self._request = request
        self._clock = clock
        self._heard = heard
        self._tally = Tally()
        self._columns: dict[str, None] = {}
        self._files: set[tuple[str, str]] = set()
        self._ordinals: Counter[int] = Counter()
        self._file = ""
        self._unknown_failures = 0
        self._periods = state.periods() if self._source.yields_to else set()

    def run(self, path: Path) -> Reading:
        """Reads the path to its end, or as far as it goes. Raises Unavailable when Kafka or PostgreSQL stay away, and
        Refused when the path as a whole is not fit; what was published and saved before stands in every case.
        """
        started = self._clock()
        if self._source.snapshot:
            self._state.begin_snapshot()
        trouble = self._read(self._source.collect(path, self._context))
        if trouble and not self._tally.read:
            raise trouble
        if trouble is None and self._source.snapshot:
            self._withdraw_unseen()
        reading = Reading(self._tally, tuple(self._columns), self._unknown_columns(), trouble)
        self._close(started, reading)
        return reading

    def _read(self, rows: Iterator[Row | Broken]) -> Refused | None:
        while True:
            chunk, trouble = _take(rows, CHUNK)
            self._settle(chunk)
            if trouble or len(chunk) < CHUNK:
                return trouble

    def _settle(self, rows: list[Row | Broken]) -> None:
        """Maps, publishes and saves one chunk, all or nothing as far as the state goes."""
        chunk = _Chunk()
        for row in rows:
            self._map(row, chunk)
        self._refuse_if_all_failed(chunk)
        self._refuse_periods(chunk)
        saved = self._publish(chunk)
        if not self._request.dry_run:
            self._outlet.flush()
            self._state.save(saved, chunk.periods)
        self._tally.add(chunk.tally)
        self._heard(len(rows))

    def _map(self, row: Row | Broken, chunk: _Chunk) -> None:
        """Adds what a row becomes to its chunk."""
        try:
            if isinstance(row, Broken):
                raise Unfit("row", row.rule, row.remedy)
            self._note_columns(row)
            drawn = self._draw(row, chunk)
        except Unfit as error:
            chunk.tally.count_quarantined(error.field, error.rule)
            chunk.failed.append((row.position, row.raw, error))
            self._note_reference(row, chunk)
        else:
            chunk.sketches += drawn

    def _note_reference(self, row: Row | Broken, chunk: _Chunk) -> None:
        """A row that is there but broken is not gone from a snapshot."""
        reference = self._source.reference_of(row) if isinstance(row, Row) else None
        if reference:
            chunk.broken_references.append(reference)
        else:
            self._unknown_failures += 1

    def _draw(self, row: Row, chunk: _Chunk) -> list[Sketch]:
        outcome = self._source.to_report(row, self._context)
        if isinstance(outcome, OutOfScope):
            chunk.tally.count_out_of_scope(outcome.why)
            return []
        sketch = self._assembler.sketch(row.position, outcome, self._ordinal(row, outcome))
        if sketch is None:
            chunk.tally.count_out_of_scope(_OTHER_AREA)
            return []
        chunk.tally.unknown_codes += outcome.unknown_codes
        if isinstance(outcome, Draft) and outcome.period:
            chunk.periods[sketch.key[0], outcome.period.name, outcome.period.layout] = None
        return [sketch]

    def _ordinal(self, row: Row, outcome: Draft | UpdateDraft) -> int | None:
        """The row's number among those of its file with an equal reference, for a source without references."""
        if self._source.has_references:
            return None
        if row.file != self._file:
            self._file, self._ordinals = row.file, Counter()
        name = hash((outcome.agency, outcome.reference))
        self._ordinals[name] += 1
        return self._ordinals[name]

    def _publish(self, chunk: _Chunk) -> dict[Key, Published]:
        """Sends what has changed; the states that stand once it is acknowledged."""
        everything = [one for sketch in chunk.sketches for one in (sketch, *sketch.updates)]
        failures = {self._failure_key(position): position for position, _, _ in chunk.failed}
        keys = dict.fromkeys([*(one.key for one in everything), *failures])
        held = dict(self._state.find(keys))
        saved: dict[Key, Published] = {}
        for sketch in chunk.sketches:
            change = self._step(sketch, held, saved)
            self._count(sketch, change, chunk.tally)
            for update in sketch.updates:
                chunk.tally.updates += self._step(update, held, saved) is not Change.UNCHANGED
        for position, raw, error in chunk.failed:
            self._quarantine(position, raw, error, held, saved)
        if self._source.snapshot:
            agency = self._context.agency or self._source.name
            broken = [(agency, kind, name) for name in chunk.broken_references for kind in ("report", "update")]
            self._state.note_seen([*(one.key for one in everything), *broken])
        return saved

    def _step(self, sketch: Sketch, held: dict[Key, Published], saved: dict[Key, Published]) -> Change:
        """Compares one record with what is held and sends what that asks for."""
        withdrawn = isinstance(sketch.draft, Draft) and sketch.draft.withdrawn
        before = held.get(sketch.key)
        found = Found(sketch.content, sketch.settled.area, sketch.revision, withdrawn)
        step = compare(found, before, self._request.again, present=self._source.snapshot)
        if step.change is Change.UNCHANGED:
            return step.change
        if step.change is Change.MOVED and before is not None:
            self._send(self._tombstone(sketch, before.area, step.state.revision))
        self._send(self._record(sketch, step.change, step.state))
        held[sketch.key] = saved[sketch.key] = step.state
        return step.change

    def _record(self, sketch: Sketch, change: Change, state: Published) -> Report | AgencyUpdate:
        if change is Change.WITHDRAWN:
            return self._tombstone(sketch, state.area, state.revision)
        make = self._assembler.report if isinstance(sketch.draft, Draft) else self._assembler.update
        return make(sketch, _OPERATIONS[change], state.revision)

    def _tombstone(self, sketch: Sketch, area: str, revision: int) -> Report | AgencyUpdate:
        if isinstance(sketch.draft, Draft):
            return self._assembler.tombstone(sketch.key, area, revision, sketch.draft.kind)
        return self._assembler.tombstone(sketch.key, area, revision)

    def _count(self, sketch: Sketch, change: Change, tally: Tally) -> None:
        tally.count_row(change)
        if change is not Change.UNCHANGED:
            tally.by_area[sketch.settled.area] += 1
            tally.updates += isinstance(sketch.draft, UpdateDraft)
            tally.summaries += sketch.is_summary

    def _send(self, record: Report | AgencyUpdate) -> None:
        if self._request.dry_run:
            return
        name = record.report_id if isinstance(record, Report) else record.update_id
        message_id = f"{name}/{record.revision}/{record.area}"
        self._outlet.send(self._assembler.topic_of(record), record.area, record, message_id, _event_time(record))

    def _quarantine(
        self, position: str, raw: bytes, error: Unfit, held: Mapping[Key, Published], saved: dict[Key, Published]
    ) -> None:
        """Sends a row that cannot be used to quarantine, unless it lies there since an earlier reading."""
        key = self._failure_key(position)
        if self._request.dry_run or (key in held and not self._request.again):
            return
        record = self._assembler.quarantined(position, raw, error)
        self._outlet.send(QUARANTINE, record.area, record, record.quarantine_id, record.at.at)
        saved[key] = Published(b"", self._context.collected, record.area)

    def _failure_key(self, position: str) -> Key:
        return (self._context.agency or self._source.name, _QUARANTINE, f"{self._assembler.batch}:{position}")

    def _refuse_if_all_failed(self, chunk: _Chunk) -> None:
        """A file of which no row fits is the wrong file, or a wrong release of ours: it must not fill quarantine."""
        count = len(chunk.failed)
        if self._tally.read == 0 and count >= _TOO_FEW_TO_JUDGE and count == chunk.tally.read:
            first = chunk.failed[0]
            raise Refused(
                f"{first[0]}: none of the first {count} rows can be used ({first[2]}); "
                f"expected {self._source.expects}. Nothing was published"
            )

    def _refuse_periods(self, chunk: _Chunk) -> None:
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
        agency = self._context.agency or self._source.name
        unseen = self._state.unseen(agency)
        if self._unknown_failures:
            self._tally.withheld += len(unseen)
            return
        self._refuse_mass_withdrawal(agency, len(unseen))
        pairs = iter(unseen.items())
        while some := dict(islice(pairs, CHUNK)):
            saved = {key: self._withdrawal(key, last) for key, last in some.items()}
            if not self._request.dry_run:
                self._outlet.flush()
                self._state.save(saved)
            self._tally.withdrawn += len(saved)

    def _withdrawal(self, key: Key, last: Published) -> Published:
        revision = max(self._context.collected, last.revision + 1)
        self._send(self._assembler.tombstone(key, last.area, revision))
        return replace(last, revision=revision, withdrawn=True)

    def _refuse_mass_withdrawal(self, agency: str, count: int) -> None:
        held = self._state.count_held(agency)
        if count >= _TOO_FEW_TO_JUDGE and count * 2 > held and not self._request.accept_withdrawals:
            raise Refused(
                f"this snapshot lacks {count} of the {held} records held, more than half: is it whole? "
                "If it is, repeat with --accept-withdrawals; everything that it holds was published"
            )

    def _note_columns(self, row: Row) -> None:
        if (row.file, row.table) not in self._files:
            self._files.add((row.file, row.table))
            self._columns.update(dict.fromkeys(row.values))

    def _unknown_columns(self) -> tuple[str, ...]:
        return tuple(name for name in self._columns if name not in self._source.columns)

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
        agency = self._context.agency or self._source.name
        return Batch(
            batch_id=self._assembler.batch,
            source=self._source.name,
            agency=agency,
            area=self._assembler.areas.fallback(agency),
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


def _event_time(record: Report | AgencyUpdate) -> int:
    """When it happened, as far as known, else when it was received; microseconds."""
    span = record.occurred if isinstance(record, Report) else record.happened
    return span.earliest.at if span else record.received.at
