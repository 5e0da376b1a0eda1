"""A borough that is simulated, with a fault planted in each dimension: every one is found, and nothing else is."""

import csv
import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.geography.importing import Wish, import_files, recognise_files
from connectors.geography.placing import load_geography
from policy.facts import Reader
from quality.report import Question, Report, read_report
from quality.spans import span
from simulation.borough import Settings, build
from simulation.write import write
from store.settings import StoreSettings
from tests.conftest import RealStack
from tests.quality.filled import AREA, NOW, Filled
from tests.simulation.reading import Row, table
from wardlink.demo.play import deliveries

DAYS = 10
AGENCIES = ("police", "housing", "council")
LONG_AGO = "01/01/1900"

Change = Callable[[list[Row]], list[Row]]


@pytest.fixture(scope="module")
def borough(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of some days as the agencies would have sent them, the noise team's every day."""
    folder = tmp_path_factory.mktemp("borough")
    start = NOW.date() - timedelta(days=DAYS + 2)
    write(build(Settings(days=DAYS, homes=900, start=start, snapshot_every=1)), folder)
    return folder


def test_a_fault_planted_in_each_dimension_is_found(stack: RealStack, borough: Path, tmp_path: Path) -> None:
    sound = quality_of(stack.fresh_database(), borough)
    assert short(sound) == set(), "as it is, the borough falls short of nothing"

    faulty = tmp_path / "faulty"
    shutil.copytree(borough, faulty)
    planted = plant(faulty)
    found = quality_of(stack.fresh_database(), faulty)
    assert short(found) == {
        ("completeness", "housing-contacts", "narrative"),
        ("uniqueness", "police-cad", "row_once"),
        ("consistency", "police-cad", "columns_steady"),
        ("timeliness", "noiseworks", "received_soon"),
        ("validity", "housing-contacts", "usable"),
        ("accuracy", "police-cad", "birth_date_real"),
    }
    assert {rule: failing(found, rule) for rule in planted} == planted


def plant(folder: Path) -> dict[str, set[str]]:
    """Spoils the files; returns the ids of the reports that must fail, by rule, as far as a rule names reports.

    The log tells a row again when it changes, so what is spoilt for good is spoilt in every file, or in the last.
    """
    logs, contacts = sorted((folder / "police-cad").iterdir()), sorted((folder / "housing").iterdir())
    silent = spoil(max(contacts, key=count), lambda rows: [row | {"notes": ""} for row in rows])
    for path in contacts:
        spoil(path, lambda rows: [*rows, rows[-1] | {"contact_id": "X1", "contact_date": "32/12/2026"}])
    day = max(logs, key=count).stem[-2:]
    born = [row for path in logs for row in spoil(path, lambda rows: [_unborn(row, day) for row in rows])]
    told = spoil(logs[-1], lambda rows: [*rows, *(row | {"incident_no": f"A{row['incident_no']}"} for row in rows)])
    spoil(logs[-1], lambda rows: [{name: text for name, text in row.items() if name != "beat"} for row in rows])
    for path in sorted((folder / "noiseworks").iterdir())[:-1]:
        shutil.rmtree(path)
    return {
        "narrative": {f"housing:{row['contact_id']}" for row in silent},
        "row_once": {f"police:{row['incident_no']}" for row in told if row["incident_no"].startswith("A")},
        "birth_date_real": {f"police:{row['incident_no']}" for row in (*born, *told) if row["caller_dob"] == LONG_AGO},
    }


def spoil(path: Path, change: Change) -> list[Row]:
    """Writes the file anew with other rows; returns them."""
    rows = change(table(path)[1])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return rows


def count(path: Path) -> int:
    """The rows of a file."""
    return len(table(path)[1])


def _unborn(row: Row, day: str) -> Row:
    """Of incidents of one day, every date of birth is a placeholder."""
    was_that_day = row["incident_no"].split("/")[1].startswith(day) and row["caller_dob"]
    return row | {"caller_dob": LONG_AGO} if was_that_day else row


def quality_of(database: StoreSettings, folder: Path) -> list[Report]:
    """What each agency's governance lead, who may see every id, reads after all deliveries."""
    filled = Filled(database)
    wish = Wish(area=AREA, name="Hackney")
    import_files(recognise_files([folder / "geography"], wish), wish, database)
    geography = load_geography(database)
    for delivery in deliveries(folder):
        feed, at = delivery.feed, int(delivery.at.timestamp()) * 1_000_000
        filled.load(feed.source, delivery.path, feed.profile, feed.agency, None, at, geography)
    filled.measure()
    question = Question(width=span("7d"), last=DAYS, ids=100)
    readers = (Reader.parse(f"{agency}/governance") for agency in AGENCIES)
    return [read_report(database.reader_dsn, reader, question, NOW) for reader in readers]


def short(reports: Sequence[Report]) -> set[tuple[str, str, str]]:
    """Dimension, source and rule of all that falls short."""
    lines = (line for report in reports for line in report.card.short)
    return {(line.result.dimension, line.source, line.result.rule) for line in lines}


def failing(reports: Sequence[Report], rule: str) -> set[str]:
    """The ids that fail a rule which falls short."""
    return {one for report in reports for line in report.card.short if line.result.rule == rule for one in line.failing}
