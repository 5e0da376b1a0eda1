"""Starting the stack in the background and stopping it, from another process."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from schemas.errors import Refused, Unavailable
from wardlink.settings import Settings, child_environment
from wardlink.stack.embedded import Say
from wardlink.stack.home import locked, make_ready
from wardlink.stack.jars import class_path
from wardlink.stack.process import await_death, send
from wardlink.stack.state import StackState, read_state

_LOOK_AGAIN = 0.05
_SECONDS_TO_STOP = 90.0


def start_in_background(settings: Settings, workers: int, timeout: float, say: Say) -> StackState:
    """Starts a supervisor that outlives us and waits until the stack is ready; raises what it failed of as Refused.

    An interrupt while waiting stops what was begun.
    """
    home = settings.folders
    make_ready(home)
    with locked(home):  # refuses early, in our own words, when another stack runs here
        if not settings.kafka.bootstrap:
            class_path(settings.cache_folder, say)
    log = home.log_of("supervisor")
    begin = log.stat().st_size if log.exists() else 0
    supervisor = _spawn(settings, workers, timeout, log)
    try:
        return _await_ready(settings, supervisor, log, begin)
    except BaseException:  # also KeyboardInterrupt: half a stack must not stay behind
        supervisor.terminate()
        supervisor.wait()
        raise


def stop(settings: Settings) -> bool:
    """Stops the stack of this home and waits until it is gone; returns whether there was one."""
    state = read_state(settings.folders)
    if not state.is_up or state.supervisor is None:
        return False
    send(state.supervisor, signal.SIGTERM)
    if not await_death(state.supervisor, _SECONDS_TO_STOP):
        send(state.supervisor, signal.SIGKILL)  # its processes die with it
        raise Unavailable(f"the stack did not stop within {_SECONDS_TO_STOP:.0f} s and was killed; its data are safe")
    return True


def _spawn(settings: Settings, workers: int, timeout: float, log: Path) -> subprocess.Popen[bytes]:
    words = ("up", "--workers", str(workers), "--timeout", str(timeout))
    with log.open("ab") as output:
        return subprocess.Popen(
            (sys.executable, "-m", "wardlink", *words),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=child_environment(settings),
            start_new_session=True,
        )


def _await_ready(settings: Settings, supervisor: subprocess.Popen[bytes], log: Path, begin: int) -> StackState:
    while supervisor.poll() is None:
        state = read_state(settings.folders)
        if state.status == "ready" and state.supervisor is not None and state.supervisor.pid == supervisor.pid:
            return state
        time.sleep(_LOOK_AGAIN)
    raise Refused(_last_words(log, begin))


def _last_words(log: Path, begin: int) -> str:
    lines = log.read_bytes()[begin:].decode("utf-8", errors="replace").split("\n")
    last = next((line for line in reversed(lines) if line.strip()), f"the supervisor ended without a word; see {log}")
    return last.removeprefix("wardlink: ")
