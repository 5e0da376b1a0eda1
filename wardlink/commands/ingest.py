"""`wardlink ingest`: an agency's files to Kafka, once and completely, however often it is called."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.errors import Refused
from wardlink.ingesting import Outcome, Wish, ingest_paths

if TYPE_CHECKING:
    from connectors.contract import Source
    from connectors.tally import Tally

_SHOWN = 12
"""Lines of each breakdown in the closing table; --json has all."""

_WHERE_THERE_ARE_ANY = (
    "summarised_contacts", "withheld", "moved", "updates", "unknown_codes", "unplaced", "places_disagree",
    "points_unused",
)  # fmt: skip
"""Counts that the closing table shows only where they are not zero."""


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(ingest)


def ingest(
    source: Annotated[
        str, typer.Argument(help="noiseworks, open311, police-uk, sdm, table (with --profile), or one of your own.")
    ],
    paths: Annotated[
        list[str], typer.Argument(help="Files, archives or folders of this source; for open311 also its address.")
    ],
    agency: Annotated[str | None, typer.Option(help="Code of the agency that recorded it.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area; and that of rows that do not say where.")] = None,
    profile: Annotated[str | None, typer.Option(help="For table: name of a profile, or path of your own.")] = None,
    since: Annotated[
        str | None, typer.Option(help="For an address: from this day on (YYYY-MM-DD); else from where it stopped.")
    ] = None,
    days_back: Annotated[
        int | None, typer.Option(min=1, help="For an address: begin so many days before where it stopped, not 7.")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="Old reports: they wait behind live ones.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Publish also what was published before.")] = False,
    accept_withdrawals: Annotated[
        bool, typer.Option("--accept-withdrawals", help="Let a snapshot withdraw more than half of what is held.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, check and count; publish nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The closing table as one JSON object.")] = False,
) -> None:
    """Publish what these files say that was not published before.

    A file that breaks off is published up to there, and told; calling it again goes on where it stopped.
    """
    from connectors import sources
    from wardlink.settings import load

    _check_start(paths, since, days_back)
    feed = sources.find(source, profile)
    wish = Wish(agency, area, history, again, dry_run, accept_withdrawals)
    settings = load()
    addresses = [path for path in paths if is_address(path)]
    if len(addresses) not in (0, len(paths)):
        raise Refused("give either files or addresses: what is published of one would be told with the other")
    if addresses:
        from wardlink.services import ingest_addresses

        outcome = ingest_addresses(settings, feed, addresses, wish, since, days_back, not settings.demo)
    else:
        outcome = ingest_paths(settings, feed, list(map(Path, paths)), wish, needs_backup=not settings.demo)
    if as_json:
        typer.echo(json.dumps(_as_json(feed, wish, outcome)))
    elif outcome.tally.read or not outcome.error:
        _show(feed, wish, outcome)
    if outcome.error:
        raise outcome.error


def is_address(path: str) -> bool:
    """Whether it is the address of a service rather than a path."""
    return path.startswith(("http://", "https://"))


def _check_start(paths: list[str], since: str | None, days_back: int | None) -> None:
    """Refused for two beginnings, and for one that files do not have."""
    if since is not None and days_back is not None:
        raise Refused("--since and --days-back both say where to begin: give one of them")
    if (since is not None or days_back is not None) and not any(map(is_address, paths)):
        raise Refused("--since and --days-back are for addresses: a file is always read whole")


def _as_json(source: "Source", wish: Wish, outcome: Outcome) -> dict[str, object]:
    return {
        "source": source.name,
        "agency": wish.agency or source.agency,
        "one_report_is": source.one_report_is,
        "dry_run": wish.dry_run,
        **outcome.tally.to_json(),
        "unknown_columns": list(outcome.unknown_columns),
        "warnings": outcome.warnings,
        "error": str(outcome.error) if outcome.error else None,
    }


def _show(source: "Source", wish: Wish, outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{source.name}{' (dry run)' if wish.dry_run else ''}", show_header=False, box=None)
    table.add_column(justify="left")
    table.add_column(justify="right")
    for words, count in _lines(outcome.tally):
        table.add_row(words, f"{count:,}")
    console = Console()
    console.print(table)
    console.print(f"One report is {source.one_report_is}.")
    if wish.history and not wish.dry_run:
        console.print("History sends no alert. Once it is stored: wardlink alerts --as AGENCY/caseworker --ranked")
    if outcome.unknown_columns:
        console.print(f"Columns that nobody knows, left out: {', '.join(outcome.unknown_columns)}")
    for warning in outcome.warnings:
        console.print(warning, style="yellow")
    for agency in outcome.tally.quarantined_of:
        console.print(f"See what is wrong with the rows in quarantine: wardlink quarantine --as {agency}/steward")


def _lines(tally: "Tally") -> Iterator[tuple[str, int]]:
    """The closing table: the counts that always stand, those that are not zero, and what they are made of."""
    numbers = tally.numbers()
    always = ("read", "published", "unchanged", "out_of_scope", "quarantined", "revised", "withdrawn", "summaries")
    for name in (*always, *_WHERE_THERE_ARE_ANY):
        if name in always or numbers[name]:
            yield name.replace("_", " "), numbers[name]
    for title, counter in (
        ("area", tally.by_area),
        ("out of scope", tally.out_of_scope_by),
        ("quarantined", tally.quarantined_by),
        ("points unused", tally.points_unused_by),
    ):
        for what, count in counter.most_common(_SHOWN):
            yield f"  {title}: {what}", count
        if len(counter) > _SHOWN:
            yield (
                f"  {title}: {len(counter) - _SHOWN} others",
                sum(counter.values()) - sum(count for _, count in counter.most_common(_SHOWN)),
            )
