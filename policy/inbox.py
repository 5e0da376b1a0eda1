"""What reaches an inbox and what is only listed: an officer who gets fifty alerts a week reads none.

An alert is *quiet* when it stands and is listed with the others (`wardlink alerts --ranked`), but is not sent: because
other alerts of the same reader tell most of its incidents already, because another agency leads and was told of them,
because the rule is one that is only listed, because the reader's week is full, or because it was true before anybody
looked (history that was loaded). Nothing that is news is dropped with what is folded: its host, the alert that tells of
the same already, is told again in its words. A duty has room in any week, and an agency leads in it only when it was
told of the duty itself. Pure: times are arguments.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from policy.alert import AlertFact, HeldAlert, must_correct
from policy.facts import Reader
from policy.lead import Lead
from policy.months import london_date
from policy.problems import DAY

_SERVED_BY = {"case_review_approaching": frozenset({"case_review_approaching", "case_review_eligible"})}
"""Which rules of another alert tell the same duty, where it is not only the rule itself."""


class Quiet(StrEnum):
    """Why an alert is listed and not sent."""

    FOLDED = "FOLDED"
    FULL = "FULL"
    LED = "LED"
    PAST = "PAST"
    WEAK = "WEAK"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRules:
    """`a_week`: new alerts for one reader from Monday to Sunday, 0 for no limit. `folded_share`: from how many per cent
    of its incidents told by other alerts on an alert is folded into them, 0 for never; an incident is also told by an
    alert, no more than `fresh_days` old, about the same address in the same role. `duties`: the rules that tell a
    duty, such as the case review. `listed`: rules by which alone an alert is only listed, until another is true.
    `lead`: by what one agency is told first, the others not, who have `led_share` per cent of their incidents told
    there; none: every agency is told. `each`: the rules that each agency is told of itself.
    """

    a_week: int = 0
    folded_share: int = 0
    led_share: int = 0
    fresh_days: int = 0
    duties: frozenset[str] = frozenset()
    listed: frozenset[str] = frozenset()
    lead: tuple[Lead, ...] = ()
    each: frozenset[str] = frozenset()


class Beside(NamedTuple):
    """Beside which alert (none: nowhere) a reader is told of one that is folded, the reports that were named there, and
    whether it has to be told now.
    """

    host: str = ""
    told: tuple[str, ...] = ()
    is_news: bool = False


NOWHERE = Beside()


@dataclass(slots=True)
class Inbox:
    """One reader's inbox: of which reports and addresses its standing alerts tell, and what was new in each week."""

    rules: InboxRules
    _telling: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _told: dict[str, tuple[HeldAlert, int]] = field(default_factory=dict)
    _beside: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _new: dict[date, set[str]] = field(default_factory=lambda: defaultdict(set))

    def put(self, held: HeldAlert, raised_at: int) -> None:
        """An alert is in the inbox, by itself or beside its host, with what it tells now; `raised_at` is when it was
        new.
        """
        self.take_out(held.alert_id)
        self._told[held.alert_id] = held, raised_at
        for told in _told_by(held):
            self._telling[told].add(held.alert_id)
        if held.host:
            self._beside[held.host].add(held.alert_id)
        else:
            self._new[_monday(raised_at)].add(held.alert_id)

    def take_out(self, alert_id: str) -> None:
        """It stands no longer, or has become quiet; that it was new in its week is not forgotten."""
        held, _ = self._told.pop(alert_id, (None, 0))
        if held is None:
            return
        for told in _told_by(held):
            _part(self._telling, told, alert_id)
        if held.host:
            _part(self._beside, held.host, alert_id)

    def quiet(self, alert: AlertFact, now: int, listed_at: int | None = None) -> Quiet | None:
        """Why an alert that would be new should not be sent at a time (microseconds UTC); None: it should.

        `listed_at`: since when it is listed, where nothing has changed in it: that its host grows old is no news.
        """
        if self._is_folded(alert, now if listed_at is None else listed_at):
            return Quiet.FOLDED
        if self._is_weak(alert):
            return Quiet.WEAK
        is_duty = alert.rule in self.rules.duties
        if self.rules.a_week and not is_duty and len(self._new.get(_monday(now), ())) >= self.rules.a_week:
            return Quiet.FULL
        return None

    def holds(self, alert_id: str) -> bool:
        """Whether an alert is in the inbox by itself."""
        return alert_id in self._told and not self._told[alert_id][0].host

    def due_beside(self, alert_id: str) -> int | None:
        """The first day to be kept of those that were told beside an alert, as its last microsecond (UTC)."""
        beside = (self._told[each][0].due for each in self._beside.get(alert_id, ()))
        return min((due for due in beside if due is not None), default=None)

    def beside(self, alert: AlertFact, now: int, growth: int) -> Beside:
        """Where the reader is told of an alert that is folded: a duty that nobody told it of, incidents that are
        `growth` per cent of those of the host, and what is no longer so of that which it was told.
        """
        before, each = self._before(alert.alert_id), self.hosts_of_each(alert, now)
        host = before.host if before else self._newest(set[str]().union(*each))
        if host and not self._is_weak(alert) and self._is_news(alert, before, host, each, growth):
            return Beside(host, tuple(sorted({*(before.told if before else ()), *alert.report_ids})), True)
        return Beside(before.host, before.told) if before else NOWHERE

    def _is_news(
        self, alert: AlertFact, before: HeldAlert | None, host: str, each: Sequence[set[str]], growth: int
    ) -> bool:
        untold = sum([not hosts for hosts in each])
        return (
            (untold > 0 and untold * 100 >= growth * self._told[host][0].incidents)
            or not self.serves(alert, set[str]().union(*each))
            or (before is not None and must_correct(before, alert))
        )

    def _newest(self, hosts: Iterable[str]) -> str:
        """Of these alerts, or those beside which they were told; none of none."""
        found = {self._told[each][0].host or each for each in hosts}
        return max(found, key=lambda host: (self._told[host][1], host), default="")

    def _before(self, alert_id: str) -> HeldAlert | None:
        """An alert as its reader was told of it beside one that stands."""
        held, _ = self._told.get(alert_id, (None, 0))
        return held if held and self.holds(held.host) else None

    def _is_weak(self, alert: AlertFact) -> bool:
        return bool(alert.raising) and alert.raising <= self.rules.listed

    def serves(self, alert: AlertFact, hosts: set[str]) -> bool:
        """Whether one of these alerts tells the duty that an alert is about, if it is about one."""
        return alert.rule not in self.rules.duties or self._is_served(alert.rule, hosts)

    def _is_folded(self, alert: AlertFact, now: int) -> bool:
        share, hosts = self.rules.folded_share, self.hosts_of_each(alert, now)
        return share > 0 and sum([bool(each) for each in hosts]) * 100 >= share * len(hosts)

    def hosts_of_each(self, alert: AlertFact, now: int) -> list[set[str]]:
        """For each incident of an alert, the other alerts that tell of it; itself where it was told beside one. Of what
        names no incident, those that tell of its case.
        """
        told = zip(alert.evidence, alert.scenes, strict=True) if alert.evidence else [((_case(alert.case_id),), ())]
        itself = set[str]() if self._before(alert.alert_id) else {alert.alert_id}
        return [self._hosts(reports, scenes, now) - itself for reports, scenes in told]

    def _hosts(self, reports: Iterable[str], scenes: Iterable[str], now: int) -> set[str]:
        """The alerts that tell of an incident: of a report of it; or, not long ago, of another at the same address."""
        fresh = now - self.rules.fresh_days * DAY
        of_scenes = {host for scene in scenes for host in self._telling.get(scene, ())}
        of_reports = {host for report_id in reports for host in self._telling.get(report_id, ())}
        found = of_reports | {host for host in of_scenes if self._told[host][1] >= fresh}
        return {each for each in found if self.holds(each) or self._before(each)}

    def _is_served(self, rule: str, hosts: set[str]) -> bool:
        serving = _SERVED_BY.get(rule, frozenset({rule}))
        return any(not serving.isdisjoint(self._told[host][0].rules) for host in hosts)


def _part(of: dict[str, set[str]], key: str, alert_id: str) -> None:
    """Takes an alert from a key's, and the key with the last of them."""
    of[key].discard(alert_id)
    if not of[key]:
        del of[key]


def _told_by(held: HeldAlert) -> Iterable[str]:
    return (*(held.told if held.host else held.report_ids), *held.scenes, _case(held.case_id))


def _case(case_id: str) -> str:
    return f"case {case_id}"


def strength(rule: str, reports: int, agencies: int) -> tuple[int, int, int]:
    """For a ranked list, the strongest first: what the law gives a date to, then by agencies, then by reports."""
    order = ("case_review_eligible", "hate_2_in_6_months", "case_review_approaching")
    return (order.index(rule) if rule in order else len(order) if reports else len(order) + 1), -agencies, -reports


class Inboxes:
    """The inboxes of all readers of one area."""

    def __init__(self, rules: InboxRules) -> None:
        self._rules = rules
        self._of: dict[Reader, Inbox] = {}

    def of(self, reader: Reader) -> Inbox:
        """A reader's inbox."""
        if reader not in self._of:
            self._of[reader] = Inbox(self._rules)
        return self._of[reader]

    def quiet(self, alert: AlertFact, now: int, listed_at: int | None = None) -> Quiet | None:
        """As Inbox.quiet; or another agency leads."""
        own = self.of(alert.recipient).quiet(alert, now, listed_at)
        if own is None and self.leaders(alert, now if listed_at is None else listed_at):
            return Quiet.LED
        return own

    def leaders(self, alert: AlertFact, now: int) -> tuple[str, ...]:
        """The agencies that were told what an alert tells, and so lead in it; none if it should be sent itself.

        Only an agency that the reader sees in the alert may lead: nobody waits for whom he may not know of. A landlord
        who told nothing himself has no case in which he would see it, and is always told.
        """
        rules, mine = self._rules, alert.recipient.agency
        if not rules.lead or not alert.evidence or alert.as_landlord or alert.raising & rules.each:
            return ()
        telling = {each: self._telling(each, alert, now) for each in alert.agencies if each != mine}
        told = sum([any(hosts) for hosts in zip(*telling.values(), strict=True)])
        if told * 100 < rules.led_share * len(alert.evidence):
            return ()
        return tuple([each for each, hosts in telling.items() if any(hosts)])

    def _telling(self, agency: str, alert: AlertFact, now: int) -> list[set[str]]:
        """For each incident of an alert, the alerts that tell another agency of it; none where a duty is not told."""
        inbox = self.of(replace(alert.recipient, agency=agency))
        hosts = inbox.hosts_of_each(alert, now)
        return hosts if inbox.serves(alert, set[str]().union(*hosts)) else [set[str]() for _ in hosts]


def _monday(at: int) -> date:
    day = london_date(at)
    return day - timedelta(days=day.weekday())
