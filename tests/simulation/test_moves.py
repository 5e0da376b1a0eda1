"""Two households exchange their homes; nobody is in two places, and nobody is lost."""

from collections import Counter
from itertools import pairwise

import pytest

from simulation.borough import Settings, World, build
from simulation.diary import Diary
from simulation.happenings import Telling
from simulation.moves import Moves
from simulation.people import Person

SETTINGS = Settings(homes=600, days=300)

Lived = tuple[int, Telling, Telling]


@pytest.fixture(scope="module")
def world() -> World:
    return build(SETTINGS)


@pytest.fixture(scope="module")
def lived(world: World) -> list[Lived]:
    """Of each day the tellings of everybody about themselves, as they were on the first day and as they are now."""
    moves = Moves(world.settings, world.town, world.people, world.problems, world.sites.reserved)
    diary = Diary(world.settings, world.sites, world.problems)
    found = []
    for number in range(world.settings.days):
        moves.advance(number)
        for incident in diary.incidents(number):
            for person in incident.affected[:1]:
                telling = Telling(incident.began, "police", incident, "victim", person)
                found.append((number, telling, moves.as_of_now(telling)))
    return found


def test_who_lives_in_a_home_now_tells_of_what_comes_to_it(lived: list[Lived]) -> None:
    changed = 0
    for _, was, now in lived:
        assert isinstance(was.teller, Person)
        assert isinstance(now.teller, Person)
        if was.incident.kind.setting == "home":
            assert now.teller.id == was.teller.id
            assert now.incident.place == now.teller.home
        else:
            assert now.teller.home == was.teller.home
        changed += now.teller is not was.teller
        assert bool({"moved_house", "passing_through"} & set(now.tags)) == (now.teller is not was.teller)
    assert changed > 10


def test_a_person_has_one_home_at_a_time_and_moves_once(lived: list[Lived]) -> None:
    homes: dict[str, list[str]] = {}
    for _, _, now in lived:
        assert isinstance(now.teller, Person)
        homes.setdefault(now.teller.id, []).append(now.teller.home.uprn)
    for visited in homes.values():
        changes = sum(before != after for before, after in pairwise(visited))
        assert changes <= 1
        assert len(set(visited)) == changes + 1


def test_who_moved_is_known_at_the_home_before(lived: list[Lived]) -> None:
    for _, _, now in lived:
        if "moved_house" in now.tags and isinstance(now.teller, Person):
            assert now.teller.previous is not None
            assert now.teller.previous != now.teller.home


def test_many_people_pass_through_a_room_of_the_hostel(lived: list[Lived]) -> None:
    guests: dict[str, set[str]] = {}
    for _, _, now in lived:
        if isinstance(now.teller, Person) and now.teller.home.kind == "room":
            guests.setdefault(now.teller.home.uprn, set()).add(now.teller.id)
    assert len(guests) > 5
    assert max(len(found) for found in guests.values()) > 2


def test_nobody_of_the_story_moves(world: World) -> None:
    homes = {person.id: person.home for person in world.cast.values()}
    told = [telling for day in world.days() for telling in day if telling.incident.story]
    staged = [t.teller for t in told if isinstance(t.teller, Person) and t.teller.id in homes]
    assert Counter(person.id for person in staged)
    assert all(person.home == homes[person.id] for person in staged)
