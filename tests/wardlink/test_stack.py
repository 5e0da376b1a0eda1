"""The whole embedded stack by its commands: up, killed, up again, down."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from tests.conftest import wait_until
from wardlink.settings import Settings, kafka_settings, load, store_settings
from wardlink.stack.embedded import stack_state
from wardlink.stack.process import await_death
from wardlink.stack.state import last_state

pytestmark = pytest.mark.journey

TOPIC = "kept"
SERVERS_ONLY = {"WARDLINK_STACK_ROLES": "false"}


class Commands:
    """The command line on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @property
    def settings(self) -> Settings:
        """The settings of that home."""
        return load(home=self.home)

    def __call__(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs `wardlink WORDS…` to its end."""
        return subprocess.run(
            (sys.executable, "-m", "wardlink", *words),
            env={**os.environ, "WARDLINK_HOME": str(self.home), **SERVERS_ONLY, **environment},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def succeed(self, *words: str) -> str:
        """Runs a command that must succeed; returns what it printed."""
        done = self(*words)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def processes(self) -> list[psutil.Process]:
        """Every living process that names this home in its command line."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.pid != os.getpid() and str(self.home) in " ".join(process.cmdline())
        except psutil.Error:  # it has gone meanwhile
            return False


@pytest.fixture
def wardlink() -> Iterator[Commands]:
    """The command line on a home of its own; whatever is still up at the end is stopped.

    Not in `tmp_path`: another run of pytest closes the folders above it to PostgreSQL's user.
    """
    with tempfile.TemporaryDirectory(prefix="wardlink-tests-") as folder:
        commands = Commands(Path(folder) / "a home")
        yield commands
        commands("down")


def test_data_survive_a_kill_and_a_stop_and_nothing_is_left_running(wardlink: Commands) -> None:
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


def test_a_server_that_is_killed_comes_back_where_it_was(wardlink: Commands) -> None:
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


def test_a_second_stack_in_one_home_is_refused_and_the_first_goes_on(wardlink: Commands) -> None:
    wardlink.succeed("up", "--detach")
    second = wardlink("up", "--detach")
    assert second.returncode == 1
    assert "a stack is already running in" in second.stderr
    assert stack_state(wardlink.settings).status == "ready"


def test_a_stack_in_the_foreground_stops_by_ctrl_c(wardlink: Commands) -> None:
    process = subprocess.Popen(
        (sys.executable, "-m", "wardlink", "up"),
        env={**os.environ, "WARDLINK_HOME": str(wardlink.home), **SERVERS_ONLY},
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: stack_state(wardlink.settings).status == "ready", "the stack is up")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "kafka           running" in output
    assert wardlink.processes() == []


def test_a_stack_that_cannot_start_says_why_and_leaves_nothing(wardlink: Commands) -> None:
    wardlink.succeed("up", "--detach")
    wardlink.succeed("down")
    (wardlink.settings.folders.postgres / "data" / "PG_VERSION").write_text("9\n")
    failed = wardlink("up", "--detach")
    assert failed.returncode == 1
    assert "postgres did not start, exit 1" in failed.stderr
    assert wardlink.processes() == []
    assert "postgres did not start" in stack_state(wardlink.settings).reason


def test_data_without_their_passwords_are_not_opened_anew(wardlink: Commands) -> None:
    (wardlink.home / "postgres" / "data").mkdir(parents=True)
    failed = wardlink("up", "--detach")
    assert failed.returncode == 1
    assert "passwords.json is missing beside the data that it opens: put it back from a backup" in failed.stderr


def test_the_doctor_of_a_stack_that_is_down_names_the_remedy(wardlink: Commands) -> None:
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
