"""The people of the fixed story (lists/cast.csv): the same in every seed, in other homes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast as typed

from simulation import lists
from simulation.dice import Dice
from simulation.names import Community, Sex
from simulation.people import Household, Likeness, Person, resident
from simulation.places import Town
from simulation.settings import Settings

Cast = Mapping[str, Person]
"""The story's people by their part."""


def cast(settings: Settings, town: Town, households: Sequence[Household]) -> tuple[list[Household], Cast]:
    """The households with the story's people in place of those who lived there, and who plays which part.

    All live in flats of the housing association's blocks; those of one pair are next-door neighbours, or of one home.
    `telephone_of` names whose telephone somebody shares.
    """
    moved, played = list(households), dict[str, Person]()
    pairs = _pairs(settings, town)
    for row in lists.rows("cast"):
        place = pairs[int(row["pair"])] + int(row["side"])
        company = [person for person in played.values() if person.home == town.homes[place]]
        person = _person(row, place, len(company), town)
        if row["telephone_of"]:
            person = replace(person, mobile=played[row["telephone_of"]].mobile, email="")
        played[row["role"]] = person
        moved[place] = (*company, person)
    return moved, played


def _pairs(settings: Settings, town: Town) -> list[int]:
    """Places of flats that have a neighbour on the same landing, in an order of the seed's."""
    blocks = {place.uprn for place in town.of_kind("block") if place.landlord == "housing"}
    flats = [place for place, home in enumerate(town.homes) if home.parent in blocks]
    by_block = {town.homes[place].parent: place for place in reversed(flats)}
    landings = [p for p in flats if (p - by_block[town.homes[p].parent]) % 2 == 0 and p + 1 in set(flats)]
    return Dice(settings.luck, "cast").some(landings, len(landings))


def _person(row: Mapping[str, str], place: int, order: int, town: Town) -> Person:
    return resident(
        place,
        order,
        town.homes[place],
        names=(row["given"], "", row["family"]),
        sex=typed(Sex, row["sex"]),
        born=date.fromisoformat(row["born"]),
        community=typed(Community, row["community"]),
        likeness=typed(Likeness, row["likeness"]),
        part=row["role"],
    )
