"""Free loopback ports, chosen below the range from which the kernel takes ports for outgoing connections.

A service that comes back must find its port again; one from that range could meanwhile belong to somebody's
outgoing connection, even to a client's connection to itself.
"""

import random
import socket
from pathlib import Path

from schemas.errors import Refused, Unavailable

LOOPBACK = "127.0.0.1"
_RANGE_FILE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 10_240
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Whether something listens on this loopback port."""
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def choose(asked: int, setting: str) -> int:
    """`asked`, or a free port where that is 0; Refused when the asked one is taken."""
    if asked == 0:
        return _free_port()
    if not is_free(asked):
        raise Refused(f"port {asked} is in use: stop what listens there, or set {setting} to another port or to 0")
    return asked


def _free_port() -> int:
    candidates = (random.randrange(_LOWEST, _first_outgoing()) for _ in range(_TRIES))  # noqa: S311 - no secret
    port = next((port for port in candidates if is_free(port)), None)
    if port is None:
        raise Unavailable(f"no free loopback port was found in {_TRIES} tries: close some servers and try again")
    return port


def _first_outgoing() -> int:
    try:
        first = int(_RANGE_FILE.read_text().split()[0])
    except OSError:
        first = 32_768
    return max(first, _LOWEST + 2_000)
