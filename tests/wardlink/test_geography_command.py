"""`wardlink geography`: what the user types, and what they read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from connectors.geography.placing import load_geography
from schemas.errors import Refused
from schemas.records import Lsoa
from store.settings import StoreSettings
from wardlink.commands import geography

Run = Callable[..., str]


@pytest.fixture
def run(database: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs one command on fresh databases and gives what it printed."""
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", database.writer_dsn)
    monkeypatch.setenv("WARDLINK_POSTGRES_READER_DSN", database.reader_dsn)
    app = typer.Typer()
    geography.register(app)

    def invoke(*words: object) -> str:
        return CliRunner().invoke(app, ["geography", *map(str, words)], catch_exceptions=False).output

    return invoke


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small files of one authority, and one that is no geography."""
    (tmp_path / "lsoas.csv").write_text("LSOA21CD,LAD22CD,LAD22NM\nE01000001,E09000012,Hackney\n")
    (tmp_path / "postcodes.csv").write_text("postcode,lad_code\nE8 1EA,E09000012\nwrong,E09000012\n")
    (tmp_path / "reports.csv").write_text("id,created\n1,2\n")
    return tmp_path


def answer(text: str) -> Any:
    return json.loads(text)


def test_what_is_imported_decides_the_area(run: Run, folder: Path, database: StoreSettings) -> None:
    said = answer(run("import", folder, "--vintage", 2025, "--source", "A publisher", "--json"))
    loaded = load_geography(database)
    placed = loaded.place(None, None, None, "e81ea")

    assert [(one["kind"], one["vintage"], one["source"], one["changed"]) for one in said["files"]] == [
        ("lsoas", 2021, "A publisher", 1),
        ("postcodes", 2025, "A publisher", 1),
    ]
    assert said["files"][1]["rejected"] == {"no valid postcode": 1}
    assert said["skipped"] == ["reports.csv"]
    assert said["areas"] == [{"area": "E09000012", "name": "Hackney", "lads": ["E09000012"]}]
    assert placed is not None
    assert placed.area == "E09000012"
    assert loaded.place(None, Lsoa(code="E01000001", vintage=2021), None, None) is not None


def test_importing_twice_changes_nothing(run: Run, folder: Path) -> None:
    run("import", folder)
    before = answer(run("list", "--json"))

    said = answer(run("import", folder, "--json"))

    assert [one["changed"] for one in said["files"]] == [0, 0]
    assert answer(run("list", "--json")) == before


def test_a_dry_run_reads_everything_and_stores_nothing(run: Run, folder: Path) -> None:
    said = answer(run("import", folder, "--dry-run", "--json"))

    assert [(one["places"], one["changed"]) for one in said["files"]] == [(1, None), (1, None)]
    assert said["local_authorities"] == ["E09000012"]
    assert answer(run("list", "--json")) == {"areas": [], "imports": []}


def test_the_files_authority_joins_the_named_area(run: Run, folder: Path) -> None:
    run("import", folder, "--area", "EAST", "--name", "East side")
    (folder / "lsoas.csv").write_text("LSOA21CD,LAD22CD\nE01000009,E09000033\n")
    said = answer(run("import", folder / "lsoas.csv", "--area", "EAST", "--json"))

    assert said["areas"] == [{"area": "EAST", "name": "East side", "lads": ["E09000012", "E09000033"]}]
    assert said["moved"] == [{"lad": "E09000033", "before": "E09000033", "after": "EAST"}]


@pytest.mark.parametrize("dry_run", [[], ["--dry-run"]])
def test_an_area_for_files_of_several_authorities_is_refused_and_nothing_is_stored(
    run: Run, folder: Path, dry_run: list[str]
) -> None:
    (folder / "wards.csv").write_text("WD23CD,LAD23CD\nE05000001,E09000033\n")
    with pytest.raises(Refused, match=r"these name 2: .*wardlink geography partnership"):
        run("import", folder, "--area", "EAST", *dry_run)

    assert answer(run("list", "--json")) == {"areas": [], "imports": []}


def test_a_partnership_holds_what_is_listed(run: Run, folder: Path) -> None:
    run("import", folder)
    said = run("partnership", "EAST", "E09000012", "E09000033", "--name", "East side")

    assert said.splitlines() == [
        "Area EAST East side: E09000012, E09000033",
        "E09000012 went from area E09000012 to EAST.",
    ]


def test_people_read_what_was_imported_and_what_was_left_out(run: Run, folder: Path) -> None:
    assert run("list").strip() == "No area yet: import boundaries or a code list that names local authorities."
    said = run("import", folder)

    assert "postcodes" in said
    assert "1  no valid postcode" in said
    assert "No geography, skipped: reports.csv" in said
    assert "Area E09000012 Hackney: E09000012" in said
    assert "UTC  postcodes.csv" in run("list")


def test_all_of_hackney_is_imported(run: Run, shared_data: Path) -> None:
    said = answer(run("import", shared_data / "geo_hackney", "--json"))

    assert {one["file"]: (one["kind"], one["vintage"], one["changed"]) for one in said["files"]} == {
        "hackney_borough.geojson": ("lad boundaries", 2022, 1),
        "hackney_lsoa21.geojson": ("lsoa boundaries", 2021, 149),
        "hackney_lsoa21_to_ward_bestfit_derived.csv": ("lsoas", 2021, 149),
        "hackney_postcodes.csv": ("postcodes", 0, 4569),
        "hackney_wards_2014_derived.geojson": ("ward boundaries", 0, 21),
        "hackney_wards_2014_names.csv": ("wards", 2023, 21),
    }
    assert said["areas"] == [{"area": "E09000012", "name": "Hackney", "lads": ["E09000012"]}]
