"""From a council's own files to the status page, by the commands of the README."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def street_file(path: Path, rows: int, bad_row: int | None = None) -> Path:
    """A data.police.uk street file; the bad row's longitude is no number."""
    lines = [HEADER]
    for number in range(rows):
        longitude = "not-a-number" if number == bad_row else f"-0.{number % 1000:06}"
        lines.append(
            f",2018-10,Kent Police,Kent Police,{longitude},51.500000,On or near Mill Street,E01024000,Kent 001A,"
            "Anti-social behaviour,,"
        )
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def ingest(wardlink: CommandLine, *words: str) -> dict[str, Any]:
    done = wardlink("ingest", *words, "--json", seconds=300)
    counted: dict[str, Any] = json.loads(done.stdout)
    return counted


def status(wardlink: CommandLine) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(wardlink.succeed("status", "--wait", "--json", seconds=300))
    return shown


@pytest.mark.journey
def test_files_of_every_fitness(wardlink: CommandLine, tmp_path: Path) -> None:
    wardlink.succeed("up", "--detach")
    good = street_file(tmp_path / "2018-10-kent-street.csv", 3_000)
    assert ingest(wardlink, "police-uk", str(good))["published"] == 3_000
    again = ingest(wardlink, "police-uk", str(good))
    assert (again["published"], again["unchanged"]) == (0, 3_000)

    spoilt = street_file(tmp_path / "2018-11-kent-street.csv", 10_000, bad_row=5_000)
    spoilt.write_text(spoilt.read_text().replace("2018-10", "2018-11"))
    counted = ingest(wardlink, "police-uk", str(spoilt))
    assert (counted["read"], counted["published"], counted["quarantined"]) == (10_000, 9_999, 1)

    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name,telephone\nZqxperson,07700 900111\n")
    refused = wardlink("ingest", "police-uk", str(wrong))
    assert refused.returncode == 1
    assert "expected" in refused.stderr
    assert "found" in refused.stderr
    assert "Zqxperson" not in refused.stderr + refused.stdout

    cut = tmp_path / "2018-12-kent-street.csv.gz"
    whole = gzip.compress(good.read_text().replace("2018-10", "2018-12").encode())
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    broken = wardlink("ingest", "police-uk", str(cut), "--json")
    assert broken.returncode == 1
    told = json.loads(broken.stdout)
    assert 0 < told["published"] < 3_000

    shown = status(wardlink)
    assert shown["lag"] == 0
    assert shown["stored"] == 3_000 + 9_999 + told["published"]
    assert shown["quarantined"] == 1
    assert shown["busiest_places"][0]["place"] == "On or near Mill Street"
    listed = json.loads(wardlink.succeed("quarantine", "--as", "kent/steward", "--json"))
    assert [row["field"] for row in listed] == ["Longitude"]
    assert "not-a-number" not in json.dumps(listed)
    assert json.loads(wardlink.succeed("quarantine", "--as", "essex/steward", "--json")) == []


@pytest.mark.journey
def test_real_council_files_account_for_every_row(wardlink: CommandLine, shared_data: Path) -> None:
    wardlink.succeed("up", "--detach")
    folder, expected = shared_data / "council_311", 0
    for name, profile, area in (
        ("nyc_311_2024-04-15_night_1000.csv", "nyc-311-2024", "US-NYC"),
        ("nyc_311_noise_2016_red_hook_117.csv", "nyc-311-2016", "US-NYC"),
        ("sandiego_2021-03-27_to_2021-04-03.csv.gz", "san-diego-get-it-done", "US-SD"),
    ):
        words = ("table", str(folder / name), "--profile", profile, "--agency", profile[:6], "--area", area)
        counted = ingest(wardlink, *words)
        assert counted["published"] + counted["out_of_scope"] + counted["quarantined"] == counted["read"] > 0
        expected += counted["published"]
    assert status(wardlink)["stored"] == expected
