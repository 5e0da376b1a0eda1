"""The truth speaks of every report that the files hold, and of no other."""

from collections import Counter, defaultdict

import pytest

from simulation.borough import World
from simulation.story import STORIES
from simulation.write import Manifest
from tests.simulation.reading import Written


def test_every_report_of_the_files_has_one_incident_and_every_incident_is_in_the_files(written: Written) -> None:
    rows = written.truth("incidents")
    references = [(row["agency"], row["reference"]) for row in rows]
    assert len(references) == len(set(references))
    assert set(references) == written.references()


@pytest.mark.parametrize("name", ["persons", "places", "tags", "story"])
def test_the_truth_names_no_report_that_the_files_do_not_hold(written: Written, name: str) -> None:
    assert {(row["agency"], row["reference"]) for row in written.truth(name)} <= written.references()


def test_every_person_and_place_of_the_truth_is_of_the_town(written: Written, world: World) -> None:
    residents = {person.id for person in world.people}
    properties = {row["uprn"] for row in written.rows("geography/uprn.csv")}
    persons = {row["person_id"] for row in written.truth("persons")}
    assert {person for person in persons if person.startswith("P")} <= residents
    assert {person[0] for person in persons} == {"P", "O", "H"}, "residents, officials, hoaxers"
    assert {row["uprn"] for row in written.truth("places")} <= properties


def test_problems_hold_incidents_that_were_told_of(written: Written) -> None:
    told = {row["incident_id"] for row in written.truth("incidents")}
    problems = written.truth("problems")
    assert {row["incident_id"] for row in problems} <= told
    assert len({row["incident_id"] for row in problems}) == len(problems)


def test_numbers_that_an_agency_gives_a_person_stand_for_one_person(written: Written) -> None:
    persons = defaultdict(set)
    for row in written.truth("persons"):
        if row["person_reference"]:
            persons[row["agency"], row["person_reference"]].add(row["person_id"])
    assert {len(found) for found in persons.values()} == {1}
    assert len({reference for _, reference in persons}) == len(persons)


def test_one_resident_may_have_two_numbers_at_one_agency(written: Written) -> None:
    """A resident who signs up twice is a hard case on purpose."""
    numbers = defaultdict(set)
    for row in written.truth("persons"):
        if row["agency"] == "council" and row["person_role"] == "COMPLAINANT":
            numbers[row["person_id"]].add(row["person_reference"])
    assert Counter(len(found) for found in numbers.values())[2] > 0


def test_cases_count_incidents_and_not_reports(written: Written) -> None:
    incident_of = {(row["agency"], row["reference"]): row["incident_id"] for row in written.truth("incidents")}
    out = written.tagged("crimed") | written.tagged("withdrawn") | written.tagged("hoax")
    counted = defaultdict(set)
    for row in written.truth("persons"):
        key = (row["agency"], row["reference"])
        if row["person_role"] in ("VICTIM", "COMPLAINANT") and row["person_id"].startswith("P") and key not in out:
            counted[row["person_id"]].add(incident_of[key])
    expected = {person: len(incidents) for person, incidents in counted.items() if len(incidents) > 1}
    cases = [row for row in written.truth("cases") if row["kind"] == "repeat_victim"]
    assert {row["true_id"]: int(row["incidents"]) for row in cases} == expected


def test_a_repeat_place_is_a_place_of_its_reports(written: Written) -> None:
    places = {row["uprn"] for row in written.truth("places") if row["role"] in ("SOURCE", "OCCURRED")}
    cases = [row for row in written.truth("cases") if row["kind"] == "repeat_place"]
    assert len(cases) > 50
    assert {row["true_id"] for row in cases} <= places
    assert {row["role"] for row in cases} == {"SOURCE", "OCCURRED"}


def test_reports_of_one_incident_are_tagged_and_repeats_of_a_problem_too(written: Written) -> None:
    reports = Counter(row["incident_id"] for row in written.truth("incidents"))
    key_of = {(row["agency"], row["reference"]): row["incident_id"] for row in written.truth("incidents")}
    several = {key for key, incident in key_of.items() if reports[incident] > 1}
    assert written.tagged("near_duplicate") | written.tagged("storm") == several
    assert written.tagged("storm") == {key for key, incident in key_of.items() if reports[incident] == 23}
    assert len(written.tagged("repeat_not_duplicate")) > 400


def test_the_manifest_names_the_reports_of_every_story(written: Written, manifest: Manifest) -> None:
    told = {(row["story"], row["agency"], row["reference"]) for row in written.truth("story")}
    assert set(manifest.story) == set(STORIES)
    assert {(story, *key) for story, keys in manifest.story.items() for key in keys} == told


def test_the_manifest_says_what_was_written(written: Written, manifest: Manifest) -> None:
    on_disk = {path.relative_to(written.folder) for path in written.folder.rglob("*") if path.is_file()}
    assert set(manifest.files) == on_disk
    assert len(manifest.files) == len(on_disk)
    assert sum(manifest.reports.values()) == len(written.references())
    assert [path.name for path in manifest.under("police-cad")][:2] == ["cad_2026-10-01.csv", "cad_2026-10-02.csv"]
