"""What is running now: one small file that the supervisor writes and everybody else reads."""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from store.settings import StoreSettings
from wardlink.stack.home import Home
from wardlink.stack.process import Identity, is_alive

ProcessStatus = Literal["starting", "running", "waiting", "done", "stopped"]
"""`waiting`: it died and is started again after its back-off. `done`: a step of the start that has succeeded."""

StackStatus = Literal["down", "starting", "ready", "stopping", "failed"]


@dataclass(frozen=True, slots=True)
class ProcessState:
    """One supervised process; `last_exit` says how it ended the last time, `since` is seconds since 1970."""

    name: str
    status: ProcessStatus
    identity: Identity | None = None
    restarts: int = 0
    last_exit: str = ""
    since: float = 0.0


@dataclass(frozen=True, slots=True)
class StackState:
    """The embedded stack; `bootstrap`, `store`, `registry_url` and `push_url` are empty for what does not run in it."""

    status: StackStatus = "down"
    reason: str = ""
    supervisor: Identity | None = None
    bootstrap: str = ""
    store: StoreSettings | None = None
    registry_url: str = ""
    push_url: str = ""
    socket_folder: str = ""
    processes: tuple[ProcessState, ...] = field(default=())

    @property
    def is_up(self) -> bool:
        """Whether its supervisor lives."""
        return self.status in {"starting", "ready", "stopping"}


_ADAPTER = TypeAdapter(StackState)


def write_state(home: Home, state: StackState) -> None:
    """Replaces the file at once: a reader sees the old or the new state, never half of one."""
    draft = home.state.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file, indent=1)
    draft.replace(home.state)


def read_state(home: Home) -> StackState:
    """The state of the stack in this home; `down` when there is none or its supervisor has gone without a word."""
    state = last_state(home)
    if state.is_up and not is_alive(state.supervisor):
        return StackState(reason="its supervisor has gone without a word")
    return state


def last_state(home: Home) -> StackState:
    """What the last supervisor wrote, whether it still lives or not."""
    try:
        return _ADAPTER.validate_json(home.state.read_bytes())
    except FileNotFoundError:
        return StackState()
    except ValidationError:
        return StackState(reason=f"{home.state} is not of this version of Wardlink")
