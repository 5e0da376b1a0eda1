"""`wardlink duplicates` and `train-duplicates` on small files: what the user types, and what they read."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from schemas.errors import Refused
from tests.linkage.city import city
from wardlink.commands import duplicates

Run = Callable[..., str]


@pytest.fixture
def run() -> Run:
    """Runs one command and gives what it printed."""
    app = typer.Typer()
    duplicates.register(app)

    def invoke(*words: object) -> str:
        return CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False).stdout

    return invoke


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A city's requests, and what its staff marked."""
    rows, marks = city(6, 120)
    requests, truth = tmp_path / "requests.csv", tmp_path / "truth.csv"
    with requests.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with truth.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("cluster_id", "service_request_id", "role"))
        lines.writerows(
            (cluster, each, "duplicate" if each in marks.parent_of else "parent")
            for each, cluster in marks.cluster_of.items()
        )
    return requests, truth


def test_each_request_gets_the_others_nearby_by_weight(run: Run, files: tuple[Path, Path], tmp_path: Path) -> None:
    requests, truth = files
    out = tmp_path / "ranked.csv"
    words = ("--profile", "san-diego", "--within", "0.5km", "--top", 4, "--out", out)
    told = json.loads(run("duplicates", requests, *words, "--truth", truth, "--json"))
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "rank", "other_id", "weight", "band"]
    assert told["pairs"] == len(rows) == sum(told["bands"].values())
    assert {row["rank"] for row in rows} == {"1", "2", "3", "4"}
    assert {row["band"] for row in rows} <= {"certain", "possible", "apart"}
    assert told["truth"]["member_first"] > 0.7
    assert told["truth"]["requests"] > 30


def test_the_column_that_says_what_is_a_duplicate_is_never_read(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    first, zipped = tmp_path / "first.csv", tmp_path / "requests.csv.gz"
    run("duplicates", files[0], "--out", first)
    with gzip.open(zipped, "wt") as file:
        file.write(files[0].read_text().replace("never read", "3295443"))
    told = run("duplicates", zipped, "--out", tmp_path / "second.csv")
    assert (tmp_path / "second.csv").read_text() == first.read_text()
    assert "Model san-diego" in told
    run("duplicates", files[0], "--out", tmp_path / "earlier.csv", "--earlier-only")
    assert 0 < len((tmp_path / "earlier.csv").read_text()) < len(first.read_text())


def test_a_model_is_trained_from_what_staff_marked_and_ranks_by_its_path(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    requests, truth = files
    words = ("--truth", truth, "--check", 2, "--date", "2026-11-23")
    assert "part 2: requests" in run("train-duplicates", requests, *words, "--out", tmp_path / "one.yaml")
    run("train-duplicates", requests, *words, "--out", tmp_path / "two.yaml")
    assert (tmp_path / "one.yaml").read_text() == (tmp_path / "two.yaml").read_text()
    told = run(
        "duplicates", requests, "--profile", tmp_path / "one.yaml", "--out", tmp_path / "r.csv", "--truth", truth
    )
    assert "member first" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--within", "far"), "write it like 500m"),
        (("--within", "0m"), "write it like 500m"),
        (("--within", "9km"), "up to 5km"),
        (("--profile", "nowhere"), "no such model"),
    ],
)
def test_what_cannot_be_ranked_is_refused(
    run: Run, files: tuple[Path, Path], tmp_path: Path, words: tuple[str, str], told: str
) -> None:
    with pytest.raises(Refused, match=told):
        run("duplicates", files[0], "--out", tmp_path / "r.csv", *words)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no column"),
        ("service_request_id,lat\n1,2\n", "has no column"),
        ("\x00\xff", "has no column"),
    ],
)
def test_a_wrong_file_is_refused(run: Run, tmp_path: Path, text: str, told: str) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(text)
    with pytest.raises(Refused, match=told):
        run("duplicates", wrong, "--out", tmp_path / "r.csv")


def test_files_without_rows_or_with_an_id_twice_and_paths_that_are_none_are_refused(
    run: Run, files: tuple[Path, Path], tmp_path: Path
) -> None:
    requests, _ = files
    head, *lines = requests.read_text().splitlines()
    empty, twice = tmp_path / "empty.csv", tmp_path / "twice.csv"
    empty.write_text(f"{head}\n")
    twice.write_text("\n".join([head, lines[0], lines[0]]))
    with pytest.raises(Refused, match="has no rows"):
        run("duplicates", empty, "--out", tmp_path / "r.csv")
    with pytest.raises(Refused, match="comes twice"):
        run("duplicates", twice, "--out", tmp_path / "r.csv")
    with pytest.raises(Refused, match="cannot be written"):
        run("duplicates", requests, "--out", tmp_path / "nowhere" / "r.csv")
    with pytest.raises(Refused, match="cannot be read"):
        run("duplicates", requests, "--out", tmp_path / "r.csv", "--truth", tmp_path / "no.csv")
    with pytest.raises(Refused, match="none has another of its cluster"):
        run("train-duplicates", requests, "--truth", _strangers(tmp_path), "--out", tmp_path / "m.yaml")


def _strangers(folder: Path) -> Path:
    path = folder / "strangers.csv"
    path.write_text("cluster_id,service_request_id,role\n1,x,parent\n1,y,duplicate\n")
    return path
