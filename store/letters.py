"""Letters: alerts on their way to partners' webhooks, kept until they are taken or given up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from store.database import Row, Session, unavailable_when_away
from store.queries import load

State = Literal["waiting", "delivered", "dead"]

_SQL = load("letters")


@dataclass(frozen=True, slots=True)
class Addressee:
    """A partner that has a webhook; `role` None stands for every role of its agency."""

    partner: str
    agency: str
    role: str | None


@dataclass(frozen=True, slots=True)
class Reference:
    """What an agency itself calls one of its reports, and the case that it belongs to."""

    report_id: str
    reference: str
    case_reference: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """One alert for one partner; `body` is what is posted, byte for byte."""

    message_id: str
    partner: str
    alert_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Due:
    """A letter to post now, for the `attempts`th time, to the address `webhook`."""

    seq: int
    message_id: str
    partner: str
    body: bytes
    attempts: int
    webhook: str


def addressees(connection: Session, agencies: Collection[str]) -> list[Addressee]:
    """The partners of these agencies that have a webhook."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["select_addressees"], {"agencies": list(agencies)}).fetchall()
    return [Addressee(row["partner"], row["agency"], row["webhook_role"]) for row in rows]


def own_references(
    connection: Session, areas: Collection[str], report_ids: Collection[str], agencies: Collection[str]
) -> dict[tuple[str, str], Reference]:
    """By area and report id, what these agencies call those of the reports that are their own."""
    wanted = {"areas": list(areas), "report_ids": list(report_ids), "agencies": list(agencies)}
    with unavailable_when_away():
        rows = connection.execute(_SQL["select_own_references"], wanted).fetchall()
    return {
        (row["area"], row["report_id"]): Reference(row["report_id"], row["reference"], row["case_reference"])
        for row in rows
    }


def last_bodies(connection: Session, alert_ids: Collection[str]) -> dict[str, bytes]:
    """The body of the last letter of each of these alerts, whoever it is for: an alert has one recipient."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["select_last_bodies"], {"alert_ids": list(alert_ids)}).fetchall()
    return {row["alert_id"]: row["body"] for row in rows}


def write(connection: Session, letters: Sequence[Letter]) -> None:
    """Writes letters; one that was written before stays as it is. Call it in the transaction of its step."""
    if letters:
        connection.execute(
            _SQL["insert_letters"],
            {
                "message_ids": [one.message_id for one in letters],
                "partners": [one.partner for one in letters],
                "alert_ids": [one.alert_id for one in letters],
                "bodies": [one.body for one in letters],
            },
        )


def claim_due(connection: Session, lease: float) -> list[Due]:
    """At most one letter for each partner, oldest first; nobody else is given it for `lease` seconds."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["claim_due"], {"lease": lease}).fetchall()
    return [Due(**row) for row in rows]


def settle(connection: Session, seq: int, state: State, answer: str, wait: float = 0) -> None:
    """Notes what a post came to; one that still waits is due again after `wait` seconds."""
    with unavailable_when_away():
        connection.execute(_SQL["settle_letter"], {"seq": seq, "state": state, "answer": answer, "wait": wait})


def revive(connection: Session, partner: str) -> int:
    """Lets the dead letters of a partner be posted again; returns how many."""
    with unavailable_when_away():
        return connection.execute(_SQL["revive_letters"], {"partner": partner}).rowcount


def dead_letters(connection: Session) -> list[Row]:
    """Alerts that were given up on their way to partners: partner, letters, since."""
    with unavailable_when_away():
        return connection.execute(_SQL["count_dead"]).fetchall()


def listen(connection: Session) -> None:
    """Lets `wait_for_more` of this session hear of letters that are written."""
    with unavailable_when_away():
        connection.execute("LISTEN letter")


def wait_for_more(connection: Session, longest: float) -> None:
    """Waits until a letter is written or due, or so many seconds are over."""
    with unavailable_when_away():
        row = connection.execute(_SQL["seconds_to_next"]).fetchone()
        due = row["seconds"] if row and row["seconds"] is not None else longest
        for _ in connection.notifies(timeout=max(0.0, min(due, longest)), stop_after=1):
            return
