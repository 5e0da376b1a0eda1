"""Making the topics, and asking Kafka what it holds: identities and offsets; or why it does not let us in."""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.errors import (
    AuthorizationError,
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from connectors.kafka import KafkaSettings
from schemas.errors import Refused, Unavailable
from schemas.topics import TOPICS, Topic

_DAY_MS = 24 * 60 * 60 * 1000
_MISSING = 3
"""Kafka's error code of an unknown topic."""

_BOOTSTRAP_MS, _CONNECT_MS = 10_000, 5_000
_LOGIN = "check WARDLINK_KAFKA_USERNAME, WARDLINK_KAFKA_PASSWORD and WARDLINK_KAFKA_SASL_MECHANISM"
_PROTOCOL = "check WARDLINK_KAFKA_SECURITY_PROTOCOL and the port of WARDLINK_KAFKA_BOOTSTRAP"
_AUTHORITY = "check WARDLINK_KAFKA_CA_FILE"
_HOST = "check the host of WARDLINK_KAFKA_BOOTSTRAP, or have the broker's certificate name it"
_OTHER_HOST = frozenset({62, 64})
"""OpenSSL's codes of a certificate for another host name or address (X509_V_ERR_HOSTNAME_MISMATCH, …IP_ADDRESS…)."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """What Kafka says of one of our topics."""

    name: str
    topic_id: str
    partitions: int
    replication: int


def apply_topics(
    kafka: KafkaSettings, partitions: int = 12, replication: int = 1, topics: Sequence[Topic] = TOPICS
) -> tuple[str, ...]:
    """Creates the topics that are missing and sets the configuration of all; returns the names of the new ones.

    Repeating it changes nothing. Raises Refused, before anything is changed, when a topic has another number of
    partitions: an area would move to another partition, away from its stored state.
    """
    with _admin(kafka) as admin:
        held = {state.name: state for state in _states(admin, topics)}
        _refuse_other_counts(held, partitions)
        missing = [topic for topic in topics if topic.name not in held]
        if missing:
            _create(admin, missing, partitions, replication)
        _configure(admin, [topic for topic in topics if topic.name in held])
        return tuple(topic.name for topic in missing)


def topic_states(kafka: KafkaSettings, topics: Sequence[Topic] = TOPICS) -> list[TopicState]:
    """Those of our topics that exist."""
    with _admin(kafka) as admin:
        return _states(admin, topics)


def topic_ids(kafka: KafkaSettings) -> dict[str, str]:
    """The id of each of our topics that exist; a recreated topic has another one."""
    return {state.name: state.topic_id for state in topic_states(kafka)}


def cluster_id(kafka: KafkaSettings) -> str:
    """The id of the Kafka cluster."""
    with _admin(kafka) as admin:
        return str(admin.describe_cluster()["cluster_id"])


def beginning_offsets(kafka: KafkaSettings, names: Sequence[str]) -> dict[tuple[str, int], int]:
    """(topic, partition) → the first offset still held; of the topics that exist."""
    return _offsets(kafka, names, OffsetSpec.EARLIEST)


def end_offsets(kafka: KafkaSettings, names: Sequence[str]) -> dict[tuple[str, int], int]:
    """(topic, partition) → the offset after the last record; of the topics that exist."""
    return _offsets(kafka, names, OffsetSpec.LATEST)


def newest_times(kafka: KafkaSettings, names: Sequence[str]) -> dict[tuple[str, int], int]:
    """(topic, partition) → when the broker took its newest record, milliseconds since 1970; of those that hold any."""
    with _admin(kafka) as admin:
        found = _list(admin, names, OffsetSpec.MAX_TIMESTAMP)
        return {where: entry.timestamp for where, entry in found.items() if entry.offset >= 0}


def held_records(kafka: KafkaSettings, names: Sequence[str]) -> dict[str, int]:
    """How many records each topic still holds."""
    first, end = beginning_offsets(kafka, names), end_offsets(kafka, names)
    return {name: sum(end[place] - first[place] for place in end if place[0] == name) for name in names}


def configuration_of(topic: Topic) -> dict[str, str]:
    """A topic's settings: kept for days by the broker's own clock (event time lives in the payload), uncompressed."""
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(topic.retention_days * _DAY_MS),
        "message.timestamp.type": "LogAppendTime",
        "compression.type": "uncompressed",
    }


def _offsets(kafka: KafkaSettings, names: Sequence[str], spec: OffsetSpec) -> dict[tuple[str, int], int]:
    with _admin(kafka) as admin:
        return {where: entry.offset for where, entry in _list(admin, names, spec).items()}


def _list(admin: Any, names: Sequence[str], spec: OffsetSpec) -> dict[tuple[str, int], Any]:
    """What Kafka says of each partition of the topics that exist, in order."""
    described = [topic for topic in _describe(admin, names) if not topic["error_code"]]
    wanted = {
        TopicPartition(topic["name"], partition["partition_index"]): spec
        for topic in described
        for partition in topic["partitions"]
    }
    found = admin.list_partition_offsets(wanted) if wanted else {}
    return {(place.topic, place.partition): found[place] for place in sorted(found)}


def _states(admin: Any, topics: Sequence[Topic]) -> list[TopicState]:
    return [_state(topic) for topic in _describe(admin, [topic.name for topic in topics]) if not topic["error_code"]]


def _describe(admin: Any, names: Sequence[str]) -> list[dict[str, Any]]:
    """What Kafka says of the topics; an unknown one has its error code."""
    described: list[dict[str, Any]] = admin.describe_topics(list(names))
    for topic in described:
        if topic["error_code"] not in (0, _MISSING):
            raise Unavailable(f"Kafka cannot describe {topic['name']} (error {topic['error_code']}): try again")
    return described


def _state(topic: dict[str, Any]) -> TopicState:
    identity = topic["topic_id"]
    replicas = min((len(partition["replica_nodes"]) for partition in topic["partitions"]), default=0)
    name = str(identity if isinstance(identity, UUID) else UUID(str(identity)))
    return TopicState(topic["name"], name, len(topic["partitions"]), replicas)


def _refuse_other_counts(held: dict[str, TopicState], partitions: int) -> None:
    others = sorted(state.name for state in held.values() if state.partitions != partitions)
    if others:
        raise Refused(
            f"{', '.join(others)} have {held[others[0]].partitions} partitions, not {partitions}: the number is fixed "
            "when topics are created; leave WARDLINK_TOPICS_PARTITIONS as it was"
        )


def _create(admin: Any, topics: Sequence[Topic], partitions: int, replication: int) -> None:
    wanted = {
        topic.name: {
            "num_partitions": partitions,
            "replication_factor": replication,
            "configs": configuration_of(topic),
        }
        for topic in topics
    }
    admin.create_topics(wanted, wait_for_metadata=True)


def _configure(admin: Any, topics: Sequence[Topic]) -> None:
    """Sets what other hands, or an older release, have set otherwise."""
    wanted = [ConfigResource(ConfigResourceType.TOPIC, topic.name, configuration_of(topic)) for topic in topics]
    if wanted:
        admin.alter_configs(wanted)


def refuse_if_shut_out(kafka: KafkaSettings) -> None:
    """Raises Refused, naming the settings to mend, where Kafka is there and does not let us in.

    To be asked when no client could connect, and outside of the handler of that error, which would hide the cause of
    the new one: kafka-python's clients try again until their time is up and keep the reason to themselves. Nothing
    that a broker says is repeated, since it may repeat the login.
    """
    error = _first_error(kafka)
    trouble = _trouble_of(kafka, error) if error is not None else None
    if trouble is not None:
        raise Refused(f"Kafka is there and {trouble}") from error


def _first_error(kafka: KafkaSettings) -> Exception | None:
    """What the first connection to the first server comes to; None where it is let in."""
    network = NetworkSelector()
    manager = KafkaConnectionManager(network, **kafka.for_kafka_python())

    async def connect() -> None:
        await manager.get_connection(manager.cluster.bootstrap_brokers()[0].node_id, timeout_ms=_CONNECT_MS)

    try:
        network.run(connect)
    except (KafkaError, OSError) as error:
        return error
    finally:
        manager.close()
        network.close()
    return None


def _trouble_of(kafka: KafkaSettings, error: Exception) -> str | None:
    """What shuts us out and how to mend it, None for a broker that is away."""
    of_tls = error.__context__
    if isinstance(of_tls, ssl.SSLCertVerificationError):
        return f"shows a certificate that we cannot trust: {_HOST if of_tls.verify_code in _OTHER_HOST else _AUTHORITY}"
    if isinstance(of_tls, ssl.SSLError):
        return f"speaks no TLS on that port: {_PROTOCOL}"
    if isinstance(error, IllegalSaslStateError):
        return f"wants no login on that port: {_PROTOCOL}"
    if isinstance(error, SaslAuthenticationFailedError | UnsupportedSaslMechanismError):
        return f"refuses our login: {_LOGIN}"
    return _trouble_of_silence(kafka)


def _trouble_of_silence(kafka: KafkaSettings) -> str | None:
    """What shuts us out where the broker only hangs up: kafka-python misses an answer whose connection is closed
    behind it, as a broker's is after a refused login.
    """
    way = "SSL" if kafka.encrypted else "PLAINTEXT"
    if kafka.authenticated and _first_error(replace(kafka, security_protocol=way)) is None:
        return f"refuses our login: {_LOGIN}"
    if kafka.encrypted:
        return None
    over_tls = _first_error(replace(kafka, security_protocol="SSL"))
    speaks_tls = over_tls is None or isinstance(over_tls.__context__, ssl.SSLCertVerificationError)
    return f"speaks only TLS on that port: {_PROTOCOL}" if speaks_tls else None


@contextmanager
def _admin(kafka: KafkaSettings) -> Iterator[Any]:
    """An admin client, whose troubles are told by what to do next."""
    admin = _connected(kafka)
    try:
        yield admin
    except (SaslAuthenticationFailedError, AuthorizationError) as error:
        raise Refused(
            f"Kafka refuses our login or rights ({type(error).__name__}): check the WARDLINK_KAFKA_ settings"
        ) from error
    except (KafkaError, OSError) as error:
        raise _away(kafka, error) from error
    finally:
        admin.close()


def _connected(kafka: KafkaSettings) -> Any:
    login = kafka.for_kafka_python()
    try:
        return KafkaAdminClient(**login, client_id="wardlink-admin", bootstrap_timeout_ms=_BOOTSTRAP_MS)
    except (KafkaError, OSError) as error:
        failure = error
    refuse_if_shut_out(kafka)
    raise _away(kafka, failure) from failure


def _away(kafka: KafkaSettings, error: Exception) -> Unavailable:
    return Unavailable(f"Kafka is away ({type(error).__name__}): is it running at {kafka.bootstrap}?")
