"""The demonstration as a newcomer runs it: as JSON, with its page and every command that it names to go on with."""

import json
import os
import signal
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.command_line import CommandLine
from tests.conftest import wait_until

SEVEN = [
    "asb_officer",
    "tenancy_manager",
    "sergeant",
    "information_governance",
    "data_steward",
    "it_team",
    "trust",
]


def demonstrate(wardlink: CommandLine, *options: str) -> dict[str, Any]:
    """What `wardlink demo` says as JSON in its last line; all else must be on standard error."""
    done = wardlink("demo", "--days", "14", "--json", *options, seconds=300)
    assert done.returncode == 0, done.stderr
    [last] = done.stdout.splitlines()
    said: dict[str, Any] = json.loads(last)
    return said


def processes_of(wardlink: CommandLine) -> list[psutil.Process]:
    """Every process that belongs to that home: by its command line, or by its environment."""
    return [process for process in psutil.process_iter() if _is_of(process, str(wardlink.home))]


def _is_of(process: psutil.Process, home: str) -> bool:
    try:
        return home in " ".join(process.cmdline()) or process.environ().get("WARDLINK_HOME") == home
    except psutil.Error:  # it has gone meanwhile, or is another user's
        return False


@pytest.mark.journey
def test_the_seven_are_true_a_page_is_written_and_everything_that_is_named_can_be_tried(wardlink: CommandLine) -> None:
    said = demonstrate(wardlink, "--stay")
    assert said["true"]
    assert list(said["story"].items()) == [(name, True) for name in SEVEN]
    assert all(all(line["parts"].values()) and line["details"] for line in said["lines"])
    of_steward = {row["name"]: row for row in said["lines"]}["data_steward"]["details"]
    assert of_steward["why"].startswith("opened_at: ")
    assert_figures_make_sense(said)
    assert_page_tells_the_seven(said)
    assert not [line for line in next_commands(said) if "up" in line], "it runs already"
    try_judging(wardlink, *next(words for words in next_commands(said) if words[0] == "why")[1:3])
    try_out(wardlink, next_commands(said))
    assert processes_of(wardlink) == []


def assert_figures_make_sense(said: dict[str, Any]) -> None:
    assert said["accuracy"]["victims"]["precision"] > 0.95
    assert all(score["right"] > 100 for score in said["accuracy"].values())
    assert said["alerts_per_week"] > 0
    assert said["alerts_true"] > 0.8
    assert said["problems_alerted"] > 0.8
    of_mothers = said["accuracy_by_tag"]["story_mother_and_daughter"]["victims"]
    assert (of_mothers["true"], of_mothers["found"], of_mothers["right"]) == (1, 1, 1), "parted by the judgement"


def assert_page_tells_the_seven(said: dict[str, Any]) -> None:
    page = unescape(Path(said["page"]).read_text("utf-8"))
    assert page.count("✓ true") == len(SEVEN)
    assert all(line["says"] in page for line in said["lines"])


def try_judging(wardlink: CommandLine, left: str, right: str) -> None:
    """A caseworker's word is taken; nobody else's is, and not of what they may not see."""
    victims = ("--victims", "--because", "known-to-us")
    said = wardlink.succeed("judge", left, right, "different", "--as", "police/caseworker", *victims)
    assert "different (person), as police/caseworker" in said
    refused = wardlink("judge", left, right, "same", "--as", "fire/caseworker", *victims)
    assert refused.returncode == 1
    assert "may not see so much of it, or it does not exist" in refused.stderr
    assert "may not judge" in wardlink("judge", left, right, "same", "--as", "police/steward", *victims).stderr


def next_commands(said: dict[str, Any]) -> list[list[str]]:
    """The commands that the demonstration names, without the one that sets their environment, as words."""
    export, *commands = said["next"]
    assert export.startswith("export WARDLINK_CONFIG=")
    return [command.split()[1:] for command in commands]


def try_out(wardlink: CommandLine, commands: list[list[str]]) -> None:
    """Each must do, with nothing set but WARDLINK_CONFIG."""
    environment = {name: value for name, value in os.environ.items() if name != "WARDLINK_HOME"}
    environment["WARDLINK_CONFIG"] = str(wardlink.home / "wardlink.toml")
    for words in commands:
        command = (sys.executable, "-m", "wardlink", *words)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        assert done.stdout.strip()


@pytest.mark.journey
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_in_the_middle_it_leaves_nothing_running(wardlink: CommandLine, number: signal.Signals) -> None:
    demo = wardlink.begin("demo", "--days", "7")
    assert demo.stdout is not None
    first = demo.stdout.readline()
    assert "Started Kafka" in first
    assert processes_of(wardlink)
    demo.send_signal(number)
    assert "nothing of it is left running" in demo.stdout.read()
    assert demo.wait(timeout=60) == 130
    wait_until(lambda: processes_of(wardlink) == [], "everything has ended")
