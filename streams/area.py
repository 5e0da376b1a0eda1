"""One area's memory: the index of its reports, its cases, its alerts, its clock.

It is built from the store, changed by batches, and dropped when a batch could not be stored: PostgreSQL is the truth.
All times are microseconds since 1970 in UTC.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from linkage.changes import Change, Judge, Put, Resolution, Withdraw
from linkage.features import ReportFeatures
from linkage.index import AreaIndex
from linkage.model import Model
from linkage.packing import StandardiseAgain
from schemas.errors import Unfit
from schemas.records import (
    AgencyUpdate,
    Batch,
    CaseReviewApplication,
    Command,
    Judgement,
    Quarantined,
    Report,
)
from schemas.vocabulary import CommandKind, Kind, Operation
from store.areas import StoredArea
from store.effects import Effects
from store.rows import IncidentRow, PersonRow, ReshareRow, SourceRow, UnlinkRow
from streams.audit import audit_application, audit_judgements, audit_links, audit_reports
from streams.batches import RawRecord
from streams.case_status import CaseStatus, Heard
from streams.casebook import Casebook, Touched
from streams.opening import Desk, Opened
from streams.policies import Policies
from streams.rows import (
    application_row,
    batch_row,
    command_row,
    judgement_row,
    link_row,
    mention_row,
    place_rows,
    quarantine_row,
    report_row,
    share_rows,
    update_row,
)

Failure = tuple[RawRecord, Unfit]
"""A record that could not be used, and why."""

Again = Callable[[str, Sequence[str]], Iterable[Put]]
"""Standardises stored reports of an area again."""

_UNPLACED = ("unplaced:", "force:")

_MOST_WAITING = 5_000
"""Records of an area; then its cases are looked at though others follow."""


class AreaState:
    """The memory of one area."""

    def __init__(self, area: str, partition: int, model: Model, secret: bytes, policies: Policies) -> None:
        self.area = area
        self.partition = partition
        self.time = 0
        self.shared_by = ""
        self._touched = Touched()
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
        self._restore_index(stored, desk, again)
        if stored.waiting:
            self._touched = Touched(1, said_of=set(self.index.reports()), everything=True)

    def unknown_revisions(self, records: Sequence[Any]) -> list[str]:
        """Ids of those reports whose stored revision this memory does not hold, for they are not linked."""
        return [record.report_id for record in records if isinstance(record, Report) and not self._links(record)]

    def take(
        self,
        records: Sequence[tuple[RawRecord, Any]],
        held: Mapping[str, int],
        desk: Desk,
        effects: Effects,
        is_history: bool = False,
        more: bool = False,
    ) -> Sequence[Failure]:
        """Takes in one batch's records of this area, in order; writes down every effect; returns what was unfit.

        `held` gives the stored revisions of the reports that `unknown_revisions` named. `is_history`: they are old
        reports that were loaded; of these nothing is sent, it is only listed. `more`: the cases of live records need
        not be looked at yet, since others follow; the caller sees to it that they are in the end (`look`).
        """
        if self._touched.is_history != is_history:
            self.look(effects)
        self.revisions.update(held)
        by_type: dict[type, list[tuple[RawRecord, Any]]] = defaultdict(list)
        for raw, record in records:
            by_type[type(record)].append((raw, record))
        failures: list[Failure] = []
        touched = self._touched
        touched.is_history = is_history
        touched.records += len(records)
        self._take_updates(by_type[AgencyUpdate], desk, effects, touched, failures)
        self._take_quarantined(by_type[Quarantined], desk, effects, failures)
        self._take_commands(by_type[Command], effects, touched, failures)
        effects.batch.extend(batch_row(record) for _, record in _records(by_type, Batch))
        self._take_applications(_records(by_type, CaseReviewApplication), effects, touched)
        judgements = [record for _, record in _records(by_type, Judgement)]
        self._take_reports(by_type[Report], judgements, desk, effects, touched, failures)
        self._share_anew(touched, effects)
        if not more or is_history or touched.records >= _MOST_WAITING:
            self.look(effects)
        for report_id in held:
            self.revisions.pop(report_id, None)
        return failures

    @property
    def waiting(self) -> bool:
        """Whether cases wait to be looked at."""
        return self._touched.records > 0

    def look(self, effects: Effects) -> None:
        """Looks at every case that may have changed since the last time."""
        touched, self._touched = self._touched, Touched()
        if touched.records:
            self.casebook.write_changes(touched, self.time, effects)

    # -- reports and judgements ---------------------------------------------------------------------------------

    def _take_reports(
        self,
        arrived: Sequence[tuple[RawRecord, Report]],
        judgements: Sequence[Judgement],
        desk: Desk,
        effects: Effects,
        touched: Touched,
        failures: list[Failure],
    ) -> None:
        opened = list(self._open(self._newest(arrived), desk, failures))
        linked = [each for each in opened if self._links(each.report)]
        effects.judgement.extend(judgement_row(judgement) for judgement in judgements)
        self.time = max([self.time, *(each.report.received.at for each in opened)])
        resolution = self.index.apply([*_changes(linked), *map(_judge, judgements)])
        for each in opened:
            self._write_report(each, effects)
        self._write_resolution(resolution, {each.report.report_id for each in opened}, effects)
        audit_reports(self.area, opened, self.time, effects)
        audit_judgements(judgements, effects)
        audit_links(self.area, resolution, self.time, effects)
        touched.add(resolution)

    def _newest(self, arrived: Sequence[tuple[RawRecord, Report]]) -> Iterator[tuple[RawRecord, Report]]:
        """Of each report the greatest revision in the batch, if it is greater than what is held."""
        newest: dict[str, tuple[RawRecord, Report]] = {}
        for raw, report in arrived:
            known = newest.get(report.report_id)
            if report.revision > (known[1].revision if known else self.revisions.get(report.report_id, -1)):
                newest[report.report_id] = (raw, report)
        yield from newest.values()

    def _open(
        self, reports: Iterator[tuple[RawRecord, Report]], desk: Desk, failures: list[Failure]
    ) -> Iterator[Opened]:
        for raw, report in reports:
            try:
                opened = desk.open_report(report, self._links(report))
            except Unfit as error:
                failures.append((raw, error))
                continue
            if self._links(report):
                self.revisions[report.report_id] = report.revision
                self._note_case(report.report_id, report.agency, report.case_reference)
            yield opened

    def _write_report(self, each: Opened, effects: Effects) -> None:
        report, features = each.report, each.features
        if report.operation is Operation.WITHDRAW:
            effects.report.append(report_row(each, None, None))
            return
        incident = self.index.incident_of(report.report_id)
        effects.report.append(report_row(each, incident, self._share(features, effects) if features else None))
        effects.place.extend(place_rows(report, each.places))
        for mention in features.mentions if features else ():
            person = self.index.person_of(mention.mention_id)
            effects.mention.append(mention_row(self.area, report.report_id, mention, person))

    def _share(self, features: ReportFeatures, effects: Effects) -> str:
        """The set of those who may see a report; it is written down when a batch first names it."""
        placed = not self.area.startswith(_UNPLACED)
        shares = self.casebook.policies.share_set(self.casebook.learn(features), self.time, placed)
        if shares.set_id not in self._share_sets:
            effects.share.extend(share_rows(shares))
            self._share_sets.add(shares.set_id)
        return shares.set_id

    def _share_anew(self, touched: Touched, effects: Effects) -> None:
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
                    effects.reshare.append(ReshareRow(self.area, report_id, self._share(features, effects)))
            touched.everything = True
        self.shared_by = in_force

    def _write_resolution(self, resolution: Resolution, written: set[str], effects: Effects) -> None:
        area = self.area
        effects.link.extend(link_row(area, link, self.time) for link in resolution.links)
        effects.unlink.extend(UnlinkRow(area, *dropped, self.time) for dropped in resolution.dropped)
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
        effects.alias.extend(self.casebook.alias_rows(resolution.aliases, self.time))

    def _note_case(self, report_id: str, agency: str, case_reference: str | None) -> None:
        if case_reference is not None:
            self._reports_of_case[agency, case_reference].add(report_id)

    def _links(self, report: Report) -> bool:
        """Whether a report is linked: not statistics, and not what could not be placed."""
        return report.kind is not Kind.PUBLIC_STATISTICS and not self.area.startswith(_UNPLACED)

    # -- everything else ----------------------------------------------------------------------------------------

    def _take_updates(
        self,
        arrived: Sequence[tuple[RawRecord, AgencyUpdate]],
        desk: Desk,
        effects: Effects,
        touched: Touched,
        failures: list[Failure],
    ) -> None:
        newest: dict[str, tuple[RawRecord, AgencyUpdate]] = {}
        for raw, update in arrived:
            known = newest.get(update.update_id)
            if known is None or known[1].revision < update.revision:
                newest[update.update_id] = (raw, update)
        for raw, update in newest.values():
            try:
                effects.update.append(update_row(update, *desk.reseal_update(update)))
            except Unfit as error:
                failures.append((raw, error))
                continue
            self.time = max(self.time, update.received.at)
            if update.operation is not Operation.WITHDRAW:
                self._hear(update, touched)

    def _hear(self, update: AgencyUpdate, touched: Touched) -> None:
        heard = self.status.hear(update)
        if heard is Heard.NOTHING:
            return
        reports = {*update.report_ids, *self._reports_of_case.get((update.agency, update.case_reference), ())}
        self.casebook.learn_anew(reports)
        (touched.said_of if heard is Heard.CRIME else touched.opened_or_closed).update(reports)

    def _take_applications(
        self, arrived: Sequence[tuple[RawRecord, CaseReviewApplication]], effects: Effects, touched: Touched
    ) -> None:
        for _, application in arrived:
            effects.application.append(application_row(application))
            self.time = max(self.time, application.received.at)
            reports = self.status.hear_application(
                application.application_id, application.revision, application.report_ids
            )
            self.casebook.learn_anew(reports)
            touched.said_of.update(reports)
            audit_application(application, self.time, effects)

    def _take_quarantined(
        self,
        arrived: Sequence[tuple[RawRecord, Quarantined]],
        desk: Desk,
        effects: Effects,
        failures: list[Failure],
    ) -> None:
        for raw, quarantined in arrived:
            try:
                key_id, original = desk.reseal_original(quarantined)
            except Unfit as error:
                failures.append((raw, error))
                continue
            effects.quarantine.append(quarantine_row(quarantined, key_id, original))

    def _take_commands(
        self,
        arrived: Sequence[tuple[RawRecord, Command]],
        effects: Effects,
        touched: Touched,
        failures: list[Failure],
    ) -> None:
        for raw, command in arrived:
            try:
                self._obey(command, effects, touched)
            except Unfit as error:
                failures.append((raw, error))
                continue
            effects.command.append(command_row(command))

    def _obey(self, command: Command, effects: Effects, touched: Touched) -> None:
        self.time = max(self.time, command.at.at)
        match command.command_kind:
            case CommandKind.TICK:
                self.casebook.policies.forget_landlords()
                touched.held_alerts = True
            case CommandKind.AGREEMENT_CHANGED:
                self.casebook.policies.forget_landlords()
                touched.everything = True
            case CommandKind.SOURCE_SWITCHED:
                agency, source, live = _switch(command)
                self.casebook.switch_source(agency, source, live)
                effects.source.append(SourceRow(self.area, agency, source, live, self.time))
                touched.everything = True
            case _:
                raise Unfit("command_kind", "is not known to this release", "send it again after the upgrade")

    # -- memory -------------------------------------------------------------------------------------------------

    def _restore_index(self, stored: StoredArea, desk: Desk, again: Again) -> None:
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
        judgements = [
            Judge(row["judgement_id"], row["graph"], row["left_id"], row["right_id"], row["verdict"], row["revision"])
            for row in stored.judgements
        ]
        reports += again(self.area, outdated)
        self.index.restore(reports, tombstones, judgements, cluster_ids, stored.next_number)
        self.casebook.learn_all([put.features for put in reports])


def _records(by_type: Mapping[type, list[tuple[RawRecord, Any]]], kind: type) -> list[tuple[RawRecord, Any]]:
    return by_type.get(kind, [])


def _changes(opened: Sequence[Opened]) -> Iterator[Change]:
    for each in opened:
        if each.report.operation is Operation.WITHDRAW:
            yield Withdraw(each.report.report_id, each.report.revision)
        elif each.features is not None:
            yield Put(each.features, each.packed)


def _judge(judgement: Judgement) -> Change:
    return Judge(
        judgement.judgement_id,
        judgement.graph,
        judgement.left,
        judgement.right,
        judgement.verdict,
        judgement.revision,
    )


def _switch(command: Command) -> tuple[str, str, bool]:
    """(agency, source, live) of a SOURCE_SWITCHED command, whose subject is AGENCY/SOURCE."""
    agency, _, source = (command.subject or "").partition("/")
    live = command.arguments.get("state")
    if not agency or not source or live not in ("live", "shadow"):
        raise Unfit("subject", "must be AGENCY/SOURCE with state live or shadow", "use 'wardlink source on|off'")
    return agency, source, live == "live"
