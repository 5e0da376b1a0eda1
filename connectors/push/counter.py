"""One thread that settles what arrives, in order: it alone holds the publisher and a connection to write by.

While Kafka or PostgreSQL are away nothing is queued: whoever pushes is told at once to come again, and the thread looks
every second whether they are back. What a partner was not told to be acknowledged, it sends again.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog

from connectors.ports import Outlet
from connectors.push.settle import Clerk, NoKey, Settled, Submission
from connectors.push.world import World
from schemas.errors import Refused, Unavailable
from store import receipts
from store.database import Session

log = structlog.get_logger()

RETRY_SECONDS = 5
"""After how long a partner should come again."""

_LOOK_AGAIN_SECONDS = 1.0


class Says(Protocol):
    """Who hears how the counter is (streams.health.Health)."""

    def working(self) -> None:
        """All is well."""

    def waiting(self, message: str) -> None:
        """Something outside is away."""


@dataclass(slots=True)
class _Job:
    submission: Submission
    future: "Future[list[Settled]]" = field(default_factory=Future)


class Counter:
    """Takes submissions from any thread. `most` items may wait at a time."""

    def __init__(
        self,
        connect: Callable[[], Session],
        outlet: Outlet,
        world: World,
        clock: Callable[[], int],
        health: Says,
        most: int,
    ) -> None:
        self._connect, self._outlet, self._world, self._clock, self._health = connect, outlet, world, clock, health
        self._most = most
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0
        self._away = ""
        self._connection: Session | None = None
        self._thread = threading.Thread(target=self._run, name="counter", daemon=True)

    @property
    def away(self) -> str:
        """What is away; empty while all is well."""
        return self._away

    def start(self) -> None:
        """Opens the counter."""
        self._thread.start()

    def stop(self) -> None:
        """Settles what waits, then closes the counter."""
        self._jobs.put(None)
        self._thread.join()

    def submit(self, submission: Submission) -> "Future[list[Settled]]":
        """What will become of each item; the future raises as Clerk.settle does.

        Raises Unavailable at once while something is away, or too much waits already.
        """
        job, count = _Job(submission), len(submission.items)
        with self._lock:
            if self._away:
                raise Unavailable(self._away)
            if self._waiting and self._waiting + count > self._most:
                raise Unavailable("too much waits already")
            self._waiting += count
        self._jobs.put(job)
        return job.future

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=_LOOK_AGAIN_SECONDS)
            except queue.Empty:
                self._look_around()
                continue
            if job is None:
                break
            self._settle(job)
            with self._lock:
                self._waiting -= len(job.submission.items)
        self._leave()

    def _settle(self, job: _Job) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        if self._away:
            job.future.set_exception(Unavailable(self._away))
            return
        try:
            job.future.set_result(self._clerk().settle(job.submission))
        except NoKey as error:
            log.error("no key", message=str(error))
            job.future.set_exception(error)
        except (Unavailable, Refused) as error:
            self._note_away(error)
            job.future.set_exception(Unavailable(str(error)))
        except Exception as error:  # our defect: this request fails, the next ones must not
            log.error("defect", where=where(error))
            self._leave()
            job.future.set_exception(error)

    def _clerk(self) -> Clerk:
        if self._connection is None:
            self._connection = self._connect()
        return Clerk(self._connection, self._outlet, self._world, self._clock)

    def _look_around(self) -> None:
        """Whether what was away is back: what the publisher still holds is sent, and PostgreSQL asked."""
        try:
            self._outlet.flush()
            receipts.find(self._clerk().connection, ())
        except (Unavailable, Refused) as error:
            self._note_away(error)
        else:
            self._away = ""
            self._health.working()

    def _note_away(self, error: Exception) -> None:
        log.warning("unavailable", message=str(error))
        self._away = str(error)
        self._health.waiting(self._away)
        self._leave()

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def where(error: BaseException) -> str:
    """Kind and place of a defect, without its message, which may hold personal data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "unknown"
    return f"{type(error).__name__} at {place}"
