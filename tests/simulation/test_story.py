"""The fixed story is in every seed, and is what it says."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from simulation.borough import Settings, build
from simulation.story import PARTY_CALLS, PARTY_MINUTES
from simulation.write import write
from tests.simulation.reading import Row, Written

SEEDS = [
    Settings(),
    Settings(seed=1, days=7, homes=300, start=date(2026, 3, 26)),
    Settings(seed=2, days=14, homes=700, start=date(2025, 12, 29)),
    Settings(seed=3, days=9, homes=500, start=date(2026, 10, 20), snapshot_every=2),
    Settings(seed=12345, days=21, homes=400, town=9),
]


@pytest.fixture(scope="module", params=SEEDS, ids=lambda s: f"seed {s.seed}, {s.days} days, {s.homes} homes")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    manifest = write(build(request.param), tmp_path_factory.mktemp("story"))
    return Written(manifest.folder)


def of(written: Written, story: str) -> list[Row]:
    return [row for row in written.truth("story") if row["story"] == story]


def cad_row(written: Written, reference: str) -> Row:
    return next(row for row in written.cad() if row["incident_no"] == reference)


def test_one_woman_tells_all_three_agencies_of_one_problem_on_three_nights(told: Written) -> None:
    rows = of(told, "three_agencies")
    problem_of = {row["incident_id"]: row["problem_id"] for row in told.truth("problems")}
    assert sorted(row["agency"] for row in rows) == ["council", "housing", "police"]
    assert len({row["person_id"] for row in rows}) == 1
    assert len({row["incident_id"] for row in rows}) == 3
    assert len({problem_of[row["incident_id"]] for row in rows}) == 1


def test_each_agency_writes_her_name_in_its_own_way_and_her_number_right(told: Written) -> None:
    reference = {row["agency"]: row["reference"] for row in of(told, "three_agencies")}
    log = cad_row(told, reference["police"])
    contact = next(row for row in told.contacts() if row["contact_id"] == reference["housing"])
    complaint = next(row for row in told.snapshots("Complaint")[-1] if row["id"] == reference["council"])
    user = next(row for row in told.snapshots("User")[-1] if row["id"] == complaint["complainant_id"])
    assert log["caller_name"] == "GULSHEN KARADAG"
    assert (contact["first_name"], contact["last_name"]) == ("Gulsen", "Karadag")
    assert (user["first_name"], user["last_name"]) == ("Gülşen", "Karadağ")
    numbers = {log["caller_phone"], contact["phone"].replace(" ", ""), user["phone"].replace("+44", "0")}
    assert len(numbers) == 1


def test_a_party_is_one_incident_of_23_calls_in_18_minutes(told: Written) -> None:
    rows = of(told, "party")
    times = sorted(datetime.fromisoformat(row["at"]) for row in rows)
    assert len(rows) == len({row["person_id"] for row in rows}) == PARTY_CALLS
    assert times[-1] - times[0] == timedelta(minutes=PARTY_MINUTES)
    assert len({row["incident_id"] for row in rows}) == 1
    assert Counter(row["agency"] for row in rows) == {"police": 18, "council": 5}


def test_three_nights_at_one_flat_are_three_incidents_of_one_victim(told: Written) -> None:
    rows = of(told, "three_nights")
    references = {("police", row["reference"]) for row in rows}
    nights = sorted(datetime.fromisoformat(row["at"]).date() for row in rows)
    flats = {row["uprn"] for row in told.truth("places") if (row["agency"], row["reference"]) in references}
    assert [night - nights[0] for night in nights] == [timedelta(days=n) for n in range(3)]
    assert len({row["incident_id"] for row in rows}) == 3
    assert len({row["person_id"] for row in rows}) == 1
    assert len(flats) == 2, "the flat that it comes from and the one that suffers"


def test_domestic_abuse_is_told_to_two_agencies_and_marked_as_restricted(told: Written) -> None:
    reference = {row["agency"]: row["reference"] for row in of(told, "domestic_abuse")}
    contact = next(row for row in told.contacts() if row["contact_id"] == reference["housing"])
    assert cad_row(told, reference["police"])["restricted_flags"] == "DOMESTIC ABUSE"
    assert contact["housemark_category"] == "Domestic abuse"
    assert set(reference.items()) <= told.tagged("restricted")


def test_two_people_of_one_name_live_next_door_and_have_different_troubles(told: Written) -> None:
    rows = of(told, "same_named_neighbour")
    logged = [cad_row(told, row["reference"]) for row in rows]
    assert Counter(row["person_id"] for row in rows).most_common()[0][1] == 2
    assert len({row["person_id"] for row in rows}) == 2
    assert {row["caller_name"] for row in logged} == {"PATRICIA CAMPBELL"}
    assert len({row["caller_dob"] for row in logged}) == len({row["caller_phone"] for row in logged}) == 2
    assert len({row["caller_address"].split(",")[-2] for row in logged}) == 1, "in one building"


def test_a_mother_and_a_daughter_of_one_name_home_and_telephone_tell_different_agencies(told: Written) -> None:
    rows = of(told, "mother_and_daughter")
    assert Counter(row["agency"] for row in rows) == {"police": 1, "council": 2}
    assert len({row["person_id"] for row in rows}) == 2
    complaint = next(row["reference"] for row in rows if row["agency"] == "council")
    filed = next(row for row in told.snapshots("Complaint")[-1] if row["id"] == complaint)
    daughter = next(row for row in told.snapshots("User")[-1] if row["id"] == filed["complainant_id"])
    mother = cad_row(told, next(row["reference"] for row in rows if row["agency"] == "police"))
    assert f"{daughter['first_name']} {daughter['last_name']}".upper() == mother["caller_name"]
    assert daughter["phone"].replace("+44", "0") == mother["caller_phone"]


def test_the_woman_tells_the_police_alone_of_what_is_restricted(told: Written) -> None:
    [row] = of(told, "restricted_call")
    assert row["person_id"] == of(told, "three_agencies")[0]["person_id"]
    assert cad_row(told, row["reference"])["restricted_flags"] == "DOMESTIC ABUSE"


def test_damage_becomes_a_crime_in_a_later_row(told: Written) -> None:
    [row] = of(told, "crimed")
    first, *later = [entry for entry in told.cad() if entry["incident_no"] == row["reference"]]
    assert first["crimed_ref"] == first["closing_code"] == ""
    assert [entry["closing_code"] for entry in later] == ["Criminal Damage"]
    assert later[0]["crimed_ref"] != ""


def test_nothing_else_happens_to_the_people_of_the_story(told: Written, tmp_path: Path) -> None:
    playing = {row["person_id"] for row in told.truth("story") if row["story"] not in ("party",)}
    staged = {(row["agency"], row["reference"]) for row in told.truth("story")}
    others = {row["person_id"] for row in told.truth("persons") if (row["agency"], row["reference"]) not in staged}
    assert not playing & others
