"""What the base needs of the world: something that remembers, and something that publishes.

`store.connector_state.ConnectorState` and `connectors.publish.Publisher` are the real ones, `connectors.dry` holds the
ones of a dry run; tests bring their own.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from schemas.topics import Topic
from store.connector_state import Begun, Key, Published


class State(Protocol):
    """What is kept of one source. Each call raises Unavailable when the keeper is away."""

    def look_up_batch(self, batch: str) -> Begun | None:
        """The batch of this id, if it has been begun before."""
        ...

    def begin_batch(self, batch: str, agency: str, now: int) -> Begun:
        """The batch of this id, begun now if it is new."""
        ...

    def renew_batch(self, batch: str, now: int) -> Begun:
        """Begins a batch anew."""
        ...

    def finish_batch(self, batch: str, now: int) -> None:
        """Notes that the batch was read to its end."""
        ...

    def newest_batch(self, agency: str) -> int:
        """Collection time of the newest batch of this agency; 0 when there is none."""
        ...

    def find(self, keys: Collection[Key]) -> Mapping[Key, Published]:
        """What was published of these references."""
        ...

    def save(self, records: Mapping[Key, Published], periods: Iterable[tuple[str, str, str]] = ()) -> None:
        """Notes what Kafka has acknowledged, and the (agency, period, layout) that it belongs to; all or nothing."""
        ...

    def periods(self) -> set[tuple[str, str, str]]:
        """(agency, period, layout) of all periods held."""
        ...

    def open_failures(self) -> Mapping[Key, Published]:
        """What lies in quarantine by the reference of its row and is not settled."""
        ...

    def begin_snapshot(self) -> None:
        """Starts to note what a snapshot holds."""
        ...

    def note_seen(self, keys: Iterable[Key]) -> None:
        """The snapshot holds these references."""
        ...

    def unseen(self, agency: str) -> Mapping[Key, Published]:
        """What was published of this agency, is not withdrawn, and was not seen in the snapshot."""
        ...

    def count_held(self, agency: str) -> int:
        """How many references of this agency are published and not withdrawn."""
        ...


class Outlet(Protocol):
    """Where records go."""

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None:
        """Queues one record; raises Unavailable."""
        ...

    def flush(self) -> None:
        """Returns when every record sent was acknowledged; raises Unavailable."""
        ...
