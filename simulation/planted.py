"""Hard cases that every borough of three weeks or more holds, so that they can be looked for.

`one_problem_three_agencies`: a neighbour's music on three nights, told to another agency each time: a case review may
be applied for. `three_unrelated_problems`: one victim of a noisy neighbour, an abandoned vehicle and dumped rubbish,
each told once: three complaints, and no review (ASB, Crime and Policing Act 2014 section 104: complaints about the
behaviour to which the application relates). `rave`: one night's storm on the square, told by dozens; in boroughs of
four months or more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from simulation.casting import Cast
from simulation.clock import at, in_office_hours
from simulation.dice import Dice
from simulation.happenings import Incident, Problem, Telling
from simulation.kinds import Agency, kinds
from simulation.people import People, Person
from simulation.places import Place, Town
from simulation.problems import Sites
from simulation.scenes import marks, scenes, traits
from simulation.settings import Settings

ONE_PROBLEM = "one_problem_three_agencies"
UNRELATED = "three_unrelated_problems"

SETS_EVERY = 61
"""Days after which another set of the two cases begins."""

RAVE_DAY = 100
"""The rave is on the first Saturday from this day on."""

_SETS, _HOMES_FOR_A_SET = 8, 150
_SHORT = 48
_RAVE_CALLS, _RAVE_MINUTES, _SATURDAY = 48, 150, 5


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who live next door to each other in the housing association's blocks: who suffers, and the source."""

    sufferer: Person
    neighbour: Person


@dataclass(frozen=True, slots=True)
class _Occasion:
    """One occasion of a set: days after its first, what, where it comes from, the hour, and who is told."""

    case: str
    after: int
    kind: str
    source: str
    hour: int
    told: Agency


_OCCASIONS = (
    _Occasion(ONE_PROBLEM, 0, "music", "neighbour", 22, "council"),
    _Occasion(ONE_PROBLEM, 6, "music", "neighbour", 23, "housing"),
    _Occasion(ONE_PROBLEM, 13, "music", "neighbour", 22, "police"),
    _Occasion(UNRELATED, 1, "music", "neighbour", 23, "council"),
    _Occasion(UNRELATED, 8, "vehicle", "street", 14, "police"),
    _Occasion(UNRELATED, 15, "rubbish", "building", 15, "housing"),
)


def pairs(settings: Settings, town: Town, people: People, played: Cast) -> tuple[Pair, ...]:
    """Two pairs for each set, in homes that nobody of the story lives in; as many sets as the town has room for."""
    taken = {person.home.uprn for person in played.values()}
    blocks = {place.uprn for place in town.of_kind("block") if place.landlord == "housing"}
    doors = [
        (left, right)
        for left, right in zip(town.homes[::2], town.homes[1::2], strict=False)
        if left.parent in blocks and left.parent == right.parent and not {left.uprn, right.uprn} & taken
    ]
    count = 2 * min(_SETS, max(1, settings.homes // _HOMES_FOR_A_SET))
    chosen = Dice(settings.luck, "planted").some(doors, count)
    return tuple(Pair(people.adults_at(left)[0], people.adults_at(right)[0]) for left, right in chosen)


def reserved(settings: Settings, town: Town, people: People, played: Cast) -> frozenset[str]:
    """The homes to which nothing happens but what the story and the hard cases tell."""
    people_of_pairs = (
        person for pair in pairs(settings, town, people, played) for person in (pair.sufferer, pair.neighbour)
    )
    return frozenset(person.home.uprn for person in (*played.values(), *people_of_pairs))


class Planted:
    """The planted occasions and who tells of them, for each day."""

    def __init__(self, settings: Settings, town: Town, sites: Sites, chosen: Sequence[Pair]) -> None:
        self._settings = settings
        self._town = town
        self._sites = sites
        self._pairs = chosen

    def tellings(self, number: int) -> Iterator[Telling]:
        """What is told of a day's planted occasions."""
        first = 3 if self._settings.days < _SHORT else 30
        order, day = divmod(number - first, SETS_EVERY)
        if number >= first and 2 * order + 1 < len(self._pairs):
            for place, occasion in enumerate(_OCCASIONS):
                if occasion.after == day:
                    pair = self._pairs[2 * order + (occasion.case == UNRELATED)]
                    yield self._told(number, f"I{number:04d}H{place:03d}", f"PH{order:02d}", occasion, pair)
        if number == self._rave_day():
            yield from self._rave(number)

    def _told(self, number: int, identity: str, name: str, occasion: _Occasion, pair: Pair) -> Telling:
        problem = self._problem(name, occasion, pair)
        dice = Dice(self._settings.luck, "planted", identity)
        began = at(self._settings.day(number), occasion.hour, dice.below(50))
        incident = _incident(identity, problem, began, dice)
        heard = began + timedelta(minutes=dice.between(5, 25))
        if occasion.told == "housing":
            heard = in_office_hours(heard, dice)
        return Telling(heard, occasion.told, incident, "victim", pair.sufferer, (occasion.case,))

    def _problem(self, name: str, occasion: _Occasion, pair: Pair) -> Problem:
        kind = kinds()[occasion.kind]
        letter = "A" if occasion.case == ONE_PROBLEM else f"B{occasion.after}"
        suspect = pair.neighbour if occasion.source == "neighbour" else None
        always = traits(scenes()[kind.scenes], Dice(self._settings.luck, "planted", name, letter))
        place = self._source(occasion, pair)
        return Problem(f"{name}{letter}", kind, place, (pair.sufferer,), suspect, 0, self._settings.days, 1.0, always)

    def _source(self, occasion: _Occasion, pair: Pair) -> Place:
        home = pair.sufferer.home
        if occasion.source == "neighbour":
            return pair.neighbour.home
        if occasion.source == "building":
            return self._sites.building_of(home)
        on_street = self._town.of_kind("house", "building")
        return next((place for place in on_street if place.usrn == home.usrn), on_street[0])

    def _rave_day(self) -> int:
        return next(n for n in range(RAVE_DAY, RAVE_DAY + 7) if self._settings.day(n).weekday() == _SATURDAY)

    def _rave(self, number: int) -> Iterator[Telling]:
        """Calls to the police and the noise line from around the square, in the first hours of the night."""
        dice = Dice(self._settings.luck, "rave")
        [square, *_] = self._town.of_kind("square")
        near = {person.home.uprn: person for person in reversed(self._sites.around(kinds()["party"], square, 120))}
        callers = dice.some(list(near.values()), _RAVE_CALLS)
        always = traits(scenes()["party"], dice)
        problem = Problem("PHR", kinds()["party"], square, tuple(callers), None, number, number, 1.0, always)
        began = at(self._settings.day(number), 22, 40)
        incident = replace(_incident(f"I{number:04d}R000", problem, began, dice), problem=None, minutes=300)
        for order, caller in enumerate(callers):
            heard = began + timedelta(minutes=5 + dice.below(_RAVE_MINUTES), seconds=dice.below(60))
            yield Telling(heard, "council" if order % 3 == 2 else "police", incident, "victim", caller, ("rave",))


def _incident(identity: str, problem: Problem, began: datetime, dice: Dice) -> Incident:
    kind, place, suspect = problem.kind, problem.place, problem.suspect
    details = marks(scenes()[kind.scenes], dice)
    return Incident(
        identity, kind, began, kind.minutes, place, problem.victims, suspect, problem, details, problem.traits
    )
