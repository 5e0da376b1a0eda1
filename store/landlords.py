"""In whose stock a place is, for the alerts about it."""

from datetime import date
from typing import NamedTuple

from store.database import Asking
from store.queries import load

_SQL = load("stock")
_MOST_PLACES = 100_000


class Hold(NamedTuple):
    """A landlord of a place, from one day to the day before another (None: still)."""

    agency: str
    since: date
    until: date | None


class Landlords:
    """Asks once for each place, until `forget` is called: lists are imported beside the stream."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._holds: dict[tuple[str, str], tuple[Hold, ...]] = {}

    def on(self, level: str, uprn: str, day: date) -> frozenset[str]:
        """Who holds a home (`uprn`), or a home in a building (`block`), on a day; empty where nobody says so.

        Raises Unavailable when PostgreSQL is away.
        """
        if (level, uprn) not in self._holds:
            if len(self._holds) >= _MOST_PLACES:
                self.forget()
            self._holds[level, uprn] = self._ask(level, uprn)
        return frozenset(
            [agency for agency, since, until in self._holds[level, uprn] if since <= day and (not until or day < until)]
        )

    def forget(self) -> None:
        """What was asked may have changed."""
        self._holds.clear()

    def _ask(self, level: str, uprn: str) -> tuple[Hold, ...]:
        rows = self._asking.ask(_SQL["find_place_holders"], {"level": level, "uprn": uprn})
        return tuple(Hold(row["agency"], row["valid_from"], row["valid_to"]) for row in rows)
