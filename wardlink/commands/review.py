"""`wardlink review apply`: a victim has applied for an ASB case review, and need not be told again that they may."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from wardlink.commands.read import As


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="ASB case reviews (formerly Community Trigger).", no_args_is_help=True)
    group.command("apply")(apply)
    app.add_typer(group, name="review")


def apply(
    case_id: Annotated[str, typer.Argument(help="Id of the case, as an alert names it.")],
    reader: As,
    made: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the application; today if not given.")
    ] = None,
) -> None:
    """Note that a victim has applied for a review of a case: alerts that say they may are corrected.

    Complaints that come later count anew. Whether the threshold is met is for the bodies to decide.
    """
    from policy.facts import Reader
    from wardlink.reviewing import apply_for_review
    from wardlink.settings import load

    day = (made or datetime.now(UTC)).date()
    applied = apply_for_review(load(), Reader.parse(reader), case_id, day)
    typer.echo(f"Application {applied.application_id} is noted: it speaks of {len(applied.report_ids)} report(s).")
