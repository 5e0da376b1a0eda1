"""How many homes a building holds, from the imported gazetteer."""

from collections.abc import Callable
from contextlib import closing

from store.database import Session, unavailable_when_away
from store.queries import load


class Dwellings:
    """Asks once for each building; one that is not known yet is asked for again, for the gazetteer may come later."""

    def __init__(self, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._known: dict[str, int] = {}

    def get(self, parent_uprn: str) -> int | None:
        """The number of homes below a parent UPRN; None where the gazetteer knows none."""
        if parent_uprn not in self._known:
            count = self._ask(parent_uprn)
            if count == 0:
                return None
            self._known[parent_uprn] = count
        return self._known[parent_uprn]

    def _ask(self, parent_uprn: str) -> int:
        with closing(self._connect()) as session, unavailable_when_away():
            row = session.execute(load("dwellings")["count_dwellings"], (parent_uprn,)).fetchone()
        return int(row["dwellings"]) if row else 0
