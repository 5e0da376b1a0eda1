"""The role `push`: the service that partner systems push to, put together from the settings."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import uvicorn

from connectors.geography.placing import load_geography
from connectors.publish import Publisher
from connectors.push.access import Access
from connectors.push.counter import Counter
from connectors.push.limits import Limits
from connectors.push.service import Tools, build
from connectors.push.world import World
from connectors.registry import Registry
from store.database import Session, connect, lent, pool
from store.geography import geography_version
from streams.health import Health
from wardlink.gazetteer_files import property_finder
from wardlink.keyring_files import keyring_path
from wardlink.settings import Settings, kafka_settings, push_listen, registry_url, store_settings

_PATIENCE = 5.0
"""Seconds for which Kafka may keep a partner waiting before the partner is told to come again."""

_WAITING = 5_000
"""Items that may wait at a time."""


def serve(settings: Settings, health: Health) -> None:
    """Runs the service until SIGTERM."""
    host, port = push_listen(settings)
    with tools_of(settings, health) as tools:
        health.working()
        uvicorn.run(
            build(tools),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=20,
        )


@contextmanager
def tools_of(settings: Settings, health: Health) -> Iterator[Tools]:
    """What the service works with, open, and its counter at work."""
    store = store_settings(settings, "writer_dsn")
    world = World(
        keyring_path(settings),
        partial(load_geography, store),
        partial(geography_version, store),
        find_uprn=property_finder(settings.gazetteer),
    )
    ring = world.ring
    with (
        Registry(registry_url(settings)) as registry,
        Publisher(kafka_settings(settings), registry, _PATIENCE) as outlet,
        pool(store.writer_dsn, "wardlink-push", size=8) as connections,
    ):
        counter = Counter(partial(connect, store.writer_dsn, "wardlink-counter"), outlet, world, now, health, _WAITING)
        session: Callable[[], AbstractContextManager[Session]] = partial(lent, connections)
        limits = Limits(settings.push.max_body, settings.push.max_items, settings.push.items_per_minute)
        counter.start()
        try:
            yield Tools(Access(session, lambda: ring), counter, lambda: ring.row_hash_key, now, limits)
        finally:
            counter.stop()


def now() -> int:
    """The present in microseconds since 1970 in UTC."""
    return time.time_ns() // 1000
