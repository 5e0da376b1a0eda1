"""Addresses held against a gazetteer: which property is meant, and when nobody can say."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.gazetteer.buildings import Entry, Gazetteer
from linkage.gazetteer.matching import Found, Matcher
from linkage.gazetteer.tokens import Tokens, tokens_of

HOMES = ("Flat 1", "Flat 2", "Flat 12", "Flat A", "Flat B", "Ground Floor Flat", "Annexe")
STREETS = ("Mare Street", "Marlow Road", "Juniper Gardens", "Upper Street", "St Johns Road", "Orchard Lane")


def entries() -> list[Entry]:
    """Streets of forty houses, the eighth of each parted into homes, and two blocks of one name."""
    found, number = [], 100
    for place, street in enumerate(STREETS):
        for door in range(1, 41):
            number += 1
            house, code = str(number), f"E{place + 1} {door // 10 + 1}AB"
            found.append(Entry(house, f"{door} {street}, London", code))
            if door == 8:
                found += [
                    Entry(f"{house}{n}", f"{home}, {door} {street}, London", code, house)
                    for n, home in enumerate(HOMES)
                ]
    for block, code in (("5001", "E8 9AA"), ("5002", "E8 9BB")):
        name = f"Quorn House{' 2' if block == '5002' else ''}, Orchard Lane, London"
        found.append(Entry(block, name, code))
        found += [Entry(f"{block}{flat:02}", f"Flat {flat}, {name}", code, block) for flat in range(1, 31)]
    return found


ENTRIES = entries()
MATCHER = Matcher(Gazetteer(ENTRIES))
BY_ADDRESS = {entry.address: entry.uprn for entry in ENTRIES}


def match(address: str, postcode: str | None = None) -> Found:
    return MATCHER.match(address, postcode)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12 Mare Street, London E1 2AB", "12 Mare Street, London"),
        ("12 MARE ST", "12 Mare Street, London"),
        ("12, Maer Street", "12 Mare Street, London"),
        ("12 Marestreet, Hackney, Greater London", "12 Mare Street, London"),
        ("Flat 12, 8 Mare Street", "Flat 12, 8 Mare Street, London"),
        ("12, 8 Mare Street", "Flat 12, 8 Mare Street, London"),
        ("Flat A 8 Mare Street", "Flat A, 8 Mare Street, London"),
        ("Gnd Floor Flat, 8 Juniper Gdns", "Ground Floor Flat, 8 Juniper Gardens, London"),
        ("The Annexe, 8 Juniper Gardens", "Annexe, 8 Juniper Gardens, London"),
        ("3 Upper Street", "3 Upper Street, London"),
        ("3 St. John's Road", "3 St Johns Road, London"),
        ("Flat 7, Quorn House, Orchard Lane, E8 9AA", "Flat 7, Quorn House, Orchard Lane, London"),
        ("7, Quorn House 2, E8 9BB", "Flat 7, Quorn House 2, Orchard Lane, London"),
    ],
)
def test_what_is_written_otherwise_is_found(written: str, meant: str) -> None:
    found = match(written)
    assert found.uprn == BY_ADDRESS[meant], found


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("8 Mare Street, London E1 1AB", "no dwelling is named, so the building"),
        ("8a Mare Street, London E1 1AB", "no dwelling is named, so the building"),
        ("Flat 99, 8 Mare Street, London E1 1AB", "no such dwelling is known, so the building"),
    ],
)
def test_without_a_dwelling_that_there_is_the_building_is_meant(written: str, reason: str) -> None:
    found = match(written)
    assert (found.uprn, reason in found.reason) == (BY_ADDRESS["8 Mare Street, London"], True)


@pytest.mark.parametrize(
    ("written", "postcode", "reason"),
    [
        ("Mare Street", None, "too little agrees"),
        ("99 Letsby Avenue", None, "no building"),
        ("99 Letsby Avenue", "E1 1AB", "another number"),
        ("Flat A, 99 Mare Street", "E1 1AB", "another number"),
        ("14 Orchard Walk, Mare Street", None, "another name or street"),
        ("Flat 7, Quorn House 3", None, "neither the building nor the dwelling"),
        ("", None, "no building"),
    ],
)
def test_what_nobody_could_say_is_left_open_with_the_reason(written: str, postcode: str | None, reason: str) -> None:
    found = match(written, postcode)
    assert found.uprn is None
    assert reason in found.reason


def test_a_postcode_tells_two_blocks_of_one_name_apart() -> None:
    assert match("Flat 7, Quorn House", "E8 9AA").uprn == BY_ADDRESS["Flat 7, Quorn House, Orchard Lane, London"]


def test_a_flat_s_number_is_not_a_house_s() -> None:
    """A name was left out: house 12 of that street is another home."""
    assert match("Flat 12, Mare Street", "E1 4AB").uprn is None


def test_a_building_that_has_no_entry_is_its_dwellings_parent() -> None:
    flats = [Entry(f"9{flat}", f"Flat {flat}, 5 Vine Walk", "E8 1AA", "900") for flat in (1, 2)]
    assert Matcher(Gazetteer([*ENTRIES, *flats])).match("5 Vine Walk E8 1AA").uprn == "900"


def test_units_that_are_stated_apart_need_no_word_for_them() -> None:
    flats = [Entry(f"9{unit}", f"{unit}, 5 Vine Walk", "E8 1AA", None, unit) for unit in ("1", "2", "2A")]
    matcher = Matcher(Gazetteer([*ENTRIES, *flats]))
    assert [matcher.match(f"Flat {unit}, 5 Vine Walk").uprn for unit in ("1", "2", "2a")] == ["91", "92", "92A"]


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_gazetteer_has_no_say(chance: random.Random) -> None:
    shuffled: Sequence[Entry] = chance.sample(ENTRIES, len(ENTRIES))
    written = [entry.address for entry in chance.sample(ENTRIES, 20)]
    anew = Matcher(Gazetteer(shuffled))
    assert [anew.match(each) for each in written] == [MATCHER.match(each) for each in written]


@pytest.mark.parametrize("entry", ENTRIES[::7], ids=lambda entry: entry.address)
def test_an_address_as_the_gazetteer_has_it_is_its_own(entry: Entry) -> None:
    assert match(entry.address, entry.postcode).uprn == entry.uprn


@given(st.text(max_size=120))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(tokens_of(text), Tokens)
    match(text)
