"""Each agency's files have exactly its columns, and every row is one that its connector takes."""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from connectors.contract import Broken, Context, Draft, Source
from connectors.mapping.profile import load
from connectors.sources.noiseworks import NoiseWorks
from connectors.sources.police_uk import PoliceUk
from connectors.sources.table import Table
from schemas.vocabulary import Category, PersonRole
from simulation import housing, noise_tables, police
from tests.simulation.reading import Written, table

CONTEXT = Context(agency="x", collected=1_800_000_000_000_000, row_key=b"k" * 32)

NOISEWORKS = {
    "Case": "id,created,created_by_id,kind,kind_other,uprn,easting,northing,radius,location_cache,ward,where,estate,"
    "assigned_id",
    "Complaint": "id,case_id,created,created_by_id,complainant_id,happening_now,start,end,rooms,description,effect",
    "Action": "id,created,created_by_id,case_id,type,notes",
    "User": "id,first_name,last_name,is_staff,is_active,email,email_verified,phone,phone_verified,address,best_time,"
    "best_method",
    "Case_perpetrators": "case_id,user_id",
}
NOISEWORKS["HistoricalCase"] = NOISEWORKS["Case"] + ",history_id,history_date,history_type,history_user_id"
"""As the export of NoiseWorks lays them out."""

POLICE_UK = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def drafts(source: Source, paths: Iterable[Path]) -> list[Draft]:
    """What the source makes of the files; any row that it cannot take raises."""
    found = []
    for path in paths:
        source.recognise(path)
        for row in source.collect(path, CONTEXT):
            assert not isinstance(row, Broken)
            outcome = source.to_report(row, CONTEXT)
            if isinstance(outcome, Draft):
                found.append(outcome)
    return found


@pytest.mark.parametrize("name", sorted(NOISEWORKS))
def test_a_noiseworks_snapshot_has_exactly_the_columns_of_its_export(written: Written, name: str) -> None:
    for folder in (written.folder / "noiseworks").iterdir():
        assert ",".join(table(folder / f"{name}.csv")[0]) == NOISEWORKS[name]
    assert noise_tables.COLUMNS.keys() == NOISEWORKS.keys()


def test_the_log_and_the_contacts_have_the_same_columns_every_day(written: Written) -> None:
    for folder, columns in (("police-cad", police.COLUMNS), ("housing", housing.COLUMNS)):
        for path in (written.folder / folder).iterdir():
            assert tuple(table(path)[0]) == columns


def test_every_row_of_the_log_is_taken_and_every_code_known(written: Written) -> None:
    found = drafts(Table(load("police-cad")), sorted((written.folder / "police-cad").iterdir()))
    assert len(found) == len(written.cad())
    assert sum(draft.unknown_codes for draft in found) == 0
    assert len({draft.category for draft in found} - {Category.OTHER}) >= 14


def test_every_contact_is_taken_and_every_code_known(written: Written) -> None:
    found = drafts(Table(load("housing-contacts")), sorted((written.folder / "housing").iterdir()))
    assert len(found) == len(written.contacts())
    assert sum(draft.unknown_codes for draft in found) == 0


def test_every_complaint_is_taken_and_every_kind_known(written: Written) -> None:
    found = drafts(NoiseWorks(), _files(written, "noiseworks")[-1:])
    assert {draft.reference for draft in found} == {row["id"] for row in written.snapshots("Complaint")[-1]}
    assert sum(draft.unknown_codes for draft in found) == 0


def test_the_roles_of_the_truth_are_those_that_the_connectors_read(written: Written) -> None:
    found = {("police", d.reference): d for d in drafts(Table(load("police-cad")), _files(written, "police-cad"))}
    found |= {("housing", d.reference): d for d in drafts(Table(load("housing-contacts")), _files(written, "housing"))}
    found |= {
        ("council", d.reference): d for d in drafts(NoiseWorks(), [max((written.folder / "noiseworks").iterdir())])
    }
    read = Counter(
        (*key, str(p.role), p.reference or "")
        for key, d in found.items()
        for p in (d.detail.persons if d.detail else ())
    )
    withdrawn = written.tagged("withdrawn")
    true = Counter(
        (row["agency"], row["reference"], row["person_role"], row["person_reference"])
        for row in written.truth("persons")
        if (row["agency"], row["reference"]) not in withdrawn
    )
    assert read == true
    assert {role for _, _, role, _ in read} == {
        PersonRole.VICTIM,
        PersonRole.COMPLAINANT,
        PersonRole.WITNESS,
        PersonRole.REPORTER_ON_BEHALF,
        PersonRole.ALLEGED_PERPETRATOR,
    }


def test_public_statistics_have_a_row_for_each_incident_of_the_log_and_no_id(written: Written) -> None:
    [path] = (written.folder / "police-uk").iterdir()
    columns, rows = table(path)
    asb = [row for row in rows if row["Crime type"] == "Anti-social behaviour"]
    logged = {row["incident_no"] for row in written.cad()} - {ref for _, ref in written.tagged("crimed")}
    assert path.name == "2026-10-metropolitan-street.csv"
    assert ",".join(columns) == POLICE_UK
    assert 0.98 < len(asb) / len(logged) <= 1
    assert {row["Crime ID"] for row in asb} == {""}
    assert len(rows) > 2 * len(asb)
    assert len({tuple(row.values()) for row in asb}) < len(asb), "identical rows are distinct incidents"
    assert len(drafts(PoliceUk(), [path])) == len(asb)


def test_times_are_written_as_each_system_writes_them(written: Written) -> None:
    clock = r"[0-3]\d/[01]\d/20\d\d [0-2]\d:[0-5]\d"
    assert all(re.fullmatch(rf"{clock}:[0-5]\d", row["opened_at"]) for row in written.cad())
    for row in written.contacts():
        assert re.fullmatch(clock, f"{row['contact_date']} {row['contact_time']}")
        day, month, year = map(int, row["contact_date"].split("/"))
        assert date(year, month, day).weekday() < 5
        assert "09:00" <= row["contact_time"] <= "17:20"
    for row in written.snapshots("Complaint")[-1]:
        assert row["created"].endswith("+00:00")
        assert row["start"] <= row["end"]


def test_the_hour_that_the_clocks_repeat_is_in_the_log(written: Written) -> None:
    """25 October 2026, 01:00 to 02:00, comes twice; numbers rise though the clock goes back."""
    rows = written.rows("police-cad/cad_2026-10-25.csv")
    opened = [row for row in rows if row["incident_no"].endswith("25OCT26")]
    numbers = [int(row["incident_no"].split("/")[0]) for row in opened]
    assert numbers == sorted(numbers)
    assert any(row["opened_at"].startswith("25/10/2026 01:") for row in opened)


def test_files_are_plain_csv_in_utf_8_without_a_mark(written: Written) -> None:
    for path in written.folder.rglob("*.csv"):
        raw = path.read_bytes()
        assert not raw.startswith(b"\xef\xbb\xbf")
        widths = {len(row) for row in csv.reader(raw.decode("utf-8").splitlines(keepends=True))}
        assert len(widths) == 1, path.name


def _files(written: Written, folder: str) -> list[Path]:
    return sorted((written.folder / folder).iterdir())
