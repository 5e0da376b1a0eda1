"""Stand-ins for a dry run: nothing is held, and nothing goes out."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from schemas.topics import Topic
from store.connector_state import Begun, Key, Published


class EmptyState:
    """The state of a source that has never published; it keeps nothing."""

    def look_up_batch(self, batch: str) -> Begun | None:
        """No batch is known."""
        return None

    def begin_batch(self, batch: str, agency: str, now: int) -> Begun:
        """Every batch begins now."""
        return Begun(now, finished=False)

    def finish_batch(self, batch: str, now: int) -> None:
        """Keeps nothing."""

    def renew_batch(self, batch: str, now: int) -> Begun:
        """Every batch begins now."""
        return Begun(now, finished=False)

    def newest_batch(self, agency: str) -> int:
        """None was begun."""
        return 0

    def find(self, keys: Collection[Key]) -> Mapping[Key, Published]:
        """Nothing was published."""
        return {}

    def save(self, records: Mapping[Key, Published], periods: Iterable[tuple[str, str, str]] = ()) -> None:
        """Keeps nothing."""

    def periods(self) -> set[tuple[str, str, str]]:
        """No period is held."""
        return set()

    def open_failures(self) -> Mapping[Key, Published]:
        """Nothing lies in quarantine."""
        return {}

    def begin_snapshot(self) -> None:
        """Keeps nothing."""

    def note_seen(self, keys: Iterable[Key]) -> None:
        """Keeps nothing."""

    def unseen(self, agency: str) -> Mapping[Key, Published]:
        """Nothing is held that could be missing."""
        return {}

    def count_held(self, agency: str) -> int:
        """Nothing is held."""
        return 0


class NoOutlet:
    """Sends nothing."""

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None:
        """Sends nothing."""

    def flush(self) -> None:
        """Nothing is on its way."""
