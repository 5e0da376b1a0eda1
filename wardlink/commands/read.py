"""The read commands: alerts, case, why, pairs, quarantine. Each takes a reader, and has no default for it."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from wardlink.views import Views

As = Annotated[str, typer.Option("--as", help="Who reads: AGENCY/ROLE, for example police/caseworker.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Purpose = Annotated[str, typer.Option(help="Why, as the audit row will say.")]
_LISTED = {
    "FOLDED": "told by another alert",
    "LED": "another agency leads",
    "FULL": "not sent: the week was full",
    "PAST": "not sent: true before anybody looked",
    "WEAK": "not sent: too little so far",
}
_PURPOSE = "ASB case management"


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    for command in (alerts, case, why, pairs, quarantine):
        app.command()(command)


def alerts(
    reader: As,
    area: Annotated[str | None, typer.Option(help="Of one area only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help="Also those that are no longer true.")] = False,
    ranked: Annotated[
        bool, typer.Option("--ranked", help="Also those that are only listed, not sent: one list, strongest first.")
    ] = False,
    purpose: Purpose = _PURPOSE,
    as_json: Json = False,
) -> None:
    """Show the alerts that were sent to one agency's role, those with a date first."""
    rows = _views(reader, purpose).alerts(area, limit, withdrawn, ranked)
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        due = f"  by {row['due_at']:%d %b %Y}" if row["due_at"] else ""
        shadow = "  (on trial, not sent)" if row["shadow"] else ""
        quiet = f"  ({_LISTED[row['quiet']]})" if row["quiet"] else ""
        typer.secho(f"{row['case_id']}  {row['rule']}{due}{shadow}{quiet}", bold=True)
        typer.echo(f"  {row['reason']}")
        if row["mailbox"] or row["trouble"]:
            typer.echo(f"  {_addressed(row)}")
        typer.echo(f"  evidence: {', '.join(row['report_ids']) or 'restricted'}")
    typer.echo(f"{len(rows)} alert(s) for {reader}.")


def case(
    case_id: Annotated[str, typer.Argument(help="Id of the case, as an alert names it.")],
    reader: As,
    purpose: Purpose = _PURPOSE,
    as_json: Json = False,
) -> None:
    """Show one case as the reader may see it: incidents, reports, why they are linked, what was done."""
    view = _views(reader, purpose).case(case_id)
    if as_json:
        _print_json(view)
        return
    place = f", {_place_of_case(view)}" if view["place_level"] else ""
    typer.secho(f"{view['case_id']}  {view['kind'].replace('_', ' ').lower()}{place}, as {reader}", bold=True)
    for number, incident in enumerate(view["incidents"], start=1):
        typer.echo(f"{number:>3}. {incident['incident_id']}")
        for report in incident["reports"]:
            typer.echo(f"     {_report_line(report)}")
    if view["restricted"]:
        typer.secho(f"     {view['restricted']}", fg="yellow")
    for link in view["links"]:
        typer.echo(
            f"     {link['graph'].lower():<9}{link['left']} = {link['right']}  {link['bits']:+.1f} bits, {link['band']}"
        )
    for update in view["updates"]:
        typer.echo(f"     {update['happened_earliest']:%d %b %Y}  {update['agency']}: {_done(update)}")
    for alert in view["alerts"]:
        typer.echo(f"     alert {alert['rule']}: {alert['reason']}")


def why(
    left: Annotated[str, typer.Argument(help="Id of a report; or, alone, of a case.")],
    reader: As,
    right: Annotated[str | None, typer.Argument(help="Id of another report.")] = None,
    purpose: Purpose = _PURPOSE,
    as_json: Json = False,
) -> None:
    """Show why two reports are, or are not, the same incident and the same person: the waterfall in bits.

    Of a case: where it is held together least, and why. Look there first if you doubt it.
    """
    from dataclasses import asdict

    views = _views(reader, purpose)
    if right is None:
        _show_weakest_bridge(views, left, as_json)
        return
    explanation = views.why(left, right)
    if as_json:
        _print_json(asdict(explanation))
        return
    for line in explanation.lines():
        typer.echo(line)


def _show_weakest_bridge(views: "Views", case_id: str, as_json: bool) -> None:
    from dataclasses import asdict

    found = views.weakest_bridge(case_id)
    if as_json:
        _print_json({"bridge": asdict(found[0]), "strongest": asdict(found[1])} if found else None)
        return
    if found is None:
        typer.echo("Of what you may see of it nothing was put together: there is no link to doubt.")
        return
    bridge, strongest = found
    one, other = bridge.strongest
    for line in (*bridge.lines(), "", f"What says most for it: {one} and {other}", *strongest.lines(), ""):
        typer.echo(line)
    typer.echo(f"If it is wrong: wardlink judge '{one}' '{other}' different --preview --as {views.reader}")


def pairs(
    reader: As,
    persons: Annotated[bool, typer.Option("--persons", help="Persons that may be one; else reports.")] = False,
    area: Annotated[str | None, typer.Option(help="Of one area only.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    purpose: Purpose = _PURPOSE,
    as_json: Json = False,
) -> None:
    """List pairs that may be the same, likeliest first: nobody is alerted to them; say what you know of them."""
    rows = _views(reader, purpose).possible(["PERSON" if persons else "INCIDENT"], area, limit)
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        typer.secho(f"{row['left']}  {row['right']}  {row['bits']:+.1f} bits", bold=True)
        why_of = " ".join(f"'{row[end].partition('#')[0]}'" for end in ("left", "right"))
        typer.echo(f"  why: wardlink why {why_of} --as {reader}")
        typer.echo(f"  say: wardlink judge '{row['left']}' '{row['right']}' same|different --as {reader} --because …")
    typer.echo(f"{len(rows)} pair(s) to look at for {reader}.")


def quarantine(
    reader: As,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    settled: Annotated[bool, typer.Option("--settled", help="Those that were mended and read again since.")] = False,
    as_json: Json = False,
) -> None:
    """List the rows of one agency that could not be used: where, field, rule and remedy, never what they hold.

    Mend them where they come from and give the file again: a row of the same reference that can be used settles them.
    """
    rows = _views(reader, "data quality").quarantine(limit, settled)
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        typer.secho(f"{row['quarantine_id']}  {row['source']}  {row['row_reference'] or ''}", bold=True)
        typer.echo(f"  {row['field']}: {row['rule']} ({row['remedy']})")
    typer.echo(f"{len(rows)} row(s) of {reader} {'settled' if settled else 'in quarantine'}.")


def _views(reader: str, purpose: str) -> "Views":
    from policy.facts import Reader
    from wardlink.settings import load
    from wardlink.views import Views

    return Views(load(), Reader.parse(reader), purpose)


def _addressed(row: Mapping[str, Any]) -> str:
    """To whom in the agency it went, and why."""
    if row["trouble"]:
        return f"to NOBODY: {row['trouble']}"
    why = {"OPEN_CASE": "the open case is theirs", "PLACE": "the place is theirs", "DUTY": "on duty"}[row["via"]]
    cover = f", covering for {row['covers_for']}" if row["covers_for"] else ""
    unknown = "; the open case names a team that the directory lacks" if row["owner_is_unknown"] else ""
    escalation = f"; then {row['escalation']}" if row["escalation"] else ""
    team = f"{row['team']}, " if row["team"] else ""
    return f"to {row['mailbox']} ({team}{why}{cover}){escalation}{unknown}"


def _place_of_case(view: Mapping[str, Any]) -> str:
    """Its level and role, and of an address what it is, as far as the reader may see its reports' places."""
    words = f"{view['place_level']} as {view['place_role'].lower()}"
    reports = (report for incident in view["incidents"] for report in incident["reports"])
    places = (place for report in reports for place in report.get("places", ()))
    types = {place.get("property_type") for place in places if place["role"] == view["place_role"]}
    known = sorted(each.replace("_", " ").lower() for each in types if each)
    return f"{words} ({', '.join(known)})" if known and view["place_level"] == "uprn" else words


def _report_line(report: Mapping[str, Any]) -> str:
    persons = ", ".join(
        f"{person['name']} ({person['role'].replace('_', ' ').lower()})"
        for person in report.get("persons", ())
        if person["name"]
    )
    category = report["category"].replace("_", " ").lower()
    return f"{_when(report):<20}{report['agency']:<10}{category:<22}{report['report_id']}  {persons}"


def _when(report: Mapping[str, Any]) -> str:
    """When it happened, else when it was reported; of a summary the week alone."""
    if report.get("week"):
        return f"week {report['week']}"
    if report.get("occurred"):
        is_exact = report["precision"] in ("EXACT", "MINUTE", "HOUR", "RANGE")
        return f"{report['occurred']:%d %b %Y %H:%M}" if is_exact else f"{report['occurred']:%d %b %Y}"
    return f"told {report['reported']:%d %b %Y}" if report.get("reported") else "time not known"


def _done(update: Mapping[str, Any]) -> str:
    words = (update["update_kind"], update["action"], update["outcome"], update["team"])
    return ", ".join(str(word).replace("_", " ").lower() for word in words if word)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=1, default=str))
