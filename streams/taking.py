"""Takes one batch's records of an area into its memory, and writes down what they mean. Times are microseconds UTC."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from linkage.changes import Change, Judge, Put, Resolution, Withdraw
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
from schemas.vocabulary import CommandKind, Operation
from store.effects import Effects
from store.rows import IncidentRow, PersonRow, SourceRow, UnlinkRow
from streams.audit import audit_application, audit_judgements, audit_links, audit_relinking, audit_reports
from streams.batches import RawRecord
from streams.case_status import Heard
from streams.memory import AreaMemory
from streams.opening import Desk, Opened
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
    update_row,
)

Failure = tuple[RawRecord, Unfit]
"""A record that could not be used, and why."""

_MOST_WAITING = 5_000
"""Records of an area; then its cases are looked at though others follow."""


def take(
    memory: AreaMemory,
    records: Sequence[tuple[RawRecord, Any]],
    held: Mapping[str, int],
    desk: Desk,
    effects: Effects,
    is_history: bool = False,
    more: bool = False,
) -> Sequence[Failure]:
    """Takes in records of one area, in order; writes down every effect; returns what was unfit.

    `held` gives the stored revisions of the reports that `unknown_revisions` named. `is_history`: they are old reports
    that were loaded; of these nothing is sent, it is only listed. `more`: the cases of live records need not be looked
    at yet, since others follow; the caller sees to it that they are in the end (`AreaMemory.look`).
    """
    if memory.touched.is_history != is_history:
        memory.look(effects)
    memory.touched.is_history = is_history
    memory.touched.records += len(records)
    memory.revisions.update(held)
    failures = _Taking(memory, desk, effects).take(records)
    if not more or is_history or memory.touched.records >= _MOST_WAITING:
        memory.look(effects)
    for report_id in held:
        memory.revisions.pop(report_id, None)
    return failures


@dataclass(slots=True)
class _Taking:
    """One batch's records of one area on their way."""

    memory: AreaMemory
    desk: Desk
    effects: Effects
    failures: list[Failure] = field(default_factory=list)

    def take(self, records: Sequence[tuple[RawRecord, Any]]) -> Sequence[Failure]:
        """What was unfit."""
        self._link_anew()
        by_type: dict[type, list[tuple[RawRecord, Any]]] = defaultdict(list)
        for raw, record in records:
            by_type[type(record)].append((raw, record))
        self._take_updates(by_type[AgencyUpdate])
        self._take_quarantined(by_type[Quarantined])
        self._take_commands(by_type[Command])
        self.effects.batch.extend(batch_row(record) for _, record in by_type[Batch])
        self._take_applications([record for _, record in by_type[CaseReviewApplication]])
        self._take_reports(by_type[Report], [record for _, record in by_type[Judgement]])
        self.memory.share_anew(self.effects)
        return self.failures

    @contextmanager
    def _or_unfit(self, raw: RawRecord) -> Iterator[None]:
        """What the block finds unfit is a failure, and the others go on."""
        try:
            yield
        except Unfit as error:
            self.failures.append((raw, error))

    def _link_anew(self) -> None:
        memory, effects = self.memory, self.effects
        resolution = memory.link_anew()
        if resolution is not None:
            self._write_resolution(resolution, set())
            audit_relinking(memory.area, resolution, memory.index.model.version, memory.time, effects)

    # -- reports and judgements ---------------------------------------------------------------------------------

    def _take_reports(self, arrived: Sequence[tuple[RawRecord, Report]], judgements: Sequence[Judgement]) -> None:
        memory, effects = self.memory, self.effects
        opened = list(self._open(self._newest(arrived)))
        linked = [each for each in opened if memory.links(each.report)]
        effects.judgement.extend(judgement_row(judgement) for judgement in judgements)
        memory.time = max([memory.time, *(each.report.received.at for each in opened)])
        resolution = memory.index.apply([*_changes(linked), *map(_judge, judgements)])
        for each in opened:
            self._write_report(each)
        self._write_resolution(resolution, {each.report.report_id for each in opened})
        audit_reports(memory.area, opened, memory.time, effects)
        audit_judgements(judgements, effects)
        audit_links(memory.area, resolution, memory.time, effects)
        memory.touched.add(resolution)

    def _newest(self, arrived: Sequence[tuple[RawRecord, Report]]) -> Iterator[tuple[RawRecord, Report]]:
        """Of each report the greatest revision in the batch, if it is greater than what is held."""
        newest: dict[str, tuple[RawRecord, Report]] = {}
        for raw, report in arrived:
            known = newest.get(report.report_id)
            if report.revision > (known[1].revision if known else self.memory.revisions.get(report.report_id, -1)):
                newest[report.report_id] = (raw, report)
        yield from newest.values()

    def _open(self, reports: Iterator[tuple[RawRecord, Report]]) -> Iterator[Opened]:
        for raw, report in reports:
            with self._or_unfit(raw):
                opened = self.desk.open_report(report, self.memory.links(report))
                self.memory.note(report)
                yield opened

    def _write_report(self, each: Opened) -> None:
        report, features, memory, effects = each.report, each.features, self.memory, self.effects
        if report.operation is Operation.WITHDRAW:
            effects.report.append(report_row(each, None, None))
            return
        incident = memory.index.incident_of(report.report_id)
        effects.report.append(report_row(each, incident, memory.share(features, effects) if features else None))
        effects.place.extend(place_rows(report, each.places))
        for mention in features.mentions if features else ():
            person = memory.index.person_of(mention.mention_id)
            effects.mention.append(mention_row(memory.area, report.report_id, mention, person))

    def _write_resolution(self, resolution: Resolution, written: set[str]) -> None:
        area, now, effects = self.memory.area, self.memory.time, self.effects
        effects.link.extend(link_row(area, link, now) for link in resolution.links)
        effects.unlink.extend(UnlinkRow(area, *dropped, now) for dropped in resolution.dropped)
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
        effects.alias.extend(self.memory.casebook.alias_rows(resolution.aliases, now))

    # -- everything else ----------------------------------------------------------------------------------------

    def _take_updates(self, arrived: Sequence[tuple[RawRecord, AgencyUpdate]]) -> None:
        newest: dict[str, tuple[RawRecord, AgencyUpdate]] = {}
        for raw, update in arrived:
            known = newest.get(update.update_id)
            if known is None or known[1].revision < update.revision:
                newest[update.update_id] = (raw, update)
        for raw, update in newest.values():
            with self._or_unfit(raw):
                self.effects.update.append(update_row(update, *self.desk.reseal_update(update)))
                self.memory.advance(update.received)
                if update.operation is not Operation.WITHDRAW:
                    self._hear(update)

    def _hear(self, update: AgencyUpdate) -> None:
        heard, touched = self.memory.status.hear(update), self.memory.touched
        if heard is Heard.NOTHING:
            return
        reports = {*update.report_ids, *self.memory.reports_of_case(update.agency, update.case_reference)}
        self.memory.casebook.learn_anew(reports)
        (touched.said_of if heard is Heard.CRIME else touched.opened_or_closed).update(reports)

    def _take_applications(self, applications: Sequence[CaseReviewApplication]) -> None:
        for each in applications:
            self.effects.application.append(application_row(each))
            self.memory.advance(each.received)
            reports = self.memory.status.hear_application(each.application_id, each.revision, each.report_ids)
            self.memory.casebook.learn_anew(reports)
            self.memory.touched.said_of.update(reports)
            audit_application(each, self.memory.time, self.effects)

    def _take_quarantined(self, arrived: Sequence[tuple[RawRecord, Quarantined]]) -> None:
        for raw, quarantined in arrived:
            with self._or_unfit(raw):
                key_id, original = self.desk.reseal_original(quarantined)
                self.effects.quarantine.append(quarantine_row(quarantined, key_id, original))

    def _take_commands(self, arrived: Sequence[tuple[RawRecord, Command]]) -> None:
        for raw, command in arrived:
            with self._or_unfit(raw):
                self._obey(command)
                self.effects.command.append(command_row(command))

    def _obey(self, command: Command) -> None:
        memory, touched = self.memory, self.memory.touched
        memory.advance(command.at)
        match command.command_kind:
            case CommandKind.TICK:
                memory.casebook.policies.forget_homes()
                touched.held_alerts = True
            case CommandKind.AGREEMENT_CHANGED:
                memory.casebook.policies.forget_homes()
                touched.everything = True
            case CommandKind.SOURCE_SWITCHED:
                agency, source, live = _switch(command)
                memory.casebook.switch_source(agency, source, live)
                self.effects.source.append(SourceRow(memory.area, agency, source, live, memory.time))
                touched.everything = True
            case _:
                raise Unfit("command_kind", "is not known to this release", "send it again after the upgrade")


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
