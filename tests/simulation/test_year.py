"""A year of the borough that `wardlink simulate` writes by default: as skewed, as hard and as whole as it says."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from simulation.borough import Settings, build
from simulation.feeds import ALL
from simulation.happenings import Telling
from simulation.judging import Bench
from simulation.planted import ONE_PROBLEM, UNRELATED
from simulation.write import Manifest, write
from tests.simulation.reading import Written

YEAR = Settings(homes=9000, days=365, activity=0.33, feeds=ALL, faults=12)

HARD_CASES = [
    "anonymous",
    "hoax",
    "official",
    "witness",
    "third_party",
    "restricted",
    "crimed",
    "late",
    "corrected",
    "withdrawn",
    "merged",
    "diary",
    "told_twice",
    "near_duplicate",
    "repeat_not_duplicate",
    "told_to_several_agencies",
    "storm",
    "rave",
    "hotspot",
    "near_repeat",
    "one_problem_three_agencies",
    "three_unrelated_problems",
    "quoted_reference",
    "quoted_case",
    "quoted_earlier",
    "twin",
    "senior_junior",
    "same_named_neighbour",
    "moved",
    "moved_house",
    "passing_through",
    "hostel",
    "flat",
    "nickname",
    "respelt",
    "misspelt",
    "name_swapped",
    "initial",
    "birth_missing",
    "birth_slip",
    "placeholder",
    "phone_missing",
    "phone_old",
    "phone_slip",
    "address_missing",
    "building_only",
    "unit_missing",
    "street_slip",
]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return write(build(YEAR), tmp_path_factory.mktemp("year"))


@pytest.fixture(scope="module")
def files(year: Manifest) -> Written:
    return Written(year.folder)


def test_every_hard_case_occurs_in_a_year(year: Manifest) -> None:
    assert [tag for tag in HARD_CASES if year.tags[tag] < 3] == []
    assert {tag for tag in year.tags if not tag.startswith("story_")} <= set(HARD_CASES)


def test_a_year_is_as_busy_as_a_london_borough(year: Manifest) -> None:
    """25,000 to 35,000 events (reference figures of police, noise line and landlords together)."""
    assert 22_000 <= sum(year.reports.values()) <= 35_000
    assert set(year.reports) == {"police", "council", "housing", "haven", "weir", "foundry"}


def test_callers_are_skewed_as_published(files: Written) -> None:
    """A quarter six times or more, one in seven more than ten times; of callers who gave a name."""
    calls = Counter(
        row["person_id"]
        for row in files.truth("persons")
        if row["person_id"].startswith("P") and row["person_role"] != "ALLEGED_PERPETRATOR"
    )
    assert 0.23 <= sum(count >= 6 for count in calls.values()) / len(calls) <= 0.27
    assert 0.12 <= sum(count > 10 for count in calls.values()) / len(calls) <= 0.17


def test_most_repeat_victims_suffer_from_several_kinds_of_behaviour(files: Written) -> None:
    """78 % of two or more, 60 % of three or more (Victims' Commissioner, 2024)."""
    problem_of = {row["incident_id"]: row["problem_id"] for row in files.truth("problems")}
    incident_of = {(row["agency"], row["reference"]): row["incident_id"] for row in files.truth("incidents")}
    suffered = defaultdict(set)
    for row in files.truth("persons"):
        incident = incident_of.get((row["agency"], row["reference"]))
        if incident and row["person_role"] in ("VICTIM", "COMPLAINANT"):
            suffered[row["person_id"]].add(incident)
    repeats = [incidents for incidents in suffered.values() if len(incidents) >= 3]
    several = [incidents for incidents in repeats if len({problem_of.get(each, each) for each in incidents}) > 1]
    assert 0.6 <= len(several) / len(repeats) <= 0.98


def test_a_place_becomes_a_hotspot_while_the_year_goes_by(files: Written) -> None:
    hotspots = {row["problem_id"]: int(row["first_day"]) for row in files.truth("causes") if row["hotspot"]}
    assert len(hotspots) > 4
    problem_of = {row["incident_id"]: row["problem_id"] for row in files.truth("problems")}
    days = defaultdict(list)
    for incident, problem in problem_of.items():
        if problem in hotspots:
            days[problem].append(int(incident[1:5]) - hotspots[problem])
    whole = [after for problem, after in days.items() if hotspots[problem] < 365 - 60]
    early = sum(day < 28 for after in whole for day in after)
    late = sum(28 <= day < 56 for after in whole for day in after)
    assert late > 1.5 * early > 0


def test_one_problem_told_to_three_agencies_is_one_and_three_unrelated_ones_are_three(files: Written) -> None:
    incident_of = {(row["agency"], row["reference"]): row["incident_id"] for row in files.truth("incidents")}
    problem_of = {row["incident_id"]: row["problem_id"] for row in files.truth("problems")}
    person_of = {
        (row["agency"], row["reference"]): row["person_id"]
        for row in files.truth("persons")
        if row["person_role"] != "ALLEGED_PERPETRATOR"
    }
    for tag, problems in ((ONE_PROBLEM, 1), (UNRELATED, 3)):
        by_person = defaultdict(set)
        for key in files.tagged(tag):
            by_person[person_of[key]].add((key[0], incident_of[key], problem_of[incident_of[key]]))
        assert len(by_person) >= 5
        for told in by_person.values():
            assert {agency for agency, _, _ in told} == {"police", "housing", "council"}
            assert len({incident for _, incident, _ in told}) == 3
            assert len({problem for _, _, problem in told}) == problems


def test_nothing_else_happens_to_the_people_of_the_planted_cases(files: Written) -> None:
    planted = files.tagged(ONE_PROBLEM) | files.tagged(UNRELATED)
    rows = [row for row in files.truth("persons") if row["person_role"] != "ALLEGED_PERPETRATOR"]
    people = {row["person_id"] for row in rows if (row["agency"], row["reference"]) in planted}
    others = {row["person_id"] for row in rows if (row["agency"], row["reference"]) not in planted}
    assert not people & others


def test_one_nights_storm_is_one_incident_of_dozens_of_reports(files: Written) -> None:
    incident_of = {(row["agency"], row["reference"]): row["incident_id"] for row in files.truth("incidents")}
    rave = files.tagged("rave")
    assert len(rave) == 48
    assert len({incident_of[key] for key in rave}) == 1
    assert rave <= files.tagged("storm")


def test_who_moves_house_keeps_their_name_and_brings_no_trouble_along(files: Written) -> None:
    """After a move a person tells from another home; the problem stays where it was, with whoever lives there now."""
    homes = defaultdict(set)
    place_of = {
        (row["agency"], row["reference"]): row["uprn"] for row in files.truth("places") if row["role"] == "AFFECTED"
    }
    moved = files.tagged("moved_house")
    for row in files.truth("persons"):
        key = (row["agency"], row["reference"])
        if key in place_of and row["person_role"] in ("VICTIM", "COMPLAINANT"):
            homes[row["person_id"]].add((place_of[key], key in moved))
    both = [places for places in homes.values() if {after for _, after in places} == {True, False}]
    assert len(both) > 5
    for places in both:
        before, after = ({home for home, later in places if later is when} for when in (False, True))
        assert len(before) == len(after) == 1
        assert before != after


def test_every_alert_of_the_truth_is_true_and_names_planted_problems(files: Written) -> None:
    bench = Bench(files.folder / "truth")
    told = [bench.problems_told(subject.reports) for subject in bench.subjects]
    verdict = bench.judge(subject.reports for subject in bench.subjects)
    assert verdict.share_true > 0.99
    assert (verdict.share_alerted, verdict.problems) == (1.0, len(bench.problems()))
    assert len(frozenset().union(*told)) >= 300


def test_reports_that_have_nothing_to_do_with_each_other_make_no_true_alert(files: Written) -> None:
    bench = Bench(files.folder / "truth")
    keys = sorted((row["agency"], row["reference"]) for row in files.truth("incidents"))
    apart = [keys[start :: len(keys) // 5][:5] for start in range(0, 2000, 10)]
    assert bench.judge(apart).share_true < 0.02


def test_nobody_is_told_before_the_files_could_show_it(files: Written) -> None:
    first, last = YEAR.start + timedelta(days=1), YEAR.day(YEAR.days)
    days = [date.fromisoformat(row["first_day"]) for row in files.truth("alerts")]
    assert first < min(days) <= max(days) <= last
    assert {row["agency"] for row in files.truth("arrivals") if not row["collected"]} == set()


def test_every_summary_and_report_of_the_truth_arrives_in_one_feed(files: Written) -> None:
    reports = [(row["agency"], row["reference"]) for row in files.truth("arrivals")]
    told = {(row["agency"], row["reference"]) for name in ("incidents", "summaries") for row in files.truth(name)}
    assert len(reports) == len(set(reports))
    assert set(reports) == told
    for name in ("persons", "places", "tags", "story"):
        assert {(row["agency"], row["reference"]) for row in files.truth(name)} <= told


def test_a_telling_comes_by_its_agencys_usual_feed_unless_something_else_is_said() -> None:
    told: list[Telling] = next(iter(build(Settings(homes=300, days=7)).days()))
    assert {telling.through for telling in told} <= {"police-cad", "housing", "noiseworks"}
