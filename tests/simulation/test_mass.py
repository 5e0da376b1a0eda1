"""Very many reports: as many as asked for, the same in every run, each one that its connector takes."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import sources
from connectors.reading import read_path
from schemas.errors import Refused
from simulation.mass import MOST_REPORTS, Heap, Mass, area_code, pour
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for
from tests.simulation.reading import Written, digest, table

AREAS, REPORTS = 6, 5_000
SMALL = Mass(areas=AREAS, reports=REPORTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mass")


@pytest.fixture(scope="module")
def heaps(folder: Path) -> list[Heap]:
    return list(pour(SMALL, folder))


def logs(heap: Heap) -> list[Path]:
    return [path for path in heap.files if path.parent.name == "police-cad"]


def test_there_are_as_many_reports_and_areas_as_were_asked_for(heaps: list[Heap]) -> None:
    assert [heap.area for heap in heaps] == [area_code(number) for number in range(AREAS)]
    assert sum(heap.reports for heap in heaps) == REPORTS
    assert max(heap.reports for heap in heaps) - min(heap.reports for heap in heaps) <= 1
    rows = [row for heap in heaps for path in logs(heap) for row in table(path)[1]]
    assert len(rows) == len({row["incident_no"] for row in rows}) == REPORTS, "no two of the force's numbers are equal"


def test_every_row_is_one_that_its_connector_takes(heaps: list[Heap]) -> None:
    state, outlet = MemoryState(), MemoryOutlet()
    for path in logs(heaps[0]):
        desk = desk_for(sources.find("table", "police-cad"), state, outlet, agency="police", area=heaps[0].area)
        tally = read_path(desk, path).tally
        assert (tally.quarantined, tally.unknown_codes) == (0, 0), tally
    assert len(outlet.reports) == heaps[0].reports


def test_each_report_has_one_incident_and_one_caller_in_the_truth(folder: Path, heaps: list[Heap]) -> None:
    for heap in heaps:
        written = Written(folder / heap.area)
        logged = [row["incident_no"] for path in logs(heap) for row in table(path)[1]]
        assert [row["reference"] for row in written.truth("incidents")] == logged
        assert [row["reference"] for row in written.truth("persons")] == logged
        assert len({row["incident_id"] for row in written.truth("incidents")}) == heap.incidents < heap.reports


def test_victims_repeat_and_several_tell_of_one_occasion(folder: Path, heaps: list[Heap]) -> None:
    written = Written(folder / heaps[0].area)
    callers = [row["person_id"] for row in written.truth("persons")]
    assert len(callers) > 1.5 * len(set(callers))


def test_no_time_is_of_the_hour_that_clocks_leave_out(heaps: list[Heap]) -> None:
    text = "".join(path.read_text("utf-8") for heap in heaps for path in logs(heap))
    assert re.search(r"\d\d/\d\d/\d{4} 01:", text) is None


def test_equal_settings_write_equal_bytes_and_another_seed_others(
    tmp_path: Path, folder: Path, heaps: list[Heap]
) -> None:
    for name, seed in (("same", 7), ("other", 8)):
        list(pour(Mass(areas=AREAS, reports=REPORTS, seed=seed), tmp_path / name))
    assert digest(tmp_path / "same") == digest(folder)
    assert digest(tmp_path / "other") != digest(folder)


@given(areas=st.integers(1, 300), each=st.integers(50, MOST_REPORTS))
def test_reports_are_spread_evenly_and_none_is_lost(areas: int, each: int) -> None:
    mass = Mass(areas=areas, reports=min(areas * MOST_REPORTS, areas * each + areas // 2))
    shares = [mass.reports_of(number) for number in range(areas)]
    assert sum(shares) == mass.reports
    assert max(shares) - min(shares) <= 1


@settings(max_examples=10, deadline=None)
@given(reports=st.integers(50, 300), days=st.integers(1, 400), seed=st.integers(0, 99))
def test_any_number_of_reports_in_any_number_of_days_is_made_exactly(
    tmp_path_factory: pytest.TempPathFactory, reports: int, days: int, seed: int
) -> None:
    [heap] = pour(Mass(areas=1, reports=reports, days=days, seed=seed), tmp_path_factory.mktemp("any"))
    assert heap.reports == sum(len(table(path)[1]) for path in logs(heap)) == reports


@pytest.mark.parametrize(
    ("areas", "reports", "days"),
    [(0, 100, 365), (301, 30_100, 365), (2, 60, 365), (1, MOST_REPORTS + 1, 365), (1, 100, 0)],
)
def test_what_cannot_be_made_is_refused_with_a_remedy(areas: int, reports: int, days: int) -> None:
    with pytest.raises(Refused, match="give"):
        Mass(areas=areas, reports=reports, days=days)
