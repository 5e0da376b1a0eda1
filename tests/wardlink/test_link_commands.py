"""`wardlink link`, `evaluate` and `model` on small files: what the user types, and what they read."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from schemas.errors import Refused
from tests.linkage.people import people, small_profile
from wardlink.commands import evaluate, link, model

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command in a home of its own and gives what it printed."""
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    app = typer.Typer()
    for group in (link, evaluate, model):
        group.register(app)

    def invoke(*words: object) -> str:
        return CliRunner().invoke(app, list(map(str, words)), catch_exceptions=False).stdout

    return invoke


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    """A file of people with their truth and tags."""
    given, labels = people(4, 60)
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, [*given[0], "cluster", "tags"])
        writer.writeheader()
        for number, (row, label) in enumerate(zip(given, labels, strict=True)):
            writer.writerow({**row, "cluster": label, "tags": "twin;moved" if number % 7 == 0 else ""})
    return path


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    path = tmp_path / "profile.yaml"
    path.write_text(yaml.safe_dump(small_profile(), sort_keys=False))
    return path


def test_rows_are_linked_alike_in_any_order_and_zipped_without_ever_reading_the_truth(
    run: Run, rows: Path, tmp_path: Path
) -> None:
    first = json.loads(run("link", rows, "--out", tmp_path / "one.csv", "--json"))
    assert first["rows"] == len(rows.read_text().splitlines()) - 1
    assert first["rows"] >= first["clusters"] > first["largest"] > 1
    zipped = tmp_path / "rows.csv.gz"
    with rows.open() as file, gzip.open(zipped, "wt", newline="") as bare:
        reader = csv.DictReader(file)
        writer = csv.DictWriter(bare, (reader.fieldnames or [])[:-2], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(reader)
    told = run("link", zipped, "--out", tmp_path / "two.csv", "--order", "shuffle:5", "--profile", "historical")
    assert f"{first['rows']:,} rows" in told
    assert (tmp_path / "two.csv").read_text() == (tmp_path / "one.csv").read_text()
    assert (tmp_path / "one.csv").read_text().startswith("unique_id,cluster_id")


def test_clusters_are_held_against_the_truth_also_by_tag(run: Run, rows: Path, tmp_path: Path) -> None:
    run("link", rows, "--out", tmp_path / "clusters.csv")
    found = json.loads(run("evaluate", tmp_path / "clusters.csv", "--truth", rows, "--rows", rows, "--json"))
    assert set(found) == {"all", "moved", "twin"}
    assert found["all"]["people"] == 60
    assert 0.5 < found["all"]["blocking_recall"] <= 1
    told = run("evaluate", tmp_path / "clusters.csv", "--truth", rows)
    assert f"{found['twin']['b_cubed']['f1']:.4f}" in told


def test_a_council_trains_a_model_of_its_own_and_links_by_it(
    run: Run, rows: Path, profile: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ours.yaml"
    words = ("--profile", profile, "--name", "ours", "--date", "2026-11-23", "--labels", "--check", 2)
    run("model", "train", rows, "--out", out, *words)
    card = yaml.safe_load(out.read_text())["card"]
    assert (card["labels"], card["date"], len(card["cross_validation"])) == (True, "2026-11-23", 2)
    assert "ours is now" in run("model", "promote", out)
    assert "Model ours" in run("link", rows, "--profile", "ours", "--out", tmp_path / "clusters.csv")
    shown = run("model", "show", "ours")
    assert card["trained_on"] in shown
    assert "year_digit" in shown
    assert json.loads(run("model", "show", "ours", "--json"))["name"] == "ours"
    compared = run("model", "compare", "ours", "historical")
    assert "birth_date.far" in compared
    assert "gender.missing" not in compared


def test_a_worse_model_does_not_take_the_place_of_a_better_one_unasked(
    run: Run, rows: Path, profile: Path, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    run("model", "train", rows, "--out", good, "--profile", profile, "--labels", "--check", 2)
    content = yaml.safe_load(good.read_text())
    content["card"]["cross_validation"] = [{"b_cubed_f1": 0.1}]
    bad.write_text(yaml.safe_dump(content))
    run("model", "promote", good, "--as", "ours")
    with pytest.raises(Refused, match="--even-if-worse"):
        run("model", "promote", bad, "--as", "ours")
    assert "ours is now" in run("model", "promote", bad, "--as", "ours", "--even-if-worse")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--order", "random"), "shuffle:SEED"),
        (("--profile", "nobody"), "historical-unlabelled"),
    ],
)
def test_what_cannot_be_linked_is_refused_with_a_remedy(
    run: Run, rows: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    with pytest.raises(Refused, match=says):
        run("link", rows, "--out", tmp_path / "clusters.csv", *words)


def test_a_file_without_the_columns_or_with_an_id_twice_is_refused(run: Run, rows: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("unique_id,full_name\n1,a\n")
    with pytest.raises(Refused, match="birth_place"):
        run("link", wrong, "--out", tmp_path / "clusters.csv")
    lines = rows.read_text().splitlines()
    wrong.write_text("\n".join([*lines, lines[-1]]))
    with pytest.raises(Refused, match="comes twice"):
        run("link", wrong, "--out", tmp_path / "clusters.csv")
