"""A borough in which the fixed story is told first, on days of its own, and everyday life only after it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count

from simulation.borough import Settings, World, build
from simulation.casting import Cast
from simulation.clock import midnight
from simulation.happenings import Telling
from simulation.problems import Sites
from simulation.story import Story


@dataclass(frozen=True, slots=True)
class StoryFirst(World):
    """A world whose first `prologue` days tell the story alone, and whose other days tell all but the story."""

    prologue: int

    def days(self) -> Iterator[list[Telling]]:
        """For each day, what any agency was told on it, in order of time."""
        story = iter(self._story())
        for number, told in enumerate(World.days(self)):
            yield next(story) if number < self.prologue else [each for each in told if not each.incident.story]

    def _story(self) -> Iterator[list[Telling]]:
        settings = replace(self.settings, days=self.prologue)
        story = Story(_Stage(settings, self.cast, self.sites))
        pending: list[tuple[float, int, Telling]] = []
        orders = count()
        for number in range(self.prologue):
            for telling in story.tellings(number):
                heappush(pending, (telling.at.timestamp(), next(orders), telling))
            until = midnight(settings.day(number + 1)).timestamp()
            today = []
            while pending and pending[0][0] < until:
                today.append(heappop(pending)[2])
            yield today


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a story needs of a borough (simulation.story.Stage)."""

    settings: Settings
    cast: Cast
    sites: Sites


def build_with_prologue(settings: Settings, prologue: int) -> StoryFirst:
    """The borough of these settings, with so many days before its first on which the story is told.

    Its own settings count those days: it begins earlier and has more days.
    """
    longer = replace(settings, start=settings.start - timedelta(days=prologue), days=settings.days + prologue)
    world = build(longer)
    return StoryFirst(
        settings=world.settings,
        town=world.town,
        people=world.people,
        cast=world.cast,
        sites=world.sites,
        problems=world.problems,
        prologue=prologue,
    )
