"""A worker whose work is a ledger: every record becomes one row (topic, partition, offset), by the commit protocol.

Run by tests as a process of its own: python tests/streams/ledger_worker.py SETTINGS.json
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.kafka import KafkaSettings
from connectors.topics_admin import beginning_offsets, cluster_id, end_offsets, topic_states
from schemas.records import Report
from schemas.topics import Topic
from store.database import connect, unavailable_when_away
from store.positions import Claim, LogBounds, advance, claim, holds
from streams.app import RoleSettings, run
from streams.batches import Partition, RecordBatch
from streams.health import Health


class Ledger:
    """Writes down what it is given, and each claim that it makes."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self._kafka = KafkaSettings(given["bootstrap"])
        self._connection: Any = None

    def claim(self, partitions: Mapping[int, Sequence[str]]) -> Mapping[Partition, Claim]:
        bounds = self._bounds()
        claims: dict[Partition, Claim] = {}
        with connect(self._given["dsn"], self._given["owner"]) as connection:
            for partition, topics in partitions.items():
                logs = {topic: bounds[topic, partition] for topic in topics}
                taken = claim(connection, self._given["consumer"], self._given["owner"], partition, logs)
                claims.update({(topic, partition): each for topic, each in taken.items()})
                connection.execute(
                    "INSERT INTO claim_made (owner, partition, topics) VALUES (%s, %s, %s)",
                    (self._given["owner"], partition, list(topics)),
                )
        return claims

    def _bounds(self) -> dict[Partition, LogBounds]:
        cluster, names = cluster_id(self._kafka), self._given["topics"]
        ids = {state.name: state.topic_id for state in topic_states(self._kafka, [_named(name) for name in names])}
        first = beginning_offsets(self._kafka, names)
        end = end_offsets(self._kafka, names)
        return {where: LogBounds(cluster, ids[where[0]], first[where], end[where]) for where in end}

    def holds(self, epochs: Mapping[Partition, int]) -> bool:
        with connect(self._given["dsn"], self._given["owner"]) as connection:
            return holds(connection, self._given["consumer"], epochs)

    def prepare(self, batch: RecordBatch) -> RecordBatch:
        return batch

    def store(self, batch: RecordBatch) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._given["dsn"], self._given["owner"])
        rows = [(batch.topic, batch.partition, record.offset, self._given["owner"]) for record in batch.records]
        with unavailable_when_away(), self._connection.transaction(), self._connection.cursor() as cursor:
            advance(cursor, batch.step(self._given["consumer"]))
            cursor.executemany("INSERT INTO effect (topic, partition, at_offset, owner) VALUES (%s, %s, %s, %s)", rows)
            time.sleep(self._given.get("slow", 0.0))

    def abandon(self, batch: RecordBatch) -> None:
        """Nothing is held of it."""


def _named(name: str) -> Topic:
    return Topic(name, Report, "a ledger's")


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text())
    settings = RoleSettings(
        consumer=given["consumer"],
        topics=tuple(given["topics"]),
        late=tuple(given["late"]),
        kafka=KafkaSettings(given["bootstrap"]),
        data_folder=given["folder"],
    )
    run(settings, Ledger(given), Health(Path(given["folder"]) / "health.json"))


if __name__ == "__main__":
    main()
