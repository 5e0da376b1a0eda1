"""Sends each alert to the right desk of its agency: the directory is asked as it is handed out, not as it is raised.

What an agency is told follows from agreements and rules, and is a fact of the area. Who reads it there is the agency's
own affair, changes from week to week, and changes no fact.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from policy.directory import Directory, Matter, Route, Unroutable, route
from policy.months import london_date
from schemas.records import Alert
from schemas.vocabulary import AlertState
from store.database import Session
from store.routes import Addressed, Outstanding, matter_of, routed_otherwise, routes, write_routes

log = structlog.get_logger()

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Router:
    """A directory, and the digest of the file that it was read from."""

    directory: Directory
    digest: str

    def address(self, connection: Session, alerts: Sequence[Alert]) -> dict[str, Addressed]:
        """By message id, where each alert goes: on the day that the alert itself bears, so a repeat goes the same way.

        That an alert is withdrawn is told where it was told. What is on trial goes nowhere.
        """
        before = routes(connection, {(alert.area, alert.alert_id) for alert in alerts})
        addressed: dict[str, Addressed] = {}
        for alert in alerts:
            key = (alert.area, alert.alert_id)
            if alert.state is AlertState.WITHDRAWN and key in before:
                addressed[alert.message_id] = before[key]
            elif not alert.shadow:
                addressed[alert.message_id] = before[key] = self._address(connection, alert)
        return addressed

    def readdress(self, connection: Session) -> int:
        """Routes anew every alert that stands and went out by another directory, on its area's present day; returns how
        many go to another mailbox.
        """
        outstanding = routed_otherwise(connection, self.digest)
        before = routes(connection, {(one.area, one.alert_id) for one in outstanding})
        moved = 0
        for one in outstanding:
            matter = matter_of(connection, one.area, one.recipient, one.case_id, one.report_ids)
            day = london_date(int(one.area_time.timestamp()) * _MICROS)
            now = self._routed(one, matter, day)
            was = before.get((one.area, one.alert_id))
            moved += was is None or was.mailbox != now.mailbox
            write_routes(connection, [now])
        if outstanding:
            log.info("readdressed", alerts=len(outstanding), moved=moved)
        return moved

    def _address(self, connection: Session, alert: Alert) -> Addressed:
        matter = matter_of(connection, alert.area, alert.recipient, alert.case_id, alert.report_ids)
        return self._routed(alert, matter, london_date(alert.at.at))

    def _routed(self, alert: Alert | Outstanding, matter: Matter, day: date) -> Addressed:
        found = route(matter, self.directory, day)
        if isinstance(found, Unroutable):
            log.error("unroutable", recipient=alert.recipient, alert_id=alert.alert_id, reason=found.reason)
        return _addressed(alert, found, self.digest)


def _addressed(alert: Alert | Outstanding, found: Route | Unroutable, digest: str) -> Addressed:
    area, alert_id, recipient, role = alert.area, alert.alert_id, alert.recipient, alert.role
    if isinstance(found, Unroutable):
        return Addressed(
            area=area, alert_id=alert_id, recipient=recipient, role=role, directory=digest, trouble=found.reason
        )
    return Addressed(
        area=area,
        alert_id=alert_id,
        recipient=recipient,
        role=role,
        directory=digest,
        mailbox=found.mailbox,
        via=found.via,
        team=found.team,
        covers_for=found.covers_for,
        escalation=found.escalation,
        owner_is_unknown=found.owner_is_unknown,
    )
