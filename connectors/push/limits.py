"""How much a partner may send: bytes in a body, items in a batch, items in a minute."""

import math
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of the push service."""

    max_body: int = 5_000_000
    """Bytes of a request."""
    max_items: int = 1_000
    """Events in a batch."""
    items_per_minute: int = 6_000
    """Events, and other requests, of one partner; half a minute's worth of them may come at once."""


class TooLarge(Exception):
    """A body has more bytes than it may."""


async def read_body(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """A body of `most` bytes at most, whatever its Content-Length says; TooLarge as soon as it has more."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > most:
            raise TooLarge
    return bytes(body)


@dataclass(slots=True)
class Meter:
    """A bucket for each partner, which fills evenly (token bucket). Each copy of the service has its own."""

    per_minute: int
    burst: int
    clock: Callable[[], float]
    _levels: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, partner: str, count: int) -> int:
        """Takes `count` from the partner's bucket: 0, or seconds until they are there and nothing taken.

        More than a full bucket holds is given from a full one, and has to be waited for afterwards.
        """
        with self._lock:
            now, rate = self.clock(), self.per_minute / 60
            level, then = self._levels.get(partner, (float(self.burst), now))
            level = min(float(self.burst), level + (now - then) * rate)
            wanted = min(count, self.burst)
            if level < wanted:
                self._levels[partner] = (level, now)
                return max(1, math.ceil((wanted - level) / rate))
            self._levels[partner] = (level - count, now)
            return 0
