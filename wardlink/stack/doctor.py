"""`wardlink doctor`: is this machine fit, and does everything that Wardlink needs answer?"""

import contextlib
import importlib
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import psutil

from schemas.errors import WardlinkError
from wardlink.settings import Settings, kafka_settings, registry_url, store_settings
from wardlink.stack.embedded import stack_state
from wardlink.stack.home import NEEDED_BYTES, free_bytes
from wardlink.stack.roles import ROLES

Level = Literal["ok", "warn", "fail"]

_SPACIOUS_BYTES = 5 * NEEDED_BYTES
_NEEDED_MEMORY = 1_500_000_000
_SSL_REQUEST = struct.pack(">ii", 8, 80_877_103)
"""What a client sends to ask for TLS (PostgreSQL documentation, "SSL Session Encryption"): a server answers S or N."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: how a thing is, what to do about it, and which check says so."""

    level: Level
    message: str
    remedy: str = ""
    check: str = ""


Check = Callable[[Settings], Finding]

CHECKS: dict[str, str] = {
    "Python": "wardlink.stack.doctor:python_is_supported",
    "Disk": "wardlink.stack.doctor:disk_has_room",
    "Memory": "wardlink.stack.doctor:memory_is_enough",
    "Stack": "wardlink.stack.doctor:stack_is_up",
    "Kafka": "wardlink.stack.doctor:kafka_answers",
    "PostgreSQL": "wardlink.stack.doctor:postgres_answers",
    "Registry": "wardlink.stack.doctor:registry_answers",
    "Roles": "wardlink.stack.doctor:roles_are_running",
    "Work": "wardlink.checks:roles_can_work",
    "Directory": "wardlink.checks:alerts_reach_somebody",
    "Feeds": "wardlink.checks:feeds_bring_something",
    "Letters": "wardlink.checks:letters_are_taken",
    "Keyring": "wardlink.checks:keyring_is_backed_up",
}
"""Every check by its name, as "module:function", in the order of their lines; a new check is one line here."""


def examine(settings: Settings) -> Iterator[Finding]:
    """The findings one by one; an error of ours in a check is its finding, so that the others are still made."""
    for name, target in CHECKS.items():
        yield replace(_look(target, settings), check=name)


def _look(target: str, settings: Settings) -> Finding:
    module, _, function = target.partition(":")
    check: Check = getattr(importlib.import_module(module), function)
    try:
        return check(settings)
    except WardlinkError as error:
        return Finding("fail", str(error))


def python_is_supported(_settings: Settings) -> Finding:
    """Python 3.11 to 3.13."""
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("ok", version)
    return Finding("fail", f"{version} is not supported", "install Python 3.11, 3.12 or 3.13")


def disk_has_room(settings: Settings) -> Finding:
    """At least NEEDED_BYTES free; a warning below five times that."""
    free = free_bytes(settings.folders)
    message = f"{free / 1e9:.1f} GB free at {settings.folders.root}"
    if free >= _SPACIOUS_BYTES:
        return Finding("ok", message)
    remedy = "free some space, or set WARDLINK_HOME to a folder on another disk"
    return Finding("warn" if free >= NEEDED_BYTES else "fail", message, remedy)


def memory_is_enough(_settings: Settings) -> Finding:
    """Room for Kafka, PostgreSQL and the roles."""
    available = psutil.virtual_memory().available
    message = f"{available / 1e9:.1f} GB available"
    if available >= _NEEDED_MEMORY:
        return Finding("ok", message)
    return Finding("warn", message, f"close other programs: {_NEEDED_MEMORY / 1e9:.1f} GB are wanted")


def stack_is_up(settings: Settings) -> Finding:
    """The embedded stack runs, or none is needed."""
    state = stack_state(settings)
    if state.status == "ready":
        return Finding("ok", f"ready in {settings.folders.root}")
    if settings.kafka.bootstrap and settings.postgres.is_set:
        return Finding("ok", "not needed: Kafka and PostgreSQL are external")
    message = " ".join(filter(None, (state.status, state.reason)))
    return Finding("warn", message, "start it with `wardlink up --detach`")


def kafka_answers(settings: Settings) -> Finding:
    """A broker of the bootstrap list takes connections (whether it takes our login, its first user will say)."""
    kafka = kafka_settings(settings)
    if any(_connects(server) for server in kafka.servers):
        return Finding("ok", f"answers at {kafka.bootstrap}")
    remedy = "start it, or mend WARDLINK_KAFKA_BOOTSTRAP"
    return Finding("fail", f"nothing listens at {kafka.bootstrap}", remedy)


def postgres_answers(settings: Settings) -> Finding:
    """A PostgreSQL server answers wherever the connection strings point."""
    store = store_settings(settings, *(() if not settings.postgres.is_set else ("writer_dsn",)))
    place = _place(store.writer_dsn)
    if _is_postgres(place):
        return Finding("ok", f"answers at {_shown(place)}")
    remedy = "start it, or mend WARDLINK_POSTGRES_WRITER_DSN"
    return Finding("fail", f"no server answers at {_shown(place)}", remedy)


def registry_answers(settings: Settings) -> Finding:
    """The schema registry takes connections."""
    url = registry_url(settings)
    place = urlsplit(url)
    if _connects(f"{place.hostname}:{place.port or (443 if place.scheme == 'https' else 80)}"):
        return Finding("ok", f"answers at {url}")
    return Finding("fail", f"nothing listens at {url}", "start it, or mend WARDLINK_REGISTRY_URL")


def roles_are_running(settings: Settings) -> Finding:
    """Every process of the embedded stack runs; a warning when one has been started again."""
    processes = stack_state(settings).processes
    lost = [process.name for process in processes if process.status not in {"running", "done"}]
    again = [f"{process.name} ({process.restarts})" for process in processes if process.restarts]
    if lost:
        return Finding("fail", f"not running: {', '.join(lost)}", f"read `wardlink logs {lost[0]}`")
    if again:
        return Finding("warn", f"started again: {', '.join(again)}", "read their logs: `wardlink logs ROLE`")
    if not processes:
        return Finding("warn", f"none of {len(ROLES)} runs here", "start them with `wardlink up`")
    return Finding("ok", f"{len(processes)} processes run")


def _connects(server: str) -> bool:
    host, _, port = server.rpartition(":")
    with contextlib.suppress(OSError):
        socket.create_connection((host, int(port)), timeout=3).close()
        return True
    return False


Place = str | tuple[str, int]
"""A Unix socket's path, or host and port."""


def _place(dsn: str) -> Place:
    uri = urlsplit(dsn)
    options = parse_qs(uri.query)
    host = options.get("host", [uri.hostname or "localhost"])[0]
    port = int(options.get("port", [str(uri.port or 5432)])[0])
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)


def _shown(place: Place) -> str:
    return place if isinstance(place, str) else f"{place[0]}:{place[1]}"


def _is_postgres(place: Place) -> bool:
    with contextlib.suppress(OSError), _connection_to(place) as connection:
        connection.sendall(_SSL_REQUEST)
        return connection.recv(1) in {b"S", b"N"}
    return False


def _connection_to(place: Place) -> socket.socket:
    if not isinstance(place, str):
        return socket.create_connection(place, timeout=3)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(3)
    connection.connect(place)
    return connection
