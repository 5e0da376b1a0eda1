"""`wardlink stock` as it is typed."""

import json
from pathlib import Path

import pytest

from store.settings import StoreSettings
from wardlink.cli import main


@pytest.fixture
def homes(tmp_path: Path, database: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A landlord's list, and a database to import it into."""
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", database.writer_dsn)
    path = tmp_path / "homes.csv"
    path.write_text("UPRN,Tenure\n100000000012,secure\n100000000013,squat\nnone,secure\n")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["wardlink", "stock", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_list_is_imported_once(
    homes: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("import", str(homes), "--agency", "landlord", "--as-of", "2026-04-01")
    assert run(monkeypatch, *words, "--dry-run") == 0
    assert "(dry run): 2 homes of 3 rows; 2 new" in capsys.readouterr().out
    told = []
    for _ in range(2):
        assert run(monkeypatch, *words, "--json") == 0
        told.append(json.loads(capsys.readouterr().out))
    assert [each["added"] for each in told] == [2, 0]
    assert told[0]["left_out"] == {"UPRN is none": 1}
    assert told[0]["unknown_tenures"] == 1
    assert run(monkeypatch, "list", "--json") == 0
    (newest,) = json.loads(capsys.readouterr().out)
    assert (newest["agency"], newest["as_of"], newest["homes"]) == ("landlord", "2026-04-01", 2)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--agency", "a b"), "--agency: a code has no spaces"),
        (("--agency", "landlord", "--as-of", "May"), "--as-of: is no date"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(
    homes: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert run(monkeypatch, "import", str(homes), *words) == 1
    assert told in capsys.readouterr().err
    assert run(monkeypatch, "import", "nowhere.csv", "--agency", "landlord") == 1
    assert "no such file" in capsys.readouterr().err
