"""`wardlink ingest` as it is typed: what it prints, what it refuses, and what a dry run needs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.sources.noiseworks import NoiseWorks
from schemas.errors import Refused
from tests.connectors.fakes import desk_for, keyring
from tests.connectors.test_police_uk import ROW, write_csv
from vault.backup import verify_backup, write_backup
from wardlink.cli import main
from wardlink.ingesting import check_keys
from wardlink.keyring_files import keyring_path
from wardlink.settings import load


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a stack."""
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The exit code of the command line with these words."""
    monkeypatch.setattr("sys.argv", ["wardlink", "ingest", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_dry_run_needs_no_stack_and_counts_every_row(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [ROW, ROW | {"Crime type": "Burglary"}, ROW | {"Month": "soon"}]
    path = write_csv(home / "2018-10-cleveland-street.csv", rows)
    assert run(monkeypatch, "police-uk", str(path), "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["published"], told["out_of_scope"], told["quarantined"]) == (3, 1, 1, 1)
    assert told["quarantined_by"] == {"Month: is not YYYY-MM": 1}
    assert told["quarantined_of"] == {"cleveland": 1}
    assert told["error"] is None


def test_the_closing_table_names_what_became_of_the_rows(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(home / "2018-10-cleveland-street.csv", [ROW, ROW])
    assert run(monkeypatch, "police-uk", str(path), "--dry-run") == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "police-uk (dry run) read 2 published 2 unchanged 0" in words
    assert "area: force:cleveland 2" in words


def test_a_wrong_file_is_refused_at_once_even_without_a_stack(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "shopping.csv").write_text("milk,bread\n1,2\n")
    assert run(monkeypatch, "police-uk", str(home / "shopping.csv")) == 1
    told = capsys.readouterr()
    assert "expected street-level crime of data.police.uk" in told.err
    assert "found text whose first line has 2 comma-separated columns" in told.err
    assert told.out == ""


def test_without_a_stack_the_remedy_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_csv(home / "2018-10-cleveland-street.csv", [ROW])
    assert run(monkeypatch, "police-uk", str(path)) == 1
    assert "wardlink up" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("twitter", "x.csv"), "it is one of noiseworks, open311, police-uk, sdm, table"),
        (("table", "x.csv"), "--profile"),
        (("police-uk", "x.csv", "--profile", "nyc-311-2024"), "--profile"),
        (("police-uk", "x.csv"), "no such file"),
        (("open311", "http://127.0.0.1", "--since", "2026-01-01", "--days-back", "9"), "give one of them"),
        (("open311", "x.json", "--days-back", "9"), "are for addresses"),
        (("open311", "x.json", "--since", "2026-01-01"), "are for addresses"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    told: str,
) -> None:
    assert run(monkeypatch, *words) == 1
    assert told in capsys.readouterr().err


def test_personal_data_wait_for_keys_and_for_a_verified_backup_of_them(home: Path) -> None:
    settings = load()
    path, backup = keyring_path(settings), home / "backup"
    ring = keyring("unplaced:noise")
    ring.save(path)
    noise = desk_for(NoiseWorks(), ring=ring, agency="noise", area=None)
    with pytest.raises(Refused, match="no backup of the keyring"):
        check_keys(settings, noise, needs_backup=True)
    check_keys(settings, noise, needs_backup=False)
    write_backup(path, backup, "a long passphrase")
    verify_backup(path, backup, "a long passphrase", datetime.now(UTC))
    check_keys(settings, noise, needs_backup=True)
    elsewhere = desk_for(NoiseWorks(), ring=ring, agency="noise", area="E09000012")
    with pytest.raises(Refused, match="wardlink keyring area E09000012"):
        check_keys(settings, elsewhere, needs_backup=True)
