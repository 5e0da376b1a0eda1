"""Published statistics beside the force's own feed: shown as a comparison, never counted twice."""

import csv
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from connectors.sources.police_uk import COLUMNS
from tests.command_line import CommandLine
from tests.connectors.tables import CAD, csv_text

AREA = "E09000012"
ROW = {
    "Reported by": "Metropolitan Police Service",
    "Falls within": "Metropolitan Police Service",
    "Longitude": "-0.056000",
    "Latitude": "51.543300",
    "Location": "On or near Mare Street",
    "LSOA code": "E01001750",
    "LSOA name": "Hackney 001A",
    "Crime type": "Anti-social behaviour",
}
LOG = CAD | {"caller_ref": "", "uprn": "", "narrative": "", "hate_strand": "", "restricted_flags": ""}


def street_file(path: Path, month: str, rows: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(ROW | {"Month": month} for _ in range(rows))
    return path


def site_zip(path: Path, files: Iterable[Path]) -> Path:
    """As the site packs several months: a folder for each."""
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, f"{file.name[:7]}/{file.name}")
    return path


def log_file(path: Path, count: int) -> Path:
    rows = [
        LOG
        | {
            "incident_no": f"CAD {number}/16JUN24",
            "caller_name": f"Caller {number}",
            "opened_at": f"{number % 28 + 1:02}/06/2024 12:00:00",
            "closed_at": "",
        }
        for number in range(count)
    ]
    path.write_text(csv_text(rows), "utf-8")
    return path


def status(wardlink: CommandLine) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(wardlink.succeed("status", "--wait", "--json", seconds=300))
    return shown


def counted(shown: dict[str, Any]) -> dict[str, int]:
    return {area["area"]: area["reports"] for area in shown["busiest_areas"]}


@pytest.mark.journey
def test_a_public_row_beside_a_live_feed_is_not_counted_twice(wardlink: CommandLine, tmp_path: Path) -> None:
    months = ("2024-05", "2024-06", "2024-07")
    files = [street_file(tmp_path / f"{month}-metropolitan-street.csv", month, 50) for month in months]
    everything = site_zip(tmp_path / "all.zip", files)
    wardlink.succeed("up", "--detach")
    told = wardlink.succeed("ingest", "police-uk", str(files[1]), "--area", AREA, "--json")
    assert json.loads(told)["published"] == 50
    told = wardlink.succeed("ingest", "police-uk", str(everything), "--area", AREA, "--json")
    assert (json.loads(told)["published"], json.loads(told)["unchanged"]) == (100, 50)
    alone = status(wardlink)
    assert (alone["stored"], alone["published_statistics"], alone["compared"]) == (150, 150, 0)
    assert counted(alone) == {AREA: 150}
    assert alone["busiest_places"][0]["reports"] == 150

    wardlink.succeed("keyring", "area", AREA, "unplaced:met")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("a long passphrase of many words")
    backup = ("--passphrase-file", str(passphrase))
    wardlink.succeed("keyring", "backup", str(tmp_path / "keys"), *backup)
    wardlink.succeed("keyring", "verify", str(tmp_path / "keys"), *backup)
    log = log_file(tmp_path / "log.csv", 20)
    words = ("table", str(log), "--profile", "police-cad", "--agency", "met", "--area", AREA)
    assert json.loads(wardlink.succeed("ingest", *words, "--json"))["published"] == 20

    beside = status(wardlink)
    assert (beside["stored"], beside["compared"]) == (170, 50)
    assert beside["comparisons"] == [
        {"area": AREA, "agency": "metropolitan", "month": "2024-06", "published": 50, "own": 20}
    ]
    assert counted(beside) == {AREA: 120}
    assert beside["busiest_places"][0]["reports"] == 100
    assert "50   published of E09000012 2024-06 metropolitan, 20 reported by the force" in wardlink.succeed("status")
