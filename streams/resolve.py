"""The role that resolves: a batch of records becomes reports, links, cases and alerts, in one transaction.

This is the shell: it keeps the areas' memories, opens and decodes, and commits. What is concluded is decided by the
pure rooms linkage and policy, through streams.taking and streams.casebook.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from linkage.changes import Put
from linkage.model import Model
from schemas.errors import Refused, Unavailable, Unfit
from schemas.records import Report
from schemas.topics import BACKFILL
from store.areas import areas_of_partition, load_area, revisions
from store.database import Session
from store.effects import Effects, prepare, write, write_keys
from store.positions import Claim, LogBounds, Step, already_done, claim, holds
from store.rows import QuarantineRow, ReportKeyRow
from streams.batches import Partition, RawRecord, RecordBatch
from streams.breaker import Breaker
from streams.decode import SchemaOf, area_of, decode
from streams.garbage import building_what_lasts, collect_young
from streams.memory import AreaMemory
from streams.opening import Desk
from streams.policies import Policies
from streams.restating import standardised_again
from streams.taking import take

CONSUMER = "wardlink-resolve"

Connect = Callable[[], Session]


@dataclass(frozen=True, slots=True)
class Tools:
    """What resolve works with: connections, the log's bounds, schemas, the desk, the model and the policy."""

    connect: Connect
    connect_keys: Connect
    owner: str
    bounds: Callable[[], Mapping[Partition, LogBounds]]
    schema_of: SchemaOf
    desk: Desk
    model: Model
    secret: bytes
    policies: Policies


@dataclass(slots=True)
class Prepared:
    """What a batch means: its effects, the keys of what it seals, its step, and the claim that it leads to."""

    partition: Partition
    step: Step
    effects: Effects
    keys: Sequence[ReportKeyRow]


@dataclass(slots=True)
class Ahead:
    """How many batches are prepared and not stored yet: the thread that prepares may wait for the one that stores."""

    _count: int = 0
    _changed: Condition = field(default_factory=Condition)

    def begin(self) -> None:
        """One more is prepared."""
        with self._changed:
            self._count += 1

    def end(self) -> None:
        """One is stored, or never will be."""
        with self._changed:
            self._count -= 1
            self._changed.notify_all()

    def wait(self) -> None:
        """Returns when none is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._count == 0)


@dataclass(slots=True)
class Resolve:
    """The work of the role `resolve` (see streams.batches.Work).

    A memory runs ahead of the store by what is prepared. Where it must be read from the store, what was prepared before
    is waited for; where that cannot be stored, the memory is dropped when the partition is claimed again.
    """

    tools: Tools
    areas: dict[str, AreaMemory] = field(default_factory=dict)
    held: dict[Partition, Claim] = field(default_factory=dict)
    breakers: dict[Partition, Breaker] = field(default_factory=dict)
    _lost: set[int] = field(default_factory=set)
    _ahead: Ahead = field(default_factory=Ahead)
    _reading: Session | None = None
    _writing: Session | None = None
    _keys: Session | None = None

    def claim(self, partitions: Mapping[int, Sequence[str]]) -> Mapping[Partition, Claim]:
        """Claims partition numbers; memories stay only where nobody else has written since our last batch."""
        before, self.held = self.held, {}
        bounds = self.tools.bounds()
        for partition, topics in partitions.items():
            logs = {topic: bounds[topic, partition] for topic in topics}
            with self._reads() as connection:
                taken = claim(connection, CONSUMER, self.tools.owner, partition, logs)
            self.held.update({(topic, partition): each for topic, each in taken.items()})
        self._forget_what_others_may_have_changed(before)
        with building_what_lasts():
            self._remember(partitions)
        return self.held

    def holds(self, epochs: Mapping[Partition, int]) -> bool:
        """Whether nobody has claimed or moved these partitions since we did."""
        with self._writes() as (connection, _):
            return holds(connection, CONSUMER, epochs)

    def prepare(self, batch: RecordBatch) -> Prepared:
        """What one batch means; on any failure the memories that it touched are dropped."""
        touched: set[str] = set()
        try:
            effects = self._effects(batch, touched)
        except BaseException:  # whatever it was, these memories may hold a part of the batch
            for area in touched:
                self.areas.pop(area, None)
            raise
        self._ahead.begin()
        step = batch.step(CONSUMER)
        return Prepared((batch.topic, batch.partition), step, effects, self.tools.desk.take_keys())

    def store(self, prepared: Prepared) -> None:
        """Commits what was prepared: the keys first, so that nothing sealed is ever without its key."""
        self._commit(prepared)
        self.held[prepared.partition] = Claim(prepared.step.next, prepared.step.epoch)
        self._ahead.end()
        collect_young()

    def abandon(self, prepared: Prepared) -> None:
        """The memories of its partition hold what is not stored: they go when the partition is claimed again."""
        self._lost.add(prepared.step.partition)
        self._ahead.end()

    # -- from records to effects --------------------------------------------------------------------------------

    def _effects(self, batch: RecordBatch, touched: set[str]) -> Effects:
        effects = Effects()
        self.tools.desk.take_keys()
        is_history = batch.topic == BACKFILL.name
        for area, records in self._decoded(batch, effects).items():
            touched.add(area)
            state = self._area(area, batch.partition)
            held = self._held_revisions(state, records)
            of = {raw.offset: record for raw, record in records}
            for raw, error in take(state, records, held, self.tools.desk, effects, is_history, batch.more):
                self._quarantine(batch, raw, error, effects, of[raw.offset])
        if not batch.more:
            self._look_at_what_waits(batch.partition, touched, effects)
        effects.area.extend(self.areas[area].row() for area in sorted(touched))
        return effects

    def _look_at_what_waits(self, partition: int, touched: set[str], effects: Effects) -> None:
        """Nothing follows that could change the cases of the partition's areas again."""
        for area, state in self.areas.items():
            if state.partition == partition and state.touched.records:
                touched.add(area)
                state.look(effects)

    def _decoded(self, batch: RecordBatch, effects: Effects) -> Mapping[str, list[tuple[RawRecord, Any]]]:
        by_area: dict[str, list[tuple[RawRecord, Any]]] = defaultdict(list)
        breaker = self._breaker(batch)
        for raw in batch.records:
            try:
                record = decode(batch.topic, raw, self.tools.schema_of)
            except Unfit as error:
                self._quarantine(batch, raw, error, effects)
                breaker.count(fit=False)
            else:
                by_area[record.area].append((raw, record))
                breaker.count(fit=True)
        return by_area

    def _breaker(self, batch: RecordBatch) -> Breaker:
        where = f"{batch.topic}[{batch.partition}]"
        return self.breakers.setdefault((batch.topic, batch.partition), Breaker(where))

    def _quarantine(
        self, batch: RecordBatch, raw: RawRecord, error: Unfit, effects: Effects, record: Any = None
    ) -> None:
        """Keeps the original bytes sealed, with field, rule and remedy; of a report, whose it is and which."""
        area, (agency, name) = area_of(raw), _named(record, raw)
        where = f"{batch.topic}:{batch.partition}:{raw.offset}"
        key_id, sealed = self.tools.desk.seal(area, where, raw.value or b"")
        effects.quarantine.append(
            QuarantineRow(
                area=area,
                quarantine_id=where,
                agency=agency,
                source=batch.topic,
                batch=where,
                row_reference=name,
                field=error.field,
                rule=error.rule,
                remedy=error.remedy,
                attempt=1,
                state="open",
                failed_at=raw.timestamp * 1000,
                key_id=key_id,
                original=sealed,
            )
        )

    # -- memories -----------------------------------------------------------------------------------------------

    def _area(self, area: str, partition: int) -> AreaMemory:
        if area not in self.areas:
            self.areas[area] = self._load(area, partition)
        state = self.areas[area]
        if state.partition != partition:
            raise Refused(
                f"area {area} belongs to partition {state.partition} but came by {partition}: "
                "the number of partitions was changed; make the topics again as they were (WARDLINK_TOPICS_PARTITIONS)"
            )
        return state

    def _load(self, area: str, partition: int) -> AreaMemory:
        state = AreaMemory(area, partition, self.tools.model, self.tools.secret, self.tools.policies)
        with self._reads() as connection:
            stored = load_area(connection, area)
        if stored is not None:
            state.restore(stored, self.tools.desk, self._standardised_again)
        return state

    def _standardised_again(self, area: str, report_ids: Sequence[str]) -> Iterator[Put]:
        if report_ids:
            with self._writes() as (truth, keys):
                yield from standardised_again(truth, keys, self.tools.desk, area, report_ids)

    def _held_revisions(self, state: AreaMemory, records: Sequence[tuple[RawRecord, Any]]) -> Mapping[str, int]:
        asked = state.unknown_revisions([record for _, record in records])
        if not asked:
            return {}
        with self._reads() as connection:
            return revisions(connection, state.area, asked)

    def _forget_what_others_may_have_changed(self, before: Mapping[Partition, Claim]) -> None:
        stale = {
            partition
            for (topic, partition), now in self.held.items()
            if before.get((topic, partition)) != Claim(now.next_offset, now.epoch - 1)
        }
        stale |= self._lost
        self._lost = set()
        mine = {partition for _, partition in self.held}
        self.areas = {
            area: state
            for area, state in self.areas.items()
            if state.partition in mine and state.partition not in stale
        }

    def _remember(self, partitions: Mapping[int, Sequence[str]]) -> None:
        """Loads the areas of new partitions before their first batch."""
        for partition in partitions:
            with self._reads() as connection:
                areas = areas_of_partition(connection, partition)
            for area in areas:
                self._area(area, partition)

    # -- the store ----------------------------------------------------------------------------------------------

    def _commit(self, prepared: Prepared) -> None:
        with self._writes() as (connection, keys):
            write_keys(keys, prepared.keys)
            try:
                write(connection, prepared.effects, prepared.step)
            except Unavailable:
                self._close_writing()
                with self._writes() as (again, _):
                    if not already_done(again, prepared.step):
                        raise

    @contextmanager
    def _reads(self) -> Iterator[Session]:
        """A connection that sees all that was prepared before."""
        self._ahead.wait()
        try:
            if self._reading is None:
                self._reading = self.tools.connect()
            yield self._reading
        except Unavailable:
            if self._reading is not None:
                self._reading.close()
            self._reading = None
            raise

    @contextmanager
    def _writes(self) -> Iterator[tuple[Session, Session]]:
        """The connections to the truth and to the key database; new ones after either was lost."""
        try:
            if self._writing is None:
                self._writing = self.tools.connect()
                prepare(self._writing)
            if self._keys is None:
                self._keys = self.tools.connect_keys()
            yield self._writing, self._keys
        except Unavailable:
            self._close_writing()
            raise

    def _close_writing(self) -> None:
        for connection in (self._writing, self._keys):
            if connection is not None:
                connection.close()
        self._writing = self._keys = None


def _named(record: Any, raw: RawRecord) -> tuple[str, str]:
    """Whose a record is and what it is called in quarantine: a receipt finds its report by id and revision."""
    if isinstance(record, Report):
        return record.agency, f"{record.report_id}/{record.revision}"
    return "unknown", str(raw.offset)
