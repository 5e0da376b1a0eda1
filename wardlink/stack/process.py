"""Processes: start one that dies with its parent, and recognise one by id and time of birth."""

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

import psutil

from wardlink.stack.system_user import group_of

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How to start one process; everything that it prints is appended to `log`."""

    argv: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] | None = None
    user: int | None = None
    stop_signal: Signals = signal.SIGTERM
    death_signal: Signals = signal.SIGKILL
    """Sent by the kernel when the parent dies, however it dies."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process: ids are used again, so its time of birth (seconds since 1970) is kept beside it."""

    pid: int
    born: float


def spawn(command: Command) -> subprocess.Popen[bytes]:
    """Starts a process in a session of its own (Ctrl-C is for the supervisor); call it from the main thread only.

    The kernel ties the child to the *thread* that started it, hence the main thread.
    """
    with command.log.open("ab") as log:
        return subprocess.Popen(
            command.argv,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=command.environment,
            start_new_session=True,
            user=command.user,
            group=group_of(command.user),
            extra_groups=None if command.user is None else [],
            preexec_fn=_dying_with(os.getpid(), command.death_signal),  # noqa: PLW1509 - two system calls, no lock
        )


def _dying_with(parent: int, death_signal: Signals) -> Callable[[], None]:
    def tie() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def identify(pid: int) -> Identity | None:
    """The identity of a living process, or None."""
    try:
        return Identity(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def is_alive(identity: Identity | None) -> bool:
    """Whether this very process (not another of the same id) lives; one that waits to be reaped does not."""
    if identity is None:
        return False
    try:
        process = psutil.Process(identity.pid)
        return _same(process, identity) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _same(process: psutil.Process, identity: Identity) -> bool:
    return abs(process.create_time() - identity.born) < 1.0


def send(identity: Identity, number: Signals) -> None:
    """Sends a signal to this very process; does nothing when it has gone."""
    if is_alive(identity):
        with contextlib.suppress(ProcessLookupError):
            os.kill(identity.pid, number)


def await_death(identity: Identity, timeout: float) -> bool:
    """Waits until this process is gone; returns whether it is."""
    if not is_alive(identity):
        return True
    try:
        psutil.Process(identity.pid).wait(timeout)
    except psutil.NoSuchProcess:
        return True
    except psutil.TimeoutExpired:
        return False
    return True


def end(identity: Identity, timeout: float) -> None:
    """SIGTERM, then after `timeout` seconds SIGKILL."""
    send(identity, signal.SIGTERM)
    if not await_death(identity, timeout):
        send(identity, signal.SIGKILL)
        await_death(identity, timeout)
