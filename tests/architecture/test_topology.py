"""The page of the wiring says what the rooms do."""

import ast
from pathlib import Path
from typing import Any

import pytest

import schemas.topics
from schemas.topics import OUTBOUND, Topic
from streams.topology import CLOCK, DATABASES, DELIVER, INGEST, OPERATOR, RELAY, RESOLVE, TOPOLOGY, Node, tables, writes
from tests.architecture.composed import ROOT
from vault.keyring import Keyring
from wardlink import roles
from wardlink.settings import load
from wardlink.stack.roles import ROLES

NOT_OF_A_NODE = {"migration"}
"""Tables of the migrations themselves."""


def topics_named_in(*paths: Path) -> set[Topic]:
    """The topics that modules import by name."""
    imports = [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    names = {
        alias.name
        for node in imports
        if isinstance(node, ast.ImportFrom) and node.module == "schemas.topics"
        for alias in node.names
    }
    named = (getattr(schemas.topics, name) for name in names)
    return {each for each in named if isinstance(each, Topic)}


def test_every_role_stands_on_it() -> None:
    assert {role.name for role in ROLES} <= {node.name for node in TOPOLOGY}


@pytest.mark.parametrize("node", [RESOLVE, DELIVER], ids=lambda node: node.name)
def test_a_role_takes_what_it_is_wired_to(node: Node, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Keyring.create().save(tmp_path / "keyring" / "keyring.json")
    for name in ("WRITER", "KEYS"):
        monkeypatch.setenv(f"WARDLINK_POSTGRES_{name}_DSN", "postgresql://nobody@nowhere.example/none")
    monkeypatch.setenv("WARDLINK_KAFKA_BOOTSTRAP", "nowhere.example:9092")
    monkeypatch.setenv("WARDLINK_REGISTRY_URL", "http://nowhere.example")
    wired: list[Any] = []
    monkeypatch.setattr("streams.app.run", lambda settings, work, health: wired.append(settings))
    monkeypatch.setattr("streams.letters.Postman.start", lambda self: None)
    getattr(roles, node.name)(load(home=tmp_path), 1)
    assert set(wired[0].topics) == {topic.name for topic in node.takes}


def test_the_rooms_publish_what_it_says() -> None:
    assert topics_named_in(*(ROOT / "connectors").glob("*.py")) == set(INGEST.gives)
    assert topics_named_in(ROOT / "streams" / "clock.py") == set(CLOCK.gives)
    assert topics_named_in(ROOT / "wardlink" / "operate.py") == set(OPERATOR.gives)
    assert topics_named_in(ROOT / "streams" / "casebook.py", ROOT / "streams" / "alerts.py") == set(OUTBOUND)
    assert set(RELAY.gives) == set(OUTBOUND)


@pytest.mark.parametrize("database", DATABASES)
def test_every_table_has_somebody_who_writes_it(database: str) -> None:
    written = {table for node in TOPOLOGY for table in writes(node)}
    assert tables(database) - written == tables(database) & NOT_OF_A_NODE


def test_the_tables_of_a_node_are_read_from_its_statements() -> None:
    assert writes(RELAY) == ("outbox",)
    assert writes(DELIVER) == ("alert_route", "delivery", "letter", "stream_position")
    assert writes(CLOCK) == ()
