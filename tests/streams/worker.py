"""A worker of resolve in the test's own process: records are handed to it in batches, without Kafka."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from linkage.model import Model, load_model
from policy.rulebook import shipped_rules
from policy.sharing import Agreements, load_agreements
from schemas import avro_files
from schemas.codec import codec, frame
from schemas.topics import BY_NAME, INBOUND
from store.database import Session, connect
from store.positions import LogBounds
from store.settings import StoreSettings
from streams.batches import RecordBatch
from streams.opening import Desk
from streams.policies import Policies
from streams.resolve import Resolve, Tools
from vault.keyring import Keyring
from vault.reports import FeatureSeal
from vault.seal import Opener

TOPICS = [topic.name for topic in INBOUND]
DEMO_AGREEMENTS = "demo.yaml"


@dataclass(slots=True)
class Raw:
    """One record as Kafka holds it."""

    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 1_795_000_000_000


def demo_agreements() -> Agreements:
    from importlib.resources import files

    return load_agreements((files("policy") / "agreements" / "demo.yaml").read_text("utf-8"))


@dataclass(slots=True)
class Worker:
    """Owns partition 0 of every topic and hands records over as Kafka would."""

    database: StoreSettings
    ring: Keyring
    agreements: Agreements = field(default_factory=demo_agreements)
    name: str = "one"
    model: Model = field(default_factory=load_model)
    resolve: Resolve = field(init=False)
    offsets: dict[str, int] = field(default_factory=dict)
    epochs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tools = Tools(
            connect=partial(connect, self.database.writer_dsn, f"test-{self.name}"),
            connect_keys=partial(connect, self.database.keys_dsn, f"test-{self.name}"),
            owner=f"test-{self.name}",
            bounds=lambda: {(topic, 0): LogBounds("cluster", topic, 0, 10**9) for topic in TOPICS},
            schema_of=lambda schema_id: avro_files.load(_NAMES[schema_id]),
            desk=Desk(Opener(self.ring), FeatureSeal(self.ring), os.urandom),
            model=self.model,
            secret=self.ring.node_key,
            policies=Policies(self.agreements, shipped_rules(), lambda parent_uprn: None),
        )
        self.resolve = Resolve(tools)

    def claim(self) -> None:
        """Takes the partition, and goes on where it was left."""
        for (topic, _), claim in self.resolve.claim({0: TOPICS}).items():
            self.offsets[topic], self.epochs[topic] = claim.next_offset, claim.epoch

    def take(self, topic: str, records: Sequence[Any], more: bool = False) -> RecordBatch:
        """Hands over one batch of records of the language (or of raw bytes with the key "E09000012")."""
        batch = replace(self.batch(topic, records), more=more)
        self.hand_over(batch)
        self.offsets[topic] = batch.next
        return batch

    def hand_over(self, batch: RecordBatch) -> None:
        """Prepares and stores a batch."""
        self.resolve.store(self.resolve.prepare(batch))

    def batch(self, topic: str, records: Sequence[Any]) -> RecordBatch:
        """The batch, not handed over."""
        base = self.offsets[topic]
        raws = [_raw(base + place, record) for place, record in enumerate(records)]
        return RecordBatch(topic, 0, self.epochs[topic], base, base + len(raws), raws)

    def session(self) -> Session:
        """A session of the writer, to look at what is stored."""
        return connect(self.database.writer_dsn, "test-look")

    def key_session(self) -> Session:
        """A session in the key database."""
        return connect(self.database.keys_dsn, "test-look")

    def rows(self, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """What a statement finds, as tuples."""
        with self.session() as session:
            found = session.execute(statement.encode(), arguments).fetchall()
        return [tuple(row.values()) for row in found]


_NAMES = dict(enumerate(sorted({topic.record.__name__ for topic in BY_NAME.values()}), start=1))
_IDS = {name: number for number, name in _NAMES.items()}


def _raw(offset: int, record: Any) -> Raw:
    if isinstance(record, bytes):
        return Raw(offset, b"E09000012", record)
    body = codec(type(record)).encode(record)
    return Raw(offset, record.area.encode(), frame(_IDS[type(record).__name__], body))
