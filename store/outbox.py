"""The outbox: messages written in the transaction of the facts that they tell of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from store.database import Session, unavailable_when_away
from store.letters import Letter, write
from store.positions import Step, advance
from store.queries import load
from store.routes import Addressed, write_routes


@dataclass(frozen=True, slots=True)
class Message:
    """One message to publish: `body` is the Avro body, `event_time` microseconds since 1970 in UTC."""

    seq: int
    message_id: str
    topic: str
    key: str
    body: bytes
    event_time: int


def lock_relay(connection: Session) -> bool:
    """Makes this session the one relay, which keeps the order of messages; False while another one runs."""
    with unavailable_when_away():
        row = connection.execute(load("outbox")["lock_relay"]).fetchone()
        connection.execute("LISTEN outbox")
    return bool(row and row["locked"])


def unsent(connection: Session, limit: int) -> Sequence[Message]:
    """The oldest messages that are not marked as sent."""
    with unavailable_when_away():
        rows = connection.execute(load("outbox")["select_unsent"], (limit,)).fetchall()
    return [Message(**row) for row in rows]


def mark_sent(connection: Session, messages: Sequence[Message]) -> None:
    """Marks messages after the broker has acknowledged them."""
    with unavailable_when_away():
        connection.execute(load("outbox")["mark_sent"], ([message.seq for message in messages],))


def count_unsent(connection: Session) -> int:
    """How many messages are not marked as sent."""
    with unavailable_when_away():
        row = connection.execute(load("outbox")["count_unsent"]).fetchone()
    return int(row["unsent"]) if row else 0


def wait_for_more(connection: Session, seconds: float) -> None:
    """Waits until something is written to the outbox, or the time is up."""
    with unavailable_when_away():
        for _ in connection.notifies(timeout=seconds, stop_after=1):
            return


def delivered(connection: Session, channel: str, message_ids: Collection[str]) -> set[str]:
    """Which of these messages a channel has been given before."""
    with unavailable_when_away():
        rows = connection.execute(load("outbox")["select_delivered"], (channel, list(message_ids))).fetchall()
    return {row["message_id"] for row in rows}


def record_delivery(
    connection: Session,
    channel: str,
    message_ids: Collection[str],
    letters: Sequence[Letter],
    addressed: Collection[Addressed],
    step: Step,
) -> None:
    """Remembers what a channel was given and where it went, writes the letters and moves the position, in one
    transaction; raises Fenced.
    """
    with unavailable_when_away(), connection.transaction(), connection.cursor() as cursor:
        advance(cursor, step)
        cursor.execute(load("outbox")["insert_delivered"], (list(message_ids), channel))
        write(connection, letters)
        write_routes(connection, addressed)
