"""`wardlink connect` as it is typed: what is declared, what a check finds, what a round tells; and the role itself."""

import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.collect.drive import Away
from connectors.collect.taking import Taken
from connectors.topics_admin import apply_topics
from schemas.errors import Refused, Unavailable
from store.settings import StoreSettings
from streams.health import Health, health_file, read_health
from tests.conftest import RealStack, wait_until
from tests.connectors.killed_ingest import Ids
from tests.connectors.test_police_uk import ROW, write_csv
from vault.keyring import Keyring
from wardlink import collect
from wardlink.cli import main
from wardlink.settings import load

FEED = {
    "name": "streets",
    "where": "incoming",
    "source": "police-uk",
    "schedule": "every 1 hour",
    "unchanged_for": "1 second",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a stack, and a declaration with one watched folder."""
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WARDLINK_COLLECT_FILE", str(declare(tmp_path, FEED)))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "incoming").mkdir()
    return tmp_path


@pytest.fixture
def stacked(home: Path, stack: RealStack, database: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with Kafka, PostgreSQL, a registry that knows every topic, and a keyring."""
    apply_topics(stack.kafka)
    Keyring.create().save(home / "home" / "keyring" / "keyring.json")
    monkeypatch.setenv("WARDLINK_KAFKA_BOOTSTRAP", stack.kafka.bootstrap)
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", database.writer_dsn)
    monkeypatch.setenv("WARDLINK_REGISTRY_URL", "http://127.0.0.1:1")
    for place in ("wardlink.collect.Registry", "connectors.registry.Registry"):
        monkeypatch.setattr(place, KnowsAll)
    return home


class KnowsAll(Ids):
    """A registry in memory."""

    def __init__(self, url: str) -> None:
        del url

    def __enter__(self) -> "KnowsAll":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to close."""


def declare(folder: Path, *feeds: dict[str, Any]) -> Path:
    """Writes the declaration."""
    path = folder / "collect.yaml"
    path.write_text(yaml.safe_dump({"feeds": list(feeds)}), "utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the command line with these words."""
    monkeypatch.setattr("sys.argv", ["wardlink", "connect", *words])
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return int(ended.value.code or 0)


def test_without_a_declaration_the_remedy_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("WARDLINK_COLLECT_FILE")
    for words in (("list",), ("check",), ("run", "--once")):
        assert run(monkeypatch, *words) == 1
        assert "set WARDLINK_COLLECT_FILE" in capsys.readouterr().err


def test_what_is_declared_is_listed_even_without_a_stack(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "list", "--json") == 0
    told = capsys.readouterr()
    (feed,) = json.loads(told.out)
    assert (feed["name"], feed["where"], feed["schedule"]) == ("streets", str(home / "incoming"), "every 1 hour")
    assert (feed["looked_at"], feed["done"], feed["trouble"]) == (None, 0, None)
    assert "nothing is known of earlier looks" in told.err


def test_an_unknown_feed_is_refused_with_those_there_are(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "check", "nowhere") == 1
    assert "there is no feed nowhere: choose one of streets" in capsys.readouterr().err


def test_a_check_tells_what_keeps_files_from_being_collected_and_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "incoming").rmdir()
    assert run(monkeypatch, "check", "--json") == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert finding["files"] is None
    place, reading = finding["trouble"]
    assert "there is no such folder" in place
    assert "wardlink up" in reading


def test_a_check_of_a_sound_feed_says_so(
    stacked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(stacked / "incoming" / "october.csv", [ROW])
    assert run(monkeypatch, "check") == 0
    assert "ok    streets" in capsys.readouterr().out
    assert {one.name for one in (stacked / "incoming").iterdir()} == {"october.csv", "reading", "done", "failed"}


def test_one_round_collects_what_is_there_and_tells_it(
    stacked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_csv(stacked / "incoming" / "october.csv", [ROW, ROW])
    assert run(monkeypatch, "run", "--once", "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)["feeds"]
    (file,) = told["files"]
    assert (file["file"], file["outcome"], file["laid_aside_as"]) == ("october.csv", "done", "done/october.csv")
    assert file["counts"]["published"] == 2
    assert (told["waiting"], told["trouble"]) == (0, None)

    (stacked / "incoming" / "list.csv").write_text("milk,bread\n1,2\n")
    assert run(monkeypatch, "run", "--once", "streets") == 1, "a file failed"
    told_again = capsys.readouterr().out
    assert "streets  list.csv  failed" in told_again
    assert "found text whose first line has 2 comma-separated columns" in told_again

    assert run(monkeypatch, "list") == 0
    assert "1 done, 1 failed" in capsys.readouterr().out


def test_personal_data_wait_untouched_for_keys_and_their_backup(
    stacked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    declare(
        stacked, FEED | {"source": "table", "profile": "housing-contacts", "agency": "landlord", "area": "E09000012"}
    )
    (stacked / "incoming" / "contacts.csv").write_text("x")
    assert run(monkeypatch, "run", "--once") == 1
    assert capsys.readouterr().out.startswith("streets: not collected: no keys yet for E09000012")
    assert (stacked / "incoming" / "contacts.csv").exists()
    assert run(monkeypatch, "list", "--json") == 0
    (feed,) = json.loads(capsys.readouterr().out)
    assert "no keys yet" in feed["trouble"]
    assert feed["trouble_since"] is not None


@pytest.fixture
def role(stacked: Path) -> "RunningRole":
    running = RunningRole(stacked)
    yield running
    running.end()


class RunningRole:
    """The role on a thread of this process."""

    def __init__(self, home: Path) -> None:
        self.home, self.stop = home, threading.Event()
        self.health = health_file(load().folders.run, "collect")
        self.thread = threading.Thread(target=collect.serve, args=(load(), Health(self.health), self.stop))

    def end(self) -> None:
        self.stop.set()
        if self.thread.ident is not None:
            self.thread.join(timeout=60)

    @property
    def says(self) -> dict[str, object]:
        """What its health file says."""
        return read_health(self.health)


def test_the_role_collects_what_comes_and_ends_when_told_to(role: RunningRole) -> None:
    write_csv(role.home / "incoming" / "october.csv", [ROW])
    role.thread.start()
    done = role.home / "incoming" / "done" / "october.csv"
    wait_until(done.exists, "the file is laid aside")
    assert role.says["state"] == "working"
    role.end()
    assert not role.thread.is_alive()
    assert not list((role.home / "home" / "collect").glob("tmp*"))


def test_a_mistake_in_the_declaration_is_told_until_it_is_mended(
    role: RunningRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "_LOOK_AGAIN_SECONDS", 0.05)
    declare(role.home, FEED | {"schedule": "hourly"})
    role.thread.start()
    wait_until(lambda: role.says.get("state") == "stopped", "the mistake is told")
    assert "feeds[0].schedule" in str(role.says["message"])
    declare(role.home, FEED)
    wait_until(lambda: role.says.get("state") == "working", "it goes on")


def test_a_role_with_nothing_to_collect_is_well_and_idle(role: RunningRole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARDLINK_COLLECT_FILE")
    idle = RunningRole(role.home)
    idle.thread.start()
    wait_until(lambda: idle.says.get("state") == "working", "it is well")
    idle.end()
    assert not idle.thread.is_alive()


class Listener:
    """Notes what it is told of the role."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def working(self) -> None:
        self.heard.append("working")

    def waiting(self, message: str) -> None:
        self.heard.append(message)


@pytest.mark.parametrize(
    ("trouble", "heard"),
    [
        (None, "working"),
        (Away("the landlord's server does not answer"), "working"),
        (Refused("another host key"), "working"),
        (Unavailable("Kafka is away"), "Kafka is away"),
    ],
)
def test_a_supplier_s_trouble_is_not_the_role_s(
    stacked: Path, trouble: Refused | Unavailable | None, heard: str
) -> None:
    (feed,) = collect.declared(load())
    listener = Listener()
    with collect.Scratch(stacked / "scratch") as scratch:
        collector = collect.Collector(load(), scratch, threading.Event(), listener)
        collector.note(feed, trouble)
        assert listener.heard == [heard]
        assert collector.histories()["streets"].trouble == str(trouble or "")
        assert (collector.looked_at(feed) is None) is (trouble is not None), "what came to nothing is tried again"


def test_a_reading_is_broken_off_between_chunks_and_taken_up_again(
    stacked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(stacked / "incoming" / "october.csv", [ROW])
    stop = threading.Event()
    told: list[Taken] = []
    monkeypatch.setattr(collect.Collector, "pause", lambda self, seconds: stop.set())
    with pytest.raises(Unavailable, match="told to stop"):
        collect.collect_once(load(), collect.declared(load()), stop, Listener(), lambda feed, taken: told.append(taken))
    assert told == []
    assert (stacked / "incoming" / "october.csv").exists()


def test_an_account_s_secrets_are_not_shown_and_their_address_is_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "WARDLINK_COLLECT_ACCOUNTS", '{"lake": {"access_key": "AK", "secret_key": "hush-hush", "region": "x"}}'
    )
    assert "hush-hush" not in f"{load()!r} {load()}"
    for wrong, told in {
        '{"lake": {"access_key": "AK", "secret_key": "hush-hush"}}': "endpoint or region must be set",
        '{"lake": {"access_key": "AK", "secret_key": "hush-hush", "endpoint": "http://s3.example"}}': "https://",
        '{"lake": {"access_key": "AK", "password": "hush-hush"}}': "either password, or key_file, or access_key",
        '{"lake": {"secret_key": "hush-hush", "password": "hush-hush"}}': "belong together",
        '{"lake": {}}': "either password, or key_file, or access_key",
        '{"lake": {"password": "hush-hush"': "is none: mend it",
    }.items():
        monkeypatch.setenv("WARDLINK_COLLECT_ACCOUNTS", wrong)
        with pytest.raises(Refused, match="WARDLINK_COLLECT") as refusal:
            load()
        assert told in str(refusal.value)
        assert "hush-hush" not in str(refusal.value)
