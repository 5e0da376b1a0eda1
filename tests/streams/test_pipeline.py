"""A worker's pipeline: stored in order, nothing prepared is forgotten, whatever a rebalance cancels."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import Unavailable
from store.positions import Claim, Fenced
from streams.batches import Partition, RecordBatch
from streams.health import Health
from streams.pipeline import Pipeline

AREA = ("topic", 0)


class Steps:
    """Work that waits where it is told to, and writes down what it was asked."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.failures: dict[str, list[Exception]] = {}

    def _do(self, step: str) -> None:
        if step in self.gates:
            assert self.gates[step].wait(20)
        if self.failures.get(step):
            raise self.failures[step].pop()
        self.done.append(step)

    def claim(self, partitions: Mapping[int, Sequence[str]]) -> Mapping[Partition, Claim]:
        self._do("claim")
        return {AREA: Claim(0, 1)}

    def holds(self, epochs: Mapping[Partition, int]) -> bool:
        return True

    def prepare(self, batch: RecordBatch) -> int:
        self._do(f"prepare {batch.base}")
        return batch.base

    def store(self, prepared: int) -> None:
        self._do(f"store {prepared}")

    def abandon(self, prepared: int) -> None:
        self.done.append(f"abandon {prepared}")


class Ours:
    """An assignment that may be taken away."""

    def __init__(self) -> None:
        self.current = True
        self.stored: list[int] = []

    def epochs(self) -> Mapping[Partition, int]:
        return {AREA: 1} if self.current else {}

    def is_current(self, batch: RecordBatch) -> bool:
        return self.current

    def mark_done(self, batch: RecordBatch, seconds: float) -> None:
        self.stored.append(batch.base)


def batch(base: int) -> RecordBatch:
    return RecordBatch("topic", 0, 1, base, base + 1, [])


def play(tmp_path: Path, scene: Callable[[Pipeline, Steps, Ours], Coroutine[Any, Any, None]]) -> Steps:
    steps = Steps()

    async def run() -> None:
        await asyncio.wait_for(scene(Pipeline(steps, Health(tmp_path / "health.json"), 5.0), steps, Ours()), 30)

    asyncio.run(run())
    return steps


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.005)


def test_the_next_batch_is_prepared_while_one_is_stored_and_stored_after_it(tmp_path: Path) -> None:
    async def scene(pipeline: Pipeline, steps: Steps, ours: Ours) -> None:
        steps.gates["store 0"] = threading.Event()
        await pipeline.take(batch(0), ours)
        second = asyncio.create_task(pipeline.take(batch(1), ours))
        await until(lambda: "prepare 1" in steps.done)
        assert "store 0" not in steps.done
        steps.gates["store 0"].set()
        await second
        await pipeline.claim({0: ["topic"]})
        assert ours.stored == [0, 1]

    assert play(tmp_path, scene).done == ["prepare 0", "prepare 1", "store 0", "store 1", "claim"]


def test_what_is_being_prepared_when_a_rebalance_cancels_it_is_stored_before_the_next_claim(tmp_path: Path) -> None:
    async def scene(pipeline: Pipeline, steps: Steps, ours: Ours) -> None:
        steps.gates["prepare 0"] = threading.Event()
        taking = asyncio.create_task(pipeline.take(batch(0), ours))
        await asyncio.sleep(0.05)
        taking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taking
        claiming = asyncio.create_task(pipeline.claim({0: ["topic"]}))
        steps.gates["prepare 0"].set()
        await claiming

    assert play(tmp_path, scene).done == ["prepare 0", "store 0", "claim"]


def test_a_claim_that_another_rebalance_cancels_is_made_again(tmp_path: Path) -> None:
    async def scene(pipeline: Pipeline, steps: Steps, ours: Ours) -> None:
        steps.gates["claim"] = threading.Event()
        claiming = asyncio.create_task(pipeline.claim({0: ["topic"]}))
        await asyncio.sleep(0.05)
        claiming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await claiming
        steps.gates["claim"].set()
        assert await pipeline.claim({0: ["topic"]}) == {AREA: Claim(0, 1)}
        await pipeline.take(batch(0), ours)
        await pipeline.claim({0: ["topic"]})

    assert play(tmp_path, scene).done == ["claim", "claim", "prepare 0", "store 0", "claim"]


def test_what_may_not_be_stored_is_abandoned_and_the_claim_goes_on(tmp_path: Path) -> None:
    async def scene(pipeline: Pipeline, steps: Steps, ours: Ours) -> None:
        steps.failures["store 0"] = [Fenced("another's")]
        await pipeline.take(batch(0), ours)
        await until(lambda: "abandon 0" in steps.done)
        ours.current = False
        await pipeline.claim({0: ["topic"]})
        assert ours.stored == []

    assert play(tmp_path, scene).done == ["prepare 0", "abandon 0", "claim"]


def test_the_same_batch_is_stored_again_when_the_store_comes_back(tmp_path: Path) -> None:
    async def scene(pipeline: Pipeline, steps: Steps, ours: Ours) -> None:
        steps.failures["store 0"] = [Unavailable("away"), Unavailable("away")]
        await pipeline.take(batch(0), ours)
        await pipeline.take(batch(1), ours)
        await pipeline.claim({0: ["topic"]})
        assert ours.stored == [0, 1]

    assert play(tmp_path, scene).done == ["prepare 0", "prepare 1", "store 0", "store 1", "claim"]


def test_a_batch_that_waits_for_the_store_is_abandoned_when_its_partition_is_given_away(tmp_path: Path) -> None:
    async def scene(pipeline: Pipeline, steps: Steps, ours: Ours) -> None:
        steps.failures["store 0"] = [Unavailable("away")] * 1000
        await pipeline.take(batch(0), ours)
        ours.current = False
        await pipeline.claim({0: ["topic"]})

    assert play(tmp_path, scene).done == ["prepare 0", "abandon 0", "claim"]
