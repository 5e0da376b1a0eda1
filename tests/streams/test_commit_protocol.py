"""The commit protocol on real Kafka and PostgreSQL: nothing lost, nothing twice, one owner for an area."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from psycopg import sql

from store.database import connect
from store.positions import LogBounds, move
from store.settings import StoreSettings
from tests.conftest import RealStack, wait_until

WORKER = Path(__file__).with_name("ledger_worker.py")
PARTITIONS = 6


class Ledgers:
    """Workers that write ledgers, and what they wrote."""

    def __init__(self, stack: RealStack, database: StoreSettings, folder: Path, consumer: str) -> None:
        self.stack, self.database, self.folder, self.consumer = stack, database, folder, consumer
        self.topics = [f"{consumer}.{name}" for name in ("police", "housing", "late")]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.connection = psycopg.connect(database.owner_dsn, autocommit=True)
        self.connection.execute(
            "CREATE TABLE effect (topic text, partition int, at_offset bigint, owner text, "
            "written timestamptz DEFAULT clock_timestamp());"
            "CREATE TABLE claim_made (seq bigserial, owner text, partition int, topics text[]);"
            "GRANT ALL ON effect, claim_made TO wardlink_writer;"
            "GRANT ALL ON SEQUENCE claim_made_seq_seq TO wardlink_writer"
        )
        admin = KafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
        admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in self.topics])
        admin.close()

    def fill(self, topic: str, count: int) -> None:
        producer = KafkaProducer(bootstrap_servers=self.stack.kafka.bootstrap, linger_ms=20)
        futures = [producer.send(topic, b"x" * 100, partition=i % PARTITIONS) for i in range(count)]
        producer.flush()
        assert all(future.succeeded() for future in futures)
        producer.close()

    def start(self, name: str, slow: float = 0.0) -> None:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        given = {
            "consumer": self.consumer,
            "topics": self.topics,
            "late": self.topics[2:],
            "bootstrap": self.stack.kafka.bootstrap,
            "dsn": self.database.writer_dsn,
            "owner": f"{name}-{len(self.processes)}",
            "folder": str(folder),
            "slow": slow,
        }
        settings = folder / "settings.json"
        settings.write_text(json.dumps(given))
        with (folder / "log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, str(WORKER), str(settings)],
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )

    def count(self) -> int:
        row = self.connection.execute("SELECT count(*) FROM effect").fetchone()
        return int(row[0]) if row else 0

    def rows(self, statement: str) -> list[Any]:
        return self.connection.execute(statement.encode()).fetchall()

    def signal(self, name: str, number: signal.Signals) -> None:
        self.processes[name].send_signal(number)

    def kill(self, name: str) -> None:
        self.signal(name, signal.SIGKILL)
        self.processes[name].wait()

    def revive(self, names: list[str], slow: float = 0.0) -> None:
        """What the supervisor does: a worker that has ended is started again."""
        for name in names:
            if self.processes[name].poll() is not None:
                self.start(name, slow)

    def said(self, name: str) -> str:
        """What a worker last said of itself."""
        return (self.folder / name / "health.json").read_text()

    def move(self, topic: str) -> None:
        """What an operator does by `wardlink positions move`."""
        log = LogBounds("cluster", "topic", 0, 0)
        with connect(self.database.owner_dsn, "operator") as connection:
            move(connection, self.consumer, topic, 0, log, to=0)

    def recreate(self, topic: str) -> None:
        admin = KafkaAdminClient(bootstrap_servers=self.stack.kafka.bootstrap)
        admin.delete_topics([topic])
        wait_until(lambda: topic not in admin.list_topics(), "the topic is deleted")
        admin.create_topics([NewTopic(topic, PARTITIONS, 1)])
        admin.close()

    def forget(self, topic: str, before: int) -> None:
        """What retention does: the log begins later."""
        admin = KafkaAdminClient(bootstrap_servers=self.stack.kafka.bootstrap)
        admin.delete_records({TopicPartition(topic, partition): before for partition in range(PARTITIONS)})
        admin.close()

    def back_up(self) -> str:
        """A copy of the database as it is now."""
        name = self.connection.info.dbname
        self.connection.close()
        with psycopg.connect(self.stack.superuser_dsn, autocommit=True) as superuser:
            self._copy(superuser, name, f"{name}_backup")
        self.connection = psycopg.connect(self.database.owner_dsn, autocommit=True)
        return f"{name}_backup"

    def restore(self, backup: str) -> None:
        """Puts the copy in the place of the database."""
        name = self.connection.info.dbname
        self.connection.close()
        with psycopg.connect(self.stack.superuser_dsn, autocommit=True) as superuser:
            superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            self._copy(superuser, backup, name)
        self.connection = psycopg.connect(self.database.owner_dsn, autocommit=True)

    @staticmethod
    def _copy(superuser: psycopg.Connection, template: str, name: str) -> None:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        statements = (
            "CREATE DATABASE {name} TEMPLATE {template} OWNER wardlink_owner",
            "GRANT CONNECT, TEMPORARY ON DATABASE {name} TO wardlink_writer",
        )
        for statement in statements:
            superuser.execute(sql.SQL(statement).format(**names))

    def close(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()
        self.connection.close()


@pytest.fixture
def ledgers(stack: RealStack, database: StoreSettings, tmp_path: Path) -> Iterator[Callable[[str], Ledgers]]:
    made: list[Ledgers] = []

    def make(consumer: str) -> Ledgers:
        made.append(Ledgers(stack, database, tmp_path, consumer))
        return made[-1]

    yield make
    for each in made:
        each.close()


def assert_exactly_once(ledgers: Ledgers, count: int) -> None:
    distinct = ledgers.rows("SELECT count(*), count(DISTINCT (topic, partition, at_offset)) FROM effect")[0]
    assert distinct == (count, count)
    positions = ledgers.rows("SELECT sum(next_offset) FROM stream_position")
    assert positions[0][0] == count


@pytest.mark.chaos
def test_three_workers_each_own_partition_numbers_across_all_topics(ledgers: Callable[[str], Ledgers]) -> None:
    ledger = ledgers("co-partitioned")
    for topic in ledger.topics:
        ledger.fill(topic, 600)
    for name in ("one", "two", "three"):
        ledger.start(name)
    wait_until(lambda: ledger.count() == 1800, "all records are written", 90)
    claims = ledger.rows("SELECT topics FROM claim_made")
    assert all(sorted(topics) == sorted(ledger.topics) for (topics,) in claims)
    wait_until(lambda: _owners_of_latest_claims(ledger) == 3, "three workers own partitions", 90)
    assert_exactly_once(ledger, 1800)


def _owners_of_latest_claims(ledger: Ledgers) -> int:
    return len(ledger.rows("SELECT DISTINCT owner FROM stream_position"))


@pytest.mark.chaos
def test_kills_and_a_stopped_worker_lose_nothing_and_double_nothing(ledgers: Callable[[str], Ledgers]) -> None:
    ledger = ledgers("killed")
    total = 30_000
    for topic in ledger.topics:
        ledger.fill(topic, total // 3)
    names = ["one", "two"]
    for name in names:
        ledger.start(name, slow=0.05)
    wait_until(lambda: ledger.count() > 0, "the first records are written", 60)
    ledger.kill("one")
    ledger.revive(names, slow=0.05)
    before = ledger.count()
    ledger.signal("two", signal.SIGSTOP)
    wait_until(lambda: ledger.count() > before + 1000, "the other worker takes over the stopped one's partitions", 90)
    ledger.signal("two", signal.SIGCONT)

    def finished() -> bool:
        ledger.revive(names)
        return ledger.count() >= total

    wait_until(finished, "everything is written", 120)
    assert_exactly_once(ledger, total)


@pytest.mark.chaos
def test_late_topics_wait_until_the_live_ones_are_caught_up(ledgers: Callable[[str], Ledgers]) -> None:
    ledger = ledgers("late")
    for topic in reversed(ledger.topics):
        ledger.fill(topic, 3000)
    ledger.start("one")
    wait_until(lambda: ledger.count() == 9000, "all records are written", 60)
    first_late, last_live = ledger.rows(
        "SELECT (SELECT min(written) FROM effect WHERE topic LIKE '%.late' AND partition = 0), "
        "(SELECT max(written) FROM effect WHERE topic NOT LIKE '%.late' AND partition = 0)"
    )[0]
    assert first_late > last_live
    slices = ledger.rows(
        "SELECT count(DISTINCT xmin::text) FROM effect WHERE topic LIKE '%.late' GROUP BY partition ORDER BY partition"
    )
    assert all(count > 1 for (count,) in slices), "late records are committed in slices"
    assert_exactly_once(ledger, 9000)


@pytest.mark.chaos
def test_a_database_restored_to_an_earlier_hour_takes_up_the_records_since(
    ledgers: Callable[[str], Ledgers], stack: RealStack
) -> None:
    ledger = ledgers("restored")
    ledger.fill(ledger.topics[0], 600)
    ledger.start("one")
    wait_until(lambda: ledger.count() == 600, "the first records are written", 60)
    ledger.kill("one")
    backup = ledger.back_up()
    ledger.fill(ledger.topics[0], 600)
    ledger.start("one")
    wait_until(lambda: ledger.count() == 1200, "the later records are written", 60)
    ledger.kill("one")
    ledger.restore(backup)
    assert ledger.count() == 600
    ledger.start("one")
    wait_until(lambda: ledger.count() == 1200, "the records since the backup are written again", 60)
    assert_exactly_once(ledger, 1200)


@pytest.mark.chaos
def test_a_recreated_topic_stops_the_worker_with_the_remedy(ledgers: Callable[[str], Ledgers]) -> None:
    ledger = ledgers("recreated")
    ledger.fill(ledger.topics[0], 60)
    ledger.start("one")
    wait_until(lambda: ledger.count() == 60, "the first records are written", 60)
    ledger.kill("one")
    ledger.recreate(ledger.topics[0])
    ledger.fill(ledger.topics[0], 120)
    ledger.start("one")
    wait_until(lambda: ledger.processes["one"].poll() is not None, "the worker stops", 60)
    assert "another topic than the one read so far" in ledger.said("one")
    assert f"wardlink positions move {ledger.topics[0]}" in ledger.said("one")
    assert ledger.count() == 60


@pytest.mark.chaos
def test_a_gap_by_retention_stops_the_worker_and_says_how_many_are_gone(ledgers: Callable[[str], Ledgers]) -> None:
    ledger = ledgers("gap")
    ledger.fill(ledger.topics[0], 60)
    ledger.start("one")
    wait_until(lambda: ledger.count() == 60, "the first records are written", 60)
    ledger.kill("one")
    ledger.fill(ledger.topics[0], 60)
    ledger.forget(ledger.topics[0], 15)
    ledger.start("one")
    wait_until(lambda: ledger.processes["one"].poll() is not None, "the worker stops", 60)
    assert "5 records are gone by retention" in ledger.said("one")
    assert ledger.count() == 60


@pytest.mark.chaos
def test_an_idle_worker_whose_position_was_moved_ends_to_start_anew(
    ledgers: Callable[[str], Ledgers],
) -> None:
    ledger = ledgers("idle")
    ledger.fill(ledger.topics[0], 60)
    ledger.start("one")
    wait_until(lambda: ledger.count() == 60, "the first records are written", 60)
    ledger.move(ledger.topics[0])
    wait_until(lambda: ledger.processes["one"].poll() == 75, "the worker ends", 60)
    assert ledger.count() == 60
