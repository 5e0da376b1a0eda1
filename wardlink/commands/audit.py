"""`wardlink audit`: the audit trail, for the information governance lead of an agency."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(audit)


def audit(
    reader: Annotated[str, typer.Option("--as", help="Who reads: AGENCY/governance.")],
    case: Annotated[str | None, typer.Option(help="Only what concerns the reports of one case.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most, the latest first.")] = 100,
    purpose: Annotated[str, typer.Option(help="Why, as the audit row will say.")] = "information governance",
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Show who did what with an agency's reports, and what its people did and were told: ids, never values.

    Of what others did with its reports the reader sees its own reports' ids alone.
    """
    from policy.facts import Reader
    from wardlink.settings import load
    from wardlink.views import Views

    rows = Views(load(), Reader.parse(reader), purpose).audit(case, since, limit)
    if as_json:
        typer.echo(json.dumps(rows, indent=1, default=str))
        return
    for row in rows:
        _print(row)
    typer.echo(f"{len(rows)} row(s) of the audit trail for {reader}.")


def _print(row: Mapping[str, Any]) -> None:
    recipient = f" to {row['recipient']}" if row["recipient"] else ""
    by = f", by {row['agreement']}" if row["agreement"] else ""
    typer.secho(f"{row['at']:%d %b %Y %H:%M}  {row['action']}{recipient}: {row['actor']}, {row['purpose']}", bold=True)
    typer.echo(f"  {', '.join(row['fields'])}{by}")
    typer.echo(f"  of {', '.join(row['subjects']) or 'no report that may be named'}")
