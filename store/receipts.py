"""Receipts: what became of each event that a partner pushed, from its arrival to the incident it belongs to."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from store.database import Row, Session, unavailable_when_away
from store.queries import load

State = Literal["received", "published", "unfit", "out of scope"]
"""`received`: nothing came of it yet. `published`: Kafka has acknowledged it."""

Reasons = Sequence[Mapping[str, str]]
"""Why an event is unfit: field, rule and remedy of each mistake, without a value."""

_SQL = load("receipts")


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event: keyed hash of its content, and when it came first (microseconds since 1970 in UTC).

    `revision` and `area` are those of the report as it was published, `change` what the event did to it.
    """

    receipt_id: str
    content: bytes
    received: int
    state: State = "received"
    report_id: str | None = None
    area: str | None = None
    revision: int | None = None
    change: str | None = None
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event as it arrives."""

    receipt_id: str
    partner: str
    agency: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Followed:
    """A receipt, and how far its report has come."""

    receipt_id: str
    received: int
    state: State
    report_id: str | None
    change: str | None
    reasons: Reasons
    stored: bool
    linked: bool


def begin(connection: Session, arrivals: Collection[Arrival], now: int) -> None:
    """Notes events that are new; what was known of the others stands."""
    with unavailable_when_away():
        connection.execute(
            _SQL["begin_receipts"],
            {
                "receipt_ids": [one.receipt_id for one in arrivals],
                "partners": [one.partner for one in arrivals],
                "agencies": [one.agency for one in arrivals],
                "contents": [one.content for one in arrivals],
                "received": now,
            },
        )


@contextmanager
def settling(connection: Session, agency: str) -> Iterator[None]:
    """One transaction, the only one that settles events of this agency at the time, in whatever process."""
    with unavailable_when_away(), connection.transaction():
        connection.execute(_SQL["lock_agency"], {"agency": agency})
        yield


def find(connection: Session, receipt_ids: Collection[str]) -> dict[str, Receipt]:
    """The receipts of these ids."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["find_receipts"], {"receipt_ids": list(receipt_ids)}).fetchall()
    return {row["receipt_id"]: Receipt(**row) for row in rows}


def settle(connection: Session, receipts: Sequence[Receipt]) -> None:
    """Writes what became of events that were begun."""
    with unavailable_when_away():
        connection.execute(
            _SQL["settle_receipts"],
            {
                "receipt_ids": [one.receipt_id for one in receipts],
                "contents": [one.content for one in receipts],
                "receiveds": [one.received for one in receipts],
                "states": [one.state for one in receipts],
                "report_ids": [one.report_id for one in receipts],
                "areas": [one.area for one in receipts],
                "revisions": [one.revision for one in receipts],
                "changes": [one.change for one in receipts],
                "reasons": [json.dumps([dict(reason) for reason in one.reasons]) for one in receipts],
            },
        )


def follow(connection: Session, agency: str, receipt_id: str) -> Followed | None:
    """One receipt of an agency; None for an unknown one, and for another agency's."""
    with unavailable_when_away():
        wanted = {"receipt_id": receipt_id, "agency": agency}
        row = connection.execute(_SQL["follow_receipt"], wanted).fetchone()
    return _followed(row) if row else None


def _followed(row: Row) -> Followed:
    return Followed(
        receipt_id=row["receipt_id"],
        received=row["received"],
        state=row["state"],
        report_id=row["report_id"],
        change=row["change"],
        reasons=row["reasons"],
        stored=row["stored"],
        linked=row["linked"],
    )
