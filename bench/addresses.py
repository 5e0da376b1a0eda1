"""How well addresses are matched with a gazetteer, beside uk_address_matcher: `python -m bench.addresses`.

A simulated town of 80,000 properties; some thousands of them written down by `address-errors` as six councils' records
have them, at its own rates and at four times those with noise, for each seed, with and without postcode. Right is the
property that the text describes; where the text leaves out what tells its flat, its building is right too. And
addresses in buildings that a gazetteer lacks: how many of them are falsely matched. The last line is JSON.
"""

import argparse
import csv
import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from address_errors import Controls, Corruptor, Noise, Profile, load_components  # type: ignore[import-untyped]
from rich.console import Console
from rich.table import Table

from bench.peers import run_peer
from bench.report import machine, rounded
from linkage.gazetteer.buildings import Entry, Gazetteer
from linkage.gazetteer.matching import Matcher
from linkage.gazetteer.tokens import tokens_of
from simulation.addresses import components
from simulation.layout import lay_out
from simulation.places import Place
from simulation.settings import Settings

HOMES = 72_000
"""Of a town that has 80,000 properties, buildings and shops among them."""

RATES: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "4x": {"prevalence": 4.0, "error_multiplier": 4.0, "noise": Noise(rate=0.2)},
}
_LACKING = 0.1
"""Share of the buildings that the second gazetteer lacks."""

_COLUMNS = ("unique_id", "address_concat", "postcode")


@dataclass(frozen=True, slots=True)
class Asked:
    """One address as it was written, and the property that it describes."""

    place: Place
    text: str
    postcode: str

    def is_right(self, uprn: str | None) -> bool:
        """Whether that is what was meant."""
        if uprn == self.place.uprn:
            return True
        unit = tokens_of(self.place.unit).marks
        is_left_out = bool(unit) and not set(unit) & set(tokens_of(self.text).marks)
        return is_left_out and uprn == self.place.parent


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of what was asked, and of what was matched; `p50_ms` of one address where each was timed."""

    matched: float
    right: float
    precision: float
    p50_ms: float | None = None
    p99_ms: float | None = None


class Bench:
    """A town's gazetteer, and addresses of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.places = lay_out(Settings(homes=HOMES)).places
        self._components = components(self.places, load_components)
        self._lacking = _some_buildings(self.places)
        entries = list(map(_entry, self.places))
        self._matcher = Matcher(Gazetteer(entries))
        self._poorer = Matcher(
            Gazetteer(_entry(place) for place in self.places if _building(place) not in self._lacking)
        )
        self._gazetteer = folder / "gazetteer.csv"
        _write(self._gazetteer, ((entry.uprn, entry.address, entry.postcode or "") for entry in entries))

    def asked(self, rates: str, seed: int, count: int) -> list[Asked]:
        """So many properties, as somebody wrote them down."""
        writer = Corruptor(Profile.load(), seed=seed, controls=Controls(**RATES[rates]))
        writer.index(self._components)
        by_uprn = {place.uprn: place for place in self.places}
        chosen = random.Random(seed).sample(sorted(by_uprn), count)
        rows = writer.generate(chosen)
        return [Asked(by_uprn[row["source_uprn"]], row["recorded_address"], row["recorded_postcode"]) for row in rows]

    def ours(self, asked: Sequence[Asked], with_postcode: bool) -> Score:
        """One address after the other."""
        found, took = [], []
        for one in asked:
            began = time.perf_counter()
            found.append(self._matcher.match(one.text, one.postcode if with_postcode else None).uprn)
            took.append((time.perf_counter() - began) * 1e3)
        return _score(asked, found, took)

    def falsely(self, asked: Sequence[Asked], with_postcode: bool) -> float:
        """The share of addresses in buildings that a gazetteer lacks which are matched all the same."""
        absent = [one for one in asked if _building(one.place) in self._lacking]
        found = [self._poorer.match(one.text, one.postcode if with_postcode else None).uprn for one in absent]
        return sum(uprn is not None for uprn in found) / len(absent)

    def peer(self, asked: Sequence[Asked], with_postcode: bool) -> tuple[Score, float]:
        """All at once, as uk_address_matcher likes it best; and the seconds that it takes for one."""
        wanted, matched = self._folder / "asked.csv", self._folder / "matched.csv"
        _write(wanted, ((at, one.text, one.postcode if with_postcode else "") for at, one in enumerate(asked)))
        told = run_peer("addresses", "uk_addresses.py", self._gazetteer, wanted, matched)
        with matched.open(newline="") as file:
            uprns = {row["unique_id"]: row["resolved_canonical_id"] for row in csv.DictReader(file)}
        return _score(asked, [uprns.get(str(at)) or None for at in range(len(asked))]), told["one_s"]


def _building(place: Place) -> str:
    return place.parent or place.uprn


def _some_buildings(places: Sequence[Place]) -> set[str]:
    buildings = sorted(set(map(_building, places)))
    return set(random.Random(0).sample(buildings, round(_LACKING * len(buildings))))


def _entry(place: Place) -> Entry:
    return Entry(place.uprn, _line(place), place.postcode, place.parent or None)


def _line(place: Place) -> str:
    return place.address.removesuffix(f", {place.postcode}")


def _write(path: Path, rows: Iterator[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(rows)


def _score(asked: Sequence[Asked], found: Sequence[str | None], took: Sequence[float] = ()) -> Score:
    matched = sum(uprn is not None for uprn in found)
    right = sum(uprn is not None and one.is_right(uprn) for one, uprn in zip(asked, found, strict=True))
    times = (median(took), quantiles(took, n=100)[98]) if took else (None, None)
    return Score(matched / len(asked), right / len(asked), right / max(1, matched), *times)


def run(seeds: Sequence[int], count: int, with_peer: bool) -> list[dict[str, Any]]:
    """The figures of each cell: rates and postcode, mean and worst over the seeds."""
    with tempfile.TemporaryDirectory(prefix="wardlink-bench-") as folder:
        bench = Bench(Path(folder))
        return [
            _cell(bench, rates, with_postcode, seeds, count, with_peer)
            for rates, with_postcode in product(RATES, (True, False))
        ]


def _cell(
    bench: Bench, rates: str, with_postcode: bool, seeds: Sequence[int], count: int, with_peer: bool
) -> dict[str, Any]:
    asked = [bench.asked(rates, seed, count) for seed in seeds]
    ours = [bench.ours(each, with_postcode) for each in asked]
    peers = [bench.peer(each, with_postcode) for each in asked] if with_peer else []
    figures = {"rates": rates, "postcode": with_postcode, "properties": len(bench.places), **_told("", ours)}
    figures |= {"p50_ms": median([one.p50_ms or 0 for one in ours]), "p99_ms": max([one.p99_ms or 0 for one in ours])}
    figures["falsely"] = mean([bench.falsely(each, with_postcode) for each in asked])
    if peers:
        figures |= _told("peer_", [score for score, _ in peers])
        figures["peer_one_ms"] = median([seconds for _, seconds in peers]) * 1e3
    return figures


def _told(prefix: str, scores: Sequence[Score]) -> dict[str, float]:
    right, precision = [one.right for one in scores], [one.precision for one in scores]
    return {
        f"{prefix}right": mean(right),
        f"{prefix}right_worst": min(right),
        f"{prefix}precision": mean(precision),
        f"{prefix}precision_worst": min(precision),
    }


def show(cells: Sequence[Mapping[str, Any]]) -> None:
    """Prints the table."""
    heads = (
        "errors",
        "postcode",
        "right",
        "(worst)",
        "precision",
        "falsely",
        "p50 ms",
        "peer right",
        "precision",
        "one ms",
    )
    keys = ("right", "right_worst", "precision", "falsely", "p50_ms", "peer_right", "peer_precision", "peer_one_ms")
    table = Table(title="Addresses matched with a gazetteer", box=None, title_justify="left")
    for head in heads:
        table.add_column(head, justify="right")
    for cell in cells:
        figures = ["" if key not in cell else f"{cell[key]:.3f}" for key in keys]
        table.add_row(cell["rates"], "yes" if cell["postcode"] else "no", *figures)
    Console().print(table)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.addresses", description=__doc__)
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--asked", type=int, default=5_000, help="addresses of each seed")
    parser.add_argument("--without-peer", action="store_true", help="only our own figures")
    options = parser.parse_args()
    cells = run([int(seed) for seed in options.seeds.split(",")], options.asked, not options.without_peer)
    show(cells)
    print(json.dumps({"addresses": rounded(cells), "machine": machine()}))


if __name__ == "__main__":
    main()
