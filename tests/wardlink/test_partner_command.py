"""`wardlink partner` as it is typed: keys shown once, and what is refused, with its remedy."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.database import connect
from store.settings import StoreSettings
from vault.keyring import Keyring
from vault.partners import key_id_of
from wardlink.cli import main
from wardlink.keyring_files import keyring_path
from wardlink.settings import load

ADD = ("add", "marsh-crm", "--agency", "marsh-homes", "--sector", "housing", "--area", "E09000012")


class Typed:
    """Runs the command, and remembers what it printed last."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capture = patch, capture

    def __call__(self, *words: str) -> str:
        """What it prints, on either stream."""
        self._patch.setattr("sys.argv", ["wardlink", "partner", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        self.code = int(ended.value.code or 0)
        told = self._capture.readouterr()
        return told.out + told.err

    def succeed(self, *words: str) -> Any:
        """What it prints as JSON."""
        told = self(*words, "--json")
        assert self.code == 0, told
        return json.loads(told)


@pytest.fixture
def typed(
    database: StoreSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Typed:
    """The command on a database, and a keyring with keys for one area and its landlord's unplaced reports."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WARDLINK_DEMO", "true")
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", database.writer_dsn)
    now = datetime.now(UTC)
    ring = Keyring.create().with_area("E09000012", now).with_area("unplaced:marsh-homes", now)
    ring.save(keyring_path(load()))
    return Typed(monkeypatch, capsys)


def test_the_keys_are_told_once_with_the_address(typed: Typed) -> None:
    told = typed.succeed(*ADD, "--webhook", "https://crm.example/alerts")
    assert (told["partner"], told["url"]) == ("marsh-crm", "http://127.0.0.1:8084")
    assert told["signing"].startswith("whsec_")
    assert told["webhook"].startswith("whsec_")
    assert told["signing"] != told["webhook"]
    listed = typed("list")
    assert "marsh-crm" in listed
    assert "signing, webhook" in listed
    assert "whsec_" not in listed


def test_in_words_every_key_is_told_with_what_it_is_for(typed: Typed) -> None:
    told = typed(*ADD, "--api-key", "--webhook", "http://127.0.0.1:9000/")
    [key] = [line.split()[-1] for line in told.splitlines() if line.startswith("API key")]
    assert key_id_of(key)
    assert "Secret that its alerts are signed with:" in told
    assert "not shown again" in told


def test_a_name_is_given_once_even_after_it_was_revoked(typed: Typed) -> None:
    typed.succeed(*ADD)
    assert "give this one another name" in typed(*ADD)
    assert typed.code == 1
    assert "can push nothing any more" in typed("revoke", "marsh-crm")
    assert "give this one another name" in typed(*ADD)
    assert "no partner marsh-crm to revoke" in typed("revoke", "marsh-crm")
    assert "there is no partner marsh-crm" in typed("rotate", "marsh-crm")
    [listed] = typed.succeed("list")
    assert (listed["revoked"], listed["agency"]) == (True, "marsh-homes")


def test_rotating_gives_new_keys_of_the_same_kinds(typed: Typed) -> None:
    before = typed.succeed(*ADD, "--webhook", "https://crm.example/alerts")
    after = typed.succeed("rotate", "marsh-crm")
    assert after.keys() == before.keys()
    assert {before["signing"], before["webhook"]}.isdisjoint({after["signing"], after["webhook"]})


def test_dead_letters_are_sent_again_on_request(typed: Typed, database: StoreSettings) -> None:
    typed.succeed(*ADD)
    with connect(database.writer_dsn, "test") as session:
        session.execute(
            "INSERT INTO letter (message_id, partner, alert_id, body, state) VALUES ('m', 'marsh-crm', 'a', '', 'dead')"
        )
    assert [one["letters_dead"] for one in typed.succeed("list")] == [1]
    assert "1 dead letters of marsh-crm" in typed("resend", "marsh-crm")
    assert [(one["letters_waiting"], one["letters_dead"]) for one in typed.succeed("list")] == [(1, 0)]


def test_without_a_partner_the_list_says_how_to_enrol_one(typed: Typed) -> None:
    assert "wardlink partner add" in typed("list")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "Marsh CRM", *ADD[2:]), "NAME: must be of small letters"),
        ((*ADD, "--agency", "Marsh Homes"), "--agency: must be of small letters"),
        ((*ADD, "--sector", "space"), "--sector: must be one of police, housing, council"),
        ((*ADD, "--role", "caseworker"), "give --webhook too"),
        ((*ADD, "--webhook", "https://crm.example/", "--role", "king"), "--role: must be one of"),
        ((*ADD, "--webhook", "http://crm.example/alerts"), "must begin with https://"),
        ((*ADD, "--webhook", "https:///alerts"), "must name a host"),
        ((*ADD, "--webhook", "https://user@crm.example/"), "must name a host, and no user"),
        ((*ADD[:-2], "--agency", "keyless"), "wardlink keyring area unplaced:keyless"),
    ],
)
def test_what_cannot_be_is_refused_with_its_remedy(typed: Typed, words: tuple[str, ...], told: str) -> None:
    assert told in typed(*words)
    assert typed.code == 1
    assert typed.succeed("list") == []


def test_nobody_is_enrolled_before_the_keyring_has_a_verified_backup(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDLINK_DEMO", "false")
    assert "wardlink keyring backup" in typed(*ADD)
    assert typed.code == 1
