"""Who is who: an alert goes to the open case's team, else to the place's, else to who is on duty; and never nowhere."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.directory import Directory, Matter, Route, Unroutable, Via, load_directory, route
from policy.office import Spot
from schemas.errors import Refused

DEMO = Path(str(files("policy") / "directories" / "demo.yaml"))
DAY, IN_AUGUST = date(2026, 6, 1), date(2026, 8, 14)
FLAT = Spot(uprn="100000000012", parent_uprn="100000000001", ward="E05009367")

OFFICE = """
agencies:
  - agency: housing
    duty: duty@housing.example
    escalation: head@housing.example
    estates: {east: ["11", "12"], west: ["21"]}
    teams:
      - {team: a, mailbox: a@housing.example, estates: [east], cover: [{team: b, from: 2026-08-01, to: 2026-08-31}]}
      - {team: b, mailbox: b@housing.example, estates: [west], cover: [{team: a, from: 2026-08-20, to: 2026-08-31}]}
      - {team: c, mailbox: c@housing.example, uprns: ["11", "211"], wards: [E05009367]}
      - {team: old, mailbox: old@housing.example, wards: [E05009369], valid_to: 2026-05-31}
      - {team: new, mailbox: new@housing.example, wards: [E05009369], valid_from: 2026-06-01}
"""


@pytest.fixture(scope="module")
def demo() -> Directory:
    return load_directory(DEMO)


@pytest.fixture(scope="module")
def office() -> Directory:
    return load_directory(OFFICE)


def sent(matter: Matter, directory: Directory, day: date = DAY) -> tuple[str | None, Via]:
    found = route(matter, directory, day)
    assert isinstance(found, Route)
    return found.team, found.via


def test_the_team_of_the_open_case_comes_before_the_team_of_the_place(demo: Directory) -> None:
    matter = Matter("housing", "Street Properties", (FLAT,))
    assert sent(matter, demo) == ("street-properties", Via.OPEN_CASE)
    assert sent(Matter("housing", None, (FLAT,)), demo) == ("example-estate-office", Via.PLACE)


def test_a_team_is_known_by_every_name_it_is_called_in_whatever_spelling(demo: Directory) -> None:
    for name in ("snt-north", "SNT North", "north snt", "Safer Neighbourhood Team (North)"):
        assert sent(Matter("police", name), demo) == ("snt-north", Via.OPEN_CASE)


def test_an_open_case_of_an_unknown_team_goes_by_the_place_and_says_so(demo: Directory) -> None:
    found = route(Matter("police", "Response Team C", (FLAT,)), demo, DAY)
    assert found == Route(
        "snt.north@police.example",
        Via.PLACE,
        "snt-north",
        escalation="neighbourhood.inspector@police.example",
        owner_is_unknown=True,
    )


def test_a_home_comes_before_its_building_a_building_before_its_estate_an_estate_before_the_ward(
    office: Directory,
) -> None:
    def team(**where: str) -> str | None:
        return sent(Matter("housing", None, (Spot(**where),)), office)[0]

    assert team(uprn="211", parent_uprn="21", ward="E05009367") == "c", "the home is c's own"
    assert team(uprn="212", parent_uprn="21", ward="E05009367") == "b"
    assert team(uprn="110", parent_uprn="11", ward="E05009367") == "c", "of the estate, this building is c's own"
    assert team(uprn="120", parent_uprn="12", ward="E05009367") == "a"
    assert team(uprn="12") == "a", "the building itself"
    assert team(uprn="999", parent_uprn="99", ward="E05009367") == "c"


def test_a_finer_place_of_the_matter_counts_before_a_wider_one(office: Directory) -> None:
    spots = (Spot(ward="E05009369"), Spot(uprn="212", parent_uprn="21"))
    assert sent(Matter("housing", None, spots), office) == ("b", Via.PLACE)


def test_who_covers_reads_while_the_cover_lasts(office: Directory) -> None:
    matter = Matter("housing", "a")
    for day, mailbox, covers_for in (
        (date(2026, 7, 31), "a@housing.example", None),
        (date(2026, 8, 1), "b@housing.example", "a"),
        (date(2026, 8, 19), "b@housing.example", "a"),
        (date(2026, 9, 1), "a@housing.example", None),
    ):
        found = route(matter, office, day)
        assert isinstance(found, Route)
        assert (found.mailbox, found.covers_for) == (mailbox, covers_for)


def test_where_teams_cover_for_each_other_whoever_is_on_duty_reads(office: Directory) -> None:
    assert sent(Matter("housing", "a"), office, date(2026, 8, 25)) == (None, Via.DUTY)


def test_a_team_counts_only_while_it_exists(office: Directory) -> None:
    matter = Matter("housing", None, (Spot(ward="E05009369"),))
    assert sent(matter, office, date(2026, 5, 31)) == ("old", Via.PLACE)
    assert sent(matter, office, date(2026, 6, 1)) == ("new", Via.PLACE)
    assert sent(Matter("housing", "old"), office) == (None, Via.DUTY)


def test_what_is_nobody_s_goes_to_who_is_on_duty(demo: Directory) -> None:
    found = route(Matter("council", None, (FLAT,)), demo, DAY)
    assert found == Route("noise.duty@council.example", Via.DUTY, escalation="community.safety@council.example")


def test_a_team_s_own_escalation_comes_before_the_agency_s_and_a_stand_in_answers_for_itself(demo: Directory) -> None:
    matter = Matter("housing", None, (FLAT,))
    here, covered = route(matter, demo, DAY), route(matter, demo, IN_AUGUST)
    assert isinstance(here, Route)
    assert isinstance(covered, Route)
    assert here.escalation == "estate.manager@housing.example"
    assert (covered.covers_for, covered.escalation) == ("example-estate-office", "head.of.housing@housing.example")


def test_what_cannot_be_routed_is_told_with_a_remedy(demo: Directory) -> None:
    assert route(Matter("fire", None, (FLAT,)), demo, DAY) == Unroutable(
        "fire", "fire is not in the directory (add it, at least with a duty mailbox)"
    )
    without = load_directory("agencies: [{agency: police}]")
    found = route(Matter("police", "North", (FLAT,)), without, DAY)
    assert isinstance(found, Unroutable)
    assert "give it a duty mailbox" in found.reason


CODES = st.sampled_from([None, "11", "12", "21", "211", "99"])
SPOTS = st.builds(Spot, CODES, CODES, st.sampled_from([None, "E05009367", "E05009369", "E05000001"]))
MATTERS = st.builds(
    Matter,
    st.sampled_from(["housing", "police", "council", "nobody"]),
    st.sampled_from([None, "a", "b", "old", "unknown"]),
    st.lists(SPOTS, max_size=3).map(tuple),
)


@given(MATTERS, st.dates(date(2026, 5, 1), date(2026, 9, 30)))
def test_with_a_duty_mailbox_nothing_is_dropped_and_nobody_reads_who_is_away(matter: Matter, day: date) -> None:
    directory = load_directory(OFFICE)
    found = route(matter, directory, day)
    assert isinstance(found, Route) is (matter.agency in directory.offices)
    if isinstance(found, Route) and found.team:
        (team,) = (one for one in directory.offices["housing"].teams if one.name == found.team)
        assert team.is_there(day)
        assert team.stand_in(day) is None
        assert found.mailbox == team.mailbox


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("agencies: [{agency: Big Council, duty: x@y.example}]", "agencies[0].agency: must be of small letters"),
        ("agencies: [{agency: a, duty: nobody}]", "agencies[0].duty: must be a mailbox such as"),
        ("agencies: [{agency: a}, {agency: a}]", "agencies[1].agency: a stands twice"),
        ("agencies: [{agency: a, dury: x@y.example}]", "agencies[0].dury: is not known (known are agency, duty"),
        ("agencies: [{agency: a, teams: [{team: t}]}]", "agencies[0].teams[0].mailbox: is missing"),
        ("agencies: [{agency: a, estates: {e: [12]}}]", "estates.e: must be a list of"),
        ('agencies: [{agency: a, estates: {e: ["1"], f: ["1"]}}]', "1 stands in e and in f"),
        (
            "agencies: [{agency: a, teams: [{team: t, mailbox: x@y.example, estates: [nowhere]}]}]",
            "teams[0].estates: nowhere is none of the agency's estates",
        ),
        (
            "agencies: [{agency: a, teams: [{team: t, mailbox: x@y.example, wards: [Hoxton]}]}]",
            "teams[0].wards: must be a list of codes of wards",
        ),
        (
            "agencies: [{agency: a, teams: [{team: t, mailbox: x@y.example, cover: [{team: t, from: 2026-01-01}]}]}]",
            "cover[0].from, to: must both be given",
        ),
        (
            "agencies: [{agency: a, teams: [{team: t, mailbox: x@y.example, "
            "valid_from: 2026-02-01, valid_to: 2026-01-01}]}]",
            "valid_to: must not be before valid_from",
        ),
        (
            "agencies: [{agency: a, teams: [{team: T 1, mailbox: x@y.example}, {team: t1, mailbox: z@y.example}]}]",
            "teams[1].team: t1 is called like T 1",
        ),
        (
            "agencies: [{agency: a, teams: [{team: t, mailbox: x@y.example, wards: [E05009367]}, "
            "{team: u, mailbox: z@y.example, wards: [E05009367]}]}]",
            "teams[1].wards: E05009367 also in the patch of t",
        ),
    ],
)
def test_a_mistake_is_told_by_field_rule_and_remedy(text: str, told: str) -> None:
    with pytest.raises(Refused) as refusal:
        load_directory(text)
    assert told in str(refusal.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(Refused, match="directory: 2 mistakes"):
        load_directory("agencies: [{agency: a, duty: nobody}, {agency: B}]")
