"""The keyring's commands, as an operator runs them one after the other."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from schemas.errors import Refused
from schemas.topics import INBOUND
from vault.backup import backup_state
from vault.keyring import Keyring, PublicRing
from wardlink.commands import keyring
from wardlink.settings import load

Run = Callable[..., str]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    return load().keyring_folder / "keyring.json"


@pytest.fixture
def words(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text("open sesame please\n")
    return file


@pytest.fixture
def run(path: Path) -> Run:
    app = typer.Typer()
    keyring.register(app)

    def invoke(*arguments: object, typed: str | None = None) -> str:
        result = CliRunner().invoke(app, ["keyring", *map(str, arguments)], input=typed)
        if result.exception is not None:
            raise result.exception
        return result.output

    return invoke


def test_a_keyring_is_made_backed_up_verified_lost_and_restored(
    run: Run, path: Path, words: Path, tmp_path: Path
) -> None:
    assert "wardlink keyring backup" in run("init", "--area", "E09000012", "--area", "E09000007")
    ring = Keyring.load(path)
    assert ring.areas == ("E09000007", "E09000012")
    run("backup", tmp_path / "kept", "--passphrase-file", words)
    assert not backup_state(path, datetime.now(UTC)).is_trusted
    assert "2 keys" in run("verify", tmp_path / "kept", "--passphrase-file", words)
    assert backup_state(path, datetime.now(UTC)).is_trusted
    path.unlink()
    assert "2 areas" in run("restore", tmp_path / "kept", "--passphrase-file", words)
    assert Keyring.load(path) == ring


def test_an_area_added_later_calls_for_a_new_backup(run: Run, path: Path, words: Path, tmp_path: Path) -> None:
    run("init")
    run("backup", tmp_path / "kept", "--passphrase-file", words)
    run("verify", tmp_path / "kept", "--passphrase-file", words)
    assert "2 areas" in run("area", "E09000012", "unplaced:met")
    assert "lacks newer keys" in run("list")
    assert "already" in run("area", "E09000012")
    with pytest.raises(Refused, match="unplaced:met"):
        run("verify", tmp_path / "kept", "--passphrase-file", words)


def test_a_second_keyring_is_refused(run: Run, path: Path) -> None:
    run("init", "--area", "E09000012")
    ring = Keyring.load(path)
    with pytest.raises(Refused, match="wardlink keyring area"):
        run("init")
    assert Keyring.load(path) == ring


def test_the_passphrase_is_asked_for_twice_and_never_shown(run: Run, path: Path, tmp_path: Path) -> None:
    run("init")
    shown = run("backup", tmp_path / "kept", typed="open sesame please\nopen sesame please\n")
    shown += run("verify", tmp_path / "kept", typed="open sesame please\n")
    assert "sesame" not in shown
    assert backup_state(path, datetime.now(UTC)).is_trusted


def test_a_short_passphrase_is_refused(run: Run, tmp_path: Path) -> None:
    run("init")
    with pytest.raises(Refused, match="12 characters"):
        run("backup", tmp_path / "kept", typed="sesame\nsesame\n")
    assert not (tmp_path / "kept").exists()


def test_a_passphrase_file_that_cannot_be_read_is_refused(run: Run, tmp_path: Path) -> None:
    run("init")
    with pytest.raises(Refused, match="passphrase file"):
        run("backup", tmp_path / "kept", "--passphrase-file", tmp_path / "nowhere")


def test_rotation_keeps_old_keys_for_as_long_as_kafka_keeps_messages(run: Run, path: Path) -> None:
    run("init", "--area", "E09000012")
    assert "destroyed 0 old keys" in run("rotate")
    retention = timedelta(days=max(topic.retention_days for topic in INBOUND))
    age_by(path, retention)
    assert "Rotated 1 areas, destroyed 0" in run("rotate", "E09000012")
    age_by(path, timedelta(days=keyring.MARGIN_DAYS, hours=1))
    assert "destroyed 1 old keys" in run("rotate")
    listed = run("list")
    assert [state in listed for state in ("destroyed", "opens only", "in use", "No backup")] == [True] * 4


def age_by(path: Path, time: timedelta) -> None:
    """As if the keyring had been used for so much longer."""
    ring = Keyring.load(path)
    pairs = [replace(pair, retired=pair.retired and pair.retired - time) for pair in ring.pairs]
    replace(ring, pairs=tuple(pairs)).save(path)


@pytest.mark.parametrize("command", [("area", "E09000012"), ("rotate",), ("list",)])
def test_without_a_keyring_every_command_names_the_first_one(run: Run, command: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="wardlink keyring init"):
        run(*command)


def test_what_seals_and_cannot_open_is_handed_out_with_the_note_of_its_backup(
    run: Run, words: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    monkeypatch.setenv("WARDLINK_KEYRING_PUBLIC", str(shared))
    run("ensure")
    run("area", "E09000012")
    assert {file.name for file in shared.iterdir()} == {"keyring.public.json"}
    run("backup", tmp_path / "kept", "--passphrase-file", words)
    run("verify", tmp_path / "kept", "--passphrase-file", words)
    seals = shared / "keyring.json"
    assert PublicRing.load(seals).areas == ("E09000012",)
    assert backup_state(seals, datetime.now(UTC)).is_trusted
    run("rotate")
    assert not backup_state(seals, datetime.now(UTC)).covers_all_areas
    assert not seals.exists()
