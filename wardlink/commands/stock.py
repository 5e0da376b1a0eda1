"""`wardlink stock`: whose homes are whose, so that a landlord can be told of a place in its stock."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused

if TYPE_CHECKING:
    from connectors.stock import StockTally
    from store.stock import Changes, StockList

Json = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="Whose homes are whose.", no_args_is_help=True)
    group.command("import")(import_)
    group.command("list")(list_)
    app.add_typer(group, name="stock")


def import_(
    path: Annotated[Path, typer.Argument(help="The landlord's whole list of homes: CSV, also gzipped or zipped.")],
    agency: Annotated[str, typer.Option(help="Code of the landlord.", show_default=False)],
    as_of: Annotated[str, typer.Option(help="The day that the list speaks of (YYYY-MM-DD); today by default.")] = "",
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Take a list that lacks more than half of what is held.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; store nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Import a landlord's list of homes: UPRN, tenure, block, homes in the block.

    What the list lacks is no longer held from its day on; the same list again changes nothing.
    """
    from connectors.files import digest
    from connectors.reading import check_code
    from connectors.stock import StockTally, read_homes
    from store.database import connect
    from store.stock import StockList, import_list
    from wardlink.settings import load, store_settings

    check_code("--agency", agency)
    if not path.is_file():
        raise Refused(f"{path.name}: no such file; give the path of an existing one")
    stock_list = StockList(agency, _day(as_of), path.name, digest([path]))
    tally = StockTally()
    with connect(store_settings(load(), "writer_dsn").writer_dsn, "wardlink-stock") as connection:
        homes = read_homes(path, stock_list.as_of, tally)
        changes = import_list(connection, stock_list, homes, accept_removals, keep=not dry_run)
    if as_json:
        typer.echo(json.dumps(_as_data(stock_list, tally, changes, dry_run)))
        return
    for line in _as_text(stock_list, tally, changes, dry_run):
        typer.echo(line)


def list_(as_json: Json = False) -> None:
    """List each landlord's newest list."""
    from store.database import connect
    from store.stock import newest_lists
    from wardlink.settings import load, store_settings

    with connect(store_settings(load(), "writer_dsn").writer_dsn, "wardlink-stock") as connection:
        lists = newest_lists(connection)
    if as_json:
        typer.echo(json.dumps(lists, default=str))
        return
    for each in lists:
        typer.echo(f"{each['agency']:<24}{each['as_of']}  {each['homes']:>8,} homes  {each['source']}")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise Refused("--as-of: is no date; write it as 2024-03-31") from None


def _as_data(stock_list: "StockList", tally: "StockTally", changes: "Changes", dry_run: bool) -> dict[str, Any]:
    return {
        "agency": stock_list.agency,
        "as_of": str(stock_list.as_of),
        "dry_run": dry_run,
        "read": tally.read,
        "homes": tally.homes,
        **asdict(changes),
        "unknown_tenures": tally.unknown_tenures,
        "left_out": dict(tally.left_out.most_common()),
    }


def _as_text(stock_list: "StockList", tally: "StockTally", changes: "Changes", dry_run: bool) -> list[str]:
    would = " (dry run)" if dry_run else ""
    lines = [
        f"{stock_list.agency}, {stock_list.as_of}{would}: {tally.homes:,} homes of {tally.read:,} rows; "
        f"{changes.added:,} new, {changes.changed:,} changed, {changes.removed:,} no longer held"
    ]
    lines += [f"  left out: {why}: {count:,}" for why, count in tally.left_out.most_common()]
    if tally.unknown_tenures:
        lines.append(f"  tenures that nobody knows, kept as OTHER: {tally.unknown_tenures:,}")
    return lines
