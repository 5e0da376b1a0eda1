"""What agencies said of their own cases: open or closed, and which reports became crimes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from schemas.records import AgencyUpdate
from schemas.vocabulary import UpdateKind
from store.database import Row

_OPENS = {UpdateKind.OPENED: True, UpdateKind.REOPENED: True, UpdateKind.CLOSED: False}


class Heard(Enum):
    """What an update may have changed of the reports that it speaks of."""

    NOTHING = auto()
    OPENNESS = auto()
    CRIME = auto()


@dataclass(slots=True)
class CaseStatus:
    """By (agency, case reference) the latest word: open or closed. Times are microseconds since 1970 in UTC."""

    said: dict[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)
    crimed: set[str] = field(default_factory=set)

    def hear(self, update: AgencyUpdate) -> Heard:
        """Takes in one update that was not withdrawn; returns what it may have changed."""
        happened = update.happened.latest.at
        return self._hear(update.agency, update.case_reference, update.update_kind, update.report_ids, happened)

    def restore(self, updates: Sequence[Row]) -> None:
        """Takes in the stored updates."""
        for row in updates:
            if not row["withdrawn"]:
                kind = UpdateKind(row["update_kind"])
                self._hear(row["agency"], row["case_reference"], kind, row["report_ids"], row["happened"])

    def is_open(self, agency: str, case_reference: str | None) -> bool:
        """Whether the agency's case is open; a case of which nothing was said is, no case is not."""
        return case_reference is not None and self.said.get((agency, case_reference), (0, True))[1]

    def _hear(
        self, agency: str, case_reference: str | None, kind: UpdateKind, report_ids: Iterable[str], happened: int
    ) -> Heard:
        if kind is UpdateKind.CRIMED:
            self.crimed.update(report_ids)
            return Heard.CRIME
        if case_reference is None or kind not in _OPENS:
            return Heard.NOTHING
        before = self.said.get((agency, case_reference), (happened, True))
        if before[0] <= happened:
            self.said[agency, case_reference] = (happened, _OPENS[kind])
        return Heard.NOTHING if before[1] is _OPENS[kind] else Heard.OPENNESS
