"""What was concluded, for the operator's own eyes: to hold it against a known truth, and to watch it grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.database import Row, Session, unavailable_when_away
from store.queries import load


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Each thing with the group that it was put in; None where it is alone.

    `incident_of` by report id, `person_of` by mention id, `uprn_of` by report id and role of the place. `withdrawn`
    are reports that their agency has taken back: they have no group. `unseen` are reports that their own agency may
    not see.
    """

    incident_of: Mapping[str, str | None]
    person_of: Mapping[str, str | None]
    uprn_of: Mapping[tuple[str, str], str | None]
    withdrawn: frozenset[str]
    unseen: frozenset[str]


def conclusions(connection: Session, role_group: str, place_roles: Sequence[str]) -> Conclusions:
    """Everything concluded of reports (not of public statistics), of the persons of one group and places in some
    roles. Raises Unavailable.
    """
    named = load("evaluation")
    with unavailable_when_away():
        reports = connection.execute(named["select_reports"]).fetchall()
        mentions = connection.execute(named["select_mentions"], {"role_group": role_group}).fetchall()
        unseen = connection.execute(named["select_unseen"]).fetchall()
        places = connection.execute(named["select_places"], {"roles": list(place_roles)}).fetchall()
    return Conclusions(
        incident_of={row["report_id"]: row["incident_id"] for row in reports if not row["withdrawn"]},
        person_of={row["mention_id"]: row["person_id"] for row in mentions},
        uprn_of={(row["report_id"], row["role"]): row["uprn"] for row in places},
        withdrawn=frozenset(row["report_id"] for row in reports if row["withdrawn"]),
        unseen=frozenset(row["report_id"] for row in unseen),
    )


def progress(connection: Session) -> Mapping[str, int]:
    """How many reports, incidents, certain links, cases of several incidents, and standing alerts there are."""
    with unavailable_when_away():
        return connection.execute(load("evaluation")["count_progress"]).fetchone() or {}


def delivered_at(connection: Session, message_ids: Sequence[str]) -> datetime | None:
    """When the last of these messages was handed to its recipient; None while none was."""
    with unavailable_when_away():
        found = connection.execute(load("evaluation")["select_delivered_at"], {"message_ids": list(message_ids)})
        return (found.fetchone() or {}).get("at")


def disclosures(connection: Session, recipient: str, agreement: str, fields: Sequence[str]) -> Sequence[Row]:
    """The audit rows of what a recipient (agency/role) was told by an agreement (id@version) of these matters."""
    wanted = {"recipient": recipient, "agreement": agreement, "fields": list(fields)}
    return _rows(connection, "select_disclosures", **wanted)


def combinations(connection: Session, report_ids: Sequence[str]) -> Sequence[Row]:
    """The audit rows of automatic links between two of these reports, or persons in them."""
    return _rows(connection, "select_combinations", report_ids=list(report_ids))


def judgements(connection: Session) -> Sequence[Row]:
    """The audit rows of what caseworkers said of pairs."""
    return _rows(connection, "select_judgements")


def judged_pairs(connection: Session) -> Sequence[Row]:
    """What caseworkers said of pairs, SAME or DIFFERENT, with the sealed features of both reports."""
    return _rows(connection, "select_judged_pairs")


def all_alerts(connection: Session) -> Sequence[Row]:
    """Every alert that was ever raised, of every recipient, as it is now."""
    return _rows(connection, "select_alerts")


def _rows(connection: Session, statement: str, **arguments: object) -> Sequence[Row]:
    with unavailable_when_away():
        return connection.execute(load("evaluation")[statement], arguments).fetchall()
