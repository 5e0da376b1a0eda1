"""GoldenMatch's clusters of a register of people; runs in an environment of its own.

    python people_goldenmatch.py SET ROWS.csv CLUSTERS.csv

Set up by itself, as a Fellegi-Sunter model of its own choice (`auto_configure_probabilistic_df`), with no language
model and no network. The first column is the id. Writes `id,cluster_id`, prints one JSON line.
"""

import csv
import json
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import goldenmatch
import pyarrow
import pyarrow.csv


def main(_: str, rows: str, out: str) -> None:
    """Links and writes."""
    table = _read(rows)
    key, *told = table.column_names
    began = time.perf_counter()
    bare = table.select(told)
    found = goldenmatch.dedupe_df(bare, config=goldenmatch.auto_configure_probabilistic_df(bare))
    seconds = time.perf_counter() - began
    with open(out, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "cluster_id"))
        writer.writerows(_clustered(table[key].to_pylist(), found.clusters))
    print(json.dumps({"seconds": seconds}))


def _read(rows: str) -> Any:
    """Every column as text."""
    with open(rows, encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    text = dict.fromkeys(columns, pyarrow.string())
    options = pyarrow.csv.ConvertOptions(column_types=text, strings_can_be_null=True)
    return pyarrow.csv.read_csv(rows, convert_options=options)


def _clustered(ids: Sequence[str], clusters: dict[int, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each id with its cluster's first."""
    first = {member: cluster["members"][0] for cluster in clusters.values() for member in cluster["members"]}
    for place, each in enumerate(ids):
        yield each, ids[first.get(place, place)]


if __name__ == "__main__":
    main(*sys.argv[1:])
