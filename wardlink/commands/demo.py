"""`wardlink demo`: a borough with known truth, through the real stack."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from simulation.settings import Settings as Borough

_USUAL = Borough()

Days = Annotated[int, typer.Option(min=7, help="Days that go by.")]
Seed = Annotated[int, typer.Option(help="Another seed, another borough.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(demo)


def demo(
    days: Days = _USUAL.days,
    seed: Seed = _USUAL.seed,
    once: Annotated[bool, typer.Option("--once", help="From nothing, though the same was played before.")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="Leave the stack running in the end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The outcome as one JSON object.")] = False,
) -> None:
    """Let a simulated borough's agencies report, and show what was linked, why, for whom, and how right it is.

    It has a home of its own (WARDLINK_HOME, else .wardlink/demo) and stops everything in the end. Exit code 1 when
    something that it promises is not true.
    """
    from rich.console import Console

    from wardlink.demo.home import demo_settings
    from wardlink.demo.outcome import as_plain
    from wardlink.demo.play import recent_borough
    from wardlink.demo.run import next_steps, run
    from wardlink.demo.screen import WIDTH, show
    from wardlink.demo.watch import Stages

    settings = demo_settings()
    borough = recent_borough(days, seed, datetime.now(UTC).date())
    try:
        outcome = run(settings, borough, once, stay, Stages(Console(stderr=True)))
    except KeyboardInterrupt:
        typer.echo("Stopped before its end; nothing of it is left running.", err=True)
        raise typer.Exit(130) from None
    steps = next_steps(settings, outcome, stay)
    if as_json:
        where = {"home": str(settings.folders.root), "next": [command for _, command in steps]}
        typer.echo(json.dumps(as_plain(outcome, where), default=str))
    else:
        show(outcome, Console(width=WIDTH), steps)
    if not outcome.is_true:
        raise typer.Exit(1)
