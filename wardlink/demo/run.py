"""The demonstration from its first second to its last: write, start, tell the story, play the borough, gather, stop."""

import os
import shlex
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from simulation.settings import Settings as Borough
from store.database import connect
from store.evaluation import progress
from wardlink.demo import home
from wardlink.demo.cases import Readers
from wardlink.demo.outcome import Outcome, gather
from wardlink.demo.page import write_page
from wardlink.demo.play import (
    Delivery,
    Player,
    deliveries,
    play,
    records_published,
    set_the_stage,
    total,
    write_borough,
)
from wardlink.demo.story import Tell, tell_story
from wardlink.demo.theatre import Theatre
from wardlink.demo.truth import read_truth
from wardlink.demo.watch import Counters, Silence, Stages
from wardlink.settings import Settings, store_settings
from wardlink.stack.control import start_in_background, stop
from wardlink.stack.embedded import stack_state

_START_SECONDS = 180.0


def run(settings: Settings, borough: Borough, stay: bool, stages: Stages, tell: Tell) -> Outcome:
    """Tells the story, plays a borough and gathers what came of it; nothing is left running unless it shall stay.

    `tell` is given each line of the story as soon as it is known. Raises KeyboardInterrupt when it is told to stop,
    after everything has been stopped.
    """
    home.begin(settings)
    folder = home.borough_folder(settings)
    with _interrupted_by_signals(), _stack(settings, stay, stages):
        with stages.stage(f"Wrote {borough.days} days of three agencies' files, and the story's before them"):
            write_borough(borough, folder)
        with stages.stage("Imported where things are, made keys, switched three sources on"):
            set_the_stage(settings, borough, folder)
        with Player(settings, Silence()) as player:
            theatre = Theatre(settings, borough, player, Readers(settings), read_truth(folder / "truth"))
            return _perform(theatre, folder, stages, tell)


def next_steps(settings: Settings, outcome: Outcome, stays: bool) -> list[tuple[str, str]]:
    """What to try next: (what for, a command to copy)."""
    wardlink = _command()
    config = shlex.quote(str(home.config_file(settings)))
    steps = [("the demo's home, for the lines below", f"export WARDLINK_CONFIG={config}")]
    if not stays:
        steps.append(("the same data again, in ten seconds", f"{wardlink} up --detach"))
    steps.append(("an officer's inbox, dates first", f"{wardlink} alerts --as council/caseworker --limit 5"))
    if outcome.case_id:
        steps.append(("then as police, as council", f"{wardlink} case {outcome.case_id} --as housing/caseworker"))
    if outcome.bond:
        pair = f"{outcome.bond.left} {outcome.bond.right}"
        steps.append(("why, bit by bit", f"{wardlink} why {pair} --as police/caseworker"))
    steps.append(("what was done with its reports", f"{wardlink} audit --as housing/governance --limit 5"))
    return [*steps, ("stop; then your own files: ingest --help", f"{wardlink} down")]


def _perform(theatre: Theatre, folder: Path, stages: Stages, tell: Tell) -> Outcome:
    story, week, rest = _in_parts(deliveries(folder), theatre.borough)
    began = time.monotonic()
    lines = tell_story(theatre, story, week, folder / "spoilt", tell)
    told_in = time.monotonic() - began
    stages.say(f"Told the story in {told_in:.0f} s. Now the rest of {theatre.borough.days} days of the borough.")
    figures = {"story_seconds": round(told_in, 1), **_play(theatre, rest, folder, stages)}
    with stages.stage("Held what was concluded against the truth"):
        outcome = gather(theatre, lines, folder / "truth", figures)
        write_page(home.page_file(theatre.settings), outcome)
    return outcome


def _in_parts(every: Sequence[Delivery], borough: Borough) -> tuple[list[Delivery], list[Delivery], list[Delivery]]:
    """The story's deliveries, those of the borough's first week, and the others."""
    second_week = borough.start + timedelta(weeks=1)
    return (
        [each for each in every if each.day < borough.start],
        [each for each in every if borough.start <= each.day < second_week],
        [each for each in every if each.day >= second_week],
    )


def _play(theatre: Theatre, rest: Sequence[Delivery], folder: Path, stages: Stages) -> Mapping[str, Any]:
    """Plays the days; returns rows, records and seconds from the first file to the last alert."""
    settings, borough = theatre.settings, theatre.borough
    before, began = records_published(settings), time.monotonic()
    writer = store_settings(settings, "writer_dsn").writer_dsn
    theatre.player.tallies.clear()
    with (
        connect(writer, "wardlink-demo-counters") as connection,
        Counters(stages, lambda: progress(connection)) as counters,
    ):
        theatre.player.bar = counters
        play(theatre.player, borough, folder, rest, counters)
        seconds = time.monotonic() - began
        counters.mark(borough.day(borough.days - 1))
    records, tally = records_published(settings) - before, total(theatre.player.tallies.values())
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
    except BaseException:  # also Ctrl-C and SIGTERM: nothing is left running, not even with --stay
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


def _command() -> str:
    """How the user would call this command line: as it was called, if the shell would find it so."""
    found = shutil.which("wardlink")
    beside = Path(sys.executable).with_name("wardlink")
    if found or not beside.exists():
        return "wardlink"
    return os.path.relpath(beside) if beside.is_relative_to(Path.cwd()) else str(beside)
