"""How far a service that is asked over the network has been read, so that asking goes on where it stopped."""

from store.database import Session, unavailable_when_away
from store.queries import load

_SQL = load("feed_position")


class FeedPosition:
    """The position of one service of an agency. Raises Unavailable when PostgreSQL is away."""

    def __init__(self, connection: Session, source: str, agency: str, service: str) -> None:
        self._connection = connection
        self._of = {"source": source, "agency": agency, "service": service}

    def find(self) -> int | None:
        """The instant (microseconds) before which everything is published; None before the first reading."""
        with unavailable_when_away():
            row = self._connection.execute(_SQL["find_position"], self._of).fetchone()
        return row["read_until"] if row else None

    def save(self, read_until: int) -> None:
        """Notes that everything before this instant is published; it never goes back."""
        with unavailable_when_away():
            self._connection.execute(_SQL["save_position"], {**self._of, "read_until": read_until})
