"""`wardlink evaluate`: clusters held against the truth."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from linkage.measures import Agreement, Measures


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(evaluate)


def evaluate(
    clusters: Annotated[Path, typer.Argument(help="What `wardlink link` wrote.", exists=True, dir_okay=False)],
    truth: Annotated[Path, typer.Option(help="CSV file of ids with the person of each.", exists=True, dir_okay=False)],
    key: Annotated[str, typer.Option("--id", help="Its column of ids; else named as that of the clusters.")] = "",
    label: Annotated[str, typer.Option(help="Its column of persons.")] = "cluster",
    rows: Annotated[
        Path | None, typer.Option(help="The file that was linked: tells how many true pairs were compared at all.")
    ] = None,
    profile: Annotated[str, typer.Option(help="With --rows: the model that linked it.")] = "historical",
    as_json: Annotated[bool, typer.Option("--json", help="The figures as one JSON object.")] = False,
) -> None:
    """Hold clusters against the truth: pairs, B-cubed, whole clusters; by tag too, if it has a column `tags`."""
    from linkage.measures import measure
    from wardlink.row_files import first_column, read_label, read_tags

    key = key or first_column(clusters)
    found, known = read_label(clusters, key, "cluster_id"), read_label(truth, key, label)
    figures: dict[str, Any] = {"all": _plain(measure(found, known))}
    figures |= {tag: _plain(measure(found, known, tagged)) for tag, tagged in read_tags(truth, key).items()}
    if rows is not None:
        figures["all"]["blocking_recall"] = _blocking_recall(rows, profile, known)
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for name, each in figures.items():
        _tell(name, each)


def _blocking_recall(rows: Path, profile: str, known: dict[str, str]) -> float:
    from linkage.rows.blocking import blocking_recall
    from wardlink.row_files import read_rows
    from wardlink.row_models import find_model

    model = find_model(profile)
    key = model.content["id"]
    given = [row for row in read_rows(rows, (key, *model.columns())) if row[key] in known]
    return round(blocking_recall(model, given, [known[row[key] or ""] for row in given]), 4)


def _plain(found: "Measures") -> dict[str, Any]:
    return {
        "rows": found.rows,
        "people": found.people,
        "clusters": found.clusters,
        "largest": found.largest,
        "pairs": _figures(found.pairs),
        "b_cubed": _figures(found.b_cubed),
        "whole_clusters": _figures(found.whole),
    }


def _figures(agreement: "Agreement") -> dict[str, float]:
    return {
        "precision": round(agreement.precision, 4),
        "recall": round(agreement.recall, 4),
        "f1": round(agreement.f1, 4),
    }


def _tell(name: str, figures: dict[str, Any]) -> None:
    typer.echo(
        f"{name}: {figures['rows']:,} rows of {figures['people']:,} people in {figures['clusters']:,} clusters,"
        f" the largest of {figures['largest']}"
    )
    typer.echo(f"{'':<16}{'precision':>10}{'recall':>10}{'F1':>10}")
    for measure in ("pairs", "b_cubed", "whole_clusters"):
        one = figures[measure]
        typer.echo(f"{measure.replace('_', ' '):<16}{one['precision']:>10.4f}{one['recall']:>10.4f}{one['f1']:>10.4f}")
    if "blocking_recall" in figures:
        typer.echo(f"{'compared at all':<26}{figures['blocking_recall']:>10.4f}")
