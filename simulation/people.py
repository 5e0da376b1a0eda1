"""The town's people, as they really are."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from simulation.names import Community, Sex
from simulation.places import Place, Town
from simulation.spelling import plain

ADULT = 18
"""Years from which a person reports to agencies in their own name."""

Likeness = Literal["", "twin", "senior_junior", "same_named_neighbour"]
"""Why records may take a person for another."""


@dataclass(frozen=True, slots=True)
class Person:
    """One resident, as they really are. `previous` is where they lived until lately, if an agency may still say so."""

    id: str
    given: str
    middle: str
    family: str
    sex: Sex
    born: date
    community: Community
    home: Place
    previous: Place | None
    mobile: str
    old_mobile: str
    email: str
    vulnerability: str
    likeness: Likeness
    part: str = ""
    """Part in the fixed story, if any."""

    @property
    def title(self) -> str:
        """How a letter would address them."""
        return "Ms" if self.sex == "female" else "Mr"


Household = tuple[Person, ...]

_HOSTS = ("mail.example", "post.example", "inbox.example", "web.example")


class People:
    """Everybody, by household in the order of the town's homes; those born by the end of `born_until` are adults.

    `guests` are those who pass through a home later, by its property number, in their order.
    """

    __slots__ = ("_adults", "_inside", "_place_of", "_uprns", "guests", "households")

    def __init__(
        self, town: Town, households: Sequence[Household], born_until: int, guests: Mapping[str, Household]
    ) -> None:
        self.households = tuple(households)
        self.guests = guests
        self._uprns = [home.uprn for home in town.homes]
        self._place_of = {uprn: place for place, uprn in enumerate(self._uprns)}
        self._inside: dict[str, list[int]] = {}
        for place, home in enumerate(town.homes):
            self._inside.setdefault(home.parent, []).append(place)
        self._adults = tuple(tuple(p for p in household if p.born.year <= born_until) for household in households)

    def adults_at(self, home: Place) -> Sequence[Person]:
        """Who may speak for a household; empty for what is no home."""
        place = self._place_of.get(home.uprn)
        return () if place is None else self._adults[place]

    def inside(self, building: Place) -> list[Person]:
        """Adults of the homes in a building."""
        return [adult for home in self._inside.get(building.uprn, ()) for adult in self._adults[home]]

    def near(self, place: Place, reach: int) -> list[Person]:
        """Adults of the homes next to a place, nearest first, not of that place itself."""
        middle = self._place_of.get(place.uprn, bisect_left(self._uprns, place.uprn))
        around = [middle + step for near in range(1, reach + 1) for step in (-near, near)]
        return [adult for other in around if 0 <= other < len(self._adults) for adult in self._adults[other]]

    def __iter__(self) -> Iterator[Person]:
        for household in (*self.households, *self.guests.values()):
            yield from household


def resident(
    place: int,
    order: int,
    home: Place,
    *,
    names: tuple[str, str, str],
    sex: Sex,
    born: date,
    community: Community,
    vulnerability: str = "",
    likeness: Likeness = "",
    part: str = "",
) -> Person:
    """A person with a number, telephones and an address for e-mail of their own.

    `place` is the home's in the town's order and `order` the person's in the home; `names` are given, middle, family.
    """
    given, middle, family = names
    number = place * 16 + order
    return Person(
        id=f"P{number:07d}",
        given=given,
        middle=middle,
        family=family,
        sex=sex,
        born=born,
        community=community,
        home=home,
        previous=None,
        mobile=mobile(2 * number),
        old_mobile=mobile(2 * number + 1),
        email=f"{_mailbox(given)}.{_mailbox(family)}{number % 89 + 10}@{_HOSTS[number % len(_HOSTS)]}",
        vulnerability=vulnerability,
        likeness=likeness,
        part=part,
    )


def mobile(number: int) -> str:
    """A telephone number for each number, in 072, of which the regulator's plan has given out nothing."""
    return f"072{number * 47_441_293 % 100_000_000:08d}"


def _mailbox(name: str) -> str:
    return "".join(letter for letter in plain(name).lower() if letter.isalpha())
