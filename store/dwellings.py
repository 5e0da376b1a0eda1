"""How many homes a building holds, from the imported gazetteer."""

from store.database import Asking
from store.queries import load

_SQL = load("dwellings")


class Dwellings:
    """Asks once for each building, until `forget` is called: a gazetteer is imported beside the stream."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._known: dict[str, int] = {}

    def get(self, parent_uprn: str) -> int | None:
        """The number of homes below a parent UPRN; None where the gazetteer knows none. Raises Unavailable."""
        if parent_uprn not in self._known:
            (row,) = self._asking.ask(_SQL["count_dwellings"], (parent_uprn,))
            self._known[parent_uprn] = row["dwellings"]
        return self._known[parent_uprn] or None

    def forget(self) -> None:
        """What was asked may have changed."""
        self._known.clear()
