"""The meter charges every nanosecond once, to the innermost stage."""

import gc

import pytest

from bench import meter as module
from bench.meter import Meter


class Clock:
    """Time that goes by when told to: `work` on the processor, `wait` off it."""

    def __init__(self) -> None:
        self.wall = 0
        self.cpu = 0

    def perf_counter_ns(self) -> int:
        """The time on the wall."""
        return self.wall

    def thread_time_ns(self) -> int:
        """The time on the processor."""
        return self.cpu

    def work(self, time: int) -> None:
        """Passes time on the processor."""
        self.wall, self.cpu = self.wall + time, self.cpu + time

    def wait(self, time: int) -> None:
        """Passes time off the processor."""
        self.wall += time


class Steps:
    """A step that calls another twice."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def outer(self) -> None:
        """Works for 5, and as long as twice the inner step."""
        self.clock.work(5)
        self.inner()
        self.inner()

    def inner(self) -> None:
        """Works for 2 and waits for 10."""
        self.clock.work(2)
        self.clock.wait(10)

    def fail(self) -> None:
        """Works for 3 and raises."""
        self.clock.work(3)
        raise ValueError

    def collect(self) -> None:
        """Has garbage collected."""
        gc.collect()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def steps(clock: Clock) -> Steps:
    class Own(Steps):
        """A class of one test's own, since wrapping changes it."""

    return Own(clock)


def test_a_stage_is_charged_what_its_callees_leave(steps: Steps) -> None:
    meter = Meter()
    meter.wrap(type(steps), "outer", "outer")
    meter.wrap(type(steps), "inner", "inner")
    steps.outer()
    assert meter.spent == {"outer": 5, "inner": 24}


def test_time_off_the_processor_is_told_apart(steps: Steps) -> None:
    meter = Meter()
    meter.wrap(type(steps), "outer", "outer")
    meter.wrap(type(steps), "inner", "store", waits=True)
    steps.outer()
    assert meter.spent == {"outer": 5, "store": 4, "store, waiting": 20}


def test_a_step_that_raises_is_charged_too(steps: Steps) -> None:
    meter = Meter()
    meter.wrap(type(steps), "fail", "failing")
    with pytest.raises(ValueError):  # noqa: PT011 - the step raises it without a word
        steps.fail()
    assert meter.spent == {"failing": 3}


def test_collections_are_a_stage_of_their_own(clock: Clock, steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "callbacks", [])
    meter = Meter()
    meter.wrap(type(steps), "collect", "collecting")
    meter.note_collections("collections")
    [note] = gc.callbacks

    def collect() -> None:
        note("start", {})
        clock.work(7)
        note("stop", {})

    monkeypatch.setattr(gc, "collect", collect)
    steps.collect()
    assert meter.spent == {"collecting": 0, "collections": 7}
