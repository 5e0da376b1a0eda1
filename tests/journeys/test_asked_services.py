"""A GeoReport service on a real socket, asked by the command line, killed on the way and called again; real stack."""

import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import CommandLine
from tests.conftest import wait_until
from tests.connectors.georeport import GeoReport, fixmystreet, serving
from tests.connectors.sdm_documents import REFERENCE, document
from tests.connectors.test_open311_client import requests

AREA = "E09000012"
SINCE = ("--since", "2024-06-01")


def with_keys(wardlink: CommandLine, folder: Path, *areas: str) -> None:
    """Keys for these areas, backed up and verified, without which personal data are refused."""
    wardlink.succeed("keyring", "area", *areas)
    passphrase = folder / "passphrase"
    passphrase.write_text("a long passphrase of many words")
    words = (str(folder / "keys"), "--passphrase-file", str(passphrase))
    wardlink.succeed("keyring", "backup", *words)
    wardlink.succeed("keyring", "verify", *words)


def told(printed: str) -> dict[str, Any]:
    counts: dict[str, Any] = json.loads(printed)
    return counts


@pytest.mark.journey
def test_a_service_is_read_whole_through_a_kill_and_quoting_documents_join(
    wardlink: CommandLine, tmp_path: Path
) -> None:
    wardlink.succeed("up", "--detach")
    with_keys(wardlink, tmp_path, AREA, "unplaced:council", "unplaced:metropolitan")
    service = GeoReport(requests=requests(240, timedelta(hours=1)), limit=100, dialect=fixmystreet)
    with serving(service):
        words = ("ingest", "open311", service.address, "--agency", "council", "--area", AREA)
        begun = wardlink.begin(*words, *SINCE)
        wait_until(lambda: len(service.questions) > 6, "a second window is asked for")
        begun.send_signal(signal.SIGKILL)
        begun.communicate()
        again = told(wardlink.succeed(*words, *SINCE, "--json"))
        assert (again["published"] + again["unchanged"] >= 240, again["warnings"]) == (True, [])
        assert told(wardlink.succeed(*words, "--json"))["published"] == 0
        service.questions.clear()
        assert told(wardlink.succeed(*words, "--days-back", "20", "--json"))["published"] == 0
        begun_at = datetime.fromisoformat(min(one["start_date"] for one in service.questions))
        assert timedelta(days=20) < datetime.now(UTC) - begun_at < timedelta(days=22)

    documents = tmp_path / "incidents"
    documents.mkdir()
    (documents / "one.json").write_text(json.dumps(document()), "utf-8")
    sdm = ("ingest", "sdm", str(documents), "--agency", "metropolitan", "--area", AREA, "--json")
    assert told(wardlink.succeed(*sdm))["published"] == 1
    assert told(wardlink.succeed(*sdm))["unchanged"] == 1

    shown = told(wardlink.succeed("status", "--wait", "--json", seconds=300))
    assert (shown["lag"], shown["stored"], shown["quarantined"]) == (0, 241, 0)
    assert REFERENCE not in json.dumps(shown)
