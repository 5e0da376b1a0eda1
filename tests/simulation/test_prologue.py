"""A borough that tells its story first tells it whole, and nothing of it later."""

import itertools
from datetime import timedelta
from pathlib import Path

from simulation.prologue import build_with_prologue
from simulation.settings import Settings
from simulation.story import STORIES
from simulation.write import write

BOROUGH = Settings(seed=5, days=8, homes=400)
PROLOGUE = 28


def test_the_story_is_told_on_the_days_before_the_borough_s_first_and_alone() -> None:
    world = build_with_prologue(BOROUGH, PROLOGUE)
    days = list(world.days())
    assert world.settings.day(PROLOGUE) == BOROUGH.start
    assert len(days) == PROLOGUE + BOROUGH.days
    assert {bool(telling.incident.story) for day in days[:PROLOGUE] for telling in day} == {True}
    assert {bool(telling.incident.story) for day in days[PROLOGUE:] for telling in day} == {False}


def test_every_part_of_the_story_is_told_and_each_day_in_order_of_time(tmp_path: Path) -> None:
    manifest = write(build_with_prologue(BOROUGH, PROLOGUE), tmp_path)
    assert set(manifest.story) == set(STORIES)
    assert all(
        before.at <= after.at
        for day in build_with_prologue(BOROUGH, PROLOGUE).days()
        for before, after in itertools.pairwise(day)
    )


def test_nobody_tells_of_anything_before_it_was_told() -> None:
    world = build_with_prologue(BOROUGH, PROLOGUE)
    for number, day in enumerate(world.days()):
        assert all(telling.at.date() - world.settings.day(number) <= timedelta(days=1) for telling in day)
