"""The role that resolves: a batch of records becomes reports, links, cases and alerts, in one transaction.

This is the shell: it keeps the areas' memories, opens and decodes, and commits. What is concluded is decided by the
pure rooms linkage and policy, through streams.area and streams.casebook.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linkage.model import Model
from schemas.errors import Refused, Unavailable, Unfit
from store.areas import areas_of_partition, load_area, revisions
from store.database import Session
from store.effects import Effects, prepare, write, write_keys
from store.positions import Claim, LogBounds, Step, already_done, claim
from store.rows import AreaRow, QuarantineRow
from streams.area import AreaState
from streams.batches import Partition, RawRecord, RecordBatch
from streams.breaker import Breaker
from streams.decode import SchemaOf, area_of, decode
from streams.garbage import spare_what_lasts
from streams.opening import Desk
from streams.policies import Policies

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
class Resolve:
    """The work of the role `resolve` (see streams.batches.Work)."""

    tools: Tools
    areas: dict[str, AreaState] = field(default_factory=dict)
    held: dict[Partition, Claim] = field(default_factory=dict)
    breakers: dict[Partition, Breaker] = field(default_factory=dict)
    _main: Session | None = None
    _keys: Session | None = None

    def claim(self, partitions: Mapping[int, Sequence[str]]) -> Mapping[Partition, Claim]:
        """Claims partition numbers; memories stay only where nobody else has written since our last batch."""
        before, self.held = self.held, {}
        bounds = self.tools.bounds()
        for partition, topics in partitions.items():
            logs = {topic: bounds[topic, partition] for topic in topics}
            with self._unavailable_closes():
                taken = claim(self._connection(), CONSUMER, self.tools.owner, partition, logs)
            self.held.update({(topic, partition): each for topic, each in taken.items()})
        self._forget_what_others_may_have_changed(before)
        self._remember(partitions)
        spare_what_lasts()
        return self.held

    def take(self, batch: RecordBatch) -> None:
        """Resolves one batch and commits it; on any failure the memories that it touched are dropped."""
        touched: set[str] = set()
        try:
            with self._unavailable_closes():
                effects = self._effects(batch, touched)
                self._commit(effects, batch.step(CONSUMER))
        except BaseException:
            for area in touched:
                self.areas.pop(area, None)
            raise
        self.held[batch.topic, batch.partition] = Claim(batch.next, batch.epoch)

    # -- from records to effects --------------------------------------------------------------------------------

    def _effects(self, batch: RecordBatch, touched: set[str]) -> Effects:
        effects = Effects()
        self.tools.desk.take_keys()
        for area, records in self._decoded(batch, effects).items():
            touched.add(area)
            state = self._area(area, batch.partition)
            held = self._held_revisions(state, records)
            for raw, error in state.take(records, held, self.tools.desk, effects):
                self._quarantine(batch, raw, error, effects)
            effects.area.append(AreaRow(area, batch.partition, state.time, state.index.next_number, state.shared_by))
        return effects

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

    def _quarantine(self, batch: RecordBatch, raw: RawRecord, error: Unfit, effects: Effects) -> None:
        """Keeps the original bytes sealed, with field, rule and remedy."""
        area = area_of(raw)
        where = f"{batch.topic}:{batch.partition}:{raw.offset}"
        key_id, sealed = self.tools.desk.seal(area, where, raw.value or b"")
        effects.quarantine.append(
            QuarantineRow(
                area=area,
                quarantine_id=where,
                agency="unknown",
                source=batch.topic,
                batch=where,
                row_reference=str(raw.offset),
                field=error.field,
                rule=error.rule,
                remedy=error.remedy,
                attempt=1,
                failed_at=raw.timestamp * 1000,
                key_id=key_id,
                original=sealed,
            )
        )

    # -- memories -----------------------------------------------------------------------------------------------

    def _area(self, area: str, partition: int) -> AreaState:
        if area not in self.areas:
            self.areas[area] = self._load(area, partition)
        state = self.areas[area]
        if state.partition != partition:
            raise Refused(
                f"area {area} belongs to partition {state.partition} but came by {partition}: "
                "the number of partitions was changed; make the topics again as they were (WARDLINK_TOPICS_PARTITIONS)"
            )
        return state

    def _load(self, area: str, partition: int) -> AreaState:
        state = AreaState(area, partition, self.tools.model, self.tools.secret, self.tools.policies)
        stored = load_area(self._connection(), area)
        if stored is not None:
            state.restore(stored, self.tools.desk)
        return state

    def _held_revisions(self, state: AreaState, records: Sequence[tuple[RawRecord, Any]]) -> Mapping[str, int]:
        asked = state.unknown_revisions([record for _, record in records])
        return revisions(self._connection(), state.area, asked) if asked else {}

    def _forget_what_others_may_have_changed(self, before: Mapping[Partition, Claim]) -> None:
        stale = {
            partition
            for (topic, partition), now in self.held.items()
            if before.get((topic, partition)) != Claim(now.next_offset, now.epoch - 1)
        }
        mine = {partition for _, partition in self.held}
        self.areas = {
            area: state
            for area, state in self.areas.items()
            if state.partition in mine and state.partition not in stale
        }

    def _remember(self, partitions: Mapping[int, Sequence[str]]) -> None:
        """Loads the areas of new partitions before their first batch."""
        with self._unavailable_closes():
            for partition in partitions:
                for area in areas_of_partition(self._connection(), partition):
                    self._area(area, partition)

    # -- the store ----------------------------------------------------------------------------------------------

    def _commit(self, effects: Effects, step: Step) -> None:
        write_keys(self._key_connection(), self.tools.desk.take_keys())
        try:
            write(self._connection(), effects, step)
        except Unavailable:
            self._close()
            if not already_done(self._connection(), step):
                raise

    def _connection(self) -> Session:
        if self._main is None:
            self._main = self.tools.connect()
            prepare(self._main)
        return self._main

    def _key_connection(self) -> Session:
        if self._keys is None:
            self._keys = self.tools.connect_keys()
        return self._keys

    def _unavailable_closes(self) -> "_ClosingOnUnavailable":
        return _ClosingOnUnavailable(self)

    def _close(self) -> None:
        for connection in (self._main, self._keys):
            if connection is not None:
                connection.close()
        self._main = self._keys = None


@dataclass(frozen=True, slots=True)
class _ClosingOnUnavailable:
    """Closes the connections when one was lost, so that the next try begins with new ones."""

    resolve: Resolve

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Unavailable):
            self.resolve._close()
