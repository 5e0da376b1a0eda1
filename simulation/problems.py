"""Lasting problems: one source, those who suffer from it, for weeks.

A quarter of those who call the police about antisocial behaviour call six times a year or more, and one in seven more
than ten times (HM Inspectorate of Constabulary with MORI, as reported in 2012). Here that comes of problems that last
long and skewed, and of what else befalls those who have one or lately had: three in five victims told the Victims'
Commissioner in 2024 of three kinds of behaviour or more (simulation.diary).
"""

from collections.abc import Iterator, Sequence

from simulation.dice import Dice, Wheel
from simulation.happenings import Problem
from simulation.kinds import Kind, Setting, kinds
from simulation.people import People, Person
from simulation.places import SHELLS, Place, PlaceKind, Town
from simulation.scenes import scenes, traits
from simulation.settings import Settings

_STARTS = 0.0008
"""Problems that start each day for every home."""

_LONGEST = 110
"""Days that a problem lasts at most."""

_HOTSPOTS = 1 / 100_000
"""Hotspots that begin to emerge each day for every home: about one in a month for 3,000 homes."""

_HOTSPOT_DAYS = (56, 110)
_AROUND_A_HOTSPOT = 24

_NEXT_DOOR = 4

_REACH = 6
"""Homes to each side in which a problem's victims live."""

_OUT_OF_DOORS: tuple[Setting, ...] = ("block", "square", "street", "shop")

_SETTINGS: dict[Setting, tuple[PlaceKind, ...]] = {
    "block": ("block", "building", "hostel"),
    "square": ("square",),
    "pub": ("pub",),
    "club": ("club",),
    "site": ("site",),
    "shop": ("shop",),
    "street": ("house", "building", "shop"),
}


class Sites:
    """Where each kind of behaviour may come from; homes that the story needs are left alone."""

    def __init__(self, town: Town, people: People, reserved: frozenset[str]) -> None:
        self.people = people
        self._homes = [home for home in town.homes if people.adults_at(home) and home.uprn not in reserved]
        self._by_setting = {setting: town.of_kind(*among) for setting, among in _SETTINGS.items()}
        self._buildings = {shell.uprn: shell for shell in town.of_kind(*SHELLS)}
        self._close: dict[tuple[Setting, str], list[Place]] = {}
        self.reserved = reserved

    def building_of(self, home: Place) -> Place:
        """The building that a flat is in; KeyError for a house."""
        return self._buildings[home.parent]

    def pick(self, kind: Kind, dice: Dice) -> Place:
        """A place for one problem or occasion of this kind."""
        return dice.one(self._by_setting.get(kind.setting, self._homes))

    def close_to(self, kind: Kind, place: Place, dice: Dice) -> Place:
        """Another place, or the same, for such behaviour in the same small area (240 m across)."""
        among = self._by_setting.get(kind.setting, ())
        found = self._close.setdefault((kind.setting, place.lsoa), [each for each in among if each.lsoa == place.lsoa])
        return dice.one(found) if found else place

    def beside(self, kind: Kind, person: Person, dice: Dice) -> Place:
        """A place near a person from which such behaviour may come: next door, their building, a street close by."""
        if kind.setting == "home":
            return person.home
        if kind.setting == "neighbour":
            return dice.one(self.people.near(person.home, _NEXT_DOOR) or [person]).home
        return self.close_to(kind, person.home, dice)

    def around(self, kind: Kind, place: Place, reach: int) -> list[Person]:
        """Adults who may suffer from what comes from there, the nearest first."""
        if kind.setting == "home":
            return [*self.people.adults_at(place)]
        found = self.people.inside(place) if kind.setting == "block" else self.people.near(place, reach)
        return [person for person in found if person.home.uprn not in self.reserved]

    def suspect(self, kind: Kind, place: Place, dice: Dice) -> Person | None:
        """Who is behind it, where it comes from somebody's home."""
        adults = self.people.adults_at(place) if kind.setting == "neighbour" else ()
        return dice.one(adults) if adults else None


def plan(settings: Settings, sites: Sites) -> tuple[Problem, ...]:
    """All problems that are alive on some of the days, also those that began before; then the hotspots that emerge."""
    return (*_problems(settings, sites), *_hotspots(settings, sites))


def _hotspots(settings: Settings, sites: Sites) -> Iterator[Problem]:
    """Places out of doors and common parts that become a hotspot while the days go by."""
    wheel = Wheel([(kind, kind.as_problem) for kind in kinds().values() if kind.setting in _OUT_OF_DOORS])
    for day in range(settings.days):
        dice = Dice(settings.luck, "hotspots", day)
        for number in range(dice.arrivals(_HOTSPOTS * settings.homes * settings.activity)):
            problem = _hotspot(f"HS{day:04d}{number:02d}", dice.spin(wheel), day, sites, dice)
            if problem:
                yield problem


def _hotspot(identity: str, kind: Kind, day: int, sites: Sites, dice: Dice) -> Problem | None:
    place = sites.pick(kind, dice)
    near = _one_each(sites.around(kind, place, _AROUND_A_HOTSPOT))
    always = traits(scenes()[kind.scenes], dice)
    last = day + dice.between(*_HOTSPOT_DAYS)
    weekly = 4.0 + dice.below(4)
    return Problem(identity, kind, place, tuple(near), None, day, last, weekly, always, grows=True) if near else None


def _problems(settings: Settings, sites: Sites) -> Iterator[Problem]:
    wheel = Wheel([(kind, kind.as_problem) for kind in kinds().values()])
    starts = _STARTS * settings.homes * settings.activity
    for day in range(-_LONGEST, settings.days):
        dice = Dice(settings.luck, "problems", day)
        for number in range(dice.arrivals(starts)):
            problem = _problem(f"PR{day + _LONGEST:04d}{number:03d}", dice.spin(wheel), day, sites, dice)
            if problem and problem.last_day >= 0:
                yield problem


def _problem(identity: str, kind: Kind, day: int, sites: Sites, dice: Dice) -> Problem | None:
    """A problem, unless nobody lives near enough to suffer from it."""
    place = sites.pick(kind, dice)
    near = _one_each(sites.around(kind, place, _REACH))
    last_day = day + dice.skewed(7, _LONGEST)
    victims = tuple(dice.some(near, 1 + dice.skewed(0, 3)))
    if not victims:
        return None
    return Problem(
        id=identity,
        kind=kind,
        place=place,
        victims=victims,
        suspect=sites.suspect(kind, place, dice),
        first_day=day,
        last_day=last_day,
        weekly=1.0 + 0.1 * dice.skewed(0, 40),
        traits=traits(scenes()[kind.scenes], dice),
    )


def _one_each(people: Sequence[Person]) -> list[Person]:
    """One adult of each home: mostly one speaks for all."""
    by_home: dict[str, Person] = {}
    for person in people:
        by_home.setdefault(person.home.uprn, person)
    return list(by_home.values())
