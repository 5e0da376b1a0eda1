"""A stack of its own for one run: a temporary home, real servers, and roles that can be started and stopped."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

import policy
from schemas.errors import Unavailable
from wardlink.settings import Settings, child_environment, load
from wardlink.stack import control, ports
from wardlink.stack.process import Command, spawn

Say = Callable[[str], None]

_LOOK_AGAIN = 0.02
_TO_START = 120.0
_TO_STOP = 30.0


@dataclass(frozen=True, slots=True)
class Stack:
    """Kafka, PostgreSQL and the registry are up; the roles are the measure's own to run."""

    settings: Settings

    @contextmanager
    def role(self, name: str, worker: int = 1) -> Iterator[psutil.Process]:
        """Runs one worker of a role, as `wardlink up` does, for as long as the block lasts."""
        words = ("run", name, "--worker", str(worker))
        log = self.settings.folders.log_of(name)
        process = spawn(Command(argv=_wardlink(*words), log=log, environment=child_environment(self.settings)))
        try:
            yield psutil.Process(process.pid)
        finally:
            _end(process)

    def await_until(self, holds: Callable[[], bool], role: psutil.Process, what: str, seconds: float = 3600) -> None:
        """Returns when the condition holds; Unavailable when the role that must bring it about has ended."""
        deadline = time.monotonic() + seconds
        while not holds():
            if not is_running(role):
                raise Unavailable(f"a role ended before {what}: {self._last_words()}")
            if time.monotonic() > deadline:
                raise Unavailable(f"waited {seconds:.0f} s in vain until {what}: {self._last_words()}")
            time.sleep(_LOOK_AGAIN)

    def measure(self, module: str, *words: str) -> str:
        """Runs a module of the bench in a process of its own; returns the last line that it prints."""
        done = subprocess.run(
            (sys.executable, "-m", module, *words), stdout=subprocess.PIPE, text=True, check=False, timeout=3600
        )
        if done.returncode:
            raise Unavailable(f"{module} ended with {done.returncode}: see its words above")
        return done.stdout.strip().splitlines()[-1]

    def _last_words(self) -> str:
        log = self.settings.folders.log_of("resolve")
        lines = log.read_text("utf-8", "replace").splitlines() if log.exists() else []
        return " | ".join(lines[-3:]) or "it left no word"


@contextmanager
def running_stack(areas: Sequence[str], say: Say) -> Iterator[Stack]:
    """Starts servers and registry in a temporary home with keys for these areas; nothing is left of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="wardlink-bench-") as folder:
        registry_port = ports.choose(0, "")
        _set_environment(Path(folder) / "home", registry_port)
        stack = Stack(load())
        control.start_in_background(stack.settings, 1, _TO_START, say)
        try:
            for words in (_keyring(areas), ("migrate",), ("topics", "apply")):
                subprocess.run(_wardlink(*words), stdout=subprocess.DEVNULL, check=True)
            with stack.role("registry") as registry:
                stack.await_until(lambda: ports.answers(registry_port), registry, "the registry answers", _TO_START)
                yield stack
        finally:
            control.stop(stack.settings)


def is_running(process: psutil.Process) -> bool:
    """Whether it lives and is no zombie."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _set_environment(home: Path, registry_port: int) -> None:
    """Nothing of the user's own settings reaches the run, but the cache of Kafka's files."""
    for name in [name for name in os.environ if name.startswith("WARDLINK_") and name != "WARDLINK_CACHE"]:
        del os.environ[name]
    os.environ |= {
        "WARDLINK_HOME": str(home),
        "WARDLINK_DEMO": "true",
        "WARDLINK_AGREEMENTS": str(Path(policy.__file__).parent / "agreements" / "demo.yaml"),
        "WARDLINK_STACK_ROLES": "false",
        "WARDLINK_REGISTRY_URL": f"http://{ports.LOOPBACK}:{registry_port}",
        "WARDLINK_REGISTRY_LISTEN": f"{ports.LOOPBACK}:{registry_port}",
    }


def _keyring(areas: Sequence[str]) -> tuple[str, ...]:
    return ("keyring", "init", *(word for area in areas for word in ("--area", area)))


def _wardlink(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "wardlink", *words)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
