"""`wardlink status`: lag, what is stored, quarantined and concluded, the busiest places, the roles."""

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from schemas.errors import Refused, Unavailable

if TYPE_CHECKING:
    from wardlink.settings import Settings
    from wardlink.status import Status

_LOOK_EVERY_SECONDS = 0.3


def register(app: typer.Typer) -> None:
    """Adds this command to the command line."""
    app.command()(status)


def status(
    wait: Annotated[bool, typer.Option("--wait", help="Come back when nothing is on its way any more.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 3600.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show how far Wardlink is: lag, stored, quarantined, busiest places, roles."""
    from wardlink.settings import load
    from wardlink.status import look

    settings = load()
    if wait:
        wait_until_quiet(settings, timeout)
    found = look(settings)
    if as_json:
        typer.echo(json.dumps(found.as_plain(), indent=1))
    else:
        _show(found)


def wait_until_quiet(settings: "Settings", timeout: float) -> None:
    """Returns when everything published is stored and everything concluded is delivered.

    Refused when a role has stopped for good, or when it takes longer than so many seconds.
    """
    from wardlink.status import stopped_roles

    deadline = time.monotonic() + timeout
    while not _is_quiet(settings):
        if stopped := stopped_roles(settings):
            raise Refused(f"{stopped[0].name} does not work: {stopped[0].trouble}")
        if time.monotonic() > deadline:
            raise Refused(f"still busy after {timeout:.0f} s: look at 'wardlink status' and 'wardlink doctor'")
        time.sleep(_LOOK_EVERY_SECONDS)


def _is_quiet(settings: "Settings") -> bool:
    from wardlink.status import on_the_way

    try:
        return on_the_way(settings) == (0, 0)
    except Unavailable:
        return False


def _show(found: "Status") -> None:
    typer.echo(f"lag           {found.lag:>10,}   records not stored yet")
    typer.echo(f"undelivered   {found.undelivered:>10,}   messages on their way out")
    typer.echo(f"stored        {found.stored:>10,}   reports ({found.withdrawn:,} withdrawn besides)")
    typer.echo(f"quarantined   {found.quarantined:>10,}   rows (wardlink quarantine --as AGENCY/steward)")
    typer.echo(f"cases         {found.cases:>10,}")
    typer.echo(f"alerts        {found.alerts:>10,}   standing")
    for lost in found.unroutable:
        typer.secho(f"unroutable    {lost['alerts']:>10,}   {lost['reason']}", fg="red")
    for feed in found.feeds_in_trouble:
        typer.secho(f"not collected  {feed['feed']}: {feed['trouble']}; {feed['remedy']}", fg="red")
    for dead in found.dead_letters:
        typer.secho(f"dead letters  {dead['letters']:>10,}   to {dead['partner']}; {dead['remedy']}", fg="red")
    if found.compared:
        typer.echo(f"compared      {found.compared:>10,}   published statistics that the force's own feed covers")
    for month in found.comparisons[:5]:
        shown = f"{month['area']} {month['month']} {month['agency']}"
        typer.echo(f"  {month['published']:>8,}   published of {shown}, {month['own']:,} reported by the force itself")
    for place in found.busiest_places[:5]:
        typer.echo(f"  {place['reports']:>8,}   {place['place']}")
    for role in found.roles:
        typer.echo(f"{role.name:<16}{role.process:<10}{role.state:<9} restarts {role.restarts}  {role.message}")
