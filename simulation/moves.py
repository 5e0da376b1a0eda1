"""Who moves house within the town while the days go by: two households exchange their homes.

What happens is drawn for the town as it was on the first day. Whoever lives in a home on the day suffers what comes to
that home, and does what comes from it; what is aimed at a person goes with them. About one household in twenty moves
within the borough in a year. Nobody moves who is behind a lasting problem at the time, and nobody of the story. A room
of the hostel has another guest every five weeks or so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from simulation.dice import Dice
from simulation.happenings import Incident, Problem, Telling
from simulation.people import People, Person
from simulation.places import Town
from simulation.settings import Settings

_YEARLY = 0.05
_STAY = 35
"""Days that a guest of the hostel stays, on average."""

_MOVED, _PASSING = "moved_house", "passing_through"


class Moves:
    """The homes that were exchanged so far; the days are gone through in order."""

    def __init__(
        self, settings: Settings, town: Town, people: People, problems: Sequence[Problem], reserved: frozenset[str]
    ) -> None:
        self._settings = settings
        self._town = town
        self._people = people
        self._reserved = reserved
        self._behind = _troubled(problems)
        self._now: dict[str, Person] = {}
        self._instead: dict[str, Person] = {}
        self._guests = {uprn: list(found) for uprn, found in people.guests.items()}
        rooms = (home for home in town.homes if home.uprn in self._guests)
        self._first_guest = {home.uprn: people.adults_at(home)[0].id for home in rooms}

    def advance(self, number: int) -> None:
        """Lets those move who move on a day."""
        dice = Dice(self._settings.luck, "moving", number)
        for _ in range(dice.arrivals(self._settings.homes * _YEARLY / 2 / 365)):
            one, other = dice.below(len(self._town.homes)), dice.below(len(self._town.homes))
            if one != other and self._may_move(one, number) and self._may_move(other, number):
                self._exchange(one, other)
        for place, rooms in self._guests.items():
            if rooms and Dice(self._settings.luck, "leaving", place, number).chance(1 / _STAY):
                self._instead[self._first_guest[place]] = rooms.pop(0)

    def as_of_now(self, telling: Telling) -> Telling:
        """The same account, by whoever lives there now."""
        incident, teller = self._happening(telling.incident), telling.teller
        if not isinstance(teller, Person):
            return replace(telling, incident=incident)
        now = self._person(teller, telling.incident)
        if now is teller:
            return replace(telling, incident=incident)
        tag = _PASSING if now.home.uprn in self._guests else _MOVED
        return replace(telling, incident=incident, teller=now, tags=(*telling.tags, tag))

    def _happening(self, incident: Incident) -> Incident:
        suspect = self._instead.get(incident.suspect.id, incident.suspect) if incident.suspect else None
        place, aimed_at = incident.place, next(iter(incident.affected), None)
        if incident.kind.setting == "home" and aimed_at is not None:
            place = self._now.get(aimed_at.id, aimed_at).home
        if suspect is incident.suspect and place is incident.place:
            return incident
        return replace(incident, suspect=suspect, place=place)

    def _person(self, person: Person, incident: Incident) -> Person:
        if incident.kind.setting == "home":
            return self._now.get(person.id, person)
        return self._instead.get(person.id, person)

    def _may_move(self, place: int, number: int) -> bool:
        home, household = self._town.homes[place], self._people.households[place]
        first, last = self._behind.get(home.uprn, (0, -1))
        is_free = home.uprn not in self._reserved and home.kind != "room" and household[0].id not in self._now
        return is_free and bool(self._people.adults_at(home)) and not first <= number <= last

    def _exchange(self, one: int, other: int) -> None:
        for place, goes_to in ((one, other), (other, one)):
            home, new = self._town.homes[place], self._town.homes[goes_to]
            gone = (replace(person, home=new, previous=home) for person in self._people.households[place])
            self._now |= {person.id: person for person in gone}
        for place, comes_from in ((one, other), (other, one)):
            leaving = self._people.households[place]
            coming = self._people.adults_at(self._town.homes[comes_from])
            for order, person in enumerate(leaving):
                self._instead[person.id] = self._now[coming[order % len(coming)].id]


def _troubled(problems: Sequence[Problem]) -> Mapping[str, tuple[int, int]]:
    """The homes from which a lasting problem comes, with the first and last day of all of theirs."""
    found: dict[str, tuple[int, int]] = {}
    for problem in problems:
        first, last = found.get(problem.place.uprn, (problem.first_day, problem.last_day))
        found[problem.place.uprn] = (min(first, problem.first_day), max(last, problem.last_day))
    return found
