"""The alerts of one area: what each recipient was told of each case, and what it must be told now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from policy.alerting import AlertFact, Evaluator, HeldAlert, difference, recipients
from policy.facts import CaseFact, Reader, Role
from policy.reduction import Lens
from schemas.codec import codec
from schemas.records import Alert, Moment
from schemas.topics import ALERTS
from schemas.vocabulary import AlertState
from store.database import Row
from store.effects import Effects
from store.rows import AlertRow, OutboxRow
from streams.audit import audit_disclosure
from streams.policies import Policies

_NO_LONGER_TRUE = "No longer true: the reports have changed, were withdrawn or judged otherwise, or have grown old."


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert as it was last recorded."""

    case_id: str
    recipient: Reader
    rule: str
    rule_source: str
    state: AlertState
    version: int
    raised_at: int
    held: HeldAlert


class AlertDesk:
    """Compares what is held with what is wanted, case by case. Times are microseconds since 1970 in UTC."""

    def __init__(self, area: str, policies: Policies) -> None:
        self._area = area
        self._policies = policies
        self._rules = policies.rules(area)
        self._standing: dict[str, Standing] = {}
        self._by_case: dict[str, set[str]] = defaultdict(set)
        self._lenses: dict[Reader, Lens] = {}

    @property
    def cases(self) -> set[str]:
        """The cases about which someone was told something that still stands."""
        return {case_id for case_id in self._by_case if self._held(case_id)}

    def restore(self, rows: Sequence[Row]) -> None:
        """Fills an empty desk with what is stored."""
        for row in rows:
            standing = Standing(
                case_id=row["case_id"],
                recipient=Reader(row["recipient"], Role(row["role"])),
                rule=row["rule"],
                rule_source=row["rule_source"],
                state=AlertState(row["state"]),
                version=row["version"],
                raised_at=row["raised_at"],
                held=HeldAlert.from_bytes(row["held"]),
            )
            self._keep(row["alert_id"], standing)

    def forget(self, incident_id: str) -> None:
        """An incident has changed, or is gone."""
        for lens in self._lenses.values():
            lens.forget(incident_id)

    def write_changes(self, case: CaseFact, now: int, effects: Effects) -> bool:
        """Writes down what must be told about one case to make every recipient's knowledge right.

        Returns whether anyone is, or was, told of it.
        """
        wanted = self._wanted(case, now)
        changes = difference(self._held(case.case_id), wanted, self._rules.told_again_growth)
        for alert in changes.raised:
            self._tell(alert, AlertState.RAISED, now, effects)
        for alert in changes.updated:
            self._tell(alert, AlertState.UPDATED, now, effects)
        for held in changes.withdrawn:
            self._withdraw(held, now, effects)
        return case.case_id in self._by_case

    def _wanted(self, case: CaseFact, now: int) -> list[AlertFact]:
        wanted: list[AlertFact] = []
        evaluator = Evaluator(self._rules, now)
        for reader in recipients(case):
            seen = self._lens(reader).reduce(case, now)
            wanted.extend(evaluator.alerts(seen, reader))
        return wanted

    def _lens(self, reader: Reader) -> Lens:
        if reader not in self._lenses:
            self._lenses[reader] = Lens(reader, self._policies.agreements)
        return self._lenses[reader]

    def _held(self, case_id: str) -> dict[str, HeldAlert]:
        return {
            alert_id: self._standing[alert_id].held
            for alert_id in self._by_case.get(case_id, ())
            if self._standing[alert_id].state is not AlertState.WITHDRAWN
        }

    def _tell(self, alert: AlertFact, state: AlertState, now: int, effects: Effects) -> None:
        before = self._standing.get(alert.alert_id)
        standing = Standing(
            case_id=alert.case_id,
            recipient=alert.recipient,
            rule=alert.rule,
            rule_source=alert.rule_source,
            state=state,
            version=before.version + 1 if before else 1,
            raised_at=before.raised_at if before and state is AlertState.UPDATED else now,
            held=HeldAlert.of(alert),
        )
        self._keep(alert.alert_id, standing)
        record = self._record(alert.alert_id, standing, alert.reason, now, alert)
        self._write(record, standing, effects)

    def _withdraw(self, held: HeldAlert, now: int, effects: Effects) -> None:
        before = self._standing[held.alert_id]
        standing = Standing(
            case_id=before.case_id,
            recipient=before.recipient,
            rule=before.rule,
            rule_source=before.rule_source,
            state=AlertState.WITHDRAWN,
            version=before.version + 1,
            raised_at=before.raised_at,
            held=held,
        )
        self._keep(held.alert_id, standing)
        self._write(self._record(held.alert_id, standing, _NO_LONGER_TRUE, now, None), standing, effects)

    def _record(self, alert_id: str, standing: Standing, reason: str, now: int, alert: AlertFact | None) -> Alert:
        return Alert(
            alert_id=alert_id,
            message_id=f"alert:{alert_id}:{standing.version}",
            area=self._area,
            recipient=standing.recipient.agency,
            role=standing.recipient.role,
            rule=standing.rule,
            rule_source=standing.rule_source,
            case_id=standing.case_id,
            state=standing.state,
            version=standing.version,
            reason=reason,
            report_ids=alert.report_ids if alert else (),
            agencies=alert.agencies if alert else standing.held.agencies,
            restricted=alert.restricted if alert else False,
            agreements=alert.agreements if alert else (),
            shadow=standing.held.shadow,
            due=Moment(at=alert.due) if alert and alert.due is not None else None,
            at=Moment(at=now),
        )

    def _write(self, record: Alert, standing: Standing, effects: Effects) -> None:
        effects.alert.append(_row(record, standing))
        if record.shadow:
            return
        body = codec(Alert).encode(record)
        effects.outbox.append(OutboxRow(record.message_id, ALERTS.name, self._area, body, record.at.at))
        audit_disclosure(record, record.agreements, effects)

    def _keep(self, alert_id: str, standing: Standing) -> None:
        self._standing[alert_id] = standing
        self._by_case[standing.case_id].add(alert_id)


def _row(record: Alert, standing: Standing) -> AlertRow:
    return AlertRow(
        area=record.area,
        alert_id=record.alert_id,
        case_id=record.case_id,
        recipient=record.recipient,
        role=record.role,
        rule=record.rule,
        rule_source=record.rule_source,
        state=record.state,
        version=record.version,
        reason=record.reason,
        report_ids=list(record.report_ids),
        agencies=list(record.agencies),
        restricted=record.restricted,
        agreements=list(record.agreements),
        shadow=record.shadow,
        due_at=record.due.at if record.due else None,
        held=standing.held.to_bytes(),
        raised_at=standing.raised_at,
        changed_at=record.at.at,
    )
