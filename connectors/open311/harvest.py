"""From a service to Kafka: window after window, each settled before the position moves on.

A window's requests are written to a file, in the order of their ids, and that file is read like any other; so what was
published before is known, a window that is read again adds nothing, and a kill loses nothing. Each run begins some days
before the position: requests appear late (they wait for a moderator) and change (they are closed).
"""

import tempfile
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import orjson

from connectors.ingest import Reading
from connectors.open311.answer import Record
from connectors.open311.client import Client
from connectors.open311.windows import DAY, Gatherer, Window, windows
from connectors.reading import Desk, read_path

OVERLAP = 7 * DAY
"""Microseconds before the position from which each run begins, unless it is told otherwise: what is closed later than
that after it was made is not heard of."""

FIRST = 90 * DAY
"""Microseconds before the present from which the first run begins: the standard's default."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Position(Protocol):
    """How far the service has been read (store.feed_position.FeedPosition)."""

    def find(self) -> int | None:
        """The instant before which everything is published."""
        ...

    def save(self, read_until: int) -> None:
        """Everything before this instant is published."""
        ...


def harvest(
    desk: Desk,
    client: Client,
    position: Position,
    since: int | None = None,
    tell: Callable[[str, int], None] = lambda name, requests: None,
    warn: Callable[[str], None] = lambda words: None,
    overlap: int = OVERLAP,
) -> Generator[Reading, None, None]:
    """Publishes what the service holds from `since` on (microseconds; None: where it stopped) until now.

    Yields the counts of each window that held anything; `tell` hears its name and how many requests it holds first,
    `warn` of days that the service may have answered in part. `overlap` is as OVERLAP. Raises Refused,
    or Unavailable when the service, Kafka or PostgreSQL stay away: calling again goes on.
    """
    until = desk.clock()
    gatherer = Gatherer(client.ask, lambda window, count: warn(_doubt(window, count)))
    with tempfile.TemporaryDirectory(prefix="wardlink-open311-") as folder:
        for window in windows(_beginning(position, since, until, overlap), until):
            found = gatherer.gather(window)
            if found:
                name = _day(window)
                tell(name, len(found))
                yield read_path(desk, _written(Path(folder), name, found))
            if not desk.request.dry_run:
                position.save(window.end)


def _beginning(position: Position, since: int | None, until: int, overlap: int) -> int:
    if since is not None:
        return since
    held = position.find()
    return until - FIRST if held is None else held - overlap


def _written(folder: Path, name: str, found: dict[str, Record]) -> Path:
    """A file of one request a line; the same requests are the same bytes."""
    path = folder / f"{name}.jsonl"
    with path.open("wb") as file:
        for record in found.values():
            file.write(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) + b"\n")
    return path


def _doubt(window: Window, count: int) -> str:
    return (
        f"{_day(window)}: the service may have left some out: it answers {count} requests, and cannot be asked for less"
    )


def _day(window: Window) -> str:
    return f"requests-{_EPOCH + timedelta(microseconds=window.start):%Y-%m-%d}"
