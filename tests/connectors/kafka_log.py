"""What Kafka holds, read record by record."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kafka import KafkaConsumer, TopicPartition

from connectors.kafka import KafkaSettings
from connectors.topics_admin import end_offsets
from schemas.topics import Topic

Offsets = Mapping[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Message:
    """One record as it lies in Kafka."""

    topic: str
    partition: int
    key: str
    value: bytes
    headers: dict[str, str]
    timestamp_type: int


def ends(kafka: KafkaSettings, topics: Sequence[Topic]) -> Offsets:
    """Where the topics end now."""
    return end_offsets(kafka, [topic.name for topic in topics])


def messages_since(kafka: KafkaSettings, start: Offsets) -> Iterator[Message]:
    """All records that came after these offsets, partition by partition."""
    end = end_offsets(kafka, sorted({topic for topic, _ in start}))
    consumer = KafkaConsumer(
        bootstrap_servers=kafka.servers, enable_auto_commit=False, isolation_level="read_committed"
    )
    try:
        for place, first in start.items():
            yield from _partition(consumer, TopicPartition(*place), first, end[place])
    finally:
        consumer.close()


def _partition(consumer: KafkaConsumer, place: TopicPartition, first: int, end: int) -> Iterator[Message]:
    consumer.assign([place])
    consumer.seek(place, first)
    while first < end:
        for record in consumer.poll(timeout_ms=1_000).get(place, ()):
            first = record.offset + 1
            headers = {name: value.decode() for name, value in record.headers}
            yield Message(
                record.topic, record.partition, record.key.decode(), record.value, headers, record.timestamp_type
            )
