"""How fast linking is by itself, and whether it stays so: on one core, in one process, with more and more held.

    python -m bench.linking [--held 10000,50000,200000]

Two measures, of the very objects that `resolve` works with: *mentions*, persons alone (blocks, comparisons, clusters,
numbers), and *reports*, the whole of an area's index, persons and incidents. At each size so many come in batches, one
by one, and are taken back one by one. All towns are one area, so that 1,000,000 reports are those of a large city.
Beside it, with as many held as at last: Splink's scoring of new records, in batches of 100. The last line is JSON.
"""

import argparse
import csv
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
from bench.peers import run_peer
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
_PEER_BATCH, _PEER_BATCHES = 100, 20

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

    def groups(self) -> list[list[str]]:
        """The mentions of each person, sorted."""
        area = self._area
        numbers = {node.cluster for node in area.seats.at.values()}
        return sorted(list(area.mentions_of_person(area.person_id(number))) for number in numbers)

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


def mentions_of(features: Sequence[bytes]) -> Iterator[Told]:
    """Each mention of packed features that may be linked."""
    for report in map(unpack, features):
        yield from (Told(mention, report.received) for mention in report.mentions if mention.linkable)


def reports_of(features: Sequence[bytes]) -> Iterator[Put]:
    """Each report of packed features that may be linked."""
    for packed in features:
        report: ReportFeatures = unpack(packed)
        if report.linkable:
            yield Put(report, packed)


def run(sizes: Sequence[int], with_peer: bool) -> tuple[dict[str, list[Pace]], float | None]:
    """The curves, and the records a second of Splink."""
    most = sizes[-1] + (_BATCH * _BATCHES + _SINGLY) * len(sizes)
    with tempfile.TemporaryDirectory(prefix="wardlink-bench-") as folder:
        features = mentions.make(int(most * 1.2), Path(folder))
        peer = _splink(features, sizes[-1], Path(folder)) if with_peer else None
    persons = list(Measure(Persons(), mentions_of(features)).curve(sizes))
    reports = list(Measure(Reports(), reports_of(features)).curve(sizes))
    return {"mentions": persons, "reports": reports}, peer


def _splink(features: Sequence[bytes], held: int, folder: Path) -> float:
    told = mentions_of(features)
    known, coming = folder / "held.csv", folder / "coming.csv"
    _write(known, islice(told, held))
    _write(coming, islice(told, _PEER_BATCH * _PEER_BATCHES))
    return float(run_peer("splink", "splink_rate.py", known, coming, _PEER_BATCH)["per_second"])


def _write(path: Path, told: Iterator[Told]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("unique_id", "given", "family", "born", "postcode", "telephone"))
        for mention in (one.mention for one in told):
            given, family = (" ".join(names) for names in mention.names)
            number = mention.telephones[0] if mention.telephones else ""
            writer.writerow((mention.mention_id, given, family, mention.birth_date, mention.postcode, number))


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
    parser.add_argument("--without-peer", action="store_true", help="only our own figures")
    options = parser.parse_args()
    found, peer = run([int(size) for size in options.held.split(",")], not options.without_peer)
    for title, curve in found.items():
        _show(title, curve)
    figures: dict[str, Any] = {
        title: [{name: getattr(pace, name) for name in Pace.__slots__} for pace in curve]
        for title, curve in found.items()
    }
    if peer is not None:
        figures |= {"splink_per_second": peer, "times_splink": found["mentions"][-1].per_second / peer}
        print(f"Splink: {peer:,.0f} a second; {figures['times_splink']:.0f} times as many mentions in the same time")
    print(json.dumps(rounded({"linking": figures, "machine": machine()})))


if __name__ == "__main__":
    main()
