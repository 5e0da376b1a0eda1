"""`wardlink connector`: what is refused before anything is written, and what the list says."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from connectors import scaffold, sources
from connectors.contract import Sector
from connectors.mapping import profile as profiles
from schemas.errors import Refused
from wardlink.cli import build


@pytest.mark.parametrize("name", ["Parks", "parks_patrol", "parks patrol", "-parks", "../evil", "p" * 60, ""])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="small letters"):
        scaffold.make(tmp_path, name, Sector.COUNCIL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["police-uk", "housing-contacts", "table"])
def test_a_name_that_is_taken_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="choose another name"):
        scaffold.make(tmp_path, name, Sector.COUNCIL)


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    for folder in ("connectors/sources", "tests/connectors"):
        (tmp_path / folder).mkdir(parents=True)
    made = scaffold.make(tmp_path, "parks-patrol", Sector.HOUSING)
    made.test.write_text("mine", "utf-8")
    with pytest.raises(Refused, match="is there already"):
        scaffold.make(tmp_path, "parks-patrol", Sector.HOUSING)
    assert made.test.read_text("utf-8") == "mine"
    assert "Sector.HOUSING" in made.source.read_text("utf-8")


def test_the_list_names_every_source_and_profile_and_what_one_report_is() -> None:
    done = CliRunner().invoke(build(), ["connector", "list", "--json"])
    rows = {row["ingest"]: row for row in json.loads(done.stdout)}
    expected = {*sources.NAMES, *(f"table --profile {name}" for name in profiles.shipped())} - {"table"}
    assert expected <= set(rows)
    assert rows["table --profile housing-diary"]["one_report_is"] == "one dated entry of a diary sheet"
    assert all(row["expects"] for row in rows.values())


def test_an_unknown_sector_is_refused() -> None:
    done = CliRunner().invoke(build(), ["connector", "new", "parks-patrol", "--sector", "parks"])
    assert isinstance(done.exception, Refused)
