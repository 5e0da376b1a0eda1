"""The supervisor: starts services stage by stage, keeps them alive, stops them in reverse order.

It has one thread, because the kernel ties a child's life to the thread that started it (see process.py).
"""

import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from schemas.errors import Unavailable
from wardlink.stack.child import Child
from wardlink.stack.service import BackOff, Service
from wardlink.stack.state import ProcessState, StackStatus

OnChange = Callable[[StackStatus, tuple[ProcessState, ...]], None]

_REQUESTS_TO_STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_LOOK_WHILE_STARTING = 0.05
_LOOK_WHILE_CALM = 5.0


@dataclass(slots=True)
class Wakeup:
    """Signals as something to wait for: a request to stop, or a child's death."""

    requests_to_stop: int = 0
    _inbox: socket.socket = field(init=False)

    def wait(self, seconds: float) -> None:
        """Returns after a signal, or after so many seconds."""
        if select.select([self._inbox], [], [], seconds)[0]:
            self._inbox.recv(4096)

    @contextmanager
    def listening(self) -> Iterator["Wakeup"]:
        """Takes SIGTERM, SIGINT and SIGHUP as requests to stop, and gives the handlers back afterwards."""
        before = {number: signal.signal(number, self._note) for number in _REQUESTS_TO_STOP}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, _do_nothing)
        self._inbox, outbox = socket.socketpair()
        for end in (self._inbox, outbox):
            end.setblocking(False)
        signal.set_wakeup_fd(outbox.fileno(), warn_on_full_buffer=False)
        try:
            yield self
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._inbox.close()
            outbox.close()

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.requests_to_stop += 1


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """A handler must be there, or the death of a child wakes nobody."""


@dataclass(slots=True)
class Supervisor:
    """Supervises `stages`, each started when everything in the one before is ready.

    `on_change` is told after every change; `upkeep` is called now and then; `grace` is how many seconds a process has
    to end in good order.
    """

    stages: Sequence[Sequence[Service]]
    on_change: OnChange
    upkeep: Callable[[], None]
    start_timeout: float = 120.0
    grace: float = 15.0
    back_off: BackOff = field(default_factory=BackOff)
    _children: list[list[Child]] = field(init=False)
    _started_stages: int = field(default=0, init=False)
    _told: tuple[StackStatus, tuple[ProcessState, ...]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._children = [[Child(service, self.back_off) for service in stage] for stage in self.stages]

    def run(self, wakeup: Wakeup) -> None:
        """Returns after a request to stop, when nothing runs any more; whatever is raised, nothing runs any more.

        Raises Unavailable or Refused when the stack cannot be started.
        """
        try:
            self._start(wakeup)
            self._keep_alive(wakeup)
        finally:
            self._stop(wakeup)

    @property
    def states(self) -> tuple[ProcessState, ...]:
        """All processes in the order of their start."""
        return tuple(child.state for child in self._all())

    def _start(self, wakeup: Wakeup) -> None:
        deadline = time.monotonic() + self.start_timeout
        while not wakeup.requests_to_stop and not self._all_started():
            self._advance()
            self._tend()
            self._tell("starting")
            self._check_deadline(deadline)
            wakeup.wait(_LOOK_WHILE_STARTING)

    def _keep_alive(self, wakeup: Wakeup) -> None:
        while not wakeup.requests_to_stop:
            self._tend()
            self._tell("ready")
            self.upkeep()
            wakeup.wait(self._next_look())

    def _advance(self) -> None:
        """Starts the next stage if all before it are settled."""
        if self._started_stages < len(self._children) and self._are_settled(self._children[: self._started_stages]):
            for child in self._children[self._started_stages]:
                child.start(time.monotonic())
            self._started_stages += 1

    def _all_started(self) -> bool:
        return self._started_stages == len(self._children) and self._are_settled(self._children)

    @staticmethod
    def _are_settled(stages: Sequence[Sequence[Child]]) -> bool:
        return all(child.is_settled for stage in stages for child in stage)

    def _check_deadline(self, deadline: float) -> None:
        if time.monotonic() > deadline and not self._all_started():
            late = ", ".join(child.service.name for child in self._all() if not child.is_settled)
            raise Unavailable(f"not ready after {self.start_timeout:.0f} s: {late}; see `wardlink logs`")

    def _tend(self) -> None:
        for child in self._all():
            child.tend(time.monotonic())

    def _next_look(self) -> float:
        if any(child.status == "starting" for child in self._all()):
            return _LOOK_WHILE_STARTING
        now = time.monotonic()
        return min((due for child in self._all() if (due := child.due_in(now)) is not None), default=_LOOK_WHILE_CALM)

    def _stop(self, wakeup: Wakeup) -> None:
        for stage in reversed(self._children):
            for child in stage:
                child.ask_to_stop()
            self._await_end(stage, wakeup)

    def _await_end(self, stage: Sequence[Child], wakeup: Wakeup) -> None:
        """Waits for a stage to end, then kills what is left; a second request to stop ends the waiting."""
        deadline = time.monotonic() + self.grace
        while any(not child.has_ended() for child in stage):
            if time.monotonic() > deadline or wakeup.requests_to_stop > 1:
                for child in stage:
                    child.kill()
            self._tell("stopping")
            wakeup.wait(_LOOK_WHILE_STARTING)
        self._tell("stopping")

    def _tell(self, status: StackStatus) -> None:
        news = (status, self.states)
        if news != self._told:
            self._told = news
            self.on_change(*news)

    def _all(self) -> list[Child]:
        return [child for stage in self._children for child in stage]
