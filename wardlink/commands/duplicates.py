"""`wardlink duplicates`: for each request of a city's file the others by the weight of being one matter."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused

if TYPE_CHECKING:
    from linkage.duplicates.model import DuplicateModel
    from linkage.duplicates.ranking import Ranked

File = Annotated[Path, typer.Argument(help="A CSV file of requests, or its .gz.", exists=True, dir_okay=False)]
Profile = Annotated[str, typer.Option(help="Name of a model, or path of a model file.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(duplicates)
    app.command("train-duplicates")(train)


def duplicates(
    file: File,
    out: Annotated[Path, typer.Option(help="Where to write the ranking.", show_default=False)],
    profile: Profile = "san-diego",
    within: Annotated[str, typer.Option(help="How far apart requests are compared, such as 500m.")] = "500m",
    top: Annotated[int, typer.Option(help="How many others a request gets at most.", min=1, max=1000)] = 10,
    earlier_only: Annotated[bool, typer.Option("--earlier-only", help="Only others that were told before.")] = False,
    truth: Annotated[
        Path | None, typer.Option(help="What staff marked: also tells how far the ranking agrees.", dir_okay=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,
) -> None:
    """Rank for each request the others nearby: which are likeliest the same matter. Marked duplicates are not read."""
    from linkage.duplicates.measuring import retrieval
    from linkage.duplicates.model import load_duplicates
    from linkage.duplicates.ranking import rank
    from wardlink.request_files import metres_of, read_marks, read_requests, write_ranking

    model, metres = load_duplicates(profile), metres_of(within)
    marks = read_marks(truth, model) if truth else None
    requests = read_requests(file, model)
    started = perf_counter()
    few: dict[str, list[str]] = {}
    bands: Counter[str] = Counter()
    ranked = rank(model, requests, metres, top, earlier_only)
    written = write_ranking(out, _noted(_shown(ranked, len(requests)), few, bands, model), model)
    summary: dict[str, Any] = {
        "model": model.name,
        "requests": len(requests),
        "within_m": metres,
        "pairs": written,
        "bands": dict(sorted(bands.items())),
        "seconds": round(perf_counter() - started, 2),
    }
    if marks is not None:
        summary["truth"] = retrieval(few, marks.among(few)).figures()
    _tell(summary, out, as_json)


def train(
    file: File,
    truth: Annotated[Path, typer.Option(help="What staff marked, as CSV.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="The model file to write.", show_default=False)],
    profile: Profile = "san-diego",
    check: Annotated[
        int, typer.Option(help="First cross-validate in so many stretches of days; 0 for not.", min=0, max=10)
    ] = 0,
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date that the model's card bears.")
    ] = None,
) -> None:
    """Train a model of duplicates offline from those that staff marked; the same file gives the same model."""
    from linkage.duplicates.checking import cross_validate
    from linkage.duplicates.model import load_content, parse_duplicates
    from linkage.duplicates.training import train as trained
    from linkage.model_text import written
    from wardlink.request_files import read_marks, read_requests, write_model
    from wardlink.row_files import sha256_of

    content = load_content(profile)
    model = parse_duplicates(written(content))
    requests = read_requests(file, model)
    marks = read_marks(truth, model).among(each.id for each in requests)
    if not marks.cluster_of:
        raise Refused(
            f"{truth}: of the requests of {file} none has another of its cluster marked; give their own marks"
        )
    figures = cross_validate(content, requests, marks, check) if check else []
    card = {
        "trained_on": sha256_of(file),
        "truth": sha256_of(truth),
        "requests": len(requests),
        "marked": len(marks.cluster_of),
        "date": f"{date:%Y-%m-%d}" if date else None,
        "cross_validation": figures,
    }
    write_model(out, written({**trained(content, requests, marks), "card": card}))
    for number, each in enumerate(figures, 1):
        typer.echo(f"part {number}: {', '.join(f'{key} {value}' for key, value in each.items())}")
    typer.echo(f"Wrote {out}")


_Rankings = Iterator[tuple[str, "list[Ranked]"]]
_FEW = 5


def _shown(ranked: _Rankings, count: int) -> _Rankings:
    """The same under a bar on the terminal."""
    from connectors.progress import ProgressBar

    with ProgressBar() as bar:
        bar.begin("rank", count)
        for number, each in enumerate(ranked, 1):
            yield each
            if not number % 100:
                bar.advance(100)


def _noted(ranked: _Rankings, few: dict[str, list[str]], bands: Counter[str], model: "DuplicateModel") -> _Rankings:
    """The same; notes the first five ids of each and how many pairs each band has."""
    for each, others in ranked:
        few[each] = [other for other, _ in others[:_FEW]]
        bands.update(model.graph.band(weight) for _, weight in others)
        yield each, others


def _tell(summary: dict[str, Any], out: Path, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(summary))
        return
    bands = ", ".join(f"{count:,} {band}" for band, count in summary["bands"].items())
    typer.echo(
        f"{summary['requests']:,} requests, {summary['pairs']:,} pairs within {summary['within_m']:g} m ({bands})"
    )
    typer.echo(f"Model {summary['model']}; {summary['seconds']} s.")
    for name, value in summary.get("truth", {}).items():
        typer.echo(f"{name.replace('_', ' '):<20}{value:>9}")
    typer.echo(f"Wrote {out}")
