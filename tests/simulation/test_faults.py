"""Rows that nobody can read are planted where they are listed, and nothing else is quarantined for them."""

from pathlib import Path

import pytest

from connectors import sources
from connectors.reading import read_path
from simulation.borough import Settings, build
from simulation.write import write
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for
from tests.simulation.reading import Written, table

PLANTED = 9
READERS = {"police-cad": "police-cad", "housing": "housing-contacts"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("faults")
    write(build(Settings(homes=600, days=14, faults=PLANTED)), folder)
    return Written(folder)


def test_each_fault_stands_in_the_row_that_the_list_names(written: Written) -> None:
    faults = written.truth("faults")
    assert len(faults) == PLANTED
    for fault in faults:
        row = table(written.folder / fault["file"])[1][int(fault["row"]) - 2]
        assert row[fault["column"]] in ("", "31/02/2026 25:61:00", "5346OO", "2026/13/45", "FLAT 3")


def test_what_is_quarantined_is_what_was_planted(written: Written) -> None:
    faulty: dict[str, int] = {}
    for folder, profile in READERS.items():
        state, outlet = MemoryState(), MemoryOutlet()
        for path in sorted((written.folder / folder).iterdir()):
            desk = desk_for(sources.find("table", profile), state, outlet, agency="x", area="E09000012")
            if quarantined := read_path(desk, path).tally.quarantined:
                faulty[path.relative_to(written.folder).as_posix()] = quarantined
    listed = [fault["file"] for fault in written.truth("faults")]
    assert faulty == {file: listed.count(file) for file in set(listed)}


def test_no_faults_are_planted_unless_asked_for(tmp_path: Path) -> None:
    write(build(Settings(homes=300, days=7)), tmp_path)
    assert Written(tmp_path).truth("faults") == []
