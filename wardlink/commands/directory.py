"""`wardlink directory`: who is who in each agency; try a file before the roles go by it."""

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from schemas.errors import Refused

if TYPE_CHECKING:
    from policy.directory import Directory, Route

Json = Annotated[bool, typer.Option("--json", help="The answer as JSON.")]
File = Annotated[
    Path | None, typer.Option("--directory", help="The file to try; WARDLINK_DIRECTORY by default.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="Who is who: to which mailbox of an agency its alerts go.", no_args_is_help=True)
    group.command("check")(check)
    group.command("route")(route_)
    app.add_typer(group, name="directory")


def check(
    path: Annotated[Path, typer.Argument(help="A directory file.")],
    as_json: Json = False,
) -> None:
    """Read a directory file and say what is in it; exit code 1 with every mistake in it."""
    from policy.directory import load_directory

    found = load_directory(path)
    if as_json:
        typer.echo(json.dumps(_as_data(found)))
        return
    for each in _as_data(found)["agencies"]:
        duty = each["duty"] or "no duty mailbox: what no team is named for is an alarm"
        typer.echo(f"{each['agency']:<16}{each['teams']:>3} team(s), {each['estates']} estate(s), duty: {duty}")


def route_(
    agency: Annotated[str, typer.Option(help="Whose alert it is.", show_default=False)],
    uprn: Annotated[str | None, typer.Option(help="Where it is.", show_default=False)] = None,
    building: Annotated[str | None, typer.Option(help="UPRN of its building.", show_default=False)] = None,
    ward: Annotated[str | None, typer.Option(help="Code of its ward.", show_default=False)] = None,
    owner: Annotated[str | None, typer.Option(help="Team of the agency's open case.", show_default=False)] = None,
    on: Annotated[str, typer.Option(help="The day (YYYY-MM-DD); today by default.")] = "",
    directory: File = None,
    as_json: Json = False,
) -> None:
    """Say to which mailbox an alert would go, and why; exit code 1 when nobody would read it."""
    from policy.directory import Matter, Unroutable, load_directory, route
    from policy.office import Spot

    spots = (Spot(uprn, building, ward),) if uprn or building or ward else ()
    found = route(Matter(agency, owner, spots), load_directory(directory or _file()), _day(on))
    if isinstance(found, Unroutable):
        raise Refused(found.reason)
    typer.echo(json.dumps(asdict(found)) if as_json else _in_words(found))


def _file() -> Path:
    from wardlink.settings import load

    path = load().directory
    if path is None:
        raise Refused("no directory is set: give --directory FILE, or set WARDLINK_DIRECTORY")
    return path


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise Refused("--on: is no date; write it as 2026-03-31") from None


def _as_data(found: "Directory") -> dict[str, Any]:
    return {
        "agencies": [
            {
                "agency": office.agency,
                "teams": len(office.teams),
                "estates": len(office.estates),
                "duty": office.duty,
                "escalation": office.escalation,
            }
            for office in found.offices.values()
        ]
    }


def _in_words(found: "Route") -> str:
    why = {"OPEN_CASE": "owner of the open case", "PLACE": "team for the place", "DUTY": "on duty"}[found.via]
    cover = f", covering for {found.covers_for}" if found.covers_for else ""
    escalation = f"; escalation {found.escalation}" if found.escalation else ""
    unknown = "; the directory lacks the team of the open case" if found.owner_is_unknown else ""
    return f"{found.mailbox}  ({found.team or 'duty'}: {why}{cover}{escalation}{unknown})"
