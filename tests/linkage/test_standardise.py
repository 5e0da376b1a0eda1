"""Reports in one spelling, generic values left out."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage import contacts, names
from linkage.names import PersonName
from linkage.narrative import rare_words
from tests.linkage.builder import features


@pytest.mark.parametrize(
    ("full_name", "expected"),
    [
        ("Mrs Anne-Marie O'Neill", PersonName(("anne", "marie"), ("oneill",))),
        ("SMITH-JONES, John (Jnr)", PersonName(("john",), ("smith", "jones"), "jr")),
        ("Ludwig van der Berg", PersonName(("ludwig",), ("van", "der", "berg"))),
        ("Abdul al-Rahman", PersonName(("abdul",), ("al", "rahman"))),
        ("Winston Baptiste III", PersonName(("winston",), ("baptiste",), "iii")),
        ("Junior", PersonName(("junior",), ())),
        ("The Occupier", PersonName(("the",), ())),
        ("Occupier", PersonName()),
        ("Dương Xuân", PersonName(("duong",), ("xuan",))),
        ("মোহাম্মদ", PersonName((*names.tokens("মোহাম্মদ"),), ())),
        ("", PersonName()),
    ],
)
def test_names_become_tokens(full_name: str, expected: PersonName) -> None:
    assert names.parse(full_name, (), None) == expected


def test_names_that_the_source_parts_stay_parted() -> None:
    assert names.parse("ignored", ("Mary Jane",), "Watson") == PersonName(("mary", "jane"), ("watson",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 (0)7700 900123", "+447700900123"),
        ("0044 7700 900123", "+447700900123"),
        ("020 7946 0958", "+442079460958"),
        ("+1 212 736 5000", "+12127365000"),
        ("999", None),
        ("0300 123 4567", None),
        ("0800 1111", None),
        ("07777 777777", None),
        ("ask for Dave", None),
        ("", None),
    ],
)
def test_telephones_are_e164_or_nothing(text: str, expected: str | None) -> None:
    assert contacts.telephone(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1971-04-03", "1971-04-03"),
        ("1971-4-3", "1971-04-03"),
        ("1971-04", "1971-04"),
        ("1971", "1971"),
        ("03/04/1971", "1971-04-03"),
        ("1982-02-81", "1982-02-81"),
        ("1900-01-01", None),
        ("0001-01-01", None),
        ("unknown", None),
        (None, None),
    ],
)
def test_birth_dates_are_whole_partial_or_nothing(text: str | None, expected: str | None) -> None:
    assert contacts.birth_date(text) == expected


def test_other_contacts_have_one_spelling() -> None:
    assert contacts.emails(["Ayse+noise@Home.Test", "ayse@home.test", "info@council.test", "none"]) == (
        "ayse@home.test",
    )
    assert contacts.postcode(" e8-1ea ") == "E8 1EA"
    assert contacts.postcode("E8") is None
    assert contacts.uprn("000010008312345") == "10008312345"
    assert contacts.uprn("1234567890123") is None
    assert (
        contacts.address("Apt 3, 12 Mare St., London")
        == contacts.address("FLAT 3 12 MARE STREET E8")
        == "flat 3 12 mare street"
    )
    assert contacts.address("Mare Street") is None


@example("\N{MATHEMATICAL BOLD FRAKTUR CAPITAL A}")
@given(st.text(max_size=40))
def test_standardising_twice_is_standardising_once(text: str) -> None:
    assert names.fold(names.fold(text)) == names.fold(text)
    for once in (contacts.telephone(text), contacts.uprn(text), contacts.postcode(text), contacts.address(text)):
        if once is not None:
            again = {contacts.telephone(once), contacts.uprn(once), contacts.postcode(once), contacts.address(once)}
            assert once in again


def test_rare_words_leave_out_what_is_said_elsewhere() -> None:
    assert rare_words("Loud music and a trombone at 12 Mare Street, says Zeynep", ["12 Mare Street", "Zeynep"]) == (
        "trombone",
    )
    assert len(rare_words(" ".join(f"word{number}" for number in range(99)))) == 16


def test_mentions_bear_role_and_reference_and_the_home_where_it_is_suffered() -> None:
    report = features(
        "police:1",
        {
            "persons": [{"name": "Ann Cole", "reference": "N1"}, {"role": "WITNESS", "name": "Bo Li"}],
            "places": [{"role": "AFFECTED", "uprn": "0042"}],
        },
    )
    first, second = report.mentions
    assert (first.mention_id, first.role_group, first.uprn) == ("police:1#COMPLAINANT#N1", "victim", "42")
    assert (second.mention_id, second.role_group, second.uprn) == ("police:1#WITNESS#2", "witness", None)


def test_a_home_follows_no_one_of_two_victims() -> None:
    victims = [{"name": "Ann Cole"}, {"role": "VICTIM", "name": "Bo Li"}]
    report = features("a", {"persons": victims, "places": [{"role": "AFFECTED", "uprn": "42"}]})
    assert [mention.uprn for mention in report.mentions] == [None, None]


@pytest.mark.parametrize(
    ("kind", "home"),
    [("UNKNOWN", "42"), ("HOME", "42"), ("HOSTEL", None), ("BUILDING", None), ("LICENSED_PREMISES", None)],
)
def test_what_many_share_is_nobodys_home(kind: str, home: str | None) -> None:
    place = {"role": "AFFECTED", "uprn": "42", "type": kind, "address": "Lantern House, 3 Mare Street"}
    told = {"name": "Ann Cole", "address": "Lantern House, 3 Mare St"}
    [follows] = features("a", {"persons": [told], "places": [place]}).mentions
    [stated] = features("a", {"persons": [told | {"uprn": "42"}], "places": [place]}).mentions
    assert (follows.uprn, stated.uprn) == (home, home)
    assert (follows.address is None) == (home is None)


def test_a_room_of_ones_own_in_a_hostel_is_a_home() -> None:
    places = [{"role": "AFFECTED", "uprn": "43", "block": "42", "type": "HOME"}, {"uprn": "42", "type": "HOSTEL"}]
    [mention] = features("a", {"persons": [{"name": "Ann Cole"}], "places": places}).mentions
    assert mention.uprn == "43"


def test_mentions_with_one_reference_have_ids_of_their_own() -> None:
    persons = [{"name": "Ann Cole", "reference": "N1"}, {"name": "Bo Li", "reference": "N1"}]
    ids = {mention.mention_id for mention in features("a", {"persons": persons}).mentions}
    assert ids == {"a#COMPLAINANT#N1", "a#COMPLAINANT#N1~2"}


@pytest.mark.parametrize(
    ("given", "countable", "linkable"),
    [
        ({}, True, True),
        ({"crimed": "CR1"}, False, True),
        ({"unit": "SUMMARY"}, False, False),
        ({"unit": "UNKNOWN"}, False, False),
        ({"kind": "PUBLIC_STATISTICS"}, False, False),
        ({"area": "unplaced:police"}, True, False),
    ],
)
def test_what_counts_and_what_links(given: dict[str, str], countable: bool, linkable: bool) -> None:
    report = features("a", given)
    assert (report.countable, report.linkable) == (countable, linkable)
