"""A worker's two threads: one prepares a batch while the other stores the batch before it, in order.

Each batch is stored before its successor, or neither is: a batch that may not be stored (the partition is another's by
now) leaves its successors nothing to stand on, and they are refused by the same compare-and-swap.
"""

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol

import structlog

from schemas.errors import Refused, Unavailable
from store.positions import Claim, Fenced
from streams.batches import Partition, RecordBatch, Work
from streams.health import Health

log = structlog.get_logger()

_LONGEST_WAIT_SECONDS = 5.0


class Assignment(Protocol):
    """What the pipeline asks of, and tells, the consumer."""

    def epochs(self) -> Mapping[Partition, int]:
        """The partitions that we hold now, each with the epoch of our claim."""

    def is_current(self, batch: RecordBatch) -> bool:
        """Whether the batch belongs to the assignment that we hold now."""

    def mark_done(self, batch: RecordBatch, seconds: float) -> None:
        """The batch is stored; so long it took."""


class Pipeline:
    """Takes one worker's batches through its work. All methods belong to the event loop."""

    def __init__(self, work: Work, health: Health, patience: float) -> None:
        """`patience` (seconds): how long a partition that another has claimed may still be thought ours."""
        self._work = work
        self._health = health
        self._patience = patience
        self._preparing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare")
        self._storing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._last: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    async def take(self, batch: RecordBatch, assignment: Assignment) -> None:
        """Prepares a batch, and begins to store it when the one before is stored.

        A rebalance may cancel the caller at any time; what was begun goes on, so that whatever is prepared is stored
        or abandoned.
        """
        await asyncio.shield(asyncio.create_task(self._take(batch, assignment)))

    async def claim(self, partitions: Mapping[int, Sequence[str]]) -> Mapping[Partition, Claim]:
        """Claims partition numbers when nothing is on its way any more; ends the process when it may not."""
        async with self._turn:
            await self._settle()
            try:
                claims: Mapping[Partition, Claim] = await self._until_available(
                    self._preparing, lambda: self._work.claim(partitions), lambda: True
                )
            except asyncio.CancelledError:  # by another rebalance, which claims again
                raise
            except BaseException as error:  # Faust would log a failed assignment and go on without it
                _stop(self._health, str(error) if isinstance(error, Refused) else _defect(error))
                raise
            return claims

    async def check(self, assignment: Assignment) -> None:
        """Looks whether our claims are still good, and gives up what is not ours any more."""
        epochs = assignment.epochs()
        with suppress(Unavailable):
            holds = await asyncio.get_running_loop().run_in_executor(self._storing, lambda: self._work.holds(epochs))
            if not holds:
                await self._leave_to_new_owner(lambda: assignment.epochs() == epochs)

    async def _settle(self) -> None:
        if self._last is not None:
            await self._last
            self._last = None

    async def _take(self, batch: RecordBatch, assignment: Assignment) -> None:
        async with self._turn:
            began = time.monotonic()
            prepared = await self._guarded(batch, assignment, self._preparing, lambda: self._work.prepare(batch))
            await self._settle()
            if prepared is not None:
                self._last = asyncio.create_task(self._store(batch, prepared, assignment, began))

    async def _store(self, batch: RecordBatch, prepared: Any, assignment: Assignment, began: float) -> None:
        def store() -> bool:
            self._work.store(prepared)
            return True

        if await self._guarded(batch, assignment, self._storing, store, lambda: self._work.abandon(prepared)):
            assignment.mark_done(batch, time.monotonic() - began)

    async def _guarded(
        self,
        batch: RecordBatch,
        assignment: Assignment,
        thread: ThreadPoolExecutor,
        call: Callable[[], Any],
        abandon: Callable[[], None] = lambda: None,
    ) -> Any:
        """What the call returns; None when the batch is not ours any more. Any other end is the process's."""
        try:
            return await self._until_available(thread, call, lambda: assignment.is_current(batch))
        except Fenced:
            abandon()
            await self._leave_to_new_owner(lambda: assignment.is_current(batch))
            log.info("dropped a batch of an earlier assignment", topic=batch.topic, partition=batch.partition)
        except Refused as error:
            _stop(self._health, str(error))
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                raise
            _stop(self._health, _defect(error))  # our defect: end, so that nothing is skipped
        return None

    async def _until_available(
        self, thread: ThreadPoolExecutor, call: Callable[[], Any], go_on: Callable[[], bool]
    ) -> Any:
        """Calls in a thread; waits and tries again while something is away, as long as `go_on` holds."""
        wait = 0.1
        while True:
            try:
                result = await asyncio.get_running_loop().run_in_executor(thread, call)
            except Unavailable as error:
                self._health.waiting(str(error))
                log.warning("unavailable", message=str(error), wait_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
                if not go_on():
                    raise Fenced("the partition was given away while its batch waited") from error
            else:
                self._health.working()
                return result

    async def _leave_to_new_owner(self, is_ours: Callable[[], bool]) -> None:
        """Waits until the group has given us another assignment; ends the process if that does not come."""
        for _ in range(int(10 * self._patience)):
            if not is_ours():
                return
            await asyncio.sleep(0.1)
        log.error("fenced: another has claimed a partition of ours")
        os._exit(75)


def _stop(health: Health, message: str) -> None:
    health.stopped(message)
    log.error("stopped", message=message)
    os._exit(70)


def _defect(error: BaseException) -> str:
    """Where a defect rose, without its message, which may hold personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else "unknown"
    return f"defect {type(error).__name__} at {where}"
