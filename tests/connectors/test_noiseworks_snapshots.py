"""NoiseWorks exports one after the other: what is new is inserted, what differs revised, what is gone withdrawn."""

import os
from pathlib import Path

import pytest

from connectors.reading import read_path
from connectors.sources.noiseworks import NoiseWorks
from schemas.records import AgencyUpdate, Report
from schemas.vocabulary import Operation
from tests.connectors.fakes import AREA, NOW, MemoryOutlet, MemoryState, desk_for, keyring, ticking
from tests.connectors.noise_exports import ACTION, CASE, COMPLAINT, HISTORY, RESIDENT, STAFF, Rows, write

DAY = 86_400_000_000
Told = tuple[str, str, str | None]


class Nights:
    """Reads one export after another, a day apart, and tells what each published."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._state = MemoryState()
        self._count = 0

    def read(self, **tables: Rows) -> set[Told]:
        """(operation, id, case) of everything that the night's export published."""
        self._count += 1
        export = write(self._folder / f"night-{self._count}", **tables)
        evening = NOW / 1_000_000 + (self._count - 0.5) * 86_400
        for file in export.iterdir():
            os.utime(file, (evening, evening))
        return self.read_again(export)

    def read_again(self, path: Path) -> set[Told]:
        outlet = MemoryOutlet()
        clock = ticking(NOW + self._count * DAY)
        ring = keyring(AREA, "unplaced:noise")
        read_path(desk_for(NoiseWorks(), self._state, outlet, ring, agency="noise", clock=clock), path)
        return {_told(record) for record in (*outlet.reports, *outlet.updates)}


def _told(record: Report | AgencyUpdate) -> Told:
    name = record.report_id if isinstance(record, Report) else record.update_id
    return record.operation.value, name, record.case_reference


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    found = Nights(tmp_path)
    found.read()
    return found


def test_the_same_export_on_another_night_tells_nothing(nights: Nights) -> None:
    assert nights.read() == set()


def test_a_new_complaint_is_inserted_and_the_others_stay(nights: Nights) -> None:
    later = COMPLAINT | {"id": "101", "created": "2024-06-20T22:30:00+00:00"}
    assert nights.read(Complaint=[COMPLAINT, later]) == {(Operation.INSERT, "noise:101", "7")}


@pytest.mark.parametrize(
    "change",
    [
        {"Complaint": [COMPLAINT | {"effect": "Moved out"}]},
        {"User": [STAFF, RESIDENT | {"phone": "+447700900999"}]},
        {"Case_perpetrators": []},
    ],
    ids=["its text", "its complainant", "its suspects"],
)
def test_a_report_is_revised_when_anything_that_belongs_to_it_changes(nights: Nights, change: dict[str, Rows]) -> None:
    assert nights.read(**change) == {(Operation.REVISE, "noise:100", "7")}


def test_what_the_export_no_longer_holds_is_withdrawn(nights: Nights) -> None:
    assert nights.read(Complaint=[COMPLAINT], Action=[]) == {(Operation.WITHDRAW, "noise:action-500", None)}


def test_a_merge_gives_the_complaint_its_new_case_and_ends_the_old_one(nights: Nights) -> None:
    two = {"Case": [CASE, CASE | {"id": "8"}], "HistoricalCase": [HISTORY, HISTORY | {"id": "8"}]}
    other = COMPLAINT | {"id": "101", "case_id": "8"}
    nights.read(**two, Complaint=[COMPLAINT, other])
    merged = nights.read(**two, Complaint=[COMPLAINT | {"case_id": "8"}, other], Action=[ACTION | {"case_id": "8"}])
    assert merged == {
        (Operation.REVISE, "noise:100", "8"),
        (Operation.REVISE, "noise:action-500", "8"),
        (Operation.INSERT, "noise:merge-7", "7"),
    }
    parted = nights.read(**two, Complaint=[COMPLAINT, other | {"effect": "Moved out"}])
    assert {(Operation.WITHDRAW, "noise:merge-7", None), (Operation.REVISE, "noise:100", "7")} < parted


def test_an_older_export_that_is_read_late_changes_nothing_back(nights: Nights, tmp_path: Path) -> None:
    nights.read(Complaint=[COMPLAINT | {"effect": "Moved out"}])
    assert nights.read_again(tmp_path / "night-1") == set()
