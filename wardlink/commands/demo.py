"""`wardlink demo`: a borough with known truth, through the real stack."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from simulation.settings import Settings as Borough

_USUAL = Borough(days=60)

Days = Annotated[int, typer.Option(min=7, help="Days that go by.")]
Seed = Annotated[int, typer.Option(help="Another seed, another borough.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(demo)


def demo(
    days: Days = _USUAL.days,
    seed: Seed = _USUAL.seed,
    stay: Annotated[bool, typer.Option("--stay", help="Leave the stack running in the end.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="At the end one JSON object on standard output, all else on standard error.")
    ] = False,
) -> None:
    """Tell in a minute what Wardlink does for each kind of user, then let a simulated borough's agencies report.

    Each of seven lines is held against what the system says; the last is a page with all of them and the figures. It
    has a home of its own (WARDLINK_HOME, else .wardlink/demo), begins anew each time and stops everything in the end.
    Exit code 1 when one of the seven is not true.
    """
    from rich.console import Console

    from wardlink.demo.home import demo_settings, page_file
    from wardlink.demo.outcome import as_plain
    from wardlink.demo.play import recent_borough
    from wardlink.demo.run import next_steps, run
    from wardlink.demo.screen import WIDTH, show_end, show_line
    from wardlink.demo.watch import Stages

    settings = demo_settings()
    borough = recent_borough(days, seed, datetime.now(UTC).date())
    console = Console(width=WIDTH, stderr=as_json)
    try:
        outcome = run(settings, borough, stay, Stages(Console(stderr=True)), lambda line: show_line(line, console))
    except KeyboardInterrupt:
        typer.echo("Stopped before its end; nothing of it is left running.", err=True)
        raise typer.Exit(130) from None
    steps, page = next_steps(settings, outcome, stay), page_file(settings)
    show_end(outcome, console, page, steps)
    if as_json:
        where = {"home": str(settings.folders.root), "page": str(page), "next": [command for _, command in steps]}
        typer.echo(json.dumps(as_plain(outcome, where), default=str))
    if not outcome.is_true:
        raise typer.Exit(1)
