"""The alerts of one area: what each recipient was told of each case, and what it must be told now."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from policy.alert import untold
from policy.alerting import AlertFact, Evaluator, HeldAlert, difference, may_alert, recipients
from policy.facts import CaseFact, Reader, Role
from policy.inbox import NOWHERE, Beside, Inboxes, Quiet
from policy.lead import turns
from policy.reduction import Lens
from policy.sentences import led_sentence
from schemas.codec import codec
from schemas.records import Alert, Moment
from schemas.topics import ALERTS
from schemas.vocabulary import AlertState
from store.database import Row
from store.effects import Effects
from store.rows import AlertRow, OutboxRow
from streams.audit import audit_disclosure
from streams.policies import Policies

_WAITING = (Quiet.FOLDED, Quiet.LED, Quiet.FULL)
_NO_LONGER_TRUE_BESIDE = "What you were told beside this is no longer true; this still is."
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
        self._inboxes = Inboxes(self._rules.inbox)

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

    def write_changes(self, case: CaseFact, now: int, effects: Effects, is_history: bool = False) -> bool:
        """Writes down what must be told about one case to make every recipient's knowledge right.

        Of history nothing new is sent, and nothing is told again because of it: it is listed. Returns whether anyone
        is, or was, told of the case.
        """
        wanted, held = self._wanted(case, now), self._held(case.case_id)
        changes = difference(held, wanted, self._rules.told_again_growth)
        for old in changes.withdrawn:
            self._withdraw(old, now, effects)
        new, changed = ({alert.alert_id for alert in some} for some in (changes.raised, changes.updated))
        listed = {alert_id for alert_id, alert in held.items() if alert.quiet}
        open_to_change = [alert for alert in wanted if alert.alert_id in new | changed | listed]
        for alert in self._in_turn(case, open_to_change):
            if alert.alert_id in new:
                self._raise(alert, now, effects, is_history)
            elif alert.alert_id in changed:
                self._tell_again(alert, held[alert.alert_id], now, effects, is_history)
            elif alert.raises and alert.alert_id in held:
                self._look_again(alert, held[alert.alert_id], now, effects, is_history)
        return case.case_id in self._by_case

    def _in_turn(self, case: CaseFact, wanted: Sequence[AlertFact]) -> Sequence[AlertFact]:
        """The agency that should lead is told first: then the others know who does."""
        if len(wanted) < 2:
            return wanted
        turn = turns(case, self._rules.inbox.lead)
        return sorted(wanted, key=lambda alert: (turn(alert.recipient.agency), alert.alert_id))

    def _raise(self, alert: AlertFact, now: int, effects: Effects, is_history: bool) -> None:
        quiet = Quiet.PAST if is_history else self._quiet(alert, now)
        self._list_or_send(alert, AlertState.RAISED, now, effects, quiet)

    def _list_or_send(
        self, alert: AlertFact, state: AlertState, now: int, effects: Effects, quiet: Quiet | None
    ) -> None:
        """What is folded is told beside its host, as far as it is news."""
        inbox, growth = self._inboxes.of(alert.recipient), self._rules.told_again_growth
        beside = inbox.beside(alert, now, growth) if quiet is Quiet.FOLDED else NOWHERE
        self._tell(alert, state, now, effects, quiet, beside)
        if beside.is_news:
            held = self._standing[beside.host].held
            both = replace(
                alert,
                report_ids=tuple(sorted({*held.report_ids, *alert.report_ids})),
                agencies=tuple(sorted({*held.agencies, *alert.agencies})),
            )
            self._tell_host(beside.host, both, f"Beside what you were told: {alert.reason}", now, effects)

    def _tell_host(self, host: str, alert: AlertFact, reason: str, now: int, effects: Effects) -> None:
        """An alert is told again in other words than its own."""
        before = self._standing[host]
        standing = replace(before, state=AlertState.UPDATED, version=before.version + 1)
        self._keep(host, standing)
        self._write(self._record(host, standing, reason, now, alert), standing, effects)

    def _tell_again(self, alert: AlertFact, held: HeldAlert, now: int, effects: Effects, is_history: bool) -> None:
        """What was sent is told again; what was only listed is sent as new, once there is no reason against it."""
        if not held.quiet:
            if not is_history:
                self._tell(alert, AlertState.UPDATED, now, effects)
            return
        is_past = is_history or (held.quiet == Quiet.PAST and not untold(held, alert.evidence))
        quiet = Quiet.PAST if is_past else self._quiet(alert, now)
        self._list_or_send(alert, AlertState.UPDATED if quiet else AlertState.RAISED, now, effects, quiet)

    def _look_again(self, alert: AlertFact, held: HeldAlert, now: int, effects: Effects, is_history: bool) -> None:
        """What was told by an alert, or to a leading agency, that is so no longer, waited for room in a week, or was
        of the past and goes on, is sent, though it has hardly grown.
        """
        goes_on = held.quiet == Quiet.PAST and untold(held, alert.evidence) > 0
        if is_history and goes_on:
            self._tell(alert, AlertState.UPDATED, now, effects, Quiet.PAST)
        elif not is_history and (goes_on or held.quiet in _WAITING):
            listed_at = None if goes_on else self._standing[alert.alert_id].raised_at
            if self._quiet(alert, now, listed_at) is None:
                self._tell(alert, AlertState.RAISED, now, effects)

    def _quiet(self, alert: AlertFact, now: int, listed_at: int | None = None) -> Quiet | None:
        return None if alert.shadow else self._inboxes.quiet(alert, now, listed_at)

    def _wanted(self, case: CaseFact, now: int) -> list[AlertFact]:
        wanted: list[AlertFact] = []
        if case.case_id not in self._by_case and not may_alert(case, self._rules, now):
            return wanted
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

    def _tell(
        self,
        alert: AlertFact,
        state: AlertState,
        now: int,
        effects: Effects,
        quiet: Quiet | None = None,
        beside: Beside = NOWHERE,
    ) -> None:
        before = self._standing.get(alert.alert_id)
        standing = Standing(
            case_id=alert.case_id,
            recipient=alert.recipient,
            rule=alert.rule,
            rule_source=alert.rule_source,
            state=state,
            version=before.version + 1 if before else 1,
            raised_at=before.raised_at if before and state is AlertState.UPDATED else now,
            held=HeldAlert.of(alert, quiet or "", beside.host, beside.told),
        )
        self._keep(alert.alert_id, standing)
        reason = led_sentence(alert.reason, self._inboxes.leaders(alert, now)) if quiet is Quiet.LED else alert.reason
        record = self._record(alert.alert_id, standing, reason, now, alert)
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
        if held.host and self._inboxes.of(before.recipient).holds(held.host):
            self._tell_host(held.host, self._as_told(held.host), _NO_LONGER_TRUE_BESIDE, now, effects)

    def _as_told(self, alert_id: str) -> AlertFact:
        """As much of an alert as is kept."""
        standing = self._standing[alert_id]
        return AlertFact(
            alert_id=alert_id,
            case_id=standing.case_id,
            recipient=standing.recipient,
            rule=standing.rule,
            rules=standing.held.rules,
            rule_source=standing.rule_source,
            reason="",
            report_ids=standing.held.report_ids,
            agencies=standing.held.agencies,
            due=standing.held.due,
        )

    def _record(self, alert_id: str, standing: Standing, reason: str, now: int, alert: AlertFact | None) -> Alert:
        due = self._due(alert_id, standing, alert) if alert else None
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
            due=None if due is None else Moment(at=due),
            at=Moment(at=now),
        )

    def _due(self, alert_id: str, standing: Standing, alert: AlertFact) -> int | None:
        """The first day of its own and of what was told beside it."""
        days = (alert.due, standing.held.due, self._inboxes.of(standing.recipient).due_beside(alert_id))
        return min((day for day in days if day is not None), default=None)

    def _write(self, record: Alert, standing: Standing, effects: Effects) -> None:
        effects.alert.append(_row(record, standing))
        if record.shadow or standing.held.quiet:
            return
        body = codec(Alert).encode(record)
        effects.outbox.append(OutboxRow(record.message_id, ALERTS.name, self._area, body, record.at.at))
        audit_disclosure(record, record.agreements, effects)

    def _keep(self, alert_id: str, standing: Standing) -> None:
        self._standing[alert_id] = standing
        self._by_case[standing.case_id].add(alert_id)
        inbox, held = self._inboxes.of(standing.recipient), standing.held
        if held.shadow or (held.quiet and not held.host):
            inbox.take_out(alert_id)
            return
        inbox.put(held, standing.raised_at)
        if standing.state is AlertState.WITHDRAWN:
            inbox.take_out(alert_id)


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
        quiet=standing.held.quiet,
    )
