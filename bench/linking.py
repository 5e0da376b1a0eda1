"""How fast linking is by itself, and whether it stays so: on one core, in one process, with more and more held.

    python -m bench.linking [--held 10000,50000,200000]

Two measures, of the very objects that `resolve` works with: *mentions*, persons alone (blocks, comparisons, clusters,
numbers), and *reports*, the whole of an area's index, persons and incidents. At each size so many come in batches, one
by one, and are taken back one by one. All towns are one area, so that 1,000,000 reports are those of a large city. The
last line is JSON.
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import Any, Generic, TypeVar

import psutil
from rich.console import Console
from rich.table import Table

from bench import mentions
from bench.report import machine, rounded
from linkage.changes import Put, Withdraw
from linkage.features import Mention, ReportFeatures
from linkage.held import HeldArea, HeldReport
from linkage.index import AreaIndex
from linkage.ledger import Ledger
from linkage.model import load_model
from linkage.packing import unpack
from linkage.persons import PERSON
from streams.garbage import building_what_lasts, collect_young

AREA, SECRET = "E09000012", b"a secret of the bench"
_BATCH, _BATCHES, _SINGLY = 1_000, 10, 2_000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Told:
    """One mention of a person, and when its report was received (microseconds)."""

    mention: Mention
    received: int


class Persons:
    """The persons of an area alone: seats, graph and numbers, as an index of the area uses them."""

    def __init__(self) -> None:
        self._area = HeldArea(AREA, load_model(), SECRET)

    def add(self, told: Sequence[Told]) -> None:
        """Takes mentions in, and clusters what they touch."""
        area = self._area
        for one in told:
            report = area.report_of_mention[one.mention.mention_id] = HeldReport()
            report.received = one.received
            area.seats.seat(one.mention, one.received)
        self._settle()

    def take_back(self, told: Told) -> None:
        """Takes a mention out, and clusters what it leaves behind."""
        self._area.seats.unseat(told.mention.mention_id)
        self._settle()

    def _settle(self) -> None:
        area = self._area
        departures = area.seats.ledger.departures(area.seats.at.get)
        area.person_ids.assign(area.person_graph.settle().clusters, departures)
        area.seats.ledger = Ledger(PERSON)


class Reports:
    """The whole index of an area."""

    def __init__(self) -> None:
        self._index = AreaIndex(AREA, load_model(), SECRET)

    def add(self, told: Sequence[Put]) -> None:
        """Takes reports in, and tells what that changed."""
        self._index.apply(told)

    def take_back(self, told: Put) -> None:
        """Takes a report out, and tells what that changed."""
        self._index.apply([Withdraw(told.features.report_id, told.features.revision)])


@dataclass(frozen=True, slots=True)
class Pace:
    """What linking took with so many `held`: a second, in milliseconds, in bytes for each that is held."""

    held: int
    per_second: float
    add_p50_ms: float
    add_p99_ms: float
    take_back_p50_ms: float
    take_back_p99_ms: float
    bytes_each: float


@dataclass(slots=True)
class Measure(Generic[Item]):
    """One index that is filled, and looked at on the way; `coming` are the items in their order."""

    index: Any
    coming: Iterator[Item]
    held: int = 0
    empty: int = 0

    def curve(self, sizes: Sequence[int]) -> Iterator[Pace]:
        """How it works at each size, which must grow by more than is measured at one."""
        gc.collect()
        self.empty = _memory()
        for size in sizes:
            self._fill(size - self.held)
            yield self._pace(size)

    def _fill(self, count: int) -> None:
        with building_what_lasts():
            while batch := list(islice(self.coming, min(_BATCH, count))):
                self.index.add(batch)
                self.held, count = self.held + len(batch), count - len(batch)

    def _pace(self, size: int) -> Pace:
        bytes_each = (_memory() - self.empty) / self.held
        batches = [list(islice(self.coming, _BATCH)) for _ in range(_BATCHES)]
        singly = list(islice(self.coming, _SINGLY))
        seconds = sum(_each(self._add_batch, batches))
        added = _each(lambda item: self.index.add([item]), singly)
        taken = _each(self.index.take_back, singly)
        self.held += _BATCH * _BATCHES
        return Pace(size, _BATCH * _BATCHES / seconds, *_p50_p99_ms(added), *_p50_p99_ms(taken), bytes_each)

    def _add_batch(self, batch: Sequence[Item]) -> None:
        self.index.add(batch)
        collect_young()


def _each(work: Callable[[Any], None], items: Sequence[Any]) -> list[float]:
    """The seconds that each took."""
    took = []
    for item in items:
        began = time.perf_counter()
        work(item)
        took.append(time.perf_counter() - began)
    return took


def _p50_p99_ms(seconds: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(seconds, n=100)
    return cuts[49] * 1e3, cuts[98] * 1e3


def _memory() -> int:
    return int(psutil.Process().memory_info().rss)


def _mentions(features: Sequence[bytes]) -> Iterator[Told]:
    for report in map(unpack, features):
        yield from (Told(mention, report.received) for mention in report.mentions if mention.linkable)


def _reports(features: Sequence[bytes]) -> Iterator[Put]:
    for packed in features:
        report: ReportFeatures = unpack(packed)
        if report.linkable:
            yield Put(report, packed)


def run(sizes: Sequence[int]) -> dict[str, Any]:
    """All figures."""
    most = sizes[-1] + (_BATCH * _BATCHES + _SINGLY) * len(sizes)
    with tempfile.TemporaryDirectory(prefix="wardlink-bench-") as folder:
        features = mentions.make(int(most * 1.2), Path(folder))
    persons = list(Measure(Persons(), _mentions(features)).curve(sizes))
    reports = list(Measure(Reports(), _reports(features)).curve(sizes))
    return {"mentions": persons, "reports": reports}


def _show(title: str, curve: Sequence[Pace]) -> None:
    table = Table(title=title, box=None, title_justify="left")
    for head in ("held", "a second", "add p50", "p99", "take back p50", "p99 ms", "bytes each"):
        table.add_column(head, justify="right")
    for pace in curve:
        milliseconds = (pace.add_p50_ms, pace.add_p99_ms, pace.take_back_p50_ms, pace.take_back_p99_ms)
        figures = [f"{figure:.2f}" for figure in milliseconds]
        table.add_row(f"{pace.held:,}", f"{pace.per_second:,.0f}", *figures, f"{pace.bytes_each:,.0f}")
    Console().print(table)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.linking", description=__doc__)
    parser.add_argument("--held", default="10000,50000,200000", help="sizes, rising by more than 12,000 each")
    sizes = [int(size) for size in parser.parse_args().held.split(",")]
    found = run(sizes)
    for title, curve in found.items():
        _show(title, curve)
    figures = {
        title: [{name: getattr(pace, name) for name in Pace.__slots__} for pace in curve]
        for title, curve in found.items()
    }
    print(json.dumps(rounded({"linking": figures, "machine": machine()})))


if __name__ == "__main__":
    main()
