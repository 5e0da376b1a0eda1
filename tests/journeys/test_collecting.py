"""Files by folder, SFTP and S3 at once, on the real stack: collected once, whoever is killed, and told in receipts."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from connectors.collect.feed import Sftp
from tests.architecture.composed import ROOT
from tests.command_line import CommandLine
from tests.conftest import wait_until
from tests.connectors.collect.sites import PASSWORD, FolderSite, SftpServer, Site, running_s3
from tests.connectors.test_police_uk import ROW, write_csv

WARDENS = ROOT / "docs" / "examples" / "street-wardens.csv"
PERSONAL = ("Ada Sample", "Ben Sample", "020 7946", "12 Example Court", "Bass through")
FILES, ROWS = 3, 40


@dataclass
class Sites:
    """The three places, and the stack that collects from them."""

    commands: CommandLine
    places: dict[str, Site]

    def deliver(self, name: str, number: int, folder: Path) -> None:
        """One file of its own at one place."""
        rows = [ROW | {"Location": f"On or near {name} {number} {row}"} for row in range(ROWS)]
        content = write_csv(folder / "made.csv", rows).read_bytes()
        self.places[name].put(f"{number}-cleveland-street.csv", content)

    def status(self) -> dict[str, Any]:
        """What `wardlink status --wait` says."""
        found: dict[str, Any] = json.loads(self.commands.succeed("status", "--wait", "--json"))
        return found

    def feeds(self) -> dict[str, dict[str, Any]]:
        """What `wardlink connect list` says, by name."""
        return {one["name"]: one for one in json.loads(self.commands.succeed("connect", "list", "--json"))}


@pytest.fixture
def sites(wardlink: CommandLine, tmp_path: Path) -> Iterator[Sites]:
    """A stack that collects every second from three places."""
    with ExitStack() as closing:
        sftp = closing.enter_context(SftpServer(tmp_path / "sftp").running())
        s3 = closing.enter_context(running_s3())
        places: dict[str, Site] = {"folder": FolderSite(tmp_path / "in"), "sftp": sftp.site(), "s3": s3.site()}
        accounts = {
            "theirs": {"password": PASSWORD},
            "storage": {
                "access_key": s3.account.access_key,
                "secret_key": s3.account.secret_key,
                "endpoint": s3.endpoint,
                "region": s3.account.region,
            },
        }
        wardlink.environment |= {
            "WARDLINK_COLLECT_FILE": str(declare(tmp_path, places)),
            "WARDLINK_COLLECT_ACCOUNTS": json.dumps(accounts),
            "WARDLINK_DEMO": "true",
        }
        yield Sites(wardlink, places)
        wardlink("down")


def declare(folder: Path, places: dict[str, Site]) -> Path:
    """Writes the declaration."""
    sftp = places["sftp"].where
    assert isinstance(sftp, Sftp)
    feeds = [
        {"name": "folder", "where": str(places["folder"].where)},
        {"name": "sftp", "where": str(sftp), "account": "theirs", "host_keys": list(sftp.host_keys)},
        {"name": "s3", "where": str(places["s3"].where), "account": "storage"},
    ]
    common = {"source": "police-uk", "schedule": "every 1 second", "unchanged_for": "1 second", "files": "*.csv"}
    as_wardens = {"source": "table", "profile": str(WARDENS.with_suffix(".yaml")), "agency": "council"}
    wardens = feeds[1] | {"name": "wardens", "files": "*.txt", "area": "E09000012"}
    path = folder / "collect.yaml"
    path.write_text(
        yaml.safe_dump({"feeds": [*(common | one for one in feeds), common | wardens | as_wardens]}), "utf-8"
    )
    return path


@pytest.mark.journey
def test_three_kinds_of_places_are_collected_once_though_the_role_is_killed(sites: Sites, tmp_path: Path) -> None:
    commands = sites.commands
    commands.succeed("up", "--detach")
    commands.succeed("keyring", "area", "E09000012", "unplaced:council")
    for number in range(FILES):
        for name in sites.places:
            sites.deliver(name, number, tmp_path)
    sites.places["folder"].put("shopping.csv", b"milk,bread\n1,2\n")
    sites.places["sftp"].put("wardens.txt", WARDENS.read_bytes())
    laid = sites.places["folder"]
    wait_until(lambda: bool(laid.names("done")), "the first file is laid aside")
    kill_collect(commands)
    wait_until(lambda: is_all_laid_aside(sites), "everything is laid aside", seconds=120)

    status = sites.status()
    assert (status["stored"], status["quarantined"]) == (3 * FILES * ROWS + 3, 1)
    assert {name: (one["done"], one["failed"]) for name, one in sites.feeds().items()} == {
        "folder": (FILES, 1),
        "sftp": (FILES, 0),
        "s3": (FILES, 0),
        "wardens": (1, 0),
    }
    for site in sites.places.values():
        assert site.names() == site.names("reading") == set()
        for name in (one for one in site.names("done") if one.endswith("street.csv.receipt.json")):
            counts = json.loads(site.read(f"done/{name}"))["counts"]
            assert (counts["read"], counts["published"] + counts["unchanged"]) == (ROWS, ROWS)
    receipt = sites.places["sftp"].read("done/wardens.txt.receipt.json").decode()
    log = (commands.home / "log" / "collect.log").read_text("utf-8")
    assert "wardens.txt:5" in receipt
    assert not [value for value in (*PERSONAL, PASSWORD) if value in receipt or value in log]
    assert "shopping.csv" in log

    commands.succeed("down")
    for name in sites.places:
        sites.deliver(name, 0, tmp_path)
    commands.succeed("up", "--detach")
    wait_until(lambda: not any(site.names() for site in sites.places.values()), "the repeats are laid aside")
    wait_until(lambda: not any(site.names("reading") for site in sites.places.values()), "the repeats are laid aside")
    assert sites.status()["stored"] == status["stored"]


def kill_collect(commands: CommandLine) -> None:
    """SIGKILL to the role's process."""
    running = [one for one in psutil.process_iter(["cmdline", "environ"]) if is_collect(one, commands.home)]
    assert len(running) == 1
    os.kill(running[0].pid, signal.SIGKILL)


def is_collect(process: psutil.Process, home: Path) -> bool:
    words, environment = process.info["cmdline"] or [], process.info["environ"] or {}
    return words[-4:-2] == ["run", "collect"] and environment.get("WARDLINK_HOME") == str(home)


def is_all_laid_aside(sites: Sites) -> bool:
    """Whether nothing is left where it came, and nothing is being read."""
    counts = [len(site.names("done") | site.names("failed")) for site in sites.places.values()]
    return counts == [2 * FILES + 2, 2 * FILES + 2, 2 * FILES]
