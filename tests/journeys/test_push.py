"""A partner follows docs/partners.md with curl and the signing one-liner; its own system is told of its own case."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from connectors.topics_admin import end_offsets
from schemas.topics import REPORTS_HOUSING
from tests.architecture.composed import ROOT
from tests.command_line import CommandLine
from tests.conftest import wait_until
from tests.journeys.test_canary import files_of
from wardlink.settings import kafka_settings
from wardlink.stack import ports
from wardlink.stack.state import read_state

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = ("Amina", "1984-02-29", "07700 900123", "12 Example Court", "Loud music through the wall")
"""What the page's report holds of a person."""

pytestmark = pytest.mark.journey


@dataclass
class Partner:
    """The landlord's developer: what the operator handed over, and a folder to work in."""

    wardlink: CommandLine
    folder: Path
    url: str
    secret: str

    @property
    def inbox(self) -> list[dict[str, Any]]:
        """What the landlord's own system has noted."""
        path = self.folder / "inbox.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def follow(self, page: str) -> list[str]:
        """Runs every line of shell of a page, in order; what each block printed."""
        mark = "-- end of block --"
        script = f"\necho; echo '{mark}'\n".join(["set -euo pipefail", *blocks(page, "sh"), ""])
        environment = {**os.environ, "PUSH": self.url, "PARTNER": "marsh-crm", "SECRET": self.secret}
        done = subprocess.run(
            ("bash", "-c", script),
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [part.strip() for part in done.stdout.split(mark)][1:-1]

    def ask(self, method: str, path: str, what: Any = None) -> httpx.Response:
        """A signed request, by the library."""
        body = b"" if what is None else json.dumps(what).encode()
        now, name = datetime.now(UTC), f"test-{time.time_ns()}"
        batch = isinstance(what, list)
        headers = {
            "content-type": f"application/cloudevents{'-batch' if batch else ''}+json",
            "wardlink-partner": "marsh-crm",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(name, now, body.decode()),
        }
        return httpx.request(method, f"{self.url}{path}", content=body, headers=headers, timeout=60)

    def status_of(self, receipt: str) -> str:
        """How far an event has come."""
        return str(self.ask("GET", f"/v1/receipts/{receipt}").json()["status"])

    def settled(self) -> dict[str, Any]:
        """The stack's status once nothing is on its way."""
        found: dict[str, Any] = json.loads(self.wardlink.succeed("status", "--wait", "--json"))
        return found

    def records_on_kafka(self) -> int:
        """How many records there ever were of reports of landlords."""
        return sum(end_offsets(kafka_settings(self.wardlink.settings), [REPORTS_HOUSING.name]).values())

    def pid_of(self, process: str) -> int:
        """The process of the stack that has this name."""
        [found] = [one for one in read_state(self.wardlink.settings.folders).processes if one.name == process]
        return found.identity.pid if found.identity else 0


def blocks(page: str, kind: str) -> list[str]:
    """The fenced blocks of one kind."""
    return [text for found, text in BLOCK.findall((ROOT / "docs" / page).read_text("utf-8")) if found == kind]


@pytest.fixture(scope="module")
def partner() -> Iterator[Partner]:
    """The stack, an enrolled partner, and the partner's own system at its webhook."""
    if not shutil.which("curl"):
        pytest.skip("curl, with which a partner follows the page, is not installed")
    with tempfile.TemporaryDirectory(prefix="wardlink-tests-") as name:
        folder, port = Path(name), ports.choose(0, "")
        wardlink = CommandLine(folder / "home", WARDLINK_DEMO="true")
        system = subprocess.Popen((sys.executable, str(Path(__file__).with_name("housing_system.py")), str(port), name))
        try:
            wardlink.succeed("up", "--detach")
            yield enrol(wardlink, folder, port)
        finally:
            system.terminate()
            system.wait()
            wardlink("down")


def enrol(wardlink: CommandLine, folder: Path, port: int) -> Partner:
    """What the operator does."""
    wardlink.succeed("keyring", "area", "E09000012", "unplaced:marsh-homes")
    words = ("marsh-crm", "--agency", "marsh-homes", "--sector", "housing", "--area", "E09000012")
    address = ("--webhook", f"http://127.0.0.1:{port}/alerts", "--role", "caseworker")
    keys = json.loads(wardlink.succeed("partner", "add", *words, *address, "--json"))
    (folder / "secret").write_text(keys["webhook"], "utf-8")
    (folder / "cases.json").write_text(json.dumps({"ASB-900": "Officer Okafor"}), "utf-8")
    return Partner(wardlink, folder, keys["url"], keys["signing"])


def test_the_page_does_what_it_says_and_nothing_is_doubled(partner: Partner) -> None:
    printed = partner.follow("partners.md")
    shown = [json.loads(text) for text in blocks("partners.md", "json")]
    one, batch, same, gone = printed[2], printed[4], printed[5], printed[6]
    assert told_as(shown[0], json.loads(one))
    assert json.loads(printed[3])["status"] in ("published", "stored", "linked")
    counts, *mistakes = batch.splitlines()
    assert json.loads(counts) == shown[1]
    assert mistakes == blocks("partners.md", "")[1].splitlines()
    repeated, counted = re.sub("}{", "}\n{", same).splitlines()
    assert json.loads(repeated)["repeated"] is True
    assert json.loads(counted) == shown[2]
    assert told_as(shown[3], json.loads(gone))

    status = partner.settled()
    assert (status["stored"], status["withdrawn"], status["quarantined"]) == (497, 1, 3)
    assert partner.records_on_kafka() == 1 + 497 + 1, "what was pushed again was not published again"
    assert partner.status_of(json.loads(one)["receipt"]) == "linked"
    items = json.loads((partner.folder / "answers.json").read_text("utf-8"))["items"]
    followed = [partner.status_of(item["receipt"]) for item in items]
    assert [index for index, found in enumerate(followed) if found == "unfit"] == [100, 200, 300]
    assert [index for index, found in enumerate(followed) if found == "stored"] == [0], "the withdrawn one"
    assert followed.count("linked") == 496


def told_as(shown: dict[str, Any], told: dict[str, Any]) -> bool:
    """Whether an answer is the one that the page shows; `…` stands for anything."""
    return told.keys() == shown.keys() and all(shown[name] in ("…", told[name]) for name in shown)


def test_the_landlords_system_is_told_of_its_own_case_by_a_signed_webhook(partner: Partner) -> None:
    assert partner.ask("POST", "/v1/reports", [complaint(days) for days in (12, 7, 2)]).json()["published"] == 3
    partner.settled()
    assert [note for note in partner.inbox if note.get("officers")] == [], "a new feed is on trial"
    partner.wardlink.succeed("source", "on", "marsh-homes", "push-marsh-crm")
    wait_until(lambda: any(note.get("officers") for note in partner.inbox), "the alert arrives", 90)
    refused, *taken = partner.inbox
    assert refused["status"] == 503
    assert refused["id"] in {note["id"] for note in taken}, "it came again under the same id"
    assert {note["status"] for note in taken} == {204}
    assert len({note["id"] for note in taken}) == len(taken), "what was taken does not come again"
    [about] = [note for note in taken if note["officers"] and note["type"] == "wardlink.alert.raised"]
    assert about["officers"] == {"ASB-900": "Officer Okafor"}
    [listed] = json.loads(partner.wardlink.succeed("partner", "list", "--json"))
    assert (listed["letters_waiting"], listed["letters_dead"]) == (0, 0)


def complaint(days: int) -> dict[str, Any]:
    """One of several of one tenant."""
    evening = (datetime.now(UTC) - timedelta(days=days)).replace(hour=21, minute=10).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "specversion": "1.0",
        "id": f"evt-ada-{days}",
        "source": "/marsh-homes/crm",
        "type": "wardlink.report",
        "data": {
            "reference": f"CT-ada-{days}",
            "case_reference": "ASB-900",
            "category": "NOISE",
            "occurred": {"from": evening},
            "reported": evening,
            "persons": [
                {
                    "role": "VICTIM",
                    "given_names": ["Ada"],
                    "family_name": "Zqxlovelace",
                    "birth_date": "1981-12-10",
                    "telephones": ["07700 900456"],
                }
            ],
            "places": [{"role": "AFFECTED", "uprn": "100000090000", "address": "3 Zqxsample Row"}],
        },
    }


def test_while_kafka_is_away_nothing_is_promised_and_nothing_is_lost(partner: Partner) -> None:
    kafka, late = partner.pid_of("kafka"), complaint(400)
    os.kill(kafka, signal.SIGSTOP)
    try:
        refused = partner.ask("POST", "/v1/reports", late)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert partner.ask("POST", "/v1/reports", complaint(401)).status_code == 503
    finally:
        os.kill(kafka, signal.SIGCONT)
    wait_until(lambda: httpx.get(f"{partner.url}/health").status_code == 200, "the service sees that Kafka is back", 90)
    receipt = partner.ask("POST", "/v1/reports", late).json()["receipt"]
    partner.settled()
    assert partner.status_of(receipt) == "linked"


def test_a_service_that_is_killed_comes_back_and_remembers(partner: Partner) -> None:
    before = partner.pid_of("push")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: partner.pid_of("push") not in (0, before), "the supervisor starts it again")
    wait_until(lambda: is_up(partner.url), "it answers at the same address")
    report = json.loads((partner.folder / "report.json").read_text("utf-8"))
    assert partner.ask("POST", "/v1/reports", report).json()["repeated"] is True


def is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.HTTPError:
        return False


def test_no_file_of_the_stack_holds_in_clear_what_was_pushed(partner: Partner) -> None:
    secret = partner.secret.removeprefix("whsec_")
    sought = [name.encode() for name in ("CT-1001", *NAMES, "Zqxlovelace", "Zqxsample", "07700 900456", secret)]
    contents = (path.read_bytes() for path in files_of(partner.wardlink.home))
    found = {name for content in contents for name in sought if name in content}
    assert found == {b"CT-1001"}, "the search finds what is clear, and nothing else"
