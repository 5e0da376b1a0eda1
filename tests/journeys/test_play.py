"""A simulated borough through the real stack as its timetable says: every feed, once, and nothing more."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine
from tests.simulation.reading import Written

PLANTED = 4


@pytest.fixture
def borough(wardlink: CommandLine, tmp_path: Path) -> Written:
    words = ("--homes", "300", "--days", "14", "--activity", "2", "--faults", str(PLANTED))
    wardlink.succeed("simulate", "--out", str(tmp_path / "borough"), *words)
    return Written(tmp_path / "borough")


def told(wardlink: CommandLine, *words: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(wardlink.succeed(*words, "--json", seconds=400))
    return said


@pytest.mark.journey
def test_every_report_of_every_feed_is_stored_once_however_often_it_is_played(
    wardlink: CommandLine, borough: Written
) -> None:
    wardlink.environment["WARDLINK_DEMO"] = "true"
    wardlink.succeed("up", "--detach")
    first = told(wardlink, "play", str(borough.folder))
    status = told(wardlink, "status")
    withdrawn = borough.tagged("withdrawn")
    assert first["quarantined"] == status["quarantined"] == PLANTED
    assert status["stored"] + status["withdrawn"] - status["published_statistics"] == len(borough.truth("arrivals"))
    assert status["withdrawn"] == len(withdrawn)
    assert first["files"] == len([row for row in borough.rows("timetable.csv") if row["what"] == "file"])
    assert first["ticks"] == 4 * (14 + 14) + 1

    again = told(wardlink, "play", str(borough.folder))
    assert (again["published"], again["files"]) == (0, first["files"])
    assert told(wardlink, "status")["stored"] == status["stored"]


def test_a_borough_is_refused_outside_of_a_demonstration(wardlink: CommandLine, borough: Written) -> None:
    done = wardlink("play", str(borough.folder))
    assert done.returncode == 1
    assert "WARDLINK_DEMO" in done.stderr


def test_a_folder_without_a_timetable_is_refused(wardlink: CommandLine, tmp_path: Path) -> None:
    done = wardlink("play", str(tmp_path))
    assert done.returncode == 1
    assert "wardlink simulate" in done.stderr
