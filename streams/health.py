"""What a role says of itself, in one small file that `wardlink status` and health checks read."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path


def health_file(run: Path, process: str) -> Path:
    """Where a process says how it is."""
    return run / "health" / f"{process}.json"


@dataclass(slots=True)
class Health:
    """Writes a role's state when it changes: working, waiting (something is away), or stopped (with the remedy)."""

    path: Path
    state: str = ""

    def working(self) -> None:
        """All is well."""
        self._say("working", "")

    def waiting(self, message: str) -> None:
        """Something outside is away; the role tries again and skips nothing."""
        self._say("waiting", message)

    def stopped(self, message: str) -> None:
        """The role cannot go on until someone does what the message says."""
        self._say("stopped", message)

    def _say(self, state: str, message: str) -> None:
        if state == self.state:
            return
        self.state = state
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"state": state, "message": message, "since": time.time(), "pid": os.getpid()})
        partial = self.path.with_suffix(".partial")
        partial.write_text(text, "utf-8")
        partial.replace(self.path)


def read_health(path: Path) -> dict[str, object]:
    """What a role last said of itself; empty when it never did."""
    if not path.exists():
        return {}
    said: dict[str, object] = json.loads(path.read_text("utf-8"))
    return said
