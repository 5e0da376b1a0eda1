"""data.police.uk in all its shapes: identity without ids, overlapping files, the API's answer, areas."""

import csv
import gzip
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.contract import Source
from connectors.reading import read_path
from connectors.sources.police_uk import COLUMNS, UNCERTAINTY_M, PoliceUk, force_code
from schemas.errors import Refused
from schemas.records import Moment, Span
from schemas.vocabulary import Kind, Operation, PlaceMethod, PlaceRole, Precision, Regime, Unit
from tests.connectors.conformance import Conformance
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for, keyring

ROW = {
    "Crime ID": "",
    "Month": "2018-10",
    "Reported by": "Cleveland Police",
    "Falls within": "Cleveland Police",
    "Longitude": "-1.393747",
    "Latitude": "54.483997",
    "Location": "On or near Stobarts Lane",
    "LSOA code": "E01027592",
    "LSOA name": "Hambleton 003B",
    "Crime type": "Anti-social behaviour",
    "Last outcome category": "",
    "Context": "",
}
OCTOBER = Span(
    earliest=Moment(at=1_538_348_400_000_000, offset_minutes=60),
    latest=Moment(at=1_541_030_399_999_999, offset_minutes=0),
    precision=Precision.MONTH,
)


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def crime(**changes: object) -> dict[str, object]:
    """One object of the API's answer that tells of the same incident as ROW."""
    return {
        "category": "anti-social-behaviour",
        "location_type": "Force",
        "location": {
            "latitude": "54.483997",
            "street": {"id": 954369, "name": "On or near Stobarts Lane"},
            "longitude": "-1.393747",
        },
        "context": "",
        "outcome_status": None,
        "persistent_id": "",
        "id": 35006227,
        "location_subtype": "",
        "month": "2018-10",
    } | changes


class TestPoliceUk(Conformance):
    source: ClassVar[Source] = PoliceUk()
    agency = None
    first_occurred = OCTOBER
    megabytes = 160  # counting identical rows takes about 100 bytes for each different row of one file

    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        def row(number: int) -> dict[str, str]:
            made = ROW | {"Longitude": f"-1.{number:06d}", "wing_span": "2 m"}
            if number == spoiled:
                made["Month"] = "October"
            if odd_code and number == 0:
                made["LSOA code"] = "X99"
            return made

        path = folder / "2018-10-cleveland-street.csv"
        columns = (*COLUMNS, "wing_span") if extra_column else COLUMNS
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(row(number) for number in range(rows))
        return path


class Reader:
    """Reads paths one after the other into one state."""

    def __init__(self) -> None:
        self.state, self.outlet, self.ring = MemoryState(), MemoryOutlet(), keyring()

    def read(self, path: Path, agency: str | None = None, area: str | None = None) -> dict[str, int]:
        desk = desk_for(PoliceUk(), self.state, self.outlet, self.ring, agency=agency, area=area)
        return read_path(desk, path).tally.numbers()


@pytest.fixture
def reader() -> Reader:
    return Reader()


def test_a_row_is_a_public_statistic_with_an_open_snapped_point(reader: Reader, tmp_path: Path) -> None:
    reader.read(write_csv(tmp_path / "a-street.csv", [ROW]))
    [report] = reader.outlet.reports
    assert report.report_id.startswith("cleveland:2018-10:")
    assert report.report_id.endswith(":1")
    assert (report.agency, report.controller, report.area) == ("cleveland", "cleveland", "force:cleveland")
    assert (report.kind, report.unit, report.regime) == (
        Kind.PUBLIC_STATISTICS,
        Unit.SINGLE_OCCASION,
        Regime.NOT_PERSONAL_DATA,
    )
    assert (report.occurred, report.reported, report.operation) == (OCTOBER, None, Operation.INSERT)
    assert (report.detail, report.monitoring) == (None, None)
    [place] = report.open_places
    assert (place.role, place.method) == (PlaceRole.OCCURRED, PlaceMethod.SNAPPED_POINT)
    assert (place.latitude, place.longitude, place.uncertainty_m) == (54.483997, -1.393747, UNCERTAINTY_M)
    assert place.address == "On or near Stobarts Lane"
    assert place.lsoa is not None
    assert (place.lsoa, report.lsoa) == (replace(place.lsoa, code="E01027592", vintage=0), place.lsoa)


def test_statistics_go_by_the_backfill_topic_keyed_by_their_force(reader: Reader, tmp_path: Path) -> None:
    reader.read(write_csv(tmp_path / "a-street.csv", [ROW]))
    assert [(one.topic, one.key) for one in reader.outlet.acknowledged] == [
        ("asb.backfill", "force:cleveland"),
        ("asb.batches", "unplaced:police-uk"),
    ]


def test_identical_rows_are_distinct_incidents_in_every_file_that_holds_them(reader: Reader, tmp_path: Path) -> None:
    other = ROW | {"Location": "On or near Marsh Wall"}
    small = write_csv(tmp_path / "small-street.csv", [ROW, other, ROW])
    large = write_csv(tmp_path / "large-street.csv", [other, ROW, ROW, ROW, other, ROW | {"Month": "2018-11"}])
    assert reader.read(small)["published"] == 3
    added = reader.read(large)
    assert (added["published"], added["unchanged"]) == (3, 3)
    assert len({one.report_id for one in reader.outlet.reports}) == 6


def test_a_census_that_gives_new_lsoa_codes_makes_no_new_incident(reader: Reader, tmp_path: Path) -> None:
    reader.read(write_csv(tmp_path / "a-street.csv", [ROW]))
    recoded = ROW | {"LSOA code": "E01033708", "LSOA name": "Hackney 033C"}
    assert reader.read(write_csv(tmp_path / "b-street.csv", [recoded]))["published"] == 0


def test_a_zip_with_nested_folders_a_gzip_and_a_folder_hold_the_same(reader: Reader, tmp_path: Path) -> None:
    months = {name: [ROW | {"Month": name}] * 2 for name in ("2018-10", "2018-11")}
    files = {name: write_csv(tmp_path / f"{name}-cleveland-street.csv", rows) for name, rows in months.items()}
    with zipfile.ZipFile(tmp_path / "site.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in files.items():
            archive.write(file, f"{name}/{name}-cleveland-street.csv")
            archive.writestr(f"{name}/{name}-cleveland-outcomes.csv", "Crime ID,Month\n")
    assert reader.read(tmp_path / "site.zip")["published"] == 4
    zipped = tmp_path / "2018-10-cleveland-street.csv.gz"
    zipped.write_bytes(gzip.compress(files["2018-10"].read_bytes()))
    assert reader.read(zipped)["unchanged"] == 2
    files["2018-10"].unlink()
    assert reader.read(tmp_path)["unchanged"] == 4


def test_other_crime_is_out_of_scope_and_counted(reader: Reader, tmp_path: Path) -> None:
    rows = [ROW, ROW | {"Crime type": "Burglary", "Month": "nonsense"}, ROW | {"Crime type": "Drugs"}]
    counts = reader.read(write_csv(tmp_path / "a-street.csv", rows))
    assert (counts["read"], counts["published"], counts["out_of_scope"]) == (3, 1, 2)


def test_a_row_without_location_is_kept_without_a_place(reader: Reader, tmp_path: Path) -> None:
    nowhere = ROW | {"Longitude": "", "Latitude": "", "Location": "No Location", "LSOA code": "", "LSOA name": ""}
    assert reader.read(write_csv(tmp_path / "a-street.csv", [nowhere, nowhere]))["published"] == 2
    assert [one.open_places for one in reader.outlet.reports] == [(), ()]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"Month": "2018-13"}, "Month"),
        ({"Longitude": "west"}, "Longitude"),
        ({"Latitude": ""}, "Latitude"),
        ({"Latitude": "-1.39", "Longitude": "54.48"}, "Latitude"),
        ({"Crime type": ""}, "Crime type"),
        ({"Reported by": ""}, "Reported by"),
        ({"Latitude": "nan"}, "Latitude"),
    ],
)
def test_a_row_that_breaks_a_rule_is_quarantined_by_the_name_of_its_field(
    reader: Reader, tmp_path: Path, changes: dict[str, str], field: str
) -> None:
    counts = reader.read(write_csv(tmp_path / "a-street.csv", [ROW, ROW | changes]))
    assert (counts["published"], counts["quarantined"]) == (1, 1)
    [row] = reader.outlet.quarantined
    assert (row.field, row.row, row.original) == (field, "a-street.csv:3", None)
    assert row.agency == ("police-uk" if field == "Reported by" else "cleveland")


def test_the_api_needs_an_agency(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps([crime()]))
    with pytest.raises(Refused, match="--agency"):
        reader.read(path)


def test_the_api_tells_of_the_same_incidents_as_the_file_and_yields_to_it(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps([crime(), crime(id=1), crime(category="burglary")]))
    counts = reader.read(path, agency="cleveland")
    assert (counts["published"], counts["out_of_scope"]) == (2, 1)
    file = write_csv(tmp_path / "a-street.csv", [ROW, ROW, ROW])
    assert reader.read(file)["published"] == 1
    path.write_text(json.dumps([crime(location_type="Force", id=7)]))
    with pytest.raises(Refused, match=r"2018-10 of cleveland is held from csv"):
        reader.read(path, agency="cleveland")
    path.write_text(json.dumps([crime(month="2018-11")]))
    assert reader.read(path, agency="cleveland")["published"] == 1


def test_transport_police_in_an_answer_are_their_own_force(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps([crime(location_type="BTP")]))
    reader.read(path, agency="cleveland")
    assert [one.agency for one in reader.outlet.reports] == ["btp"]


@pytest.mark.parametrize("text", ['[{"month": "2018-10", ', '{"error": 503}', "[1, 2]", '[{"id": 5}]'])
def test_json_of_another_kind_is_refused(reader: Reader, tmp_path: Path, text: str) -> None:
    path = tmp_path / "answer.json"
    path.write_text(text)
    with pytest.raises(Refused, match=r"expected .* found JSON"):
        reader.read(path, agency="cleveland")


def test_the_outcomes_file_of_the_same_site_is_refused(reader: Reader, tmp_path: Path) -> None:
    columns = [name for name in COLUMNS if name not in ("Crime type", "Last outcome category", "Context")]
    path = write_csv(tmp_path / "2018-10-cleveland-outcomes.csv", [], [*columns, "Outcome type"])
    with pytest.raises(Refused, match="without Crime type"):
        reader.read(path)


def test_a_zip_without_street_files_is_refused(reader: Reader, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(Refused, match="no file named"):
        reader.read(tmp_path / "site.zip")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Avon and Somerset Constabulary", "avon-and-somerset"),
        ("City of London Police", "city-of-london"),
        ("Devon & Cornwall Police", "devon-and-cornwall"),
        ("Dyfed-Powys Police", "dyfed-powys"),
        ("Metropolitan Police Service", "metropolitan"),
        ("Police Service of Northern Ireland", "northern-ireland"),
        ("British Transport Police", "btp"),
    ],
)
def test_forces_are_named_as_the_site_names_their_files(name: str, code: str) -> None:
    assert force_code(name) == code


@pytest.mark.long
def test_three_months_of_forty_forces_and_one_force_s_file_overlap(reader: Reader, shared_data: Path) -> None:
    folder = shared_data / "police_uk"
    whole = reader.read(folder / "asb_ew_2018-10_to_2018-12.csv.gz")
    assert (whole["read"], whole["published"], whole["quarantined"]) == (218_785, 218_785, 0)
    single = reader.read(folder / "2018-11-cleveland-street.csv.gz")
    assert (single["read"], single["published"], single["unchanged"]) == (8_529, 0, 2_439)
