"""`wardlink partner`: the partner systems that push reports, and are pushed the alerts of their agency."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from schemas.errors import Refused

if TYPE_CHECKING:
    from store.partners import Listed, Partner, Purpose
    from vault.partners import PartnerSeal
    from wardlink.settings import Settings

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HOUR = 3600.0

Name = Annotated[str, typer.Argument(help="Name of the partner system, for example marsh-crm.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="As one JSON object.")]


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    group = typer.Typer(help="Partner systems: who pushes reports, and is pushed alerts.", no_args_is_help=True)
    for name, command in (("add", add), ("rotate", rotate), ("revoke", revoke), ("list", show), ("resend", resend)):
        group.command(name)(command)
    app.add_typer(group, name="partner")


def add(
    name: Name,
    agency: Annotated[str, typer.Option(help="Code of the agency that it speaks for, and no other.")],
    sector: Annotated[str, typer.Option(help="police, housing or council.")],
    area: Annotated[str | None, typer.Option(help="Of reports that do not say where; and it reports no other.")] = None,
    api_key: Annotated[bool, typer.Option("--api-key", help="Give it an API key instead of a signing secret.")] = False,
    webhook: Annotated[str | None, typer.Option(help="Address that its agency's alerts are posted to.")] = None,
    role: Annotated[
        str | None, typer.Option(help="Post only the alerts for this role, for example caseworker.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Enrol a partner system. Its keys are shown this once."""
    from connectors.push.enrolment import enrol
    from store.database import connect
    from store.partners import Partner
    from wardlink.settings import load, store_settings

    settings, partner = load(), Partner(name, agency, sector, area, webhook, role)
    _check(partner)
    _check_keys(settings, partner)
    purposes: list[Purpose] = ["api key" if api_key else "signing", *(["webhook"] if webhook else [])]  # type: ignore[list-item]
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-partner") as connection:
        _tell(settings, name, enrol(connection, _seal(settings), partner, purposes), as_json)


def rotate(
    name: Name,
    overlap: Annotated[float, typer.Option(min=0, help="Hours for which the old keys hold beside the new ones.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Give a partner system new keys, shown this once."""
    from connectors.push.enrolment import renew
    from store.database import connect
    from wardlink.settings import load, store_settings

    settings = load()
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-partner") as connection:
        _tell(settings, name, renew(connection, _seal(settings), name, overlap * _HOUR), as_json)


def revoke(name: Name) -> None:
    """End a partner system at once; what it pushed stays, and its name is not given again."""
    from store import partners
    from store.database import connect
    from wardlink.settings import load, store_settings

    with connect(store_settings(load(), "writer_dsn").writer_dsn, "wardlink-partner") as connection:
        if not partners.revoke(connection, name):
            raise Refused(f"there is no partner {name} to revoke: see `wardlink partner list`")
    typer.echo(f"{name} can push nothing any more, and is pushed nothing.")


def show(as_json: AsJson = False) -> None:
    """List the partner systems: their keys, and how much came in and went out."""
    from store import partners
    from store.database import connect
    from wardlink.settings import load, store_settings

    with connect(store_settings(load(), "writer_dsn").writer_dsn, "wardlink-partner") as connection:
        found = partners.listed(connection)
    if as_json:
        typer.echo(json.dumps([_plain(one) for one in found]))
        return
    for one in found:
        typer.echo(_line(one))
    typer.echo("" if found else "No partner yet: enrol one with `wardlink partner add`.")


def resend(name: Name) -> None:
    """Post the dead letters of a partner system again."""
    from store import letters
    from store.database import connect
    from wardlink.settings import load, store_settings

    with connect(store_settings(load(), "writer_dsn").writer_dsn, "wardlink-partner") as connection:
        typer.echo(f"{letters.revive(connection, name)} dead letters of {name} are posted again.")


def _check(partner: "Partner") -> None:
    """Refused for codes, sectors, roles and addresses that cannot be ones."""
    from connectors.contract import Sector
    from connectors.push.access import NAME
    from policy.facts import AGENCY_PATTERN, Role

    for option, text, form in (("NAME", partner.name, NAME), ("--agency", partner.agency, AGENCY_PATTERN)):
        if not form.fullmatch(text):
            raise Refused(f"{option}: must be of small letters, digits, '-', '_' and '.'")
    if partner.sector not in Sector._value2member_map_:
        raise Refused(f"--sector: must be one of {', '.join(Sector)}")
    if partner.webhook_role is not None and partner.webhook_role not in Role._value2member_map_:
        raise Refused(f"--role: must be one of {', '.join(Role)}")
    if partner.webhook_role is not None and partner.webhook is None:
        raise Refused("--role says whose alerts are posted: give --webhook too")
    if partner.webhook is not None:
        _check_address(partner.webhook)


def _check_address(webhook: str) -> None:
    """Alerts leave the house encrypted; on this machine alone they need not."""
    parts = urlsplit(webhook)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Refused("--webhook: must begin with https:// (http:// for this machine alone)")
    if not parts.hostname or parts.username or parts.fragment:
        raise Refused("--webhook: must name a host, and no user or fragment")


def _check_keys(settings: "Settings", partner: "Partner") -> None:
    """Refused unless what the partner will push can be sealed, and opened after a fire."""
    import time

    from connectors.dry import EmptyState, NoOutlet
    from connectors.geography.placing import load_geography
    from connectors.push.source import PushedEvents
    from connectors.reading import Desk
    from vault.keyring import PublicRing
    from wardlink.ingesting import check_keys
    from wardlink.keyring_files import keyring_path
    from wardlink.settings import store_settings

    desk = Desk(
        source=PushedEvents(partner.name, partner.sector),
        state=EmptyState(),
        outlet=NoOutlet(),
        ring=PublicRing.load(keyring_path(settings)),
        clock=lambda: time.time_ns() // 1000,
        geography=load_geography(store_settings(settings, "writer_dsn")),
        agency=partner.agency,
        area=partner.area,
    )
    check_keys(settings, desk, needs_backup=not settings.demo)


def _seal(settings: "Settings") -> "PartnerSeal":
    from vault.keyring import PublicRing
    from vault.partners import PartnerSeal
    from wardlink.keyring_files import keyring_path

    return PartnerSeal(PublicRing.load(keyring_path(settings)))


def _tell(settings: "Settings", name: str, keys: Mapping["Purpose", str], as_json: bool) -> None:
    from wardlink.settings import push_url

    if as_json:
        shown = {purpose.replace(" ", "_"): key for purpose, key in keys.items()}
        typer.echo(json.dumps({"partner": name, "url": push_url(settings), **shown}))
        return
    typer.echo(f"Partner {name}. The service answers at {push_url(settings)}")
    for purpose, key in keys.items():
        typer.echo(f"{_MEANT_FOR[purpose]:<34}{key}")
    typer.echo("Hand these over by a safe way, now: they are not shown again. docs/partners.md tells how to use them.")


_MEANT_FOR: Mapping[str, str] = {
    "api key": "API key:",
    "signing": "Secret to sign what it pushes:",
    "webhook": "Secret that its alerts are signed with:",
}


def _line(one: "Listed") -> str:
    partner = one.partner
    state = "revoked" if partner.revoked else ", ".join(one.purposes)
    used = f"{one.last_used:%Y-%m-%d %H:%M}" if one.last_used else "never"
    counts = f"pushed {one.pushed}, letters waiting {one.waiting}, dead {one.dead}"
    return f"{partner.name:<20} {partner.agency:<16} {partner.sector:<8} {state:<20} last used {used}; {counts}"


def _plain(one: "Listed") -> dict[str, Any]:
    return {
        **asdict(one.partner),
        "keys": list(one.purposes),
        "last_used": one.last_used.isoformat() if one.last_used else None,
        "pushed": one.pushed,
        "letters_waiting": one.waiting,
        "letters_dead": one.dead,
    }
