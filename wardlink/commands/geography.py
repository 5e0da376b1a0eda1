"""`wardlink geography`: import open boundaries and code lists, form partnerships, list what there is."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from connectors.geography.importing import ImportReport
    from store.geography_rows import Partnership
    from store.partnerships import Moves

Json = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="The lookup that decides each row's area.", no_args_is_help=True)
    group.command("import")(import_)
    group.command()(partnership)
    group.command("list")(list_)
    app.add_typer(group, name="geography")


def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files, folders or zips: GeoJSON or CSV, in open formats.")],
    area: Annotated[str, typer.Option(help="Area of the files' local authority; else the authority's own code.")] = "",
    name: Annotated[str, typer.Option(help="Name of that area.")] = "",
    vintage: Annotated[int, typer.Option(help="Year of files that do not say it themselves.", max=2100)] = 0,
    source: Annotated[str, typer.Option(help="Publisher and release; else the file's name.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read everything, store nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Import boundaries, postcodes, UPRNs and code lists; the same again changes nothing."""
    from connectors.geography.importing import Wish, examine_files, import_files, recognise_files
    from wardlink.settings import load, store_settings

    wish = Wish(area, name, vintage, source)
    found = recognise_files(paths, wish)
    store = None if dry_run else store_settings(load(), "writer_dsn")
    report = import_files(found, wish, store) if store else examine_files(found, wish)
    if as_json:
        typer.echo(json.dumps(_report_as_data(report, dry_run)))
        return
    for line in _report_as_text(report, dry_run):
        typer.echo(line)


def partnership(
    area: Annotated[str, typer.Argument(help="Code of the area, such as E09000012 or WEST-BORDER.")],
    lads: Annotated[list[str], typer.Argument(help="GSS codes of all local authorities that it holds.")],
    name: Annotated[str, typer.Option(help="Name of the partnership.")] = "",
    as_json: Json = False,
) -> None:
    """Make an area hold exactly these local authorities; one that leaves is its own area again."""
    from store.geography import read_partnerships, write_geography
    from store.partnerships import set_partnership
    from wardlink.settings import load, store_settings

    with write_geography(store_settings(load(), "writer_dsn")) as connection:
        moves = set_partnership(connection, area, name, lads)
        areas = read_partnerships(connection)
    if as_json:
        typer.echo(json.dumps({"areas": _areas_as_data(areas), **_moves_as_data(moves)}))
        return
    for line in (*_areas_as_text(areas), *_moves_as_text(moves)):
        typer.echo(line)


def list_(as_json: Json = False) -> None:
    """List the areas and what was imported."""
    from store.geography import read_geography
    from wardlink.settings import load, store_settings

    with read_geography(store_settings(load(), "reader_dsn")) as stored:
        areas, imports = stored.partnerships(), stored.imports()
    if as_json:
        typer.echo(json.dumps({"areas": _areas_as_data(areas), "imports": [_import_as_data(row) for row in imports]}))
        return
    for line in (*_areas_as_text(areas), *map(_import_as_text, imports)):
        typer.echo(line)


def _report_as_data(report: "ImportReport", dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "files": [
            {"file": one.file, **asdict(one.release), "places": one.places, "changed": one.changed}
            | {"rejected": one.rejected}
            for one in report.files
        ],
        "skipped": list(report.skipped),
        "local_authorities": list(report.lads),
        "areas": _areas_as_data(report.areas),
        **_moves_as_data(report.moves),
    }


def _report_as_text(report: "ImportReport", dry_run: bool) -> Iterator[str]:
    yield f"{'kind':<16}{'vintage':>7}{'places':>11}{'changed':>11}{'left out':>10}  file"
    for one in report.files:
        changed = "-" if one.changed is None else f"{one.changed:,}"
        left_out, vintage = sum(one.rejected.values()), one.release.vintage or "-"
        yield f"{one.release.kind:<16}{vintage:>7}{one.places:>11,}{changed:>11}{left_out:>10,}  {one.file}"
        yield from (f"{'':<45}{count:>10,}  {reason}" for reason, count in one.rejected.items())
    if report.skipped:
        yield f"No geography, skipped: {', '.join(report.skipped)}"
    if dry_run:
        yield f"Nothing was stored. Local authorities: {', '.join(report.lads) or 'none'}"
    else:
        yield from (*_areas_as_text(report.areas), *_moves_as_text(report.moves))


def _areas_as_data(areas: Sequence["Partnership"]) -> list[dict[str, Any]]:
    return [area._asdict() for area in areas]


def _areas_as_text(areas: Sequence["Partnership"]) -> Iterator[str]:
    if not areas:
        yield "No area yet: import boundaries or a code list that names local authorities."
    for area in areas:
        yield f"Area {area.area} {area.name}: {', '.join(area.lads)}"


def _moves_as_data(moves: "Moves") -> dict[str, Any]:
    return {"moved": [asdict(move) for move in moves.moves], "areas_with_records": list(moves.with_records)}


def _moves_as_text(moves: "Moves") -> Iterator[str]:
    for move in moves.moves:
        yield f"{move.lad} went from area {move.before} to {move.after}."
    if moves.with_records:
        areas = ", ".join(moves.with_records)
        yield f"Reports already stored in {areas} stay there until their sources are ingested again."


def _import_as_data(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "imported_at": row["imported_at"].astimezone(UTC).isoformat()}


def _import_as_text(row: Mapping[str, Any]) -> str:
    when = f"{row['imported_at'].astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{row['kind']:<16}{row['vintage'] or '-':>7}{row['places']:>11,}  {when}  {row['source']}"
