"""The only file that knows Faust: it carries record batches from Kafka to a role's work, one after the other.

Faust spends most of its time on each event, so the consumer hands the agent one event for each partition fetch. The
position is the store's, not Kafka's: it is claimed on assignment, moved in the batch's transaction, and published to
Kafka only so that lag tools see it. docs/commit-protocol.md tells why each step is as it is.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import faust
import structlog
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from connectors.kafka import KafkaSettings
from schemas.errors import Refused
from streams.batches import Partition, RecordBatch, Work
from streams.health import Health
from streams.pipeline import Pipeline

log = structlog.get_logger()

SESSION_TIMEOUT_SECONDS = 10
"""After how long without a heartbeat Kafka gives a worker's partitions to another."""

_CHECK_SECONDS = 5.0
_MAX_QUEUED = 2
_RECORDS_A_FETCH, _BYTES_A_FETCH = 2000, 4 * 1024 * 1024
_SLICE_SECONDS = 0.04
_SMALLEST_SLICE, _LARGEST_SLICE = 50, 2000
"""Late records are handed out in slices that take about _SLICE_SECONDS, so that a live one never waits for long."""


@dataclass(frozen=True, slots=True)
class RoleSettings:
    """One worker of a role: consumer group and its topics; `late` are taken only while the others are caught up."""

    consumer: str
    topics: tuple[str, ...]
    late: tuple[str, ...]
    kafka: KafkaSettings
    data_folder: str


class _Event:
    """A RecordBatch that quacks like one aiokafka ConsumerRecord, so that Faust carries it as one message."""

    __slots__ = ("batch", "offset", "partition", "timestamp", "timestamp_type", "topic")
    headers, key, checksum, serialized_key_size, serialized_value_size = (), None, None, 0, 0

    def __init__(self, batch: RecordBatch, last: Any) -> None:
        self.batch = batch
        self.topic, self.partition, self.offset = batch.topic, batch.partition, last.offset
        self.timestamp, self.timestamp_type = last.timestamp, last.timestamp_type

    @property
    def value(self) -> "_Event":
        return self


@dataclass(slots=True)
class _Held:
    """A claimed partition: the next offset to hand out, the next that the agent takes, where the log was known to end,
    the offset up to which all is stored, a gap seen once.
    """

    next: int
    epoch: int
    taken: int = 0
    end: int = 0
    done: int | None = None
    gap: int | None = None
    waiting: deque[Any] = field(default_factory=deque)


def run(settings: RoleSettings, work: Work, health: Health) -> None:
    """Runs one worker of a role until it is told to stop; ends the process when it cannot go on."""
    app = _build(settings, work, health)
    faust.Worker(app, loglevel="warn", redirect_stdouts=False, quiet=True).execute_from_commandline()


def _build(settings: RoleSettings, work: Work, health: Health) -> Any:
    Path(settings.data_folder).mkdir(parents=True, exist_ok=True)
    app = faust.App(
        settings.consumer,
        broker=[f"kafka://{server}" for server in settings.kafka.bootstrap.split(",")],
        broker_credentials=_credentials(settings.kafka),
        datadir=settings.data_folder,
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=1,  # at 0 Faust's assignor does not co-partition topics
        broker_max_poll_records=_RECORDS_A_FETCH,
        consumer_max_fetch_size=_BYTES_A_FETCH,
        broker_session_timeout=float(SESSION_TIMEOUT_SECONDS),
        broker_heartbeat_interval=2.0,
        stream_wait_empty=True,
    )
    pipeline = Pipeline(work, health, patience=SESSION_TIMEOUT_SECONDS)
    transport = _transport(app, settings, pipeline)
    app.transport = transport(url=app.conf.broker, app=app, loop=app.loop)
    _attach_agent(app, settings, pipeline)
    return app


def _attach_agent(app: Any, settings: RoleSettings, pipeline: Pipeline) -> None:
    topic = app.topic(*settings.topics, value_serializer="raw", key_serializer="raw", acks=False, maxsize=256)

    @app.agent(topic, name=settings.consumer, concurrency=1)  # type: ignore[untyped-decorator]
    async def take_batches(stream: Any) -> None:
        async for event in stream:
            await pipeline.take(app.consumer.taken(event.batch), app.consumer)

    @app.timer(1.0)  # type: ignore[untyped-decorator]
    async def publish_positions() -> None:
        await app.consumer.publish_positions()

    @app.timer(_CHECK_SECONDS)  # type: ignore[untyped-decorator]
    async def check_claims() -> None:
        await pipeline.check(app.consumer)


def _transport(app: Any, settings: RoleSettings, pipeline: Pipeline) -> type[driver.Transport]:
    late = frozenset(settings.late)

    class Consumer(driver.Consumer):
        """Hands out one event for each partition fetch, from the store's positions."""

        held: dict[Partition, _Held] = {}  # noqa: RUF012  (replaced whole on each assignment)
        generation: int | None = None
        seeking: asyncio.Lock | None = None
        slice_size: int = _SMALLEST_SLICE

        async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> dict[TP, list[Any]]:
            while self.flow_active and self._queued() >= _MAX_QUEUED:
                await asyncio.sleep(0.002)
            active = {tp for tp in active_partitions or () if (tp.topic, tp.partition) in self.held}
            if not active:
                await asyncio.sleep(0.02)
                return {}
            wanted = {tp for tp in active if tp.topic not in late or self._live_caught_up(tp.partition)}
            ready = {tp for tp in wanted if self._held(tp).waiting}
            asked = wanted - ready  # of no partition at all aiokafka would fetch every one
            fetched = await super()._getmany(asked, 0.0 if ready else timeout) if asked else {}
            for tp, records in fetched.items():
                await self._accept(tp, records)
            return {tp: [event] for tp in wanted | set(fetched) if (event := self._next_event(tp)) is not None}

        def _queued(self) -> int:
            return max((channel.queue.qsize() for channel in self.app.topics), default=0)

        def _held(self, tp: TP) -> _Held:
            return self.held[tp.topic, tp.partition]

        def _live_caught_up(self, partition: int) -> bool:
            live = [topic for topic in settings.topics if topic not in late]
            return all(self._caught_up(TP(topic, partition)) for topic in live)

        def _caught_up(self, tp: TP) -> bool:
            held, end = self.held.get((tp.topic, tp.partition)), self._end(tp)
            return held is None or end is None or held.next >= end

        def _end(self, tp: TP) -> int | None:
            """Where the log ended at the last fetch; None before it, and where the partition was just given away."""
            try:
                return self.highwater(tp)
            except AssertionError:  # aiokafka's word for a partition that is not assigned
                return None

        async def _accept(self, tp: TP, records: Sequence[Any]) -> None:
            """Queues a fetch if it goes on where the last one ended; a gap is believed when it is read twice."""
            held = self.held.get((tp.topic, tp.partition))
            if held is None:
                return
            expected = held.waiting[-1].offset + 1 if held.waiting else held.next
            first = records[0].offset
            if first > expected and held.gap != first:
                held.gap = first
                await self.seek(tp, expected)
                return
            if first > expected:
                log.warning("offsets do not exist", topic=tp.topic, partition=tp.partition, first=expected, end=first)
            held.waiting.extend(record for record in records if record.offset >= expected)

        def _next_event(self, tp: TP) -> _Event | None:
            held = self.held.get((tp.topic, tp.partition))
            if held is None or not held.waiting:
                return None
            size = self.slice_size if tp.topic in late else _RECORDS_A_FETCH
            records = [held.waiting.popleft() for _ in range(min(size, len(held.waiting)))]
            base, held.next = held.next, records[-1].offset + 1
            held.end = max(held.next, self._end(tp) or 0)
            batch = RecordBatch(tp.topic, tp.partition, held.epoch, base, held.next, records)
            return _Event(batch, records[-1])

        def taken(self, batch: RecordBatch) -> RecordBatch:
            """The batch as the agent takes it, which is in another order than that of handing out: with whether more
            live records of its partition number are known to come.
            """
            if self.is_current(batch):
                self.held[batch.topic, batch.partition].taken = batch.next
            return replace(batch, more=batch.topic not in late and self._more_comes(batch.partition))

        def _more_comes(self, partition: int) -> bool:
            held = [self.held.get((topic, partition)) for topic in settings.topics if topic not in late]
            return any(each.taken < each.end for each in held if each is not None)

        async def perform_seek(self) -> None:
            """Faust calls it after each assignment, and when a fetch raced a revocation: claim once a generation."""
            self.seeking = self.seeking or asyncio.Lock()
            async with self.seeking:
                generation = self.app.consumer_generation_id
                if generation == self.generation:
                    return
                await super().perform_seek()
                await self._claim()
                self.generation = generation

        async def _claim(self) -> None:
            self.held = {}
            claims = await pipeline.claim(_by_partition(self.assignment(), settings.topics))
            for (topic, partition), claim in claims.items():
                await self.seek(TP(topic, partition), claim.next_offset)
            self.held = {where: _Held(claim.next_offset, claim.epoch) for where, claim in claims.items()}

        def epochs(self) -> dict[Partition, int]:
            """The partitions that we hold now, each with the epoch of our claim."""
            return {where: held.epoch for where, held in self.held.items()}

        def is_current(self, batch: RecordBatch) -> bool:
            """Whether the batch belongs to the assignment that we hold now."""
            held = self.held.get((batch.topic, batch.partition))
            return held is not None and held.epoch == batch.epoch

        def mark_done(self, batch: RecordBatch, seconds: float) -> None:
            """Call when the batch is stored, with how long it took."""
            if self.is_current(batch):
                self.held[batch.topic, batch.partition].done = batch.next
            if batch.topic in late:
                self.slice_size = _fitting_slice(len(batch.records), seconds)

        async def publish_positions(self) -> None:
            """Tells Kafka how far we are, for lag tools; it is never read back."""
            done = {TP(*where): held.done for where, held in self.held.items() if held.done is not None}
            if done:
                await self._commit(done)

    class Transport(driver.Transport):
        """Faust's transport with our consumer."""

    Transport.Consumer = Consumer
    return Transport


def _fitting_slice(records: int, seconds: float) -> int:
    """How many records take about _SLICE_SECONDS, if so many took so long; it grows at most twofold at once."""
    fitting = int(records * min(_SLICE_SECONDS / max(seconds, 1e-6), 2.0))
    return max(_SMALLEST_SLICE, min(fitting, _LARGEST_SLICE))


def _by_partition(assigned: Iterable[Any], topics: Sequence[str]) -> dict[int, tuple[str, ...]]:
    """The assigned partition numbers, each with all its topics; Refused where a topic is missing."""
    numbers: dict[int, set[str]] = {}
    for tp in assigned:
        if tp.topic in topics:
            numbers.setdefault(tp.partition, set()).add(tp.topic)
    for number, found in numbers.items():
        if found != set(topics):
            raise Refused(
                f"partition {number} came without {sorted(set(topics) - found)}: all keyed topics need the same "
                "number of partitions (wardlink topics list) and Faust's co-partitioning assignor"
            )
    return {number: tuple(sorted(found)) for number, found in sorted(numbers.items())}


def _credentials(kafka: KafkaSettings) -> Any:
    if kafka.security_protocol == "PLAINTEXT":
        return None
    context = ssl.create_default_context(cafile=kafka.ca_file) if "SSL" in kafka.security_protocol else None
    if kafka.security_protocol == "SSL":
        return faust.SSLCredentials(context=context)
    return faust.SASLCredentials(
        username=kafka.username, password=kafka.password, mechanism=kafka.sasl_mechanism, ssl_context=context
    )
