"""What an index says of reports: clusters, ids, links, events, queries."""

from typing import Any

import pytest

from linkage import partition
from linkage.changes import Change, Judge, PlaceKey, Put, Resolution, Withdraw
from linkage.index import AreaIndex
from linkage.model import load_model
from schemas.vocabulary import Graph, Verdict
from tests.linkage.builder import AREA, features

SECRET = b"not very secret"
MODEL = load_model()

LEAH = {"name": "Leah Stern", "born": "1983-02-11", "telephones": ["07700 900111"], "uprn": "500", "postcode": "E8 1EA"}
SPOT = {"role": "OCCURRED", "point": [51.5401, -0.0550]}


@pytest.fixture
def index() -> AreaIndex:
    return AreaIndex(AREA, MODEL, SECRET)


def put(report_id: str, **given: Any) -> Put:
    return Put(features(report_id, given))


def leah(report_id: str, occurred: str, **given: Any) -> Put:
    return put(report_id, occurred=occurred, places=[{"uprn": "200", "block": "100"}], persons=[LEAH], **given)


def judge(
    verdict: Verdict, left: str, right: str, graph: Graph = Graph.PERSON, name: str = "j", revision: int = 1
) -> Judge:
    return Judge(name, graph, left, right, verdict, revision)


def test_one_victim_with_500_equal_reports_stays_one_person(index: AreaIndex) -> None:
    for minute in range(500):
        index.apply([put(f"r{minute:03}", occurred=minute * 1500, persons=[LEAH])])
    assert [len(person) for person in partition.persons(index)] == [500]
    assert len(partition.incidents(index)) == 500


def tanshaws(**times: int) -> list[Change]:
    """So many mentions of each first name at one home and telephone, each with an e-mail address of its own."""
    names = [name for name, count in times.items() for _ in range(count)]
    home = {key: LEAH[key] for key in ("born", "telephones", "uprn", "postcode")}
    return [
        put(f"r{number}", persons=[{**home, "name": f"{name} Tanshaw", "emails": [f"{number}@x.test"]}])
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("times", "sizes"),
    [
        ({"Bill": 15, "William": 2, "Bil": 1}, [18]),
        ({"William": 9, "Fatima": 9}, [9, 9]),
        ({"William": 9, "Fatima": 1}, [1, 9]),
        ({"William": 4, "F": 3, "Fatima": 1}, [4, 4]),
    ],
)
def test_one_misspelling_does_not_part_what_a_score_of_others_hold_together_and_a_household_stays_two(
    index: AreaIndex, times: dict[str, int], sizes: list[int]
) -> None:
    index.apply(tanshaws(**times))
    assert sorted(len(person) for person in partition.persons(index)) == sizes


def test_a_judgement_keeps_apart_what_ever_so_many_others_hold_together(index: AreaIndex) -> None:
    index.apply(tanshaws(William=9, Bill=9))
    index.apply([judge(Verdict.DIFFERENT, "r0#COMPLAINANT#1", "r9#COMPLAINANT#1")])
    assert index.person_of("r0#COMPLAINANT#1") != index.person_of("r9#COMPLAINANT#1")


def test_one_victim_with_200_nearly_equal_reports_stays_one_person_and_asks_for_attention(index: AreaIndex) -> None:
    attention = set()
    for number in range(200):
        spelt = {
            **LEAH,
            "name": f"Leah {'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]} Stern",
            "emails": [f"{number}@x.test"],
        }
        resolution = index.apply([put(f"r{number:03}", occurred=number * 1500, persons=[spelt])])
        attention.update(each.kind for each in resolution.attention)
    assert [len(person) for person in partition.persons(index)] == [200]
    assert attention == {"component_too_large"}


def test_23_calls_about_one_party_in_18_minutes_are_one_incident(index: AreaIndex) -> None:
    calls = [
        put(f"c{number:02}", reported=1300 + number * 18 // 22, category="ROWDY_BEHAVIOUR", places=[SPOT])
        for number in range(23)
    ]
    for call in calls:
        index.apply([call])
    assert [len(incident) for incident in partition.incidents(index)] == [23]


def test_three_nights_at_one_flat_are_three_incidents_of_one_person(index: AreaIndex) -> None:
    index.apply([leah("a", "Mon 23:00"), leah("b", "Tue 23:00"), leah("c", "Wed 23:00")])
    person = index.person_of("a#COMPLAINANT#1")
    assert person is not None
    nights = tuple(index.incident_of(report_id) for report_id in "abc")
    assert len(set(nights)) == 3
    assert index.incidents_of_victim(person) == nights
    assert index.incidents_of_place(PlaceKey("SOURCE", "block", "100")) == index.incidents_of_victim(person)
    assert index.incidents_of_place(PlaceKey("AFFECTED", "block", "100")) == ()


def test_a_link_gives_its_levels_and_they_add_up(index: AreaIndex) -> None:
    resolution = index.apply([leah("a", "Mon 23:00"), leah("b", "Mon 23:10", agency="council")])
    (link,) = resolution.links
    assert (link.graph, link.left, link.right, link.band) == (Graph.INCIDENT, "a", "b", "certain")
    assert sum(millibits for _, _, millibits in link.levels) == link.weight
    assert link.model_version == MODEL.version


def test_the_oldest_id_survives_a_merge_and_the_other_becomes_its_alias(index: AreaIndex) -> None:
    index.apply([put("a", occurred="Mon 23:00", places=[SPOT])])
    index.apply([put("b", agency="council", occurred="Mon 23:10", places=[{"uprn": "1"}])])
    moved = index.apply([put("b", revision=2, agency="council", occurred="Mon 23:10", places=[SPOT])])
    assert moved.aliases == ((f"{AREA}-I2", f"{AREA}-I1"),)
    assert moved.incident_of == {"b": f"{AREA}-I1"}
    assert [(move.kind, move.cluster_id, move.other_id) for move in moved.moves] == [
        ("merged", f"{AREA}-I1", f"{AREA}-I2")
    ]


def test_on_a_split_the_id_stays_with_the_oldest_report_and_no_number_returns(index: AreaIndex) -> None:
    late, early = (
        put(name, occurred="Mon 23:05", places=[SPOT], received=received)
        for name, received in (("a", 3000), ("b", 2000))
    )
    index.apply([late, early])
    assert index.reports_of_incident(f"{AREA}-I1") == ("a", "b")
    split = index.apply([judge(Verdict.DIFFERENT, "a", "b", Graph.INCIDENT)])
    assert split.incident_of == {"a": f"{AREA}-I2"}
    assert [(move.kind, move.cluster_id, move.other_id) for move in split.moves] == [
        ("split", f"{AREA}-I2", f"{AREA}-I1")
    ]
    merged = index.apply([judge(Verdict.WITHDRAWN, "a", "b", Graph.INCIDENT, revision=2)])
    assert merged.aliases == ((f"{AREA}-I2", f"{AREA}-I1"),)
    split_again = index.apply([judge(Verdict.DIFFERENT, "a", "b", Graph.INCIDENT, revision=3)])
    assert split_again.incident_of == {"a": f"{AREA}-I3"}


def test_withdrawing_the_bridge_splits_what_it_held_together(index: AreaIndex) -> None:
    by_phone = {"name": "Rosa Silva", "telephones": ["07700 900777"]}
    by_home = {"name": "Rosa Silva", "uprn": "900"}
    bridge = {**by_phone, **by_home}
    index.apply([put("a", persons=[by_phone]), put("b", persons=[bridge]), put("c", persons=[by_home])])
    assert [len(person) for person in partition.persons(index)] == [3]
    gone = index.apply([Withdraw("b", 2)])
    assert [len(person) for person in partition.persons(index)] == [1, 1]
    assert gone.person_of["b#COMPLAINANT#1"] is None
    assert gone.incident_of == {"b": None}
    assert {dropped[1:] for dropped in gone.dropped} == {
        ("a#COMPLAINANT#1", "b#COMPLAINANT#1"),
        ("b#COMPLAINANT#1", "c#COMPLAINANT#1"),
    }


def test_a_person_keeps_the_id_while_a_correction_changes_every_feature(index: AreaIndex) -> None:
    index.apply([put("a", persons=[{**LEAH, "reference": "p"}])])
    before = index.person_of("a#COMPLAINANT#p")
    corrected = {"name": "Lea Sterne", "emails": ["lea@home.test"], "reference": "p"}
    resolution = index.apply([put("a", revision=2, persons=[corrected])])
    assert index.person_of("a#COMPLAINANT#p") == before
    assert resolution.person_of == {}


@pytest.mark.parametrize(
    "changes",
    [
        [put("a", revision=5), Withdraw("a", 5)],
        [Withdraw("a", 5), put("a", revision=5)],
        [Withdraw("a", 5), put("a", revision=4)],
        [put("a", revision=4), Withdraw("a", 5), put("a", revision=3)],
    ],
)
def test_a_withdrawal_holds_against_equal_and_older_revisions(index: AreaIndex, changes: list[Change]) -> None:
    for change in changes:
        index.apply([change])
    assert index.reports() == ()
    index.apply([put("a", revision=6)])
    assert index.reports() == ("a",)


def test_a_repeated_or_older_revision_changes_nothing(index: AreaIndex) -> None:
    index.apply([leah("a", "Mon 23:00", revision=3), leah("b", "Mon 23:01")])
    assert index.apply([leah("a", "Mon 23:00", revision=3), leah("a", "Fri 10:00", revision=2)]) == Resolution()


def test_a_judgement_waits_for_its_mentions(index: AreaIndex) -> None:
    index.apply([judge(Verdict.SAME, "a#COMPLAINANT#1", "b#COMPLAINANT#1")])
    index.apply([put("a", persons=[{"name": "Ann Cole"}]), put("b", persons=[{"name": "Dev Shah"}])])
    assert [len(person) for person in partition.persons(index)] == [2]
    index.apply([judge(Verdict.WITHDRAWN, "a#COMPLAINANT#1", "b#COMPLAINANT#1", revision=2)])
    assert [len(person) for person in partition.persons(index)] == [1, 1]


def test_even_equal_mentions_can_be_judged_different(index: AreaIndex) -> None:
    index.apply([leah("a", "Mon 23:00"), leah("b", "Tue 23:00"), leah("c", "Wed 23:00")])
    index.apply([judge(Verdict.DIFFERENT, "a#COMPLAINANT#1", "c#COMPLAINANT#1")])
    assert index.person_of("a#COMPLAINANT#1") != index.person_of("c#COMPLAINANT#1")


def test_same_and_different_together_count_as_different_and_need_attention(index: AreaIndex) -> None:
    index.apply([leah("a", "Mon 23:00"), leah("b", "Tue 23:00")])
    pair = ("a#COMPLAINANT#1", "b#COMPLAINANT#1")
    resolution = index.apply([judge(Verdict.SAME, *pair), judge(Verdict.DIFFERENT, *pair, name="k")])
    assert index.person_of(pair[0]) != index.person_of(pair[1])
    assert [(each.kind, each.members) for each in resolution.attention] == [("judgements_conflict", pair)]


def test_a_judgement_never_joins_roles(index: AreaIndex) -> None:
    accused = {**LEAH, "role": "ALLEGED_PERPETRATOR"}
    pair = ("a#COMPLAINANT#1", "b#ALLEGED_PERPETRATOR#1")
    resolution = index.apply([put("a", persons=[LEAH]), put("b", persons=[accused]), judge(Verdict.SAME, *pair)])
    assert [each.kind for each in resolution.attention] == ["judgement_misplaced"]
    assert [len(person) for person in partition.persons(index)] == [1, 1]


def test_a_snapped_point_is_no_address(index: AreaIndex) -> None:
    index.apply([put("a", occurred="Mon 23:00", places=[{"uprn": "7", "lsoa": "E01", "method": "SNAPPED_POINT"}])])
    assert index.incidents_of_place(PlaceKey("SOURCE", "uprn", "7")) == ()
    assert index.incidents_of_place(PlaceKey("SOURCE", "lsoa", "E01@2021")) == (f"{AREA}-I1",)


@pytest.mark.parametrize(
    "given", [{"unit": "SUMMARY"}, {"kind": "PUBLIC_STATISTICS"}, {"area": "unplaced:police"}, {"area": "force:kent"}]
)
def test_what_may_not_be_linked_is_only_a_revision(index: AreaIndex, given: dict[str, str]) -> None:
    resolution = index.apply([put("a", revision=2, persons=[LEAH], **given)])
    assert resolution == Resolution()
    assert index.features("a") is None
    assert index.apply([put("a", revision=1, persons=[LEAH])]) == Resolution()


def test_touched_names_every_case_that_may_count_otherwise(index: AreaIndex) -> None:
    index.apply([leah("a", "Mon 23:00")])
    ann = {"name": "Ann Cole", "telephones": ["07700 900888"]}
    touched = index.apply([put("b", agency="council", occurred="Mon 23:10", places=[{"uprn": "200"}], persons=[ann])])
    assert touched.touched_incidents == (index.incident_of("a"),)
    assert set(touched.touched_persons) == {index.person_of("a#COMPLAINANT#1"), index.person_of("b#COMPLAINANT#1")}
    assert PlaceKey("SOURCE", "block", "100") in touched.touched_places


def test_ids_that_nobody_bears_hold_nothing(index: AreaIndex) -> None:
    index.apply([leah("a", "Mon 23:00")])
    assert index.reports_of_incident(f"{AREA}-I99") == ()
    assert index.mentions_of_person("nonsense") == ()
    assert index.incident_of("zzz") is None
