"""The act about what is kept running: the process that links is killed while it works, and nothing is lost."""

import csv
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from schemas.errors import Unavailable
from store.evaluation import progress
from wardlink.demo.lines import Line
from wardlink.demo.play import Delivery
from wardlink.demo.theatre import Theatre
from wardlink.stack.state import ProcessState, read_state
from wardlink.status import on_the_way

_RESTART_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.01
_PATIENCE_SECONDS = 30.0
_NAMED_BY = {"police-cad": "incident_no", "housing-contacts": "contact_id", "noiseworks": "id"}


def it_team(theatre: Theatre, week: Sequence[Delivery]) -> Line:
    """A week of the borough; `resolve` is killed while it links it."""
    before, known = _resolve_of(theatre), _stored(theatre)
    with _Killer(theatre, _pid_of(before)) as killer:
        first = theatre.player.read_all(week)
    theatre.wait()
    after = _await_restart(theatre, before)
    named = set(_references(week))
    stored = _stored(theatre) & named
    again = theatre.player.read_all(week)
    theatre.wait()
    return Line(
        name="it_team",
        reader="the operator",
        says=f"resolve was killed with SIGKILL when {killer.stored:,} of {len(named):,} reports were stored; started "
        f"again, it stored {len(stored):,} of {len(named):,}, each once.",
        details=(
            ("killed", f"process {killer.pid}, while {killer.lag:,} reports were on their way"),
            ("started again by the supervisor", f"as process {_pid_of(after)}"),
            ("in the files", f"{len(named):,} reports; stored {len(stored):,}"),
            ("the same files again", f"{again.read:,} rows read, {again.published:,} told anything new"),
        ),
        parts={
            "it was killed in the middle": 0 < killer.stored < len(named),
            "another process runs in its place": _is_another(before, after),
            "every report in the files is stored": named <= _stored(theatre) | theatre.truth.withdrawn,
            "nothing is stored that was not told": _stored(theatre) - known <= named,
            "read again, nothing is new": first.published > 0 and again.published == 0,
        },
    )


def _references(some: Sequence[Delivery]) -> Iterator[str]:
    """The ids of the reports in files, read from the files themselves."""
    for delivery in some:
        path = delivery.path / "Complaint.csv" if delivery.path.is_dir() else delivery.path
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield f"{delivery.feed.agency}:{row[_NAMED_BY[delivery.feed.name]]}"


def _stored(theatre: Theatre) -> set[str]:
    found = theatre.found()
    return set(found.incident_of) | found.withdrawn


def _resolve_of(theatre: Theatre) -> ProcessState:
    processes = read_state(theatre.settings.folders).processes
    return next(each for each in processes if each.name.startswith("resolve"))


def _pid_of(process: ProcessState) -> int:
    if process.identity is None:
        raise Unavailable(f"{process.name} does not run: see `wardlink logs {process.name}`")
    return process.identity.pid


def _is_another(before: ProcessState, after: ProcessState) -> bool:
    one, other = before.identity, after.identity
    return one is not None and other is not None and one.pid != other.pid and after.restarts == before.restarts + 1


def _await_restart(theatre: Theatre, before: ProcessState) -> ProcessState:
    """The process that the supervisor started instead, or the same if it does not within a minute."""
    deadline = time.monotonic() + _RESTART_SECONDS
    while not _is_another(before, now := _resolve_of(theatre)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return now


@dataclass(slots=True)
class _Killer:
    """Kills a process as soon as it has stored something of what is read meanwhile; a context manager."""

    theatre: Theatre
    pid: int
    stored: int = 0
    lag: int = 0
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> "_Killer":
        self._thread = threading.Thread(target=self._wait_and_kill, name="wardlink-demo-killer", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()

    def _wait_and_kill(self) -> None:
        with self.theatre.look() as session:
            before = progress(session)["reports"]
            deadline = time.monotonic() + _PATIENCE_SECONDS
            while self.stored == 0 and time.monotonic() < deadline:
                time.sleep(_LOOK_EVERY_SECONDS)
                self.stored = progress(session)["reports"] - before
        if self.stored:
            os.kill(self.pid, signal.SIGKILL)
            self.lag, _ = on_the_way(self.theatre.settings)
