"""An ingest that is killed on the real stack: what it has not finished comes when it is called again, once."""

import subprocess
import sys
from pathlib import Path

import pytest

from connectors.topics_admin import apply_topics
from schemas.codec import codec, unframe
from schemas.records import Report
from schemas.topics import BACKFILL
from store.settings import StoreSettings
from tests.conftest import RealStack
from tests.connectors.kafka_log import ends, messages_since
from tests.connectors.test_police_uk import TestPoliceUk as Samples
from vault.keyring import Keyring

ROWS = 20_000


@pytest.mark.chaos
@pytest.mark.parametrize("chunks", [1, 3])
def test_an_ingest_that_is_killed_loses_nothing_and_adds_nothing(
    stack: RealStack, database: StoreSettings, tmp_path: Path, chunks: int
) -> None:
    apply_topics(stack.kafka)
    path, keyring = Samples().write(tmp_path, ROWS), tmp_path / "keyring.json"
    Keyring.create().save(keyring)
    start = ends(stack.kafka, [BACKFILL])
    command = [sys.executable, "-m", "tests.connectors.killed_ingest"]
    arguments = [stack.kafka.bootstrap, database.writer_dsn, str(keyring), str(path)]

    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(chunks):
            assert process.stdout.readline().startswith("settled")
        process.kill()
    assert process.returncode == -9

    resumed = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    published = int(resumed.stdout.splitlines()[-1].removeprefix("published "))
    assert published <= ROWS - 5_000 * chunks
    reports = [codec(Report).decode(unframe(message.value)[1]) for message in messages_since(stack.kafka, start)]
    assert len({report.report_id for report in reports}) == ROWS
    assert len({(report.report_id, report.revision) for report in reports}) == ROWS

    again = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    assert again.stdout.splitlines()[-1] == "published 0"
