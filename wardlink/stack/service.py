"""What can be supervised: a service says how it is started and when it is ready."""

from collections.abc import Callable
from dataclasses import dataclass
from signal import Signals
from typing import Protocol

from wardlink.stack.process import Command


class Service(Protocol):
    """One process of the stack.

    `command` may differ from one start to the next; it raises Refused or Unavailable when a start is pointless.
    """

    @property
    def name(self) -> str:
        """Its name in the state, in the logs and on the command line."""
        ...

    @property
    def once(self) -> bool:
        """Whether it is a step that must end with success, not a process that stays."""
        ...

    @property
    def settles(self) -> float:
        """Seconds that it must have lived before it can be ready."""
        ...

    def command(self) -> Command:
        """How to start it now."""
        ...

    def is_ready(self) -> bool:
        """Whether others may now rely on it; asked often, so it must be quick."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A service that is ready as soon as `ready` says so (at once, by default)."""

    name: str
    start: Callable[[], Command]
    ready: Callable[[], bool] = lambda: True
    once: bool = False
    settles: float = 0.0

    def command(self) -> Command:
        """How to start it now."""
        return self.start()

    def is_ready(self) -> bool:
        """Whether others may rely on it."""
        return self.ready()


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to wait before a process that died is started again: doubling, and forgotten after a calm time."""

    first: float = 0.5
    longest: float = 30.0
    calm: float = 60.0

    def delay(self, failures: int) -> float:
        """Seconds before the next start after so many failures in a row (1 or more)."""
        return float(min(self.longest, self.first * 2 ** min(failures - 1, 30)))

    def failures_after(self, failures: int, lived: float) -> int:
        """Failures in a row after one more, of a process that lived for so many seconds."""
        return 1 if lived >= self.calm else failures + 1


def exit_in_words(code: int) -> str:
    """How a process ended, as Popen tells it: `exit 1`, `SIGKILL`."""
    return Signals(-code).name if code < 0 else f"exit {code}"
