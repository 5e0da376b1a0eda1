"""The demonstration from its first second to its last: build, start, play, gather, stop."""

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

from simulation.settings import Settings as Borough
from store.database import connect
from store.evaluation import progress
from wardlink.demo import home
from wardlink.demo.outcome import Outcome, gather
from wardlink.demo.play import play, records_published, set_the_stage, total, write_borough
from wardlink.demo.watch import Counters, Stages
from wardlink.settings import Settings, store_settings
from wardlink.stack.control import start_in_background, stop
from wardlink.stack.embedded import stack_state

_START_SECONDS = 180.0


def run(settings: Settings, borough: Borough, once: bool, stay: bool, stages: Stages) -> Outcome:
    """Plays a borough and gathers what came of it; nothing is left running unless it shall stay.

    Raises KeyboardInterrupt when it is told to stop, after everything has been stopped.
    """
    name = _name_of(borough)
    before = home.begin(settings, name, once)
    folder = home.borough_folder(settings)
    with _interrupted_by_signals(), _stack(settings, stay, stages):
        if before is None:
            with stages.stage(f"Wrote {borough.days} days of three agencies' files"):
                write_borough(borough, folder)
            with stages.stage("Imported where things are, made keys, switched three sources on"):
                set_the_stage(settings, borough, folder)
        else:
            stages.say("This borough is here already: its files are read again, to show that nothing counts twice.")
        figures = _play(settings, borough, folder, stages)
        if before is None:
            home.note_figures(settings, name, figures)
        with stages.stage("Held what was concluded against the truth"):
            return gather(settings, borough, folder / "truth", before.figures if before else figures)


def next_steps(settings: Settings, outcome: Outcome, stays: bool) -> list[tuple[str, str]]:
    """What to try next: (what for, a command to copy)."""
    wardlink, case = _command(), outcome.cases[0]
    config = shlex.quote(str(home.config_file(settings)))
    steps = [("the demo's home, for the lines below", f"export WARDLINK_CONFIG={config}")]
    if not stays:
        steps.append(("the same data again, in ten seconds", f"{wardlink} up --detach"))
    steps.append(("an officer's inbox, dates first", f"{wardlink} alerts --as council/caseworker --limit 5"))
    if case.case_id:
        steps.append(("then as police, as council", f"{wardlink} case {case.case_id} --as housing/caseworker"))
    for bond in case.bonds[:1]:
        steps.append(("why, bit by bit", f"{wardlink} why {bond.left} {bond.right} --as police/caseworker"))
    return [*steps, ("stop; then your own files: ingest --help", f"{wardlink} down")]


def _play(settings: Settings, borough: Borough, folder: Path, stages: Stages) -> Mapping[str, Any]:
    """Plays the days; returns rows, records and seconds from the first file to the last alert."""
    before, began = records_published(settings), time.monotonic()
    writer = store_settings(settings, "writer_dsn").writer_dsn
    with (
        connect(writer, "wardlink-demo-counters") as connection,
        Counters(stages, lambda: progress(connection)) as counters,
    ):
        tallies = play(settings, borough, folder, counters)
        seconds = time.monotonic() - began
        counters.mark(borough.day(borough.days - 1))
    records, tally = records_published(settings) - before, total(tallies.values())
    stages.say(f"Read {tally.read:,} rows: {tally.published:,} told something new, {tally.unchanged:,} nothing new.")
    return {
        "rows": tally.read,
        "published": tally.published,
        "unchanged": tally.unchanged,
        "records": records,
        "seconds": round(seconds, 2),
        "records_per_second": round(records / seconds, 1),
        "processors": os.cpu_count(),
    }


@contextmanager
def _stack(settings: Settings, stay: bool, stages: Stages) -> Iterator[None]:
    """The stack, started unless it runs already; stopped in the end, whatever happens, unless it shall stay."""
    try:
        if not stack_state(settings).is_up:
            with stages.stage("Started Kafka, PostgreSQL, the schema registry and the roles"):
                start_in_background(settings, settings.stack.workers, _START_SECONDS, stages.say)
        yield
    except BaseException:
        stop(settings)
        raise
    if not stay:
        with stages.stage("Stopped everything"):
            stop(settings)


@contextmanager
def _interrupted_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end it as Ctrl-C does, so that nothing is left running."""
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _name_of(borough: Borough) -> Mapping[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(borough).items()}


def _command() -> str:
    """How the user would call this command line: as it was called, if the shell would find it so."""
    found = shutil.which("wardlink")
    beside = Path(sys.executable).with_name("wardlink")
    if found or not beside.exists():
        return "wardlink"
    return os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside)
