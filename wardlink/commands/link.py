"""`wardlink link`: the rows of a file, one by one through the index that links reports, to clusters."""

import gc
import json
from pathlib import Path
from time import perf_counter_ns
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from linkage.rows.index import RowIndex
    from wardlink.row_files import Row

_MICROSECOND = 1000


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(link)


def link(
    file: Annotated[Path, typer.Argument(help="A CSV file of rows, or its .gz.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="Where to write each row's id with its cluster's.", show_default=False)],
    profile: Annotated[str, typer.Option(help="Name of a model, or path of a model file.")] = "historical",
    order: Annotated[str, typer.Option(help="file, or shuffle:SEED. The clusters are the same.")] = "file",
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Link the rows of a file: which are of one person. A column that says so already is never read."""
    from linkage.rows.index import RowIndex
    from wardlink.row_files import distinct_ids, in_order, read_rows, write_clusters
    from wardlink.row_models import find_model

    model = find_model(profile)
    key = model.content["id"]
    rows = read_rows(file, (key, *model.columns()))
    distinct_ids(rows, key)
    index = RowIndex(model)
    nanoseconds = _fed(index, in_order(rows, order), key)
    partition = index.partition()
    write_clusters(out, ((row, members[0]) for members in partition for row in members), key)
    summary = {
        "model": model.name,
        "rows": len(rows),
        "clusters": len(partition),
        "largest": max(map(len, partition), default=0),
        "candidates_per_row": round(index.blocks.compared / max(1, len(rows)), 2),
        **_speed(sorted(nanoseconds)),
    }
    _tell(summary, out, as_json)


def _fed(index: "RowIndex", rows: "list[Row]", key: str) -> list[int]:
    """Each row put and everything settled before the next comes; the nanoseconds that each took."""
    from wardlink.row_files import shown

    taken = []
    gc.disable()  # an index has no garbage in circles worth looking for, and looking takes longer than linking
    for row in shown(rows, "link"):
        started = perf_counter_ns()
        index.put(row[key] or "", row)
        index.settle()
        taken.append(perf_counter_ns() - started)
    gc.enable()
    return taken


def _speed(nanoseconds: list[int]) -> dict[str, Any]:
    if not nanoseconds:
        return {}
    middle, late = (nanoseconds[len(nanoseconds) * percent // 100] for percent in (50, 99))
    return {
        "rows_per_second": round(len(nanoseconds) / (sum(nanoseconds) / 1e9)),
        "p50_us": middle // _MICROSECOND,
        "p99_us": late // _MICROSECOND,
    }


def _tell(summary: dict[str, Any], out: Path, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(summary))
        return
    typer.echo(f"{summary['rows']:,} rows, {summary['clusters']:,} clusters, the largest of {summary['largest']}.")
    typer.echo(f"Model {summary['model']}; {summary['candidates_per_row']} candidates a row.")
    if "p50_us" in summary:
        rate, middle, late = (summary[name] for name in ("rows_per_second", "p50_us", "p99_us"))
        typer.echo(f"{rate:,} rows/s; one row p50 {middle:,} µs, p99 {late:,} µs with clustering.")
    typer.echo(f"Wrote {out}")
