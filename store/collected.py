"""What `collect` has done: when each feed was looked at, and what became of each file, by the digest of its bytes.

A feed is looked at by one process at a time, whichever copy of the role that is: the look holds an advisory lock, which
PostgreSQL frees when its connection goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from psycopg.types.json import Jsonb

from store.database import Session, unavailable_when_away
from store.queries import load

State = Literal["begun", "done", "failed"]

_SQL = load("collected")
_LOCK_CLASS = 7_226_462
"""First half of the advisory locks' numbers; the second is the feed's name, hashed."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What is known of one content of a feed.

    `read_as` names how it was read (source, mapping, agency, area); `attempts` counts readings that told no end;
    `is_settled`: it lies aside with its `receipt`. Times in microseconds.
    """

    name: str
    read_as: str
    state: State
    attempts: int
    begun_at: int
    is_settled: bool
    receipt: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """What came of a feed: its last look (0: none yet), the trouble of that look, its files by state, and the state of
    the newest.
    """

    looked_at: int = 0
    trouble: str = ""
    trouble_since: int | None = None
    files: Mapping[str, int] = field(default_factory=dict)
    last_file_at: int | None = None
    last_state: State | None = None


class CollectedFiles:
    """The files of one feed. Raises Unavailable when PostgreSQL is away. It belongs to one thread."""

    def __init__(self, connection: Session, feed: str) -> None:
        self._connection = connection
        self._feed = feed

    def try_lock(self) -> bool:
        """Whether this process alone may look at the feed, for as long as the connection lasts."""
        lock = {"class": _LOCK_CLASS, "feed": self._feed}
        with unavailable_when_away():
            row = self._connection.execute(_SQL["try_lock"], lock).fetchone()
        return bool(row and row["is_ours"])

    def find(self, digest: str) -> KnownFile | None:
        """What is known of these bytes."""
        with unavailable_when_away():
            row = self._connection.execute(_SQL["find_file"], self._of(digest)).fetchone()
        if row is None:
            return None
        settled = row.pop("settled_at") is not None
        return KnownFile(**row, is_settled=settled)

    def begin(self, digest: str, name: str, read_as: str, now: int) -> None:
        """Notes that these bytes are about to be read."""
        self._change("begin_file", digest, name=name, read_as=read_as, now=now)

    def put_back(self, digest: str) -> None:
        """Takes back a beginning: something else was away, which is not the file's fault."""
        self._change("put_back_file", digest)

    def conclude(self, digest: str, state: State, receipt: Mapping[str, Any]) -> None:
        """Notes what came of the reading, before the file is laid aside."""
        self._change("conclude_file", digest, state=state, receipt=Jsonb(dict(receipt)))

    def settle(self, digest: str, now: int) -> None:
        """Notes that the file lies aside with its receipt."""
        self._change("settle_file", digest, now=now)

    def note_look(self, now: int, trouble: str = "") -> None:
        """Notes a look at the feed's place, and why it came to nothing, if it did."""
        with unavailable_when_away():
            self._connection.execute(_SQL["note_look"], {"feed": self._feed, "now": now, "trouble": trouble})

    def _change(self, statement: str, digest: str, **values: Any) -> None:
        with unavailable_when_away():
            self._connection.execute(_SQL[statement], self._of(digest) | values)

    def _of(self, digest: str) -> dict[str, Any]:
        return {"feed": self._feed, "digest": digest}


def histories(connection: Session) -> dict[str, FeedHistory]:
    """What came of every feed that was ever looked at, by name."""
    with unavailable_when_away():
        looks = connection.execute(_SQL["find_looks"]).fetchall()
        counts = connection.execute(_SQL["count_files"]).fetchall()
    return {row["feed"]: _history(row, [one for one in counts if one["feed"] == row["feed"]]) for row in looks}


def _history(look: Mapping[str, Any], counts: list[dict[str, Any]]) -> FeedHistory:
    newest = max(counts, key=lambda row: row["last"], default=None)
    return FeedHistory(
        looked_at=look["looked_at"],
        trouble=look["trouble"],
        trouble_since=look["trouble_since"],
        files={row["state"]: row["files"] for row in counts},
        last_file_at=newest["last"] if newest else None,
        last_state=newest["state"] if newest else None,
    )
