"""To whom in its agency each alert went, and what must be known to say so."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from policy.directory import Matter, Via
from policy.office import Spot
from store.database import Row, Session, unavailable_when_away
from store.queries import load

_SQL = load("routes")

AlertKey = tuple[str, str]
"""Area and alert id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """Where one alert went, by the directory of that digest; `trouble` alone where nobody is named to read it."""

    area: str
    alert_id: str
    recipient: str
    role: str
    directory: str
    mailbox: str | None = None
    via: Via | None = None
    team: str | None = None
    covers_for: str | None = None
    escalation: str | None = None
    owner_is_unknown: bool = False
    trouble: str | None = None

    def as_told(self) -> dict[str, str | None]:
        """What its recipient is told of it."""
        names = ("mailbox", "team", "via", "covers_for", "escalation", "trouble")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Outstanding:
    """An alert that stands and went out by another directory, or by none. `area_time` is the area's own time."""

    area: str
    alert_id: str
    case_id: str
    recipient: str
    role: str
    report_ids: list[str]
    area_time: datetime


def matter_of(connection: Session, area: str, agency: str, case_id: str, report_ids: Sequence[str]) -> Matter:
    """What routing must know of an alert: the team of the agency's open case, and the places of its own reports.

    Of other agencies' reports nothing is looked at: that a team is told must not say where another's report was.
    """
    asked = {"area": area, "agency": agency, "case_id": case_id, "report_ids": list(report_ids)}
    with unavailable_when_away():
        spots = connection.execute(_SQL["select_spots"], asked).fetchall()
        owner = connection.execute(_SQL["find_owner"], asked).fetchone()
    found = tuple(dict.fromkeys(Spot(row["uprn"], row["parent_uprn"], row["ward"]) for row in spots))
    return Matter(agency, owner["team"] if owner else None, found)


def routes(connection: Session, alerts: Collection[AlertKey]) -> dict[AlertKey, Addressed]:
    """Where these alerts went with their last message."""
    wanted = {"areas": [area for area, _ in alerts], "alert_ids": [alert_id for _, alert_id in alerts]}
    with unavailable_when_away():
        rows = connection.execute(_SQL["select_routes"], wanted).fetchall()
    return {(row["area"], row["alert_id"]): _addressed(row) for row in rows}


def write_routes(connection: Session, addressed: Collection[Addressed]) -> None:
    """Notes where alerts go. Call it in the transaction of what goes there."""
    for each in addressed:
        connection.execute(_SQL["write_route"], asdict(each))


def routed_otherwise(connection: Session, directory: str) -> list[Outstanding]:
    """The alerts that stand, were handed out, and were not routed by this directory."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["select_routed_otherwise"], {"directory": directory}).fetchall()
    return [Outstanding(**row) for row in rows]


def unroutable(connection: Session) -> list[Row]:
    """Standing alerts that nobody is named to read: agency, reason (with its remedy), alerts, since."""
    with unavailable_when_away():
        return connection.execute(_SQL["select_unroutable"]).fetchall()


def unknown_owners(connection: Session) -> list[Row]:
    """Standing alerts whose open case names a team that the directory lacks: agency, alerts."""
    with unavailable_when_away():
        return connection.execute(_SQL["count_unknown_owners"]).fetchall()


def _addressed(row: Row) -> Addressed:
    return Addressed(**row | {"via": Via(row["via"]) if row["via"] else None})
