"""One area's memory: the index of its reports, its cases, its alerts, its clock.

It is built from the store, changed by batches (streams.taking), and dropped when a batch could not be stored:
PostgreSQL is the truth. All times are microseconds since 1970 in UTC.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.changes import Judge, Put, Resolution
from linkage.features import ReportFeatures
from linkage.index import AreaIndex
from linkage.model import Model
from linkage.packing import StandardiseAgain
from linkage.retelling import Pair, retell
from schemas.records import Moment, Report
from schemas.vocabulary import Graph, Kind
from store.areas import StoredArea
from store.database import Row
from store.effects import Effects
from store.rows import AreaRow, ReshareRow
from streams.case_status import CaseStatus
from streams.casebook import Casebook, Touched
from streams.opening import Desk
from streams.policies import Policies
from streams.rows import share_rows

Again = Callable[[str, Sequence[str]], Iterable[Put]]
"""Standardises stored reports of an area again."""

_UNPLACED = ("unplaced:", "force:")


@dataclass(frozen=True, slots=True)
class Told:
    """What is stored of an area's clusters and links."""

    cluster_ids: Mapping[str, str]
    links: Sequence[Pair]


class AreaMemory:
    """What a worker knows of one area. `touched` is what may have changed since its cases were looked at."""

    def __init__(self, area: str, partition: int, model: Model, secret: bytes, policies: Policies) -> None:
        self.area = area
        self.partition = partition
        self.time = 0
        self.shared_by = ""
        self._told: Told | None = None
        self.touched = Touched()
        self.revisions: dict[str, int] = {}
        self._share_sets: set[str] = set()
        self._reports_of_case: dict[tuple[str, str | None], set[str]] = defaultdict(set)
        self.index = AreaIndex(area, model, secret)
        self.status = CaseStatus()
        self.casebook = Casebook(area, self.index, self.status, policies)

    def restore(self, stored: StoredArea, desk: Desk, again: Again) -> None:
        """Fills an empty memory with what is stored; `again` standardises the reports of an older release anew."""
        self.time, self.shared_by = stored.area_time, stored.agreements
        self.status.restore(stored.updates, stored.applications)
        self.casebook.restore(stored.cases, stored.alerts, stored.sources)
        cluster_ids = self._restore_index(stored, desk, again)
        if stored.model != self.index.model.version:
            self._told = Told(cluster_ids, [_pair(row) for row in stored.links])
        if stored.waiting:
            self.touched = Touched(1, said_of=set(self.index.reports()), everything=True)

    def row(self) -> AreaRow:
        """What is stored of it with each batch."""
        waits = self.touched.records > 0
        model = self.index.model.version
        return AreaRow(self.area, self.partition, self.time, self.index.next_number, self.shared_by, model, waits)

    def unknown_revisions(self, records: Sequence[Any]) -> list[str]:
        """Ids of those reports whose stored revision this memory does not hold, for they are not linked."""
        return [record.report_id for record in records if isinstance(record, Report) and not self.links(record)]

    def look(self, effects: Effects) -> None:
        """Looks at every case that may have changed since the last time, and writes down what has."""
        touched, self.touched = self.touched, Touched()
        if touched.records:
            self.casebook.write_changes(touched, self.time, effects)

    def reports_of_case(self, agency: str, case_reference: str | None) -> set[str]:
        """The reports that bear an agency's case reference."""
        return self._reports_of_case.get((agency, case_reference), set())

    def advance(self, moment: Moment) -> None:
        """The area's time never goes back."""
        self.time = max(self.time, moment.at)

    def note(self, report: Report) -> None:
        """A report was opened: of one that links its revision is held, and its case."""
        if self.links(report):
            self.revisions[report.report_id] = report.revision
            self._note_case(report.report_id, report.agency, report.case_reference)

    def _note_case(self, report_id: str, agency: str, case_reference: str | None) -> None:
        if case_reference is not None:
            self._reports_of_case[agency, case_reference].add(report_id)

    def links(self, report: Report) -> bool:
        """Whether a report is linked: not statistics, and not what could not be placed."""
        return report.kind is not Kind.PUBLIC_STATISTICS and not self.area.startswith(_UNPLACED)

    def share(self, features: ReportFeatures, effects: Effects) -> str:
        """The set of those who may see a report; it is written down when a batch first names it."""
        placed = not self.area.startswith(_UNPLACED)
        shares = self.casebook.policies.share_set(self.casebook.learn(features), self.time, placed)
        if shares.set_id not in self._share_sets:
            effects.share.extend(share_rows(shares))
            self._share_sets.add(shares.set_id)
        return shares.set_id

    def share_anew(self, effects: Effects) -> None:
        """Names every report's set again when other agreements are in force than those by which it was named.

        No agreement speaks of what could not be placed.
        """
        in_force = self.casebook.policies.in_force(self.time)
        if in_force == self.shared_by:
            return
        if self.shared_by and not self.area.startswith(_UNPLACED):
            for report_id in self.index.reports():
                features = self.index.features(report_id)
                if features is not None:
                    effects.reshare.append(ReshareRow(self.area, report_id, self.share(features, effects)))
            self.touched.everything = True
        self.shared_by = in_force

    def link_anew(self) -> Resolution | None:
        """All that is otherwise than stored, once, when it was stored by another model than the one in force."""
        if self._told is None:
            return None
        resolution = retell(self.index, self._told.cluster_ids, self._told.links)
        self._told = None
        self.touched.records += 1
        self.touched.everything = True
        self.touched.said_of.update(self.index.reports())
        return resolution

    def _restore_index(self, stored: StoredArea, desk: Desk, again: Again) -> Mapping[str, str]:
        """The stored cluster of each report and mention."""
        reports: list[Put] = []
        outdated: list[str] = []
        tombstones: dict[str, int] = {}
        cluster_ids = dict(stored.persons)
        for row in stored.reports:
            report_id = row["report_id"]
            if row["withdrawn"]:
                tombstones[report_id] = self.revisions[report_id] = row["revision"]
            elif row["features"] is not None:
                try:
                    reports.append(desk.open_put(self.area, report_id, row["features"]))
                except StandardiseAgain:
                    outdated.append(report_id)
                self.revisions[report_id] = row["revision"]
                self._note_case(report_id, row["agency"], row["case_reference"])
                cluster_ids[report_id] = row["incident_id"]
        judgements = [Judge.of(row) for row in stored.judgements]
        reports += again(self.area, outdated)
        self.index.restore(reports, tombstones, judgements, cluster_ids, stored.next_number)
        self.casebook.learn_all([put.features for put in reports])
        return cluster_ids


def _pair(row: Row) -> Pair:
    return Graph(row["graph"]), row["left_id"], row["right_id"]
