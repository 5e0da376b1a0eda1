"""What every test may ask for: one real Kafka and PostgreSQL for the whole run, and fresh databases in it."""

import itertools
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql

from connectors.kafka import KafkaSettings
from store.migrate import migrate
from store.settings import StoreSettings
from tests.command_line import CommandLine
from wardlink.settings import load
from wardlink.stack.embedded import make_kafka, prepare_side_by_side
from wardlink.stack.home import Home, make_ready
from wardlink.stack.kafka import Kafka
from wardlink.stack.postgres import Postgres
from wardlink.stack.process import spawn

for name in [name for name in os.environ if name.startswith("WARDLINK_") and name != "WARDLINK_CACHE"]:
    del os.environ[name]

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell silences it in what it starts in the background

hypothesis.settings.register_profile("seeded", deadline=None, derandomize=True)
hypothesis.settings.register_profile("searching", deadline=None)
hypothesis.settings.load_profile("seeded")

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
"""Real files for trying; tests that read them skip where they are not."""


MAIN_GRANTS = (
    "GRANT CONNECT, TEMPORARY ON DATABASE {name} TO wardlink_writer",
    "GRANT CONNECT ON DATABASE {name} TO wardlink_reader, wardlink_registry",
)
"""What cluster.sql grants on the database of the truth; a copy of a database does not copy them."""


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Returns when the condition holds; fails with `what` when it does not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.02)


@dataclass(slots=True)
class RealStack:
    """Real servers that this process has started; both run until the last test has ended."""

    home: Home
    kafka_server: Kafka
    postgres_server: Postgres
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _is_migrated: bool = False

    @property
    def kafka(self) -> KafkaSettings:
        """Where its Kafka is."""
        return KafkaSettings(self.kafka_server.bootstrap)

    @property
    def superuser_dsn(self) -> str:
        """For tests that look behind the roles."""
        return self.postgres_server.superuser_dsn

    def empty_database(self) -> StoreSettings:
        """Two new databases (the truth and the keys) without tables; about 0.1 s."""
        return self._create("template_main", "template_keys")

    def fresh_database(self) -> StoreSettings:
        """Two new databases with every migration applied; about 0.1 s, the first time longer."""
        if not self._is_migrated:
            migrate(self.postgres_server.dsns)
            self._is_migrated = True
        return self._create("wardlink", "wardlink_keys")

    def make_templates(self) -> None:
        """Keeps the databases as they were made, without tables."""
        with psycopg.connect(self.superuser_dsn, autocommit=True) as connection:
            _copy(connection, "wardlink", "template_main", "wardlink_owner", MAIN_GRANTS)
            _copy(connection, "wardlink_keys", "template_keys", "wardlink_keykeeper")

    def _create(self, main_template: str, keys_template: str) -> StoreSettings:
        number = next(self._numbers)
        main, keys = f"test_{number}", f"test_{number}_keys"
        with psycopg.connect(self.superuser_dsn, autocommit=True) as connection:
            _copy(connection, main_template, main, "wardlink_owner", MAIN_GRANTS)
            _copy(connection, keys_template, keys, "wardlink_keykeeper")
        return self.postgres_server.dsns_in(main, keys)


def _copy(connection: psycopg.Connection, template: str, name: str, owner: str, grants: Sequence[str] = ()) -> None:
    names = {"name": sql.Identifier(name), "template": sql.Identifier(template), "owner": sql.Identifier(owner)}
    create = ("CREATE DATABASE {name} TEMPLATE {template} OWNER {owner}", "REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    for statement in (*create, *grants):
        connection.execute(sql.SQL(statement).format(**names))


@contextmanager
def _running(server: Kafka | Postgres) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server; at the end its data are thrown away, so it is stopped without a last checkpoint."""
    process = spawn(server.command())
    try:
        yield process
    finally:
        process.send_signal(signal.SIGQUIT if isinstance(server, Postgres) else signal.SIGKILL)
        process.wait(timeout=120)


@contextmanager
def real_stack(folder: Path) -> Iterator[RealStack]:
    """Starts both servers in a folder and stops them at the end."""
    home = Home(folder)
    make_ready(home)
    kafka = make_kafka(load(home=folder), home, print)
    postgres = Postgres(home.postgres, home.log_of("postgres"))
    with ExitStack() as closing:
        closing.callback(postgres.clear)
        prepare_side_by_side([kafka, postgres])
        for server in (kafka, postgres):
            closing.enter_context(_running(server))
        wait_until(postgres.is_ready, f"PostgreSQL is ready (see {postgres.log})")
        stack = RealStack(home, kafka, postgres)
        stack.make_templates()
        wait_until(kafka.is_ready, f"Kafka is ready (see {kafka.log})")
        yield stack


@pytest.fixture(scope="session")
def stack() -> Iterator[RealStack]:
    """One real Kafka and PostgreSQL for the whole run; started when the first test asks for it, in about 3 s."""
    with tempfile.TemporaryDirectory(prefix="wardlink-tests-") as folder, real_stack(Path(folder)) as running:
        yield running


@pytest.fixture
def database(stack: RealStack) -> StoreSettings:
    """Fresh databases for one test, every migration applied."""
    return stack.fresh_database()


@pytest.fixture
def shared_data() -> Path:
    """The folder of real files; the test is skipped where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the real files (../shared/data) are not here")
    return SHARED_DATA


@pytest.fixture
def wardlink() -> Iterator[CommandLine]:
    """The command line on a home of its own; whatever stack is still up at the end is stopped.

    Not in `tmp_path`: another run of pytest closes the folders above it to PostgreSQL's user.
    """
    with tempfile.TemporaryDirectory(prefix="wardlink-tests-") as folder:
        commands = CommandLine(Path(folder) / "home")
        yield commands
        commands("down")
