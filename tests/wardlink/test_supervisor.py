"""The supervisor on small processes of the shell: order, back-off, deaths, and nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from schemas.errors import Unavailable
from tests.conftest import wait_until
from wardlink.stack.process import Command, Identity, await_death, end, identify, is_alive, spawn
from wardlink.stack.service import BackOff, Plain, exit_in_words
from wardlink.stack.state import ProcessState, StackStatus
from wardlink.stack.supervisor import Supervisor, Wakeup

QUICK = BackOff(first=0.01, longest=0.05, calm=60.0)


def shell(folder: Path, name: str, script: str, **given: object) -> Plain:
    """A service that runs a shell script; `settles` a little, so that a script which fails is seen to fail."""
    command = Command(argv=("/bin/sh", "-c", script), log=folder / f"{name}.log")
    return Plain(name, lambda: command, **{"settles": 0.2, **given})  # type: ignore[arg-type]


class Watch:
    """Hears every change, and asks to stop as soon as a condition holds."""

    def __init__(self, stop_when: Callable[[StackStatus, dict[str, ProcessState]], bool]) -> None:
        self.stop_when = stop_when
        self.seen: list[tuple[StackStatus, tuple[ProcessState, ...]]] = []

    def __call__(self, status: StackStatus, processes: tuple[ProcessState, ...]) -> None:
        self.seen.append((status, processes))
        if status != "stopping" and self.stop_when(status, {process.name: process for process in processes}):
            os.kill(os.getpid(), signal.SIGTERM)

    def first(self, name: str, status: str) -> int:
        """The number of the first change at which a process had a status."""
        return next(
            number
            for number, (_, processes) in enumerate(self.seen)
            if any(process.name == name and process.status == status for process in processes)
        )


def supervise(stages: list[list[Plain]], watch: Watch, grace: float = 5.0, start_timeout: float = 20.0) -> None:
    """Runs a supervisor until it has been asked to stop."""
    supervisor = Supervisor(stages, watch, lambda: None, start_timeout, grace, QUICK)
    with Wakeup().listening() as wakeup:
        supervisor.run(wakeup)
    assert all(process.identity is None for process in supervisor.states)


def test_a_stage_starts_when_everything_before_it_is_ready(tmp_path: Path) -> None:
    opened = tmp_path / "open"
    stages = [
        [shell(tmp_path, "server", f"sleep 0.2; touch {opened}; exec sleep 60", ready=opened.exists)],
        [shell(tmp_path, "step", f"test -e {opened}", once=True)],
        [shell(tmp_path, "role", "exec sleep 60")],
    ]
    watch = Watch(lambda status, _: status == "ready")
    supervise(stages, watch)
    assert watch.first("server", "running") < watch.first("step", "done") < watch.first("role", "running")


def test_what_dies_is_started_again(tmp_path: Path) -> None:
    stages = [[shell(tmp_path, "role", "sleep 0.3; exit 7")]]
    watch = Watch(lambda _, now: now["role"].restarts == 2)
    supervise(stages, watch)
    assert {process.last_exit for _, processes in watch.seen for process in processes} >= {"", "exit 7"}


def test_a_process_killed_from_outside_is_started_again_and_its_signal_told(tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_once(_status: StackStatus, now: dict[str, ProcessState]) -> bool:
        role = now["role"]
        if role.status == "running" and role.identity is not None and not killed:
            killed.append(role.identity.pid)
            os.kill(role.identity.pid, signal.SIGKILL)
        return role.restarts == 1 and role.status == "running"

    watch = Watch(kill_once)
    supervise([[shell(tmp_path, "role", "exec sleep 60")]], watch)
    assert watch.seen[-1][1][0].restarts == 1
    assert any(process.last_exit == "SIGKILL" for _, processes in watch.seen for process in processes)


def test_a_service_that_never_comes_up_fails_the_start_and_says_its_last_words(tmp_path: Path) -> None:
    bystander = shell(tmp_path, "bystander", "exec sleep 60")
    broken = shell(tmp_path, "broken", "echo the disk is upside down; exit 3")
    watch = Watch(lambda *_: False)
    with pytest.raises(Unavailable, match=r"broken did not start, exit 3: the disk is upside down"):
        supervise([[bystander, broken]], watch)
    assert watch.seen[-1][1][0].status == "stopped"


def test_a_step_that_fails_is_not_tried_again(tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    step = shell(tmp_path, "migrate", f"echo x >> {tries}; exit 1", once=True)
    with pytest.raises(Unavailable, match="migrate did not start, exit 1"):
        supervise([[step]], Watch(lambda *_: False))
    assert tries.read_text().split() == ["x"]


def test_a_start_that_takes_too_long_names_who_is_late(tmp_path: Path) -> None:
    late = shell(tmp_path, "late", "exec sleep 60", ready=lambda: False)
    with pytest.raises(Unavailable, match=r"not ready after 0 s: late"):
        supervise([[late]], Watch(lambda *_: False), start_timeout=0.3)


def test_processes_stop_in_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    script = f"trap 'echo NAME >> {order}; exit 0' TERM; while :; do sleep 0.05; done"
    stages = [[shell(tmp_path, name, script.replace("NAME", name))] for name in ("first", "second", "third")]
    supervise(stages, Watch(lambda status, _: status == "ready"))
    assert order.read_text().split() == ["third", "second", "first"]


def test_what_will_not_stop_is_killed_after_its_grace(tmp_path: Path) -> None:
    stubborn = shell(tmp_path, "stubborn", "trap '' TERM; while :; do sleep 0.05; done")
    watch = Watch(lambda status, _: status == "ready")
    supervise([[stubborn]], watch, grace=0.3)
    assert watch.seen[-1][1][0].last_exit == "SIGKILL"


def test_nothing_outlives_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import sys, time
from pathlib import Path
from wardlink.stack.process import Command, spawn
child = spawn(Command(argv=("/bin/sleep", "600"), log=Path({str(tmp_path / "log")!r})))
print(child.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = identify(int(parent.stdout.readline()))
    assert child is not None
    parent.kill()
    parent.wait()
    assert await_death(child, timeout=10)


def test_back_off_doubles_up_to_its_longest_and_a_calm_time_forgets() -> None:
    back_off = BackOff(first=0.5, longest=30.0, calm=60.0)
    assert [back_off.delay(failures) for failures in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert back_off.failures_after(5, lived=59.9) == 6
    assert back_off.failures_after(5, lived=60.0) == 1


def test_an_end_is_told_in_words() -> None:
    assert exit_in_words(0) == "exit 0"
    assert exit_in_words(-9) == "SIGKILL"


def test_a_process_id_used_again_by_another_is_not_mistaken_for_it(tmp_path: Path) -> None:
    process = spawn(Command(argv=("/bin/sleep", "600"), log=tmp_path / "log"))
    identity = identify(process.pid)
    assert identity is not None
    end(Identity(identity.pid, identity.born - 1000), timeout=0.1)
    assert is_alive(identity)
    waiting = threading.Thread(target=process.wait)
    waiting.start()
    end(identity, timeout=10)
    waiting.join()
    assert not is_alive(identity)


def test_a_process_that_waits_to_be_reaped_is_not_alive(tmp_path: Path) -> None:
    process = spawn(Command(argv=("/bin/true",), log=tmp_path / "log"))
    identity = Identity(process.pid, time.time())
    wait_until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE, "the process has ended")
    assert not is_alive(identity)
    process.wait()
