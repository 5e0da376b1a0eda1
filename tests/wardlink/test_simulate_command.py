"""`wardlink simulate`: files and truth in a new folder, a summary, and a refusal to write over anything."""

import json
from pathlib import Path

import pytest

from tests.command_line import CommandLine

SMALL = ("--homes", "300", "--days", "10", "--faults", "2", "--activity", "2")


@pytest.fixture
def wardlink(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "home")


def test_it_writes_every_feed_and_says_what(wardlink: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "borough"
    told = wardlink.succeed("simulate", "--out", str(out), *SMALL, "--area", "E09000012")
    for word in ("police-cad", "sdm", "open311", "housing-cases", "near_duplicate", "timetable.csv", "E09000012"):
        assert word in told
    assert {path.name for path in out.iterdir()} >= {"geography", "truth", "police-cad", "timetable.csv"}


def test_its_summary_is_one_json_object(wardlink: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "borough"
    told = json.loads(wardlink.succeed("simulate", "--out", str(out), *SMALL, "--feed", "sdm", "--json"))
    assert told["reports"]["police"] > 20
    assert told["incidents"] < sum(told["reports"].values())
    feeds = {"housing", "noiseworks", "police-cad", "police-uk", "sdm"}
    assert set(told["files"]) == feeds | {"geography", "stock", "truth"}
    assert told["hard_cases"]["story_party"] == 23


def test_a_folder_that_is_not_empty_is_refused_with_a_remedy(wardlink: CommandLine, tmp_path: Path) -> None:
    kept = tmp_path / "kept" / "letter.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    done = wardlink("simulate", "--out", str(kept.parent), *SMALL)
    assert done.returncode == 1
    assert "give a new folder" in done.stderr
    assert [path.name for path in kept.parent.iterdir()] == ["letter.txt"]


def test_an_unknown_feed_is_refused_with_those_that_there_are(wardlink: CommandLine, tmp_path: Path) -> None:
    done = wardlink("simulate", "--out", str(tmp_path / "new"), "--feed", "pigeon-post", *SMALL)
    assert done.returncode == 1
    assert "haven-diaries" in done.stderr


def test_fast_it_writes_a_plain_log_for_each_of_many_areas(wardlink: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "mass"
    told = wardlink.succeed("simulate", "--out", str(out), "--fast", "--areas", "6", "--reports", "5000", "--json")
    assert {name: json.loads(told)[name] for name in ("areas", "reports")} == {"areas": 6, "reports": 5000}
    assert sorted(path.name for path in out.iterdir()) == [f"E0990000{number}" for number in range(6)]
