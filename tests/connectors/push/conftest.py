"""The service on a real PostgreSQL, with what it publishes kept in memory."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from standardwebhooks import Webhook

from connectors.geography.placing import Geography
from connectors.push.access import Access
from connectors.push.counter import Counter
from connectors.push.enrolment import enrol
from connectors.push.events import BATCH, EVENT
from connectors.push.limits import Limits
from connectors.push.service import Tools, build
from connectors.push.world import World
from store.database import connect, lent, pool
from store.partners import Partner
from store.settings import StoreSettings
from tests.conftest import RealStack, wait_until
from tests.connectors.fakes import AREA, MemoryOutlet
from vault.keyring import Keyring, PublicRing
from vault.partners import PartnerSeal

PARTNERS = (Partner("marsh-crm", "marsh-homes", "housing", AREA), Partner("met-contact", "police", "police", AREA))


class Quiet:
    """Hears how the counter is."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def working(self) -> None:
        self.said.append("")

    def waiting(self, message: str) -> None:
        self.said.append(message)


@dataclass
class House:
    """A service with its surroundings; `keys` are each partner's, by purpose."""

    database: StoreSettings
    keyring: Keyring
    path: Path
    outlet: MemoryOutlet = field(default_factory=MemoryOutlet)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def ring(self) -> PublicRing:
        return self.keyring.public()

    @contextmanager
    def open(self, limits: Limits | None = None, health: Quiet | None = None) -> Iterator[httpx.Client]:
        """One copy of the service, on a port of its own."""
        with (
            self.tools(limits or Limits(), health or Quiet()) as tools,
            served(build(tools)) as address,
            httpx.Client(base_url=address, timeout=60) as client,
        ):
            yield client

    @contextmanager
    def tools(self, limits: Limits, health: Quiet) -> Iterator[Tools]:
        """What a copy of the service works with, its counter open."""
        world = World(self.path, Geography.from_rows, lambda: "")
        with pool(self.database.writer_dsn, "test-push") as connections:
            counter = Counter(
                partial(connect, self.database.writer_dsn, "test-counter"),
                self.outlet,
                world,
                present,
                health,
                5_000,
            )
            access = Access(partial(lent, connections), lambda: self.ring)
            counter.start()
            try:
                yield Tools(access, counter, lambda: self.ring.row_hash_key, present, limits)
            finally:
                counter.stop()

    def bearer(self, partner: str = "marsh-crm") -> dict[str, str]:
        """The header of a partner's API key."""
        return {"authorization": f"Bearer {self.keys[partner]['api key']}"}

    def signed(
        self, body: bytes, partner: str = "marsh-crm", name: str = "msg-1", at: float | None = None
    ) -> dict[str, str]:
        """The headers of a partner's signature."""
        stamp = datetime.fromtimestamp(time.time() if at is None else at, UTC)
        signature = Webhook(self.keys[partner]["signing"]).sign(name, stamp, body.decode())
        return {
            "wardlink-partner": partner,
            "webhook-id": name,
            "webhook-timestamp": str(int(stamp.timestamp())),
            "webhook-signature": signature,
        }


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serves an application on a free port of this machine; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started, "the service is up")
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def present() -> int:
    """Now, in microseconds since 1970."""
    return time.time_ns() // 1000


@pytest.fixture(scope="module")
def one_database(stack: RealStack) -> StoreSettings:
    """A database for all of these tests."""
    return stack.fresh_database()


@pytest.fixture
def house(one_database: StoreSettings, tmp_path: Path) -> House:
    """A database without rows, keys for one area, and two partners of different agencies."""
    database = one_database
    with connect(database.owner_dsn, "test") as session:
        session.execute("TRUNCATE partner, connector_record, report CASCADE")
    now = datetime.now(UTC)
    ring = Keyring.create()
    for area in (AREA, "unplaced:marsh-homes", "unplaced:police"):
        ring = ring.with_area(area, now)
    path = tmp_path / "keyring.json"
    ring.save(path)
    made = House(database, ring, path)
    with connect(database.writer_dsn, "test") as session:
        for one in PARTNERS:
            made.keys[one.name] = dict(enrol(session, PartnerSeal(made.ring), one, ("api key", "signing")))
    return made


@pytest.fixture
def client(house: House) -> Iterator[httpx.Client]:
    """One copy of the service."""
    with house.open() as client:
        yield client


def event(name: str = "e-1", reference: str = "MH-1", **data: Any) -> dict[str, Any]:
    """One event as a partner writes it."""
    return {
        "specversion": "1.0",
        "id": name,
        "source": "/marsh-homes/crm",
        "type": "wardlink.report",
        "data": {"reference": reference, "category": "NOISE", **data},
    }


def withdrawal(name: str = "w-1", reference: str = "MH-1") -> dict[str, Any]:
    """The end of a report."""
    return {**event(name), "type": "wardlink.report.withdrawn", "data": {"reference": reference}}


def push(client: httpx.Client, house: House, what: Any, partner: str = "marsh-crm") -> httpx.Response:
    """Pushes one event, or a list of them."""
    media = BATCH if isinstance(what, list) else EVENT
    headers = {**house.bearer(partner), "content-type": media}
    return client.post("/v1/reports", content=json.dumps(what).encode(), headers=headers)
