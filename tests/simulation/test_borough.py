"""The borough is as large, as skewed and as untidy as real ones are said to be."""

from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import pairwise

import pytest

from simulation.borough import Settings, World, build
from simulation.dice import Dice
from simulation.people import Person
from simulation.recording import Desk, Record, record
from simulation.spelling import plain
from simulation.write import Manifest
from tests.simulation.reading import Written


def test_a_month_of_3000_homes_brings_about_two_thousand_reports(manifest: Manifest) -> None:
    assert 1500 <= sum(manifest.reports.values()) <= 2500
    assert manifest.reports["police"] > manifest.reports["council"] > manifest.reports["housing"] > 150
    assert manifest.incidents < sum(manifest.reports.values()) * 0.8


def calls_by_person(world: World) -> list[int]:
    tellers = (telling.teller for day in world.days() for telling in day if not telling.incident.story)
    return list(Counter(teller.id for teller in tellers if isinstance(teller, Person)).values())


def share(counts: list[int], at_least: int) -> float:
    return sum(count >= at_least for count in counts) / len(counts)


def test_in_a_year_about_a_quarter_of_callers_ring_six_times_or_more() -> None:
    """Published: a quarter six times or more, one in seven more than ten times."""
    counts = calls_by_person(build(Settings(homes=800, days=365)))
    assert 0.18 <= share(counts, 6) <= 0.32
    assert 0.08 <= share(counts, 11) <= 0.20


def test_in_a_month_about_a_quarter_of_callers_ring_again(world: World) -> None:
    counts = calls_by_person(world)
    assert 0.22 <= share(counts, 2) <= 0.38
    assert 0.10 <= share(counts, 3) <= 0.24


def disagreement(world: World, one: Desk, other: Desk, of: Callable[[Record], str]) -> float:
    people = [person for person in world.people if not person.part]
    pairs = [(record(p, one, Dice("one", p.id)), record(p, other, Dice("other", p.id))) for p in people]
    return sum(plain(of(a)).casefold() != plain(of(b)).casefold() for a, b in pairs) / len(pairs)


@pytest.mark.parametrize(("one", "other"), [("police", "housing"), ("police", "council"), ("housing", "council")])
def test_two_agencies_disagree_on_names_less_often_than_the_study_found(world: World, one: Desk, other: Desk) -> None:
    """18 % of surnames and 12 % of forenames in the ALSPAC cohort are the upper end."""
    assert 0.05 <= disagreement(world, one, other, lambda written: written.family) <= 0.18
    assert 0.05 <= disagreement(world, one, other, lambda written: written.given.split()[0]) <= 0.15


def test_the_hard_cases_are_all_there(written: Written) -> None:
    tags = Counter(row["tag"] for row in written.truth("tags"))
    wanted = (
        "near_duplicate",
        "repeat_not_duplicate",
        "told_to_several_agencies",
        "storm",
        "hoax",
        "anonymous",
        "official",
        "witness",
        "third_party",
        "restricted",
        "crimed",
        "corrected",
        "withdrawn",
        "merged",
        "late",
        "twin",
        "senior_junior",
        "same_named_neighbour",
        "moved",
        "hostel",
        "flat",
        "nickname",
        "respelt",
        "misspelt",
        "name_swapped",
        "initial",
        "birth_slip",
        "placeholder",
        "phone_old",
        "quoted_reference",
        "quoted_case",
        "quoted_earlier",
        "building_only",
    )
    assert [tag for tag in wanted if not tags[tag]] == []


def test_a_quoted_reference_stands_in_the_words_of_another_agency(written: Written) -> None:
    text = {("housing", row["contact_id"]): row["notes"] for row in written.contacts()}
    text |= {("council", row["id"]): row["description"] for s in written.snapshots("Complaint") for row in s}
    quoting = [text[key] for key in written.tagged("quoted_reference") if key in text]
    assert len(quoting) > 20
    assert sum("CAD " in words for words in quoting) > len(quoting) / 2


def test_accounts_of_one_incident_share_telling_words_that_others_lack(written: Written) -> None:
    words = {("police", row["incident_no"]): set(row["narrative"].upper().split()) for row in written.cad()}
    told = defaultdict(list)
    for row in written.truth("incidents"):
        if (row["agency"], row["reference"]) in words:
            told[row["incident_id"]].append(words[row["agency"], row["reference"]])
    same = [len(a & b) / len(a | b) for accounts in told.values() for a, b in pairwise(accounts)]
    firsts = [accounts[0] for accounts in told.values()]
    different = [len(a & b) / len(a | b) for a, b in pairwise(firsts)]
    assert len(same) > 100
    assert sum(same) / len(same) > 3 * sum(different) / len(different)


def test_narratives_hold_personal_data_at_times(written: Written) -> None:
    numbers = [row for row in written.cad() if row["caller_phone"] and row["caller_phone"] in row["narrative"]]
    assert len(numbers) > 20


def test_telephone_numbers_are_of_ranges_in_which_nobody_has_one(world: World) -> None:
    people = [person for person in world.people if not person.part]  # a mother and a daughter of the story share one
    numbers = [number for person in people for number in (person.mobile, person.old_mobile)]
    assert len(set(numbers)) == len(numbers)
    assert {number[:3] for number in numbers} == {"072"}


def test_anonymous_callers_leave_nothing(written: Written) -> None:
    callers = [row for row in written.cad() if row["caller_role"] == "Anonymous"]
    assert len(callers) > 20
    for row in callers:
        assert not any(row[column] for column in row if column.startswith("caller_") and column != "caller_role")


def test_later_snapshots_insert_revise_and_rarely_drop(written: Written) -> None:
    complaints = [{row["id"]: row for row in snapshot} for snapshot in written.snapshots("Complaint")]
    dropped = [old.keys() - new.keys() for old, new in pairwise(complaints)]
    revised = [{key for key in old.keys() & new.keys() if old[key] != new[key]} for old, new in pairwise(complaints)]
    assert len(complaints) == 5, "every seventh day and the last"
    assert all(new.keys() - old.keys() for old, new in pairwise(complaints))
    assert all(revised)
    assert {("council", key) for keys in dropped for key in keys} == written.tagged("withdrawn")
    assert 0 < sum(map(len, dropped)) < len(complaints[-1]) / 20


def test_a_merged_case_stays_without_complaints(written: Written) -> None:
    complaints = written.snapshots("Complaint")[-1]
    cases = {row["id"] for row in written.snapshots("Case")[-1]}
    held = {row["case_id"] for row in complaints}
    history = Counter(row["id"] for row in written.snapshots("HistoricalCase")[-1])
    merged = cases - held
    assert held <= cases
    assert len(merged) > 5
    assert all(history[case] > 1 for case in merged)


def test_further_contacts_about_one_source_belong_to_the_open_case(written: Written) -> None:
    sources = defaultdict(set)
    for row in written.contacts():
        if row["complaint_about_uprn"]:
            sources[row["case_ref"]].add((row["complaint_about_uprn"], row["housemark_category"]))
    contacts = Counter(row["case_ref"] for row in written.contacts())
    assert {len(found) for found in sources.values()} == {1}
    assert max(contacts.values()) > 3
    assert any(row["case_status"] == "Closed" and row["case_closed_date"] for row in written.contacts())


def test_an_open_incident_comes_again_when_it_is_closed(written: Written) -> None:
    rows = defaultdict(list)
    for row in written.cad():
        rows[row["incident_no"]].append(row)
    again = {reference: found for reference, found in rows.items() if len(found) > 1}
    assert {("police", reference) for reference in again} == {
        k for k in written.tagged("corrected") if k[0] == "police"
    }
    for first, *later in again.values():
        assert first["closing_code"] == ""
        assert [row["closing_code"] != "" for row in later] == [True]
        assert {column for column in first if first[column] != later[0][column]} <= {
            "closed_at",
            "closing_code",
            "crimed_ref",
        }


def test_every_home_has_somebody_and_every_resident_a_number_of_their_own(world: World) -> None:
    residents = list(world.people)
    assert all(world.people.households)
    assert len(world.town.homes) == len(world.people.households) == 3000
    assert len({person.id for person in residents}) == len(residents)
    assert {person.community for person in residents} == {
        "english",
        "turkish",
        "caribbean",
        "nigerian",
        "jewish",
        "bengali",
        "polish",
        "vietnamese",
    }
