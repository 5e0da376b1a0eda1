"""`wardlink health ROLE`: is this role well? What each container's health check asks, so it imports next to nothing."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused

if TYPE_CHECKING:
    from wardlink.settings import Settings

_CLOCK_STEP = 1.0
"""Seconds by which the system's two clocks may disagree."""

Patience = Annotated[float, typer.Option(help="Seconds for which a role may wait for something that is away.")]


def register(app: typer.Typer) -> None:
    """Adds this command to the command line."""
    app.command()(health)


def health(
    role: Annotated[str, typer.Argument(help="The role that runs on this machine or in this container.")],
    worker: Annotated[int, typer.Option(min=1, help="Number of its worker.")] = 1,
    patience: Patience = 300.0,
) -> None:
    """Say whether a role is well; exit code 1 when it has stopped, has gone, or has waited for too long."""
    from streams.health import read_health
    from wardlink.settings import load

    trouble = trouble_of(read_health(health_file(load(), role, worker)), time.time(), patience)
    typer.echo(f"{role}: {trouble or 'well'}")
    if trouble:
        raise typer.Exit(1)


def health_file(settings: "Settings", role: str, worker: int) -> Path:
    """Where that process says how it is; Refused for a role that does not exist or does not write it."""
    from streams import health as said
    from wardlink.stack.roles import find_role

    found = find_role(role)
    if found.is_registry:
        raise Refused(f"{role} writes no health file: ask its address instead (GET / answers 200)")
    return said.health_file(settings.folders.run, found.processes(worker)[-1][0])


def trouble_of(said: Mapping[str, Any], now: float, patience: float) -> str:
    """What is wrong with a role that last said this, at `now` (seconds since 1970); empty when it is well."""
    if not said:
        return "it has said nothing yet: see its log"
    if not _lives(int(said["pid"]), float(said["since"])):
        return "its process has gone: see its log"
    waited = now - float(said["since"])
    if said["state"] == "working" or (said["state"] == "waiting" and waited <= patience):
        return ""
    return f"{said['state']} for {waited:.0f} s: {said['message']}"


def _lives(pid: int, since: float) -> bool:
    """Whether the very process that wrote at `since` lives; ids are used again, above all in containers."""
    from wardlink.stack.process import identify, is_alive

    found = identify(pid)
    return found is not None and found.born < since + _CLOCK_STEP and is_alive(found)
