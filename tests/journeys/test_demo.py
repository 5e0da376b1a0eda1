"""The demonstration as a newcomer runs it: twice, as JSON, with every command that it names to go on with."""

import json
import os
import signal
import subprocess
import sys
from typing import Any

import psutil
import pytest

from tests.command_line import CommandLine
from tests.conftest import wait_until

PROMISES = {
    "three_agencies",
    "party",
    "three_nights",
    "three_answers",
    "restricted",
    "same_named_neighbour",
    "nothing_lost",
}


def demonstrate(wardlink: CommandLine, *options: str) -> dict[str, Any]:
    """What `wardlink demo` says as JSON; its progress must not be on standard output."""
    done = wardlink("demo", "--days", "10", "--json", *options, seconds=300)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
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
def test_a_borough_is_linked_rightly_and_a_second_showing_adds_nothing(wardlink: CommandLine) -> None:
    said = demonstrate(wardlink)
    assert said["true"]
    assert said["story"] == dict.fromkeys(PROMISES, True)
    assert said["accuracy"]["victims"]["precision"] > 0.95
    assert all(score["right"] > 100 for score in said["accuracy"].values())
    woman, party, nights = said["cases"]
    assert [report["agency"] for report in woman["reports"]] == ["police", "housing", "council"]
    assert (len(party["reports"]), party["incidents"]) == (23, 1)
    assert (nights["incidents"], nights["victims"]) == (3, 1)
    assert processes_of(wardlink) == []

    again = demonstrate(wardlink, "--stay")
    for same in ("story", "accuracy", "throughput"):
        assert again[same] == said[same]
    assert again["totals"]["reports"] == said["totals"]["reports"]
    assert again["cases"][0]["case_id"] == woman["case_id"]
    assert not [line for line in next_commands(again) if "up" in line]
    try_out(wardlink, next_commands(again))
    assert processes_of(wardlink) == []


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
    demo = wardlink.begin("demo", "--days", "7", "--once")
    assert demo.stdout is not None
    first = demo.stdout.readline()
    assert "Started Kafka" in first
    assert processes_of(wardlink)
    demo.send_signal(number)
    assert "nothing of it is left running" in demo.stdout.read()
    assert demo.wait(timeout=60) == 130
    wait_until(lambda: processes_of(wardlink) == [], "everything has ended")
