"""Publishing to a real Kafka: what a message looks like there, what Kafka is told, and what if it is away."""

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.kafka import KafkaSettings
from connectors.publish import Publisher
from connectors.topics_admin import (
    apply_topics,
    beginning_offsets,
    cluster_id,
    end_offsets,
    held_records,
    topic_ids,
    topic_states,
)
from schemas.codec import codec, unframe
from schemas.errors import Refused, Unavailable
from schemas.records import Moment, Report
from schemas.topics import BACKFILL, REPORTS_HOUSING, TOPICS, Topic
from schemas.vocabulary import Operation
from tests.conftest import RealStack, wait_until
from tests.connectors.kafka_log import ends, messages_since
from wardlink.settings import load
from wardlink.stack.embedded import make_kafka
from wardlink.stack.home import Home, make_ready
from wardlink.stack.kafka import Kafka
from wardlink.stack.process import spawn

REPORT = Report(
    report_id="homes:1",
    agency="homes",
    source="contacts",
    reference="1",
    revision=1,
    operation=Operation.INSERT,
    area="E09000012",
    batch="b",
    mapper_version="1",
    received=Moment(at=1_718_600_000_000_000),
    controller="homes",
)


class Ids:
    """A registry that knows every topic."""

    def id_of(self, topic: Topic) -> int:
        return 7


@pytest.fixture
def kafka(stack: RealStack) -> KafkaSettings:
    apply_topics(stack.kafka)
    return stack.kafka


def numbered(number: int) -> Report:
    return replace(REPORT, report_id=f"homes:{number}", reference=str(number), area=f"area-{number % 5}")


def send(publisher: Publisher, numbers: range) -> None:
    for number in numbers:
        report = numbered(number)
        publisher.send(REPORTS_HOUSING, report.area, report, f"m-{number}", report.received.at)


def test_a_message_is_avro_behind_its_schema_id_with_cloud_events_headers(kafka: KafkaSettings) -> None:
    start = ends(kafka, [REPORTS_HOUSING])
    with Publisher(kafka, Ids()) as publisher:
        publisher.send(REPORTS_HOUSING, REPORT.area, REPORT, "homes:1/1/E09000012", 1_718_600_000_000_000)
        publisher.flush()
    [message] = messages_since(kafka, start)
    schema_id, body = unframe(message.value)
    assert (schema_id, codec(Report).decode(body)) == (7, REPORT)
    assert message.key == "E09000012"
    assert message.headers == {
        "ce_specversion": "1.0",
        "ce_id": "homes:1/1/E09000012",
        "ce_source": "/wardlink/contacts",
        "ce_type": "wardlink.Report",
        "ce_time": "2024-06-17T04:53:20Z",
        "ce_dataschema": "/schemas/ids/7",
        "content-type": "application/avro",
    }
    assert message.timestamp_type == 1, "the broker's own time (LogAppendTime)"


def test_every_record_arrives_and_an_area_stays_in_one_partition_of_every_topic(kafka: KafkaSettings) -> None:
    start = ends(kafka, [REPORTS_HOUSING, BACKFILL])
    with Publisher(kafka, Ids()) as publisher:
        send(publisher, range(12_000))
        publisher.send(BACKFILL, "area-3", numbered(3), "m", 0)
        publisher.flush()
    arrived = list(messages_since(kafka, start))
    ids = [message.headers["ce_id"] for message in arrived if message.topic == REPORTS_HOUSING.name]
    assert sorted(ids) == sorted(f"m-{number}" for number in range(12_000))
    partitions: dict[str, set[int]] = {}
    for message in arrived:
        partitions.setdefault(message.key, set()).add(message.partition)
    assert {len(found) for found in partitions.values()} == {1}


def test_topics_are_made_once_with_one_number_of_partitions(kafka: KafkaSettings) -> None:
    assert apply_topics(kafka) == ()
    states = topic_states(kafka)
    assert {state.name for state in states} == {topic.name for topic in TOPICS}
    assert {state.partitions for state in states} == {12}
    with pytest.raises(Refused, match="have 12 partitions, not 6"):
        apply_topics(kafka, partitions=6)
    assert len(set(topic_ids(kafka).values())) == len(TOPICS)
    assert cluster_id(kafka) == cluster_id(kafka) != ""


def test_offsets_are_told_for_topics_that_exist(kafka: KafkaSettings) -> None:
    names = [REPORTS_HOUSING.name, "asb.nothing"]
    first, end = beginning_offsets(kafka, names), end_offsets(kafka, names)
    assert set(first) == set(end) == {(REPORTS_HOUSING.name, number) for number in range(12)}
    before = held_records(kafka, names[:1])
    with Publisher(kafka, Ids()) as publisher:
        send(publisher, range(30))
        publisher.flush()
    assert held_records(kafka, names[:1])[REPORTS_HOUSING.name] == before[REPORTS_HOUSING.name] + 30


def test_a_record_that_is_too_large_is_refused_and_does_not_stand_in_the_way(kafka: KafkaSettings) -> None:
    start = ends(kafka, [REPORTS_HOUSING])
    with Publisher(kafka, Ids()) as publisher:
        with pytest.raises(Refused, match="exceeds"):
            publisher.send(REPORTS_HOUSING, "a", replace(REPORT, batch="x" * 2_000_000), "m", 0)
        send(publisher, range(3))
        publisher.flush()
    assert len(list(messages_since(kafka, start))) == 3


def test_patience_with_an_absent_kafka_ends_as_unavailable() -> None:
    waited: list[str] = []
    publisher = Publisher(KafkaSettings("127.0.0.1:9"), Ids(), patience=0.1, waiting=waited.append)
    with pytest.raises(Unavailable, match="does not acknowledge"):
        send(publisher, range(1))
    assert waited
    assert "nothing is skipped" in waited[0]


class OwnKafka:
    """A Kafka for one test, which may be killed."""

    def __init__(self, folder: Path) -> None:
        home = Home(folder)
        make_ready(home)
        self.server: Kafka = make_kafka(load(home=folder), home, print)
        self.server.prepare()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> KafkaSettings:
        self._process = spawn(self.server.command())
        wait_until(self.server.is_ready, f"Kafka is ready (see {self.server.log})")
        return KafkaSettings(self.server.bootstrap)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[OwnKafka]:
    server = OwnKafka(tmp_path)
    try:
        yield server
    finally:
        server.kill()


@pytest.mark.chaos
def test_a_kafka_that_is_killed_and_comes_back_gets_every_record(own_kafka: OwnKafka) -> None:
    kafka = own_kafka.start()
    apply_topics(kafka)
    away = threading.Event()
    with Publisher(kafka, Ids(), waiting=lambda why: away.set()) as publisher:
        send(publisher, range(500))
        publisher.flush()
        own_kafka.kill()
        sending = threading.Thread(target=lambda: (send(publisher, range(500, 3_000)), publisher.flush()))
        sending.start()
        assert away.wait(60)
        own_kafka.start()
        sending.join()
    start = dict.fromkeys(end_offsets(kafka, [REPORTS_HOUSING.name]), 0)
    arrived = {message.headers["ce_id"] for message in messages_since(kafka, start)}
    assert arrived == {f"m-{number}" for number in range(3_000)}
