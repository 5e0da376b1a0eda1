"""Publishes the outbox: acks=all, wait for the broker, then mark the messages as sent.

At least once, always with the same message id, in the order of writing.
"""

import threading
from collections.abc import Callable
from typing import Any

import structlog

from connectors.publish import Publisher
from schemas.codec import codec
from schemas.errors import Unavailable
from schemas.topics import BY_NAME
from store import outbox
from store.database import Session
from streams.health import Health

log = structlog.get_logger()

_AT_ONCE = 500
_IDLE_SECONDS = 1.0
_AWAY_SECONDS = 1.0


def run(connect: Callable[[], Session], publisher: Publisher, health: Health, stop: threading.Event) -> None:
    """Relays until told to stop; while PostgreSQL or Kafka are away it waits and skips nothing."""
    while not stop.is_set():
        try:
            with connect() as connection:
                _relay(connection, publisher, health, stop)
        except Unavailable as error:
            health.waiting(str(error))
            log.warning("unavailable", message=str(error))
            stop.wait(_AWAY_SECONDS)


def _relay(connection: Session, publisher: Publisher, health: Health, stop: threading.Event) -> None:
    while not stop.is_set() and not outbox.lock_relay(connection):
        health.waiting("another relay is at work; this one stands by")
        stop.wait(_IDLE_SECONDS)
    while not stop.is_set():
        if not relay_once(connection, publisher):
            outbox.wait_for_more(connection, _IDLE_SECONDS)
        health.working()


def relay_once(connection: Session, publisher: Publisher) -> int:
    """Publishes the oldest unsent messages and marks them; returns how many."""
    messages = outbox.unsent(connection, _AT_ONCE)
    for message in messages:
        topic = BY_NAME[message.topic]
        record: Any = codec(topic.record).decode(message.body)
        publisher.send(topic, message.key, record, message.message_id, message.event_time)
    publisher.flush()
    if messages:
        outbox.mark_sent(connection, messages)
    return len(messages)
