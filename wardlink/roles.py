"""The composition root of the roles: settings become connections, publishers, keys and policies, and the role runs.

Each function runs one role until SIGTERM; `wardlink.stack.roles` lists them.
"""

import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from connectors.files import digest
from connectors.publish import Publisher
from connectors.registry import Registry
from connectors.topics_admin import beginning_offsets, cluster_id, end_offsets, topic_ids
from policy.directory import load_directory
from policy.rulebook import load_rules, shipped_rules
from policy.sharing import Agreements, load_agreements
from schemas.topics import ALERTS, BACKFILL, INBOUND
from store.areas import area_names
from store.database import Asking, connect
from store.dwellings import Dwellings
from store.landlords import Landlords
from store.positions import LogBounds
from streams.batches import Partition
from streams.health import Health, health_file
from streams.policies import Policies
from streams.routing import Router
from wardlink.keyring_files import keyring_path
from wardlink.live_model import live_model
from wardlink.settings import Settings, kafka_settings, registry_url, store_settings

_TICK_SECONDS = 3600.0


def resolve(settings: Settings, worker: int) -> None:
    """Links reports: one of several workers, each owning some partitions."""
    from streams import app
    from streams import resolve as role
    from streams.opening import Desk
    from vault.keyring import Keyring
    from vault.reports import FeatureSeal
    from vault.seal import Opener

    name = f"resolve-{worker}"
    owner = _owner(name)
    store = store_settings(settings, "writer_dsn", "keys_dsn")
    ring = keyring_path(settings)
    keyring = Keyring.load(ring)
    registry = Registry(registry_url(settings))
    tools = role.Tools(
        connect=partial(connect, store.writer_dsn, owner),
        connect_keys=partial(connect, store.keys_dsn, owner),
        owner=owner,
        bounds=_log_bounds(settings, [topic.name for topic in INBOUND]),
        schema_of=registry.schema,
        desk=Desk(Opener(keyring, renew=lambda: Keyring.load(ring)), FeatureSeal(keyring), os.urandom),
        model=live_model(settings),
        secret=keyring.node_key,
        policies=_policies(settings),
    )
    app.run(
        app.RoleSettings(
            consumer=role.CONSUMER,
            topics=tuple(topic.name for topic in INBOUND),
            late=(BACKFILL.name,),
            kafka=kafka_settings(settings),
            data_folder=str(settings.folders.run / "faust" / name),
        ),
        role.Resolve(tools),
        _health(settings, name),
    )


def deliver(settings: Settings, worker: int) -> None:
    """Hands alerts to their recipients."""
    from connectors.sinks import Sink
    from connectors.sinks.console import ConsoleSink
    from connectors.sinks.json_lines import JsonLinesSink
    from connectors.sinks.webhook import make_client
    from streams import app
    from streams import deliver as role
    from streams.letters import Postman
    from vault.keyring import PublicRing
    from vault.partners import PartnerSeal

    owner = _owner("deliver")
    store = store_settings(settings, "writer_dsn")
    sinks: list[Sink] = [ConsoleSink(), JsonLinesSink(settings.folders.root / "alerts")]
    seal = PartnerSeal(PublicRing.load(keyring_path(settings)))
    Postman(partial(connect, store.writer_dsn, "wardlink-postman"), seal, make_client(), threading.Event()).start()
    bounds = _log_bounds(settings, [ALERTS.name])
    work = role.Deliver(partial(connect, store.writer_dsn, owner), owner, sinks, bounds, _router(settings))
    app.run(
        app.RoleSettings(
            consumer=role.CONSUMER,
            topics=(ALERTS.name,),
            late=(),
            kafka=kafka_settings(settings),
            data_folder=str(settings.folders.run / "faust" / "deliver"),
        ),
        work,
        _health(settings, "deliver"),
    )


def relay(settings: Settings, worker: int) -> None:
    """Publishes the outbox."""
    from streams import relay as role

    store = store_settings(settings, "writer_dsn")
    role.run(
        partial(connect, store.writer_dsn, _owner("relay")), _publisher(settings), _health(settings, "relay"), _stop()
    )


def clock(settings: Settings, worker: int) -> None:
    """Publishes ticks."""
    from streams import clock as role

    store = store_settings(settings, "writer_dsn")

    def areas() -> list[str]:
        with connect(store.writer_dsn, _owner("clock")) as connection:
            return area_names(connection)

    role.run(areas, _now, _publisher(settings), _health(settings, "clock"), _stop(), _TICK_SECONDS)


def collect(settings: Settings, worker: int) -> None:
    """Collects files on schedules."""
    from wardlink.collect import serve

    serve(settings, _health(settings, "collect"), _stop())


def push(settings: Settings, worker: int) -> None:
    """Takes what partner systems push."""
    from wardlink.push import serve

    serve(settings, _health(settings, "push"))


def _owner(role: str) -> str:
    """A name of this very process, by which its sessions are known (PostgreSQL keeps 63 bytes)."""
    return f"wardlink-{role}-{os.getpid()}-{secrets.token_hex(4)}"


def _log_bounds(settings: Settings, topics: Sequence[str]) -> Callable[[], Mapping[Partition, LogBounds]]:
    """What Kafka says of the partitions of these topics, asked anew for each claim."""
    kafka = kafka_settings(settings)

    def bounds() -> Mapping[Partition, LogBounds]:
        cluster, ids = cluster_id(kafka), topic_ids(kafka)
        first, end = beginning_offsets(kafka, topics), end_offsets(kafka, topics)
        return {where: LogBounds(cluster, ids[where[0]], first[where], end[where]) for where in end}

    return bounds


def _policies(settings: Settings) -> Policies:
    """The sharing agreements (none, unless a file is set: then nobody but the owner is told) and the rules."""
    agreements = load_agreements(settings.agreements) if settings.agreements else Agreements()
    rulebook = load_rules(settings.rules) if settings.rules else shipped_rules()
    asking = Asking(partial(connect, store_settings(settings, "writer_dsn").writer_dsn, "wardlink-homes"))
    dwellings, landlords = Dwellings(asking), Landlords(asking)

    def forget_homes() -> None:
        dwellings.forget()
        landlords.forget()

    return Policies(agreements, rulebook, dwellings.get, landlords.on, forget_homes)


def _router(settings: Settings) -> Router | None:
    """Who is who; None where no directory is set: alerts then go to their agency and to nobody in it by name."""
    if settings.directory is None:
        return None
    return Router(load_directory(settings.directory), digest([settings.directory]))


def _publisher(settings: Settings) -> Publisher:
    return Publisher(kafka_settings(settings), Registry(registry_url(settings)))


def _health(settings: Settings, process: str) -> Health:
    return Health(health_file(settings.folders.run, process))


def _stop() -> threading.Event:
    """Set when the process is told to stop."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    return stop


def _now() -> int:
    return time.time_ns() // 1000
