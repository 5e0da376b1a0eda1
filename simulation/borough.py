"""One borough: its town, its people, what troubles them, and the story that is the same in every seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from simulation.casting import Cast, cast
from simulation.clock import midnight
from simulation.diary import Diary
from simulation.happenings import Problem, Telling
from simulation.households import guests, settle
from simulation.layout import lay_out
from simulation.moves import Moves
from simulation.people import ADULT, People
from simulation.places import Town
from simulation.planted import Planted, pairs, reserved
from simulation.problems import Sites, plan
from simulation.settings import Settings
from simulation.story import Story
from simulation.tongues import tellings

__all__ = ["Settings", "World", "build"]


@dataclass(frozen=True, slots=True)
class World:
    """A borough about to live through its days. What happens is drawn day by day and not kept."""

    settings: Settings
    town: Town
    people: People
    cast: Cast
    sites: Sites
    problems: tuple[Problem, ...]

    def days(self) -> Iterator[list[Telling]]:
        """For each day, what any agency was told on it, in order of time. What would be told later is left out."""
        diary, story = Diary(self.settings, self.sites, self.problems), Story(self)
        planted = Planted(self.settings, self.town, self.sites, pairs(self.settings, self.town, self.people, self.cast))
        moves = Moves(self.settings, self.town, self.people, self.problems, self.sites.reserved)
        pending: list[tuple[float, int, Telling]] = []
        order = 0
        for number in range(self.settings.days):
            moves.advance(number)
            told = [t for incident in diary.incidents(number) for t in tellings(self.settings, self.sites, incident)]
            lived = map(moves.as_of_now, told)
            for telling in (*lived, *story.tellings(number), *planted.tellings(number)):
                order += 1
                heappush(pending, (telling.at.timestamp(), order, telling))
            until = midnight(self.settings.day(number + 1)).timestamp()
            today = []
            while pending and pending[0][0] < until:
                today.append(heappop(pending)[2])
            yield today


def build(settings: Settings) -> World:
    """The borough of these settings: equal settings, equal borough, on any machine and Python."""
    town = lay_out(settings)
    households, played = cast(settings, town, settle(settings, town))
    people = People(town, households, settings.start.year - ADULT, guests(settings, town))
    sites = Sites(town, people, reserved(settings, town, people, played))
    return World(settings, town, people, played, sites, plan(settings, sites))
