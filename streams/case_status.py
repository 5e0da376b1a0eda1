"""What was said of cases: open or closed, which reports became crimes, and for which a case review was applied for."""

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
    applied: frozenset[str] = frozenset()
    _applications: dict[str, tuple[int, frozenset[str]]] = field(default_factory=dict)

    def hear(self, update: AgencyUpdate) -> Heard:
        """Takes in one update that was not withdrawn; returns what it may have changed."""
        happened = update.happened.latest.at
        return self._hear(update.agency, update.case_reference, update.update_kind, update.report_ids, happened)

    def hear_application(self, application_id: str, revision: int, report_ids: Iterable[str]) -> frozenset[str]:
        """Takes in one application for a case review, of which the greatest revision holds; returns the reports that
        it speaks of, or spoke of.
        """
        before, known = self._applications.get(application_id, (revision - 1, frozenset[str]()))
        if revision <= before:
            return frozenset()
        self._applications[application_id] = (revision, frozenset(report_ids))
        self.applied = frozenset[str]().union(*(reports for _, reports in self._applications.values()))
        return known.union(report_ids)

    def restore(self, updates: Sequence[Row], applications: Sequence[Row]) -> None:
        """Takes in the stored updates and applications."""
        for row in applications:
            self.hear_application(row["application_id"], row["revision"], row["report_ids"])
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
