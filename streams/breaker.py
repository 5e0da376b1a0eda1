"""Stops a partition instead of quarantining a whole day because of one bad release."""

from collections import deque
from dataclasses import dataclass, field

from schemas.errors import Refused

_IN_A_ROW = 200
_WINDOW = 2_000
_SHARE_FROM = 400
_SHARE = 0.5


@dataclass(slots=True)
class Breaker:
    """Counts what became of the records of one partition."""

    where: str
    in_a_row: int = 0
    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def count(self, fit: bool) -> None:
        """Takes in one record; raises Refused when too many in a row, or too large a share, could not be used."""
        self.in_a_row = 0 if fit else self.in_a_row + 1
        self.recent.append(fit)
        if not fit and (self.in_a_row >= _IN_A_ROW or self._share_is_too_large()):
            raise Refused(
                f"{self.where}: {self.in_a_row} records in a row, {self.recent.count(False)} of the last "
                f"{len(self.recent)}, could not be used; nothing more is quarantined: find the release that "
                "publishes them, mend it, and start the role again"
            )

    def _share_is_too_large(self) -> bool:
        return len(self.recent) >= _SHARE_FROM and self.recent.count(False) > _SHARE * len(self.recent)
