"""`wardlink schema check` and `release`: what CI runs, and what a developer runs after changing a schema."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from schemas import avro_files, released
from schemas.avro_files import Schema
from schemas.errors import Refused
from wardlink.commands import schema

Run = Callable[..., str]
Change = Callable[[Schema], None]


@pytest.fixture
def run() -> Run:
    app = typer.Typer()
    schema.register(app)

    def invoke(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["schema", *arguments])
        if result.exception is not None:
            raise result.exception
        return result.output

    return invoke


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Change], None]:
    """Changes a schema in use as if its file had been edited."""
    load = avro_files.load

    def change(name: str, edit: Change) -> None:
        edited: dict[str, Any] = json.loads(json.dumps(load(name)))
        edit(edited)
        monkeypatch.setattr(avro_files, "load", lambda asked: edited if asked == name else load(asked))

    return change


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(schema, "files", lambda package: tmp_path)
    return tmp_path / "released"


def add_note(edited: Schema) -> None:
    edited["fields"].append({"name": "note", "type": ["null", "string"], "doc": "d", "default": None})


def test_what_is_released_passes(run: Run) -> None:
    assert run("check") == f"{len(released.NAMES)} schemas fit every released version.\n"


def test_a_field_that_breaks_older_readers_fails(run: Run, changed: Callable[[str, Change], None]) -> None:
    changed("Alert", lambda edited: edited["fields"].append({"name": "note", "type": "string", "doc": "d"}))
    with pytest.raises(Refused, match="only add fields with defaults"):
        run("check")
    with pytest.raises(Refused, match="wardlink schema check"):
        run("release")


def test_a_field_with_a_default_passes_and_becomes_the_next_version(
    run: Run, changed: Callable[[str, Change], None], folder: Path
) -> None:
    changed("Alert", add_note)
    assert "Not released yet: Alert v2" in run("check")
    assert run("release") == "released Alert v2\n"
    assert [file.relative_to(folder).as_posix() for file in folder.rglob("*.avsc")] == ["Alert/v2.avsc"]
    assert json.loads((folder / "Alert" / "v2.avsc").read_text())["fields"][-1]["name"] == "note"


def test_releasing_again_writes_nothing(run: Run, folder: Path) -> None:
    assert run("release") == ""
    assert not folder.exists()
