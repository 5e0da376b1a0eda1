"""Collecting on the real servers: killed in the middle of a file, and done by two processes at once."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import psycopg
import pytest

from connectors.topics_admin import apply_topics
from schemas.codec import codec, unframe
from schemas.records import Report
from schemas.topics import BACKFILL
from store.settings import StoreSettings
from tests.conftest import RealStack
from tests.connectors.kafka_log import Offsets, ends, messages_since
from tests.connectors.test_police_uk import ROW, write_csv
from tests.connectors.test_police_uk import TestPoliceUk as Samples

ROWS = 20_000
COMMAND = (sys.executable, "-m", "tests.connectors.collect.killed_collect")


def reports(stack: RealStack, start: Offsets) -> list[Report]:
    """What was published since."""
    return [codec(Report).decode(unframe(message.value)[1]) for message in messages_since(stack.kafka, start)]


def arguments(stack: RealStack, database: StoreSettings, folder: Path) -> Sequence[str]:
    places = (folder / "incoming", folder / "scratch")
    return (*COMMAND, stack.kafka.bootstrap, database.writer_dsn, *map(str, places))


@pytest.mark.chaos
def test_a_kill_in_the_middle_of_a_file_loses_nothing_doubles_nothing_and_leaves_no_copy(
    stack: RealStack, database: StoreSettings, tmp_path: Path
) -> None:
    apply_topics(stack.kafka)
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    path = Samples().write(incoming, ROWS)
    start = ends(stack.kafka, [BACKFILL])
    command = arguments(stack, database, tmp_path)

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(2):
            assert process.stdout.readline().startswith("settled")
        process.kill()
    assert process.returncode == -9
    assert [one.name for one in (incoming / "reading").iterdir()] == [path.name]
    assert len(list((tmp_path / "scratch").rglob(path.name))) == 1

    resumed = subprocess.run(command, capture_output=True, text=True, check=True)
    laid = next(line for line in resumed.stdout.splitlines() if line.startswith("laid aside"))
    assert laid.startswith(f"laid aside done/{path.name} ")
    assert int(laid.rpartition(" ")[2]) <= ROWS - 10_000
    published = reports(stack, start)
    assert len({report.report_id for report in published}) == ROWS
    assert len({(report.report_id, report.revision) for report in published}) == ROWS
    assert {one.name for one in (incoming / "done").iterdir()} == {path.name, f"{path.name}.receipt.json"}
    assert list((tmp_path / "scratch").rglob(path.name)) == []


@pytest.mark.chaos
def test_two_collectors_at_once_read_each_file_once(stack: RealStack, database: StoreSettings, tmp_path: Path) -> None:
    apply_topics(stack.kafka)
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    names = [f"{number:02}-cleveland-street.csv" for number in range(30)]
    for number, name in enumerate(names):
        write_csv(incoming / name, [ROW | {"Location": f"On or near Street {number}"}] * 3)
        os.utime(incoming / name, (1_700_000_000 + number, 1_700_000_000 + number))
    start = ends(stack.kafka, [BACKFILL])
    command = arguments(stack, database, tmp_path)
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    told.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    laid = [line.split()[2] for text in told for line in text.splitlines() if line.startswith("laid aside")]
    assert sorted(laid) == [f"done/{name}" for name in names]
    counted = Counter(report.report_id for report in reports(stack, start))
    assert set(counted.values()) == {1}
    assert len(counted) == 90
    with psycopg.connect(database.owner_dsn) as connection:
        rows = connection.execute("SELECT state, settled_at IS NOT NULL, attempts FROM connector_file").fetchall()
    assert rows == [("done", True, 1)] * 30
