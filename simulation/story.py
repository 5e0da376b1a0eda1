"""What happens in every seed, so that a demonstration can tell it: a few people, a few nights.

`three_agencies`: one woman, one problem, three nights, told to the police, her landlord and the noise team.
`restricted_call`: the same woman tells the police alone of domestic abuse. `party`: 23 calls in 18 minutes about one
party. `three_nights`: one flat, three nights, three incidents. `domestic_abuse`: told to the police and the landlord;
restricted. `same_named_neighbour`: two people of one name next door, with two troubles. `mother_and_daughter`: two
people of one name, one home and one telephone, whom no record tells apart. `bad_row`: one call of a man, whose row a
demonstration may spoil. `crimed`: damage that the police recorded as a crime some days later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from simulation.casting import Cast
from simulation.clock import at
from simulation.dice import Dice
from simulation.happenings import Incident, Part, Problem, Telling
from simulation.kinds import Agency, Kind, kinds
from simulation.people import Person
from simulation.places import Place
from simulation.problems import Sites
from simulation.scenes import marks, scenes, traits
from simulation.settings import Settings

STORIES = (
    "three_agencies",
    "restricted_call",
    "party",
    "three_nights",
    "domestic_abuse",
    "same_named_neighbour",
    "mother_and_daughter",
    "bad_row",
    "crimed",
)

PARTY_CALLS = 23
PARTY_MINUTES = 18
_SATURDAY = 5


class Stage(Protocol):
    """What of a borough the story needs."""

    @property
    def settings(self) -> Settings:
        """What was chosen."""

    @property
    def cast(self) -> Cast:
        """Who plays the story's people."""

    @property
    def sites(self) -> Sites:
        """Where it happens."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """One occasion of the story.

    It happens at the home of `source`, or in the common parts of the sufferer's building if there is no source.
    """

    story: str
    kind: str
    source: str
    sufferer: str
    share: float
    """When, as a share of all days."""
    hour: int
    minute: int
    told: tuple[tuple[Agency, int], ...]
    """Which agencies are told how many minutes later."""
    next_night: int = 0
    """Days after the day that `share` gives."""


_SCENES = (
    _Scene("three_agencies", "music", "above", "woman", 0.05, 23, 10, (("police", 14),)),
    _Scene("three_agencies", "music", "above", "woman", 0.16, 22, 35, (("housing", 0),)),
    _Scene("three_agencies", "music", "above", "woman", 0.32, 23, 25, (("council", 31),)),
    _Scene("restricted_call", "domestic", "woman", "woman", 0.22, 21, 40, (("police", 5),)),
    _Scene("three_nights", "shouting", "nights_source", "nights", 0.55, 23, 2, (("police", 11),)),
    _Scene("three_nights", "shouting", "nights_source", "nights", 0.55, 23, 21, (("police", 9),), 1),
    _Scene("three_nights", "shouting", "nights_source", "nights", 0.55, 22, 48, (("police", 16),), 2),
    _Scene("domestic_abuse", "domestic", "abused", "abused", 0.3, 20, 15, (("police", 6), ("housing", 0))),
    _Scene("same_named_neighbour", "stairwell", "", "namesake", 0.15, 19, 20, (("police", 25),)),
    _Scene("same_named_neighbour", "stairwell", "", "namesake", 0.55, 20, 5, (("police", 40),)),
    _Scene("same_named_neighbour", "calls", "other_namesake", "other_namesake", 0.2, 18, 40, (("police", 12),)),
    _Scene("same_named_neighbour", "calls", "other_namesake", "other_namesake", 0.6, 19, 15, (("police", 8),)),
    _Scene("mother_and_daughter", "music", "loud", "mother", 0.5, 22, 40, (("police", 18),)),
    _Scene("mother_and_daughter", "music", "loud", "daughter", 0.6, 23, 20, (("council", 22),)),
    _Scene("mother_and_daughter", "music", "loud", "daughter", 0.7, 23, 5, (("council", 17),)),
    _Scene("bad_row", "stairwell", "", "misdated", 0.55, 20, 25, (("police", 7),)),
    _Scene("crimed", "vandalism", "", "damaged", 0.35, 23, 45, (("police", 10),)),
)


class Story:
    """The story's incidents and who tells them, for each day."""

    def __init__(self, stage: Stage) -> None:
        self._settings = stage.settings
        self._cast = stage.cast
        self._sites = stage.sites
        self._problems = self._lasting()

    def tellings(self, number: int) -> Iterator[Telling]:
        """What is told of the story's occasions of one day."""
        for order, scene in enumerate(_SCENES):
            if int(scene.share * self._settings.days) + scene.next_night == number:
                yield from self._play(scene, number, f"I{number:04d}S{order:03d}")
        if number == self._party_day():
            yield from self._party(number)

    def _lasting(self) -> Mapping[str, Problem]:
        """The lasting problems among the stories, by story and sufferer."""
        lasting = {
            f"{scene.story}/{scene.sufferer}": scene
            for scene in _SCENES
            if scene.story in ("three_agencies", "three_nights", "same_named_neighbour")
        }
        return {key: self._problem(f"PRS{order:03d}", scene) for order, (key, scene) in enumerate(lasting.items())}

    def _problem(self, identity: str, scene: _Scene) -> Problem:
        kind = kinds()[scene.kind]
        place, sufferer, suspect = self._parts(scene)
        always = traits(scenes()[kind.scenes], Dice(self._settings.luck, "story", identity))
        days = self._settings.days
        return Problem(identity, kind, place, (sufferer,), suspect, 0, days, 1.0, always)

    def _parts(self, scene: _Scene) -> tuple[Place, Person, Person | None]:
        """Where it comes from, who suffers, and who does it if that is known."""
        sufferer, source = self._cast[scene.sufferer], self._cast.get(scene.source)
        if source is None:
            return self._sites.building_of(sufferer.home), sufferer, None
        return source.home, sufferer, None if source is sufferer else source

    def _play(self, scene: _Scene, number: int, identity: str) -> Iterator[Telling]:
        problem = self._problems.get(f"{scene.story}/{scene.sufferer}")
        place, sufferer, suspect = self._parts(scene)
        began = at(self._settings.day(number), scene.hour, scene.minute)
        kind = kinds()[scene.kind]
        incident = self._incident(identity, kind, began, place, (sufferer,), suspect, problem, scene.story)
        for agency, minutes in scene.told:
            when = self._next_morning(number) if agency == "housing" else began + timedelta(minutes=minutes)
            yield self._telling(when, agency, incident, "victim", sufferer)

    def _incident(
        self,
        identity: str,
        kind: Kind,
        began: datetime,
        place: Place,
        affected: tuple[Person, ...],
        suspect: Person | None,
        problem: Problem | None,
        story: str,
    ) -> Incident:
        details = marks(scenes()[kind.scenes], Dice(self._settings.luck, "story", identity))
        always = problem.traits if problem else ()
        return Incident(identity, kind, began, kind.minutes, place, affected, suspect, problem, details, always, story)

    def _telling(self, when: datetime, agency: Agency, incident: Incident, part: Part, teller: Person) -> Telling:
        return Telling(when, agency, incident, part, teller, crimed=incident.story == "crimed")

    def _next_morning(self, number: int) -> datetime:
        """Ten past ten on the next working day."""
        day = number + 1
        while self._settings.day(day).weekday() > 4:
            day += 1
        return at(self._settings.day(day), 10, 10)

    def _party_day(self) -> int:
        """The last Saturday."""
        return max(n for n in range(self._settings.days) if self._settings.day(n).weekday() == _SATURDAY)

    def _party(self, number: int) -> Iterator[Telling]:
        """Calls from 23 homes of the block and around, the first at 23:40; every fourth goes to the noise line."""
        host, dice = self._cast["host"], Dice(self._settings.luck, "party")
        began = at(self._settings.day(number), 23, 5)
        callers = self._neighbours(host, dice)
        kind = kinds()["party"]
        incident = self._incident(f"I{number:04d}P000", kind, began, host.home, tuple(callers), host, None, "party")
        seconds = sorted(dice.some(range(1, PARTY_MINUTES * 60), PARTY_CALLS - 2))
        for order, (caller, second) in enumerate(zip(callers, (0, *seconds, PARTY_MINUTES * 60), strict=True)):
            agency: Agency = "council" if order % 4 == 3 else "police"
            yield self._telling(began + timedelta(minutes=35, seconds=second), agency, incident, "victim", caller)

    def _neighbours(self, host: Person, dice: Dice) -> list[Person]:
        """One adult of each of 23 homes near the party."""
        by_home: dict[str, Person] = {}
        for person in self._sites.around(kinds()["party"], host.home, 40):
            by_home.setdefault(person.home.uprn, person)
        return dice.some(list(by_home.values())[: 2 * PARTY_CALLS], PARTY_CALLS)
