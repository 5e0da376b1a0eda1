"""What the operator sees of the whole: lag, what is stored and concluded, the roles."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from connectors.kafka import KafkaSettings
from connectors.topics_admin import beginning_offsets, end_offsets
from schemas.topics import ALERTS, INBOUND
from store.database import connect
from store.outbox import count_unsent
from store.positions import positions
from store.reading import counts
from store.routes import unroutable
from streams import deliver, resolve
from streams.health import health_file, read_health
from wardlink.outside import feeds_in_trouble, lost_letters
from wardlink.settings import Settings, kafka_settings, store_settings
from wardlink.stack.state import ProcessState, read_state

_TOO_MANY_RESTARTS = 5


@dataclass(frozen=True, slots=True)
class RoleStatus:
    """One process of the stack, and what it says of itself."""

    name: str
    process: str
    restarts: int
    state: str = ""
    message: str = ""

    @property
    def keeps_ending(self) -> bool:
        """Whether it ends again and again."""
        return self.process == "waiting" and self.restarts >= _TOO_MANY_RESTARTS

    @property
    def trouble(self) -> str:
        """Why it does not work, or where to look."""
        return self.message or f"it ended {self.restarts} times: see 'wardlink logs {self.name}'"


@dataclass(frozen=True, slots=True)
class Status:
    """`lag`: records that resolve has not stored. `undelivered`: alerts on their way to recipients.

    `published_statistics` are those stored reports that are public statistics. `compared` of them are of an area and
    month that the force's own feed covers: they are in `comparisons`, and counted neither in places nor in areas.
    `feeds_in_trouble` are feeds that are collected from in vain (feed, trouble, remedy, since), `dead_letters` alerts
    that partners' systems did not take (partner, letters, since, remedy).
    `unroutable` are standing alerts that nobody is named to read: agency, alerts, reason with its remedy, since.
    """

    lag: int
    undelivered: int
    stored: int
    withdrawn: int
    quarantined: int
    cases: int
    alerts: int
    published_statistics: int
    compared: int
    busiest_places: list[Mapping[str, Any]]
    busiest_areas: list[Mapping[str, Any]]
    comparisons: list[Mapping[str, Any]]
    unroutable: list[Mapping[str, Any]] = field(default_factory=list)
    feeds_in_trouble: list[Mapping[str, Any]] = field(default_factory=list)
    dead_letters: list[Mapping[str, Any]] = field(default_factory=list)
    roles: list[RoleStatus] = field(default_factory=list)

    def as_plain(self) -> dict[str, Any]:
        """As JSON objects."""
        return asdict(self)


def look(settings: Settings) -> Status:
    """The status now; Unavailable while Kafka or PostgreSQL are away."""
    lag, undelivered = on_the_way(settings)
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-status") as connection:
        counted = counts(connection)
        feeds, letters = feeds_in_trouble(settings, connection), lost_letters(connection)
        lost: list[Mapping[str, Any]] = [{**row, "since": row["since"].isoformat()} for row in unroutable(connection)]
    told: dict[str, Any] = {
        "unroutable": lost,
        "feeds_in_trouble": feeds,
        "dead_letters": letters,
        "roles": role_states(settings),
    }
    return Status(**counted, lag=lag, undelivered=undelivered, **told)


def on_the_way(settings: Settings) -> tuple[int, int]:
    """(records that resolve has not stored, messages that have not left); cheap enough to ask often."""
    kafka = kafka_settings(settings)
    with connect(store_settings(settings, "writer_dsn").writer_dsn, "wardlink-status") as connection:
        at = {(row["consumer"], row["topic"], row["partition"]): row["next_offset"] for row in positions(connection)}
        unsent = count_unsent(connection)
    lag = _lag(kafka, at, resolve.CONSUMER, [topic.name for topic in INBOUND])
    return lag, unsent + _lag(kafka, at, deliver.CONSUMER, [ALERTS.name])


def role_states(settings: Settings) -> list[RoleStatus]:
    """The processes of the embedded stack; empty where the roles run elsewhere."""
    processes = read_state(settings.folders).processes
    return [_role(settings, process) for process in processes]


def stopped_roles(settings: Settings) -> list[RoleStatus]:
    """Roles that cannot go on until someone does what their message, or their log, says."""
    return [role for role in role_states(settings) if role.state == "stopped" or role.keeps_ending]


def _role(settings: Settings, process: ProcessState) -> RoleStatus:
    """A process and what it says of itself; what its forerunner said does not count."""
    said = read_health(health_file(settings.folders.run, process.name))
    if process.identity is None or said.get("pid") != process.identity.pid:
        said = {}
    return RoleStatus(
        process.name, process.status, process.restarts, str(said.get("state", "")), str(said.get("message", ""))
    )


def _lag(kafka: KafkaSettings, at: Mapping[tuple[str, str, int], int], consumer: str, topics: list[str]) -> int:
    first = beginning_offsets(kafka, topics)
    return sum(
        end - at.get((consumer, topic, partition), first[topic, partition])
        for (topic, partition), end in end_offsets(kafka, topics).items()
    )
