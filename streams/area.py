"""One area's memory: the index of its reports, its cases, its alerts, its clock.

It is built from the store, changed by batches, and dropped when a batch could not be stored: PostgreSQL is the truth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from linkage.features import ReportFeatures
from linkage.index import AreaIndex, Change, Judge, Put, Resolution, Withdraw
from linkage.model import Model
from policy.facts import ReportFact
from policy.sharing import Agreements, share_rows
from schemas.records import AgencyUpdate, Command, Judgement, Report
from schemas.vocabulary import CommandKind, Operation, UpdateKind
from store.areas import StoredArea
from store.effects import Effects
from store.rows import AreaRow, AuditRow, IncidentRow, PersonRow, ShareRow, SourceRow
from streams.casebook import Casebook
from streams.opening import Desk, Opened
from streams.rows import command_row, judgement_row, link_row, mention_row, place_rows, report_row, update_row

_UNLINKED = ("unplaced:", "force:")
_OPENS = {UpdateKind.OPENED: True, UpdateKind.REOPENED: True, UpdateKind.CLOSED: False}


def is_linked(area: str) -> bool:
    """Whether reports of an area are linked: not what could not be placed, nor statistics without a lookup."""
    return not area.startswith(_UNLINKED)


@dataclass(slots=True)
class CaseStatus:
    """What agencies said of their own cases: by (agency, case reference) the latest word, open or closed."""

    said: dict[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)
    crimed: set[str] = field(default_factory=set)

    def hear(self, agency: str, reference: str | None, kind: str, report_ids: Iterable[str], at: int) -> None:
        """Takes in one agency update that was not withdrawn."""
        if kind == UpdateKind.CRIMED:
            self.crimed.update(report_ids)
        if reference is None or kind not in _OPENS:
            return
        before = self.said.get((agency, reference))
        if before is None or before[0] <= at:
            self.said[agency, reference] = (at, _OPENS[UpdateKind(kind)])

    def is_open(self, agency: str, reference: str | None) -> bool:
        """Whether the agency's case is open; a case of which nothing was said is."""
        if reference is None:
            return False
        return self.said.get((agency, reference), (0, True))[1]


class AreaState:
    """The memory of one area. All times are microseconds since 1970 in UTC."""

    def __init__(self, area: str, partition: int, model: Model, secret: bytes, agreements: Agreements) -> None:
        self.area = area
        self.partition = partition
        self.time = 0
        self.index = AreaIndex(area, model, secret)
        self.sources: dict[str, str] = {}
        self.status = CaseStatus()
        self.live_sources: set[tuple[str, str]] = set()
        self.agreements = agreements
        self._shares_until: int | None = None

    def restore(self, stored: StoredArea, desk: Desk) -> None:
        """Fills an empty memory with what is stored."""
        self.partition, self.time = stored.partition, stored.area_time
        self.live_sources = {(row["agency"], row["source"]) for row in stored.sources if row["live"]}
        for row in stored.updates:
            if not row["withdrawn"]:
                reports = row["report_ids"]
                self.status.hear(row["agency"], row["case_reference"], row["update_kind"], reports, row["happened"])
        self._restore_index(stored, desk)
        self._shares_until = self.agreements.next_change(self.time)

    def _restore_index(self, stored: StoredArea, desk: Desk) -> None:
        features: list[ReportFeatures] = []
        tombstones: dict[str, int] = {}
        ids = dict(stored.persons)
        for row in stored.reports:
            if row["withdrawn"]:
                tombstones[row["report_id"]] = row["revision"]
            elif row["features"] is not None:
                features.append(desk.open_features(self.area, row["report_id"], row["features"]))
                self.sources[row["report_id"]] = row["source"]
                if row["incident_id"] is not None:
                    ids[row["report_id"]] = row["incident_id"]
        judgements = [
            Judge(row["judgement_id"], row["graph"], row["left_id"], row["right_id"], row["verdict"], row["revision"])
            for row in stored.judgements
        ]
        self.index.restore(features, tombstones, judgements, ids, stored.next_number)

    # -- reports ----------------------------------------------------------------------------------------------------

    def take_reports(self, opened: Sequence[Opened], judges: Sequence[Judge], effects: Effects) -> Resolution:
        """Links reports that are newer than what is held, and writes down them and what follows from them."""
        self.time = max([self.time, *(each.report.received.at for each in opened)])
        resolution = self.index.apply([*(_change(each) for each in opened), *judges])
        for each in opened:
            self.sources[each.report.report_id] = each.report.source
            self._write_report(each, resolution, effects)
        self._write_links(resolution, {each.report.report_id for each in opened}, effects)
        return resolution

    def _write_report(self, each: Opened, resolution: Resolution, effects: Effects) -> None:
        report, features = each.report, each.features
        incident = self.index.incident_of(report.report_id)
        effects.report.append(
            report_row(report, incident, each.facts, each.key_id, each.sealed_detail, each.sealed_features)
        )
        if report.operation is Operation.WITHDRAW:
            return
        effects.place.extend(place_rows(self.area, report.report_id, each.places))
        effects.mention.extend(
            mention_row(self.area, features, mention, self.index.person_of(mention.mention_id))
            for mention in features.mentions
        )
        effects.share.extend(self.share_rows(features))

    def _write_links(self, resolution: Resolution, written: set[str], effects: Effects) -> None:
        area = self.area
        effects.link.extend(link_row(area, link, self.time) for link in resolution.links)
        effects.unlink.extend((area, *dropped, self.time) for dropped in resolution.dropped)
        effects.incident.extend(
            IncidentRow(area, report_id, incident_id)
            for report_id, incident_id in resolution.incident_of.items()
            if report_id not in written
        )
        effects.person.extend(
            PersonRow(area, mention_id, person_id)
            for mention_id, person_id in resolution.person_of.items()
            if mention_id.partition("#")[0] not in written
        )
