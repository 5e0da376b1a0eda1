"""`wardlink source on|off`: a new source is on trial; its alerts are recorded, and sent once it is switched on."""

from typing import Annotated

import typer

Agency = Annotated[str, typer.Argument(help="Code of the agency.")]
Source = Annotated[str, typer.Argument(help="Name of the feed, as in `wardlink ingest SOURCE`.")]
Areas = Annotated[list[str] | None, typer.Option("--area", help="Only in this area (may be given again); else in all.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="Send, or only record, the alerts that rest on a source.", no_args_is_help=True)
    group.command("on")(switch_on)
    group.command("off")(switch_off)
    app.add_typer(group, name="source")


def switch_on(agency: Agency, source: Source, area: Areas = None) -> None:
    """Send the alerts that rest on this source from now on."""
    _switch(agency, source, area, "live")


def switch_off(agency: Agency, source: Source, area: Areas = None) -> None:
    """Only record them: the source is on trial."""
    _switch(agency, source, area, "shadow")


def _switch(agency: str, source: str, areas: list[str] | None, state: str) -> None:
    from wardlink.operate import switch_source
    from wardlink.settings import load

    switched = switch_source(load(), agency, source, state, areas)
    typer.echo(f"{agency}/{source} is {state} in {', '.join(switched) or 'no area yet'}.")
