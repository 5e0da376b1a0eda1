"""The load on its way: messages that are left to publish, and publishing them."""

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kafka import KafkaProducer

from bench.towns import Message
from connectors.topics_admin import end_offsets
from schemas.errors import Refused, Unavailable
from schemas.topics import INBOUND
from streams.batches import Partition
from wardlink.settings import Settings, kafka_settings

TOPICS = [topic.name for topic in INBOUND]
"""What resolve reads, and the no-op agent too."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: `began` is where each partition ended before, `ended` where it ends now."""

    reports: int
    records: int
    size: int
    seconds: float
    began: dict[Partition, int]
    ended: dict[Partition, int]


class Load:
    """All messages of a run in their order; what is taken is gone from memory."""

    def __init__(self, messages: Iterable[Message]) -> None:
        self._left = deque(messages)

    def take(self, reports: int) -> list[Message]:
        """The next messages, up to so many reports with the updates among them."""
        taken: list[Message] = []
        while reports > 0:
            if not self._left:
                raise Refused(f"the towns brought {reports} reports too few: ask for more areas, or for a smaller load")
            taken.append(self._left.popleft())
            reports -= taken[-1].is_report
        return taken

    def take_by_area(self, reports: int) -> list[Message]:
        """As `take`, area by area, so that few partitions get large batches."""
        self._left = deque(sorted(self._left, key=lambda message: message.key))
        return self.take(reports)


def publish(settings: Settings, messages: Sequence[Message]) -> Published:
    """Publishes messages as connectors do (idempotent, acks=all, uncompressed) and waits for every acknowledgement."""
    kafka = kafka_settings(settings)
    before = end_offsets(kafka, TOPICS)
    producer = KafkaProducer(
        **kafka.for_kafka_python(),
        acks="all",
        enable_idempotence=True,
        compression_type=None,
        batch_size=256 * 1024,
        linger_ms=10,
        max_request_size=1024 * 1024,
    )
    began = time.perf_counter()
    sent = [producer.send(each.topic, each.value, each.key, each.headers) for each in messages]
    producer.flush()
    seconds = time.perf_counter() - began
    producer.close()
    if not all(future.succeeded() for future in sent):
        raise Unavailable("Kafka did not acknowledge every record of the load")
    reports, size = sum(each.is_report for each in messages), sum(len(each.value) for each in messages)
    return Published(reports, len(messages), size, seconds, before, end_offsets(kafka, TOPICS))
