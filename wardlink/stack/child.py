"""One service under supervision: started, seen to be ready, started again after its back-off when it dies."""

import signal
import subprocess
import time
from dataclasses import dataclass, field

from schemas.errors import Unavailable, WardlinkError
from wardlink.stack.process import Command, Identity, identify, spawn
from wardlink.stack.service import BackOff, Service, exit_in_words
from wardlink.stack.state import ProcessState, ProcessStatus

PATIENCE = 3
"""Failed starts after which a service that was never ready fails the start of the whole stack."""


@dataclass(slots=True)
class Child:
    """A service and its process; times are seconds of the monotonic clock, given by the caller."""

    service: Service
    back_off: BackOff
    status: ProcessStatus = "stopped"
    restarts: int = 0
    last_exit: str = ""
    _command: Command | None = field(default=None, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _identity: Identity | None = field(default=None, init=False)
    _was_ready: bool = field(default=False, init=False)
    _failures: int = field(default=0, init=False)
    _started: float = field(default=0.0, init=False)
    _due: float = field(default=0.0, init=False)
    _since: float = field(default=0.0, init=False)

    @property
    def state(self) -> ProcessState:
        """What the state file says about it."""
        name = self.service.name
        return ProcessState(name, self.status, self._identity, self.restarts, self.last_exit, self._since)

    @property
    def is_settled(self) -> bool:
        """Whether those that rely on it may be started."""
        return self.status == "done" if self.service.once else self._was_ready

    def start(self, now: float) -> None:
        """Starts its process; raises what the service raises when a start is pointless."""
        self._command = self.service.command()
        self._process = spawn(self._command)
        self._identity = identify(self._process.pid)
        self._started = now
        self._become("starting")

    def tend(self, now: float) -> None:
        """One look: notes a death, starts again what is due, sees what has become ready.

        Raises Unavailable when a service that was never ready has failed too often.
        """
        if self._process is not None and (code := self._process.poll()) is not None:
            self._note_death(code, now)
        if self.status == "waiting" and now >= self._due:
            self._start_again(now)
        if self.status == "starting" and self._is_ready(now):
            self._was_ready = True
            self._become("running")

    def due_in(self, now: float) -> float | None:
        """Seconds until it is started again, if it waits for that."""
        return max(0.0, self._due - now) if self.status == "waiting" else None

    def ask_to_stop(self) -> None:
        """Sends its process the signal that ends it in good order."""
        if self._process is not None and self._command is not None:
            self._process.send_signal(self._command.stop_signal)

    def kill(self) -> None:
        """Ends its process at once."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)

    def has_ended(self) -> bool:
        """Whether it has no process any more."""
        if self._process is not None and (code := self._process.poll()) is not None:
            self._forget_process(code)
            self._become("stopped")
        return self._process is None

    def _is_ready(self, now: float) -> bool:
        return not self.service.once and now - self._started >= self.service.settles and self.service.is_ready()

    def _note_death(self, code: int, now: float) -> None:
        self._forget_process(code)
        if self.service.once and code == 0:
            self._become("done")
            return
        self._fail(now, lived=now - self._started)

    def _fail(self, now: float, lived: float) -> None:
        self._failures = self.back_off.failures_after(self._failures, lived)
        if self.service.once or (not self._was_ready and self._failures >= PATIENCE):
            self._give_up()
        self._due = now + self.back_off.delay(self._failures)
        self._become("waiting")

    def _give_up(self) -> None:
        self._become("stopped")
        log = "" if self._command is None else f": {last_line(self._command)} (see {self._command.log})"
        raise Unavailable(f"{self.service.name} did not start, {self.last_exit}{log}")

    def _start_again(self, now: float) -> None:
        self.restarts += 1
        try:
            self.start(now)
        except WardlinkError as error:
            self.last_exit = str(error)
            self._fail(now, lived=0.0)

    def _forget_process(self, code: int) -> None:
        self.last_exit = exit_in_words(code)
        self._process = self._identity = None

    def _become(self, status: ProcessStatus) -> None:
        self.status = status
        self._since = time.time()


def last_line(command: Command) -> str:
    """The last line that a process printed."""
    lines = command.log.read_text("utf-8", errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")
