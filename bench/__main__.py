"""`make bench`: how fast reports get from Kafka into linked cases and alerts, beside a Faust agent that does nothing.

Everything is measured in one run, on a stack of its own that is gone afterwards. The last line is one JSON object.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from bench import latency, noop, rebuild, report, stages
from bench.latency import Sent
from bench.load import Load, Published, publish
from bench.noop import NoopRun
from bench.resolving import Pace, Watch, watching
from bench.stack import Stack, running_stack
from bench.towns import END, FEEDS, Message, Town, make, towns
from connectors import sources
from vault.keyring import PublicRing
from wardlink.keyring_files import keyring_path
from wardlink.operate import switch_source, tick_all
from wardlink.settings import load

_MARGIN = 1.05
_VICTIMS, _WARMING = 200, 20
_NOOP_RUNS = 3


@dataclass(frozen=True, slots=True)
class Size:
    """How large a run is, in reports."""

    stored: int
    load: int
    areas: int

    @property
    def staged(self) -> int:
        """Reports for the breakdown by stages."""
        return self.load // 6

    @property
    def all(self) -> int:
        """Reports that the towns must bring."""
        return int((self.stored + 2 * self.load + self.staged) * _MARGIN)


class Bench:
    """One run: each method is one measure, called in this order."""

    def __init__(self, stack: Stack, watch: Watch, size: Size, places: Sequence[Town], folder: Path) -> None:
        self._stack, self._watch, self._size, self._places, self._folder = stack, watch, size, places, folder
        self._areas = [town.area for town in places]
        self._thirds: list[Sent] = []

    def run(self) -> dict[str, Any]:
        """All figures."""
        say(f"writing and reading the files of {len(self._places)} towns")
        load = Load(make(self._places))
        figures = self.fill_and_load(load, len(os.sched_getaffinity(0))) | self.rebuild()
        figures |= {f"{name}_restarted": value for name, value in self.restarted(load).items()}
        figures |= self.latency() | self.stages(load)
        return figures | {"quarantined": self._watch.quarantined(), "machine": report.machine()}

    def fill_and_load(self, load: Load, workers: int) -> dict[str, Any]:
        """Stores the first reports with so many workers, every source live, so that alerts leave; then the load."""
        say(f"storing {self._size.stored:,} reports")
        ring = PublicRing.load(keyring_path(self._stack.settings))
        before, self._thirds = latency.tell(ring, self._areas, _VICTIMS + _WARMING, self._folder)
        with self._workers(workers) as resolve:
            self._switch_sources_on()
            self._watch.await_all(resolve[0])
            seconds = self._fill(load.take(self._size.stored), resolve)
            latency.send_all(self._stack, before)
            self._watch.await_all(resolve[0])
            figures = {"fill_per_second": self._size.stored / seconds, "stored": self._watch.stored_reports()}
            say(f"{self._size.load:,} reports more")
            transaction, positions = self._watch.transaction(), self._watch.positions()
            with self._watch.holding_commits():
                published = publish(self._stack.settings, load.take(self._size.load))
            pace = self._watch.pace(resolve, positions)
        return figures | self._speed(published, pace, transaction)

    def rebuild(self) -> dict[str, Any]:
        """The memory of every area from PostgreSQL, once what was written has left."""
        say("relaying what that brought")
        with self._stack.role("relay") as relay:
            self._stack.await_until(self._watch.is_relayed, relay, "the outbox has left")
        say("rebuilding the index")
        found = rebuild.run(self._stack)
        return {
            "rebuild_200k_s": found["seconds"],
            "rebuild_reports": self._watch.stored_reports(),
            "rebuild_rss_mb": found["full_mb"] - found["empty_mb"],
        }

    def restarted(self, load: Load) -> dict[str, Any]:
        """A load through one worker that was just started: from its first commit on."""
        say(f"{self._size.load:,} reports more, with one worker that was just started")
        published = publish(self._stack.settings, load.take(self._size.load))
        transaction, positions = self._watch.transaction(), self._watch.positions()
        with self._workers(1) as resolve:
            pace = self._watch.pace(resolve, positions)
        return self._speed(published, pace, transaction)

    def latency(self) -> dict[str, Any]:
        """Third reports of known victims, one by one."""
        say(f"waiting for the alerts of {len(self._thirds)} victims, one by one")
        with self._stack.role("relay") as relay, self._stack.role("resolve") as resolve:
            tick_all(self._stack.settings, END)
            self._watch.await_all(resolve)
            self._stack.await_until(self._watch.is_relayed, relay, "the outbox has left")
            latency.measure(self._stack, self._thirds[:_WARMING])
            found = latency.measure(self._stack, self._thirds[_WARMING:])
        return {"publish_to_alert_p50_ms": found.p50_ms, "publish_to_alert_p99_ms": found.p99_ms}

    def stages(self, load: Load) -> dict[str, Any]:
        """The same work in one process, taken apart."""
        say(f"taking {self._size.staged:,} reports apart")
        publish(self._stack.settings, load.take_by_area(self._size.staged))
        found = stages.run(self._stack)
        batch = found["records"] / found["batches"]
        return {"stages_us": found["stages_us"], "stages_reports": found["reports"], "stages_mean_batch": batch}

    @contextmanager
    def _workers(self, count: int) -> Iterator[list[psutil.Process]]:
        with ExitStack() as roles:
            yield [roles.enter_context(self._stack.role("resolve", number + 1)) for number in range(count)]

    def _switch_sources_on(self) -> None:
        for feed in FEEDS:
            name = sources.find(feed.source, feed.profile).name
            switch_source(self._stack.settings, feed.agency, name, "live", self._areas)

    def _fill(self, messages: Sequence[Message], resolve: Sequence[psutil.Process]) -> float:
        """Seconds until all is stored."""
        began = time.perf_counter()
        publish(self._stack.settings, messages)
        self._watch.await_all(resolve[0])
        return time.perf_counter() - began

    def _speed(self, published: Published, pace: Pace, transaction: int) -> dict[str, Any]:
        """Speeds in reports a second: each time is for the same bytes, reports and updates."""
        batches, share = self._watch.batches_since(transaction), published.reports / published.records
        runs = [self._noop(published) for _ in range(_NOOP_RUNS)]
        noops = [run.records / run.seconds * share for run in runs]
        return {
            "workers": pace.workers,
            "reports_per_second": pace.per_second * share,
            "noop_per_second": median(noops),
            "ratio_to_noop": pace.per_second * share / median(noops),
            "noop_runs": noops,
            "reports": published.reports,
            "records": published.records,
            "bytes_per_record": published.size / published.records,
            "batches": batches,
            "mean_batch": published.records / batches,
            "rss_mb": pace.rss_mb,
            "cpu_us_per_report": pace.cpu_seconds * 1e6 / (pace.records * share),
            "publish_per_second": published.reports / published.seconds,
        }

    def _noop(self, published: Published) -> NoopRun:
        say("reading them with an agent that does nothing")
        return noop.run(self._stack, published)


def say(text: str) -> None:
    """Tells of progress."""
    print(f"{time.perf_counter() - _BEGAN:6.0f} s  {text}", file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--stored", type=int, default=200_000, help="reports stored before the load")
    parser.add_argument("--load", type=int, default=24_000, help="reports of each load")
    parser.add_argument("--areas", type=int, default=12, help="towns, each an area of its own")
    parser.add_argument("--quick", action="store_true", help="12,000 stored and a load of 3,000: to see that it works")
    parser.add_argument("--json-only", action="store_true", help="no table")
    return parser.parse_args()


def main() -> None:
    """Measures and prints."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the stack is taken down
    options = _options()
    size = Size(12_000, 3_000, options.areas) if options.quick else Size(options.stored, options.load, options.areas)
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="wardlink-bench-")))
        places = towns(size.areas, size.all, folder, load().topics.partitions)
        unplaced = [f"unplaced:{feed.agency}" for feed in FEEDS]
        stack = closing.enter_context(running_stack([*(town.area for town in places), *unplaced], say))
        watch = closing.enter_context(watching(stack))
        figures = report.rounded(Bench(stack, watch, size, places, folder).run())
    if not options.json_only:
        report.show(figures)
    print(json.dumps(figures))


_BEGAN = time.perf_counter()

if __name__ == "__main__":
    main()
