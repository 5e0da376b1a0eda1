"""Publishing to Kafka: Avro in wire format, keyed by area, with CloudEvents headers; every record acknowledged.

The producer is idempotent and waits for all in-sync replicas (acks=all). Records are never compressed, so that a
canary can be searched for in Kafka's own files. While Kafka is away the publisher keeps what is not acknowledged, waits
with back-off and sends it again: a repeat has the same message id, record id and revision, so it changes nothing.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Protocol, Self

from kafka import KafkaProducer
from kafka.errors import (
    AuthorizationError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    SaslAuthenticationFailedError,
)
from kafka.partitioner.default import DefaultPartitioner

from connectors.kafka import KafkaSettings
from connectors.topics_admin import refuse_if_shut_out
from schemas.codec import codec, frame
from schemas.errors import Refused, Unavailable
from schemas.topics import Topic

IN_FLIGHT = 10_000
"""Records sent and not yet known to be acknowledged; the next one waits for them."""

_BATCH_BYTES = 256 * 1024
_LINGER_MS = 10
_LARGEST_BYTES = 1024 * 1024
_DELIVERY_MS = 60_000
_LOOK_AGAIN_SECONDS = 3.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_HOPELESS = (SaslAuthenticationFailedError, AuthorizationError)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Waiting = Callable[[str], None]
"""Hears why the publisher waits."""


class SchemaIds(Protocol):
    """What the publisher needs of a schema registry (connectors.registry.Registry)."""

    def id_of(self, topic: Topic) -> int:
        """The id of the topic's schema."""


@dataclass(slots=True)
class _Message:
    """One record on its way, and the future of its acknowledgement."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    sent: Any = None


class Publisher:
    """Sends records and answers for them. It belongs to one thread.

    `patience` is for how many seconds `flush` (and `send`, when too much is in flight) waits while Kafka is away
    before it raises Unavailable. What was not acknowledged by then is still held, and sent by the next flush.
    """

    def __init__(
        self, kafka: KafkaSettings, registry: SchemaIds, patience: float = 300, waiting: Waiting = lambda why: None
    ) -> None:
        self._kafka = kafka
        self._registry = registry
        self._patience = patience
        self._waiting = waiting
        self._producer: Any = None
        self._unacknowledged: list[_Message] = []
        self._headers: dict[str, tuple[int, list[tuple[str, bytes]]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None:
        """Queues one record; only a `flush` that returns promises that it arrived.

        `message_id` is the same whenever the same record is sent (ce_id); `time_micros` is the event's time (ce_time).
        Raises Unavailable as flush does, Refused when the registry does not know the topic's schema.
        """
        schema_id, constant = self._constant_headers(topic)
        headers = [
            ("ce_id", message_id.encode()),
            ("ce_source", f"/wardlink/{getattr(record, 'source', 'resolve')}".encode()),
            ("ce_time", rfc3339(time_micros).encode()),
            *constant,
        ]
        body = frame(schema_id, codec(topic.record).encode(record))
        message = _Message(topic.name, key.encode(), body, headers)
        self._unacknowledged.append(message)
        self._try_to_send(message)
        if len(self._unacknowledged) >= IN_FLIGHT or isinstance(message.sent, Exception):
            self.flush()

    def flush(self) -> None:
        """Returns when Kafka has acknowledged every record sent.

        Raises Unavailable when Kafka stays away for longer than the publisher's patience, Refused when it will not
        have a record or our login.
        """
        began, pause = time.monotonic(), _FIRST_PAUSE
        while (error := self._await_acknowledgements()) is not None:
            if time.monotonic() - began > self._patience:
                raise Unavailable(f"Kafka does not acknowledge ({type(error).__name__}): is it running?") from error
            self._waiting(f"Kafka does not answer ({type(error).__name__}); waiting, nothing is skipped")
            if not isinstance(error, _NotYetAcknowledged):
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                self._send_again()

    def close(self) -> None:
        """Closes the connection; what was not flushed is given up."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=0)

    def _constant_headers(self, topic: Topic) -> tuple[int, list[tuple[str, bytes]]]:
        """Schema id and the headers that are equal for all records of a topic (CloudEvents 1.0, Kafka binding)."""
        known = self._headers.get(topic.name)
        if known is None:
            schema_id = self._registry.id_of(topic)
            known = self._headers[topic.name] = (
                schema_id,
                [
                    ("ce_specversion", b"1.0"),
                    ("ce_type", f"wardlink.{topic.record.__name__}".encode()),
                    ("ce_dataschema", f"/schemas/ids/{schema_id}".encode()),
                    ("content-type", b"application/avro"),
                ],
            )
        return known

    def _try_to_send(self, message: _Message) -> None:
        """Hands a message to the producer; a failure is kept in place of the future, for `flush` to find."""
        try:
            if self._producer is None:
                self._producer = self._connect()
            message.sent = self._producer.send(message.topic, message.value, message.key, message.headers)
        except MessageSizeTooLargeError as error:
            self._unacknowledged.remove(message)
            raise Refused(f"a record for {message.topic} exceeds {_LARGEST_BYTES} bytes: shorten it") from error
        except _HOPELESS as error:
            raise _refused(error) from error
        except (KafkaError, OSError) as error:
            message.sent = error
        if self._producer is None:
            refuse_if_shut_out(self._kafka)

    def _connect(self) -> Any:
        return KafkaProducer(
            **self._kafka.for_kafka_python(),
            client_id="wardlink-publish",
            acks="all",
            enable_idempotence=True,
            compression_type=None,
            batch_size=_BATCH_BYTES,
            linger_ms=_LINGER_MS,
            max_request_size=_LARGEST_BYTES,
            delivery_timeout_ms=_DELIVERY_MS,
            request_timeout_ms=_DELIVERY_MS // 2,
            max_block_ms=5_000,
            bootstrap_timeout_ms=5_000,
            reconnect_backoff_max_ms=2_000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
            partitioner=_ByKey(),
        )

    def _await_acknowledgements(self) -> Exception | None:
        """Waits a little and forgets what was acknowledged; why the rest was not, or None when nothing is left."""
        pending = self._await_futures()
        self._unacknowledged = [message for message in self._unacknowledged if not _acknowledged(message)]
        if not self._unacknowledged:
            return None
        error = pending or _error_of(self._unacknowledged[0])
        if isinstance(error, _HOPELESS):
            raise _refused(error) from error
        return error

    def _await_futures(self) -> "_NotYetAcknowledged | None":
        """Lets the producer work; tells when it has not come to an end, well or badly, with all that it was given."""
        if self._producer is None:
            return None
        try:
            self._producer.flush(timeout=_LOOK_AGAIN_SECONDS)
        except KafkaTimeoutError:
            return _NotYetAcknowledged()
        return None

    def _send_again(self) -> None:
        """A producer that failed once may have lost its sequence: a new one begins a new one."""
        self.close()
        for message in self._unacknowledged:
            self._try_to_send(message)
            if isinstance(message.sent, Exception):
                return


class _NotYetAcknowledged(Exception):
    """The producer is still trying."""


class _ByKey(DefaultPartitioner):  # type: ignore[misc]  # kafka-python has no types
    """Kafka's own partitioner (murmur2 of the key), which remembers the keys: there are few areas."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], int] = {}

    def partition(
        self, topic: str, key: Any, serialized_key: bytes, value: Any, serialized_value: Any, cluster: Any
    ) -> int:
        """The partition of a key, as every Kafka client computes it."""
        known = self._known.get((topic, serialized_key))
        if known is None:
            known = super().partition(topic, key, serialized_key, value, serialized_value, cluster)
            self._known[topic, serialized_key] = known
        return known


def rfc3339(micros: int) -> str:
    """An instant in RFC 3339.

    >>> rfc3339(1_538_348_400_000_000)
    '2018-09-30T23:00:00Z'
    """
    return (_EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")


def _acknowledged(message: _Message) -> bool:
    return message.sent is not None and not isinstance(message.sent, Exception) and bool(message.sent.succeeded())


def _error_of(message: _Message) -> Exception:
    if isinstance(message.sent, Exception):
        return message.sent
    error = getattr(message.sent, "exception", None)
    return error if isinstance(error, Exception) else TimeoutError("not acknowledged")


def _refused(error: Exception) -> Refused:
    return Refused(f"Kafka refuses our login or rights ({type(error).__name__}): check the WARDLINK_KAFKA_ settings")
