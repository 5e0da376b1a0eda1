"""`wardlink model`: models of the rows of files: train, show, compare, promote; the live one beside judgements."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused

if TYPE_CHECKING:
    from linkage.learning import Learnt
    from linkage.rows.model import RowModel
    from wardlink.row_files import Row

Name = Annotated[str, typer.Argument(help="Name of a model, or path of a model file.")]
Json = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(
        help="Models that link: of the rows of files, and the live one beside what caseworkers say.",
        no_args_is_help=True,
    )
    for command in (train, show, compare, promote, judged, learn):
        group.command()(command)
    app.add_typer(group, name="model")


def train(
    file: Annotated[Path, typer.Argument(help="A CSV file of rows, or its .gz.", exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option(help="The model file to write.", show_default=False)],
    profile: Annotated[str, typer.Option(help="Name of a profile, or path of your own.")] = "historical",
    name: Annotated[str, typer.Option(help="Name of the model; else the profile's.")] = "",
    labels: Annotated[bool, typer.Option("--labels", help="Learn from the profile's label column.")] = False,
    check: Annotated[
        int, typer.Option(help="First cross-validate in so many parts (needs the label column); 0 for not.", min=0)
    ] = 0,
    seed: Annotated[int, typer.Option(help="Equal files, options and seeds give equal models.")] = 1,
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date that the model's card bears.")
    ] = None,
) -> None:
    """Train a model offline: from the rows alone, or with --labels from who they are."""
    from linkage.model_text import written
    from linkage.rows.checking import cross_validate
    from linkage.rows.model import load_profile, model_of
    from linkage.rows.training import train as trained
    from wardlink.row_files import read_rows, sha256_of

    content = load_profile(profile)
    model = model_of(content)
    needed = (content["label"],) if labels or check else ()
    rows = read_rows(file, (*model.columns(), *needed))
    truth = _labels(rows, content["label"]) if needed else []
    figures = cross_validate(content, rows, truth, check, labels, seed, _progress) if check else []
    learnt = trained(content, rows, truth if labels else None, seed, _progress)
    card = {
        "trained_on": sha256_of(file),
        "rows": len(rows),
        "labels": labels,
        "seed": seed,
        "date": f"{date:%Y-%m-%d}" if date else None,
        "cross_validation": figures,
    }
    _write(out, written({"name": name or content["name"], "card": card, **_without_name(learnt)}))
    typer.echo(f"Wrote {out}")


def show(name: Name, as_json: Json = False) -> None:
    """Show a model: its card, and the bits of every level of every comparison."""
    from wardlink.row_models import find_model

    model = find_model(name)
    if as_json:
        typer.echo(json.dumps(model.content, default=str))
        return
    typer.echo(f"Model {model.name}")
    for key, value in (model.content.get("card") or {}).items():
        for line in value if isinstance(value, list) else [value]:
            typer.echo(f"  {key}: {_plain(line)}")
    typer.echo(f"prior {model.graph.prior / 1000:+.2f} bits")
    for comparison in model.graph.comparisons:
        typer.echo(comparison.name)
        for level in comparison.levels[1:]:
            typer.echo(f"  {level.name:<20}{level.millibits / 1000:>+8.2f}")


def compare(one: Name, other: Name) -> None:
    """Show which weights and settings differ between two models, and their cards' figures side by side."""
    from wardlink.row_models import find_model

    left, right = find_model(one), find_model(other)
    typer.echo(f"{'':<40}{left.name:>26}{right.name:>26}")
    mine, theirs = _weights(left), _weights(right)
    for key in mine | theirs:
        if mine.get(key) != theirs.get(key):
            typer.echo(f"{key:<40}{mine.get(key, '-'):>26}{theirs.get(key, '-'):>26}")


def promote(
    file: Annotated[Path, typer.Argument(help="A model file that `wardlink model train` wrote.", dir_okay=False)],
    as_: Annotated[str, typer.Option("--as", help="Name to link by; else the model's own.")] = "",
    even_if_worse: Annotated[
        bool, typer.Option("--even-if-worse", help="Also over a model of better figures.")
    ] = False,
) -> None:
    """Make a trained model the one that its name stands for in this home: `wardlink link --profile NAME`."""
    from linkage.rows.model import load_rows
    from wardlink.row_models import promoted

    model = load_rows(str(file))
    if not model.content.get("card"):
        raise Refused(f"{file}: has no card, so nobody can say what it was trained on; train it anew")
    target = promoted(as_ or model.name)
    if target.is_file() and not even_if_worse and _figure(load_rows(str(target))) > _figure(model):
        raise Refused(f"{file}: its cross-validated B-cubed is below the current one's; to insist, add --even-if-worse")
    target.parent.mkdir(parents=True, exist_ok=True)
    _write(target, file.read_text("utf-8"))
    typer.echo(f"{as_ or model.name} is now {target}")


def judged(as_json: Json = False) -> None:
    """Hold the live model against what caseworkers said of pairs: does it say so by itself? For whoever runs Wardlink.

    `certain` is what it puts together, `possible` what it asks a person about, `apart` the rest.
    """
    from dataclasses import asdict

    from wardlink import judged as words
    from wardlink.settings import load

    found = words.judged(load())
    if as_json:
        typer.echo(json.dumps([asdict(word) for word in found]))
        return
    typer.echo(f"{'said to be':<22}" + "".join(f"{band:>10}" for band in words.BANDS))
    for (graph, verdict), bands in words.counted(found).items():
        counts = "".join(f"{bands[band]:>10}" for band in words.BANDS)
        typer.echo(f"{graph.lower() + ', ' + verdict.lower():<22}{counts}")
    against = [word for word in found if word.is_contradicted()]
    for word in against:
        typer.echo(f"contradicted: {word.left} {word.right}, {word.verdict.lower()}; by itself {word.band}")
    typer.echo(f"{len(found)} word(s) about pairs, {len(against)} of them against the model.")


def learn(
    out: Annotated[Path, typer.Option(help="The model file to write.", show_default=False)],
    name: Annotated[str, typer.Option(help="Whose words: a part of the new model's version.")] = "learnt",
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date that the model's card bears.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Move the live model's weights as far as caseworkers' words about pairs say. For whoever runs Wardlink.

    The file counts from when WARDLINK_MODEL names it and resolve was started again: all links are then told anew.
    """
    from dataclasses import asdict

    from wardlink import judged as words
    from wardlink.settings import load

    settings = load()
    found = words.learnt(settings)
    version, text = words.model_file(settings, found, _plain_name(name), f"{date:%Y-%m-%d}" if date else None)
    _write(out, text)
    if as_json:
        moved = {
            graph: {".".join(key): bits for key, bits in (each.moved or {}).items()} for graph, each in found.items()
        }
        typer.echo(
            json.dumps(
                {"version": version} | {graph: asdict(each) | {"moved": moved[graph]} for graph, each in found.items()}
            )
        )
        return
    for graph, each in found.items():
        typer.echo(f"{graph}: {each.same} words SAME, {each.different} DIFFERENT")
        _echo_learnt(each)
    typer.echo(f"Wrote {out}, model {version}; to link by it: WARDLINK_MODEL={out}, and start resolve again")


def _plain_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]{1,30}", name):
        raise Refused("--name: must be 1 to 30 small letters, digits and hyphens, since every link will bear it")
    return name


def _echo_learnt(learnt: "Learnt") -> None:
    if learnt.before and learnt.after:
        for what, figures in (("before", learnt.before), ("after", learnt.after)):
            typer.echo(
                f"  {what:<7}on words that it was not taught: {figures.surprise:.3f} bits of surprise a word, "
                f"{figures.contradicted:.1%} contradicted"
            )
    if learnt.why_not:
        typer.echo(f"  stays as it is: {learnt.why_not}")
    for (comparison, level), (before, after) in (learnt.moved or {}).items():
        typer.echo(f"  {comparison}.{level:<24}{before / 1000:>+7.1f} → {after / 1000:+.1f}")


def _labels(rows: "list[Row]", column: str) -> list[str]:
    labels = [row[column] or "" for row in rows]
    if "" in labels:
        raise Refused(f"column {column}: --labels and --check need every row's person; leave out the rows without one")
    return labels


def _without_name(content: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "name"}


def _plain(value: object) -> str:
    return ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)


def _weights(model: "RowModel") -> dict[str, str]:
    found = {f"thresholds.{key}": str(value) for key, value in model.content["thresholds"].items()}
    found["prior"] = f"{model.graph.prior / 1000:+.2f}"
    for comparison in model.graph.comparisons:
        found |= {f"{comparison.name}.{each.name}": f"{each.millibits / 1000:+.2f}" for each in comparison.levels}
    figures = _figure(model)
    return found | ({"b_cubed_f1 (cross-validated)": f"{figures:.4f}"} if figures else {})


def _figure(model: "RowModel") -> float:
    """The mean cross-validated B-cubed F1, 0 where none was measured."""
    parts = (model.content.get("card") or {}).get("cross_validation") or []
    return sum(part["b_cubed_f1"] for part in parts) / len(parts) if parts else 0.0


def _progress(what: str) -> None:
    typer.echo(what, err=True)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Refused(f"{path}: cannot be written ({error.strerror}); give a path in a folder of yours") from None
