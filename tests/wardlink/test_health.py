"""`wardlink health ROLE` tells a container's health check whether its role is well."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from schemas.errors import Refused
from streams import health as streams_health
from streams.health import Health
from wardlink.commands import health
from wardlink.settings import load
from wardlink.stack.roles import ROLES, Role

WRITING = [role for role in ROLES if not role.is_registry]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path))


def ask(*words: str) -> tuple[int, str]:
    """Exit code and output of `wardlink health WORDS…`."""
    app = typer.Typer()
    health.register(app)
    app.command()(lambda: None)  # a second command, so that the first keeps its name
    result = CliRunner().invoke(app, ["health", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def said_by(role: str, worker: int = 1) -> Health:
    """The pen of a role; this test's own process stands for the role's."""
    return Health(health.health_file(load(), role, worker))


@pytest.mark.parametrize("role", WRITING, ids=lambda role: role.name)
def test_it_reads_where_the_roles_write(role: Role) -> None:
    for name, worker in role.processes(3):
        assert health.health_file(load(), role.name, worker) == streams_health.health_file(load().folders.run, name)


def test_a_role_that_works_is_well() -> None:
    said_by("relay").working()
    assert ask("relay") == (0, "relay: well\n")


def test_each_worker_is_asked_for_itself() -> None:
    said_by("resolve", worker=2).working()
    assert ask("resolve", "--worker", "2")[0] == 0
    assert ask("resolve") == (1, "resolve: it has said nothing yet: see its log\n")


def test_a_role_that_waits_is_well_until_patience_ends() -> None:
    said_by("deliver").waiting("PostgreSQL is away")
    assert ask("deliver")[0] == 0
    code, text = ask("deliver", "--patience", "0")
    assert code == 1
    assert "waiting for 0 s: PostgreSQL is away" in text


def test_a_role_that_has_stopped_is_not_well_and_says_the_remedy() -> None:
    said_by("resolve").stopped("the topic was recreated: see 'wardlink positions'")
    code, text = ask("resolve")
    assert code == 1
    assert "the topic was recreated: see 'wardlink positions'" in text


def test_a_role_whose_process_has_gone_is_not_well() -> None:
    file = health.health_file(load(), "clock", 1)
    script = f"from pathlib import Path; from streams.health import Health; Health(Path({str(file)!r})).working()"
    subprocess.run((sys.executable, "-c", script), check=True, cwd=Path(__file__).parents[2])
    assert ask("clock") == (1, "clock: its process has gone: see its log\n")


def test_another_process_of_the_same_id_is_not_taken_for_the_role() -> None:
    before_we_were_born = {"state": "working", "message": "", "since": 1.0, "pid": os.getpid()}
    assert health.trouble_of(before_we_were_born, time.time(), 300) == "its process has gone: see its log"


def test_what_is_no_role_is_refused() -> None:
    with pytest.raises(Refused, match="there is no role portal"):
        ask("portal")


def test_the_registry_is_asked_by_its_address() -> None:
    with pytest.raises(Refused, match="GET / answers 200"):
        ask("registry")
