"""All feeds by their schedules: who is due, what trouble costs, and that nobody's trouble is another's."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.collect.drive import Away, Entry
from connectors.collect.feed import Feed, Folder
from connectors.collect.inbox import Look, Shelf
from connectors.collect.rounds import Plan, Stopped, plan, run, run_once
from connectors.collect.schedule import parse_schedule
from connectors.collect.taking import Taken
from connectors.collect.visit import Visit
from schemas.errors import Refused, Unavailable, WardlinkError

START = datetime(2026, 6, 1, 5, tzinfo=UTC)
LOOK = Look({"june.csv": Entry("june.csv", 1, 1)})
TAKEN = Taken(Shelf.DONE, "june.csv", {})


def feed(name: str, schedule: str = "every 10 minutes", marker: str | None = None) -> Feed:
    zone = ZoneInfo("Europe/London")
    return Feed(
        name=name, where=Folder(Path(name)), source="police-uk", schedule=parse_schedule(schedule, zone), marker=marker
    )


@dataclass
class Clockwork:
    """A watcher whose time passes only while it pauses; `answers` says what each visit of a feed comes to."""

    answers: dict[str, Callable[[], Visit]] = field(default_factory=dict)
    ends_after: timedelta = timedelta(hours=1)
    time: datetime = START
    last: dict[str, datetime] = field(default_factory=dict)
    visits: list[tuple[str, timedelta]] = field(default_factory=list)
    before: list[Look] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)

    def looked_at(self, each: Feed) -> datetime | None:
        return self.last.get(each.name)

    def visit(self, each: Feed, before: Look) -> Visit:
        self.visits.append((each.name, self.time - START))
        self.before.append(before)
        return self.answers.get(each.name, Visit)()

    def note(self, each: Feed, trouble: WardlinkError | None) -> None:
        self.notes.append((each.name, str(trouble or "")))

    def now(self) -> datetime:
        return self.time

    def pause(self, seconds: float) -> bool:
        self.time += timedelta(seconds=seconds)
        return self.time >= START + self.ends_after

    def minutes(self, name: str) -> list[float]:
        """When a feed was visited."""
        return [at.total_seconds() / 60 for who, at in self.visits if who == name]


def in_turn(*answers: Visit | WardlinkError) -> Callable[[], Visit]:
    """These answers one after the other; the last one for ever."""
    left: Iterator[Visit | WardlinkError] = iter(answers)
    last = answers[-1]

    def answer() -> Visit:
        one = next(left, last)
        if isinstance(one, WardlinkError):
            raise one
        return one

    return answer


def test_each_feed_is_visited_by_its_own_schedule() -> None:
    watcher = Clockwork()
    feeds = [feed("often"), feed("seldom", "every 25 minutes"), feed("daily", "at 06:30")]
    watcher.last = {"daily": START - timedelta(hours=1)}
    assert not run(plan(feeds, watcher), watcher)
    assert watcher.minutes("often") == [0, 10, 20, 30, 40, 50]
    assert watcher.minutes("seldom") == [0, 25, 50]
    assert watcher.minutes("daily") == [30], "05:30 in UTC is 06:30 in London's summer"


def test_what_was_missed_while_nothing_ran_is_made_up_for_at_once_and_once() -> None:
    watcher = Clockwork()
    watcher.last = {"daily": START - timedelta(days=4)}
    run(plan([feed("daily", "at 02:30")], watcher), watcher)
    assert watcher.minutes("daily") == [0]


def test_a_file_that_is_not_yet_complete_is_looked_at_again_soon() -> None:
    watcher = Clockwork({"one": in_turn(Visit(LOOK, waiting=1), Visit())})
    run(plan([feed("one")], watcher), watcher)
    assert watcher.minutes("one")[:3] == [0, 0.5, 10.5]
    assert watcher.before[:3] == [Look(), LOOK, Look()]


def test_a_file_without_its_marker_waits_for_the_schedule() -> None:
    watcher = Clockwork({"one": in_turn(Visit(LOOK, waiting=1))})
    run(plan([feed("one", marker="{name}.ok")], watcher), watcher)
    assert watcher.minutes("one")[:2] == [0, 10]


def test_a_feed_with_much_to_take_gives_way_to_the_others_after_each_look() -> None:
    watcher = Clockwork({"big": in_turn(Visit(has_more=True), Visit(has_more=True), Visit())})
    run(plan([feed("big"), feed("small")], watcher), watcher)
    first = [name for name, at in watcher.visits if at == timedelta()]
    assert sorted(first) == ["big", "big", "big", "small"]
    assert first[-1] != "small", "it does not wait for the last"


@pytest.mark.parametrize("trouble", [Away("the place does not answer"), Refused("the login is refused")])
def test_trouble_is_tried_again_with_growing_pauses_and_does_not_hold_the_others_up(trouble: WardlinkError) -> None:
    watcher = Clockwork({"lost": in_turn(trouble)}, ends_after=timedelta(hours=2))
    run(plan([feed("lost", "at 23:00"), feed("well")], watcher), watcher)
    assert watcher.minutes("lost")[:7] == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 30.5]
    assert watcher.minutes("well")[:7] == [0, 10, 20, 30, 40, 50, 60]
    assert ("lost", str(trouble)) in watcher.notes


def test_trouble_never_makes_a_feed_slower_than_its_schedule() -> None:
    watcher = Clockwork({"lost": in_turn(Away("away"))})
    run(plan([feed("lost", "every 2 minutes")], watcher), watcher)
    pauses = {after - before for before, after in zip(*[iter(watcher.minutes("lost")[4:10])] * 2, strict=True)}
    assert pauses == {2}


def test_once_it_is_mended_the_schedule_counts_again() -> None:
    watcher = Clockwork({"one": in_turn(Away("away"), Away("away"), Visit())})
    run(plan([feed("one")], watcher), watcher)
    assert watcher.minutes("one")[:4] == [0, 0.5, 1.5, 11.5]
    assert [words for _, words in watcher.notes[:3]] == ["away", "away", ""]


def test_a_feed_that_somebody_else_looks_at_is_looked_at_soon_and_nothing_is_noted() -> None:
    watcher = Clockwork({"one": in_turn(Visit(is_elsewhere=True), Visit())})
    run(plan([feed("one")], watcher), watcher)
    assert watcher.minutes("one")[:2] == [0, 0.5]
    assert len(watcher.notes) == len(watcher.visits) - 1


def test_the_rounds_end_when_told_to_stop_in_the_middle_of_a_file() -> None:
    watcher = Clockwork({"one": in_turn(Stopped("it was told to stop"))})
    assert not run(plan([feed("one")], watcher), watcher)
    assert watcher.notes == []


def test_the_rounds_end_when_what_is_collected_has_changed() -> None:
    watcher = Clockwork()
    assert run(plan([feed("one")], watcher), watcher, is_changed=lambda: len(watcher.visits) == 2)
    assert watcher.minutes("one") == [0, 10]


def test_once_means_a_second_look_only_where_it_tells_something() -> None:
    watcher = Clockwork(
        {
            "sure": in_turn(Visit(taken=(TAKEN,))),
            "unsure": in_turn(Visit(LOOK, waiting=1), Visit(taken=(TAKEN,))),
            "marked": in_turn(Visit(LOOK, waiting=2)),
            "big": in_turn(Visit(taken=(TAKEN,), has_more=True), Visit(taken=(TAKEN,))),
            "lost": in_turn(Unavailable("Kafka is away")),
        }
    )
    feeds = [feed("sure"), feed("unsure"), feed("marked", marker="{name}.ok"), feed("big"), feed("lost")]
    sure, unsure, marked, big, lost = run_once(feeds, watcher)
    assert [name for name, _ in watcher.visits] == ["sure", "unsure", "marked", "big", "big", "lost", "unsure"]
    assert watcher.minutes("unsure") == [0, 0.5]
    assert [len(each.taken) for each in (sure, unsure, marked, big, lost)] == [1, 1, 0, 2, 0]
    assert (marked.waiting, unsure.waiting) == (2, 0)
    assert (lost.trouble, lost.is_well, sure.is_well) == ("Kafka is away", False, True)


def test_a_failed_file_asks_for_attention() -> None:
    watcher = Clockwork({"one": in_turn(Visit(taken=(TAKEN, Taken(Shelf.FAILED, "x", {}))))})
    (result,) = run_once([feed("one")], watcher)
    assert not result.is_well


def test_a_plan_is_due_at_once_the_first_time() -> None:
    watcher = Clockwork()
    (first,) = plan([feed("one", "at 23:00")], watcher)
    assert first == Plan(first.feed, START)
