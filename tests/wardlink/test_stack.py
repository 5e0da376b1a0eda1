"""The whole embedded stack by its commands: up, killed, up again, down."""

import json
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from tests.command_line import CommandLine
from tests.conftest import wait_until
from wardlink.settings import Settings, kafka_settings, store_settings
from wardlink.stack.embedded import stack_state
from wardlink.stack.process import await_death
from wardlink.stack.state import last_state

pytestmark = pytest.mark.journey

TOPIC = "kept"


@pytest.fixture
def wardlink() -> Iterator[CommandLine]:
    """The command line on a home of its own, whose stack has the servers only; it is stopped at the end.

    Not in `tmp_path`: another run of pytest closes the folders above it to PostgreSQL's user.
    """
    with tempfile.TemporaryDirectory(prefix="wardlink-tests-") as folder:
        commands = CommandLine(Path(folder) / "a home", WARDLINK_STACK_ROLES="false")
        yield commands
        commands("down")


def test_data_survive_a_kill_and_a_stop_and_nothing_is_left_running(wardlink: CommandLine) -> None:
    wardlink.succeed("up", "--detach")
    first = stack_state(wardlink.settings)
    assert {process.name: process.status for process in first.processes}.items() >= {
        ("kafka", "running"),
        ("postgres", "running"),
    }
    write_both(wardlink.settings)

    assert first.supervisor is not None
    os.kill(first.supervisor.pid, signal.SIGKILL)
    assert await_death(first.supervisor, timeout=30)
    wait_until(lambda: not wardlink.processes(), "everything dies with its supervisor")
    assert stack_state(wardlink.settings).status == "down"

    wardlink.succeed("up", "--detach")
    assert not Path(first.socket_folder).exists()
    assert read_both(wardlink.settings) == ("kept in PostgreSQL", b"kept in Kafka")

    assert wardlink.succeed("down") == "The stack is down.\n"
    assert wardlink.processes() == []
    assert last_state(wardlink.settings.folders).status == "down"
    assert wardlink.succeed("down") == "No stack was running.\n"


def test_a_server_that_is_killed_comes_back_where_it_was(wardlink: CommandLine) -> None:
    wardlink.succeed("up", "--detach")
    before = stack_state(wardlink.settings)
    write_both(wardlink.settings)
    for process in before.processes:
        assert process.identity is not None
        os.kill(process.identity.pid, signal.SIGKILL)

    def all_back() -> bool:
        now = stack_state(wardlink.settings).processes
        return all(process.restarts >= 1 and process.status == "running" for process in now)

    wait_until(all_back, "both servers run again")
    after = stack_state(wardlink.settings)
    assert (after.bootstrap, after.store) == (before.bootstrap, before.store)
    assert read_both(wardlink.settings) == ("kept in PostgreSQL", b"kept in Kafka")
    doctor = wardlink("doctor", "--json")
    levels = {finding["check"]: finding["level"] for finding in json.loads(doctor.stdout)}
    assert (levels["Kafka"], levels["PostgreSQL"], levels["Roles"]) == ("ok", "ok", "warn")
    assert "run `wardlink store migrate`" in doctor.stdout


def test_a_stack_in_the_foreground_refuses_a_second_and_stops_by_ctrl_c(wardlink: CommandLine) -> None:
    process = wardlink.begin("up")
    wait_until(lambda: stack_state(wardlink.settings).status == "ready", "the stack is up")
    second = wardlink("up", "--detach")
    assert second.returncode == 1
    assert "a stack is already running in" in second.stderr
    assert stack_state(wardlink.settings).status == "ready"
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "kafka           running" in output
    assert wardlink.processes() == []


def test_a_stack_that_cannot_start_says_why_and_leaves_nothing(wardlink: CommandLine) -> None:
    wardlink.succeed("up", "--detach")
    wardlink.succeed("down")
    (wardlink.settings.folders.postgres / "data" / "PG_VERSION").write_text("9\n")
    failed = wardlink("up", "--detach")
    assert failed.returncode == 1
    assert "postgres did not start, exit 1" in failed.stderr
    assert wardlink.processes() == []
    assert "postgres did not start" in stack_state(wardlink.settings).reason


def test_data_without_their_passwords_are_not_opened_anew(wardlink: CommandLine) -> None:
    (wardlink.home / "postgres" / "data").mkdir(parents=True)
    failed = wardlink("up", "--detach")
    assert failed.returncode == 1
    assert "passwords.json is missing beside the data that it opens: put it back from a backup" in failed.stderr


def test_the_doctor_of_a_stack_that_is_down_names_the_remedy(wardlink: CommandLine) -> None:
    doctor = wardlink("doctor")
    assert doctor.returncode == 1
    assert "`wardlink up" in doctor.stdout


def write_both(settings: Settings) -> None:
    """Leaves a row in PostgreSQL and a record in Kafka."""
    with psycopg.connect(store_settings(settings).owner_dsn) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'kept in PostgreSQL' AS word")
    clients = kafka_settings(settings).for_kafka_python()
    admin = KafkaAdminClient(**clients)
    admin.create_topics([NewTopic(TOPIC, 1, 1)])
    admin.close()
    producer = KafkaProducer(**clients)
    producer.send(TOPIC, b"kept in Kafka", partition=0).get(timeout=30)
    producer.close()


def read_both(settings: Settings) -> tuple[str, bytes]:
    """What `write_both` has left."""
    with psycopg.connect(store_settings(settings).owner_dsn) as connection:
        row = connection.execute("SELECT word FROM kept").fetchone()
    assert row is not None
    partition = TopicPartition(TOPIC, 0)
    consumer = KafkaConsumer(**kafka_settings(settings).for_kafka_python(), consumer_timeout_ms=30_000)
    consumer.assign([partition])
    consumer.seek_to_beginning(partition)
    value = next(consumer).value
    consumer.close()
    return row[0], value
