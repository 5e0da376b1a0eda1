"""Which alerts a case deserves for one recipient, by the area's rules: few and true.

One alert for each case and recipient, named after the strongest rule that is true; the others are told beside it. That
something restricted is linked is an alert of its own, which says whom to ask and nothing else. Incidents are counted,
never reports: 23 reports of one party are one incident and at most one alert. What became a crime, summaries and
public statistics are never counted.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from hashlib import blake2b

from policy.alert import AlertFact, Difference, HeldAlert, difference
from policy.facts import CaseFact, Reader, Role
from policy.matches import (
    Match,
    Weighed,
    ranked,
    repeat_matches,
    review_matches,
    true_but_for_time,
    weigh,
    worth_a_word,
)
from policy.months import first_within, london_date, within
from policy.reduction import SeenCase
from policy.rulebook import Rules, load_rules, shipped_rules
from policy.sentences import restricted_sentence, sentence
from schemas.vocabulary import CaseKind

__all__ = [
    "AlertFact",
    "Difference",
    "Evaluator",
    "HeldAlert",
    "Rules",
    "alert_id",
    "difference",
    "evaluate",
    "load_rules",
    "may_alert",
    "recipients",
    "shipped_rules",
]


def evaluate(seen: SeenCase, recipient: Reader, rules: Rules, now: int) -> tuple[AlertFact, ...]:
    """The alerts that a case deserves for one recipient at a time (microseconds UTC).

    `seen` is what policy.reduction leaves for the recipient. An agency without an incident of its own in the case gets
    none, but for a landlord of the place whom an agreement allows to be told. What rests on a source on trial is marked
    `shadow`, beside the alert that stands without it; such a source gives no stake in what is restricted. The order of
    incidents and reports does not matter.
    """
    return Evaluator(rules, now).alerts(seen, recipient)


class Evaluator:
    """Evaluates one case for its recipients; what several of them see alike is weighed once."""

    def __init__(self, rules: Rules, now: int) -> None:
        self._rules = rules
        self._now = now
        self._weighings: list[Weighing] = []

    def alerts(self, seen: SeenCase, recipient: Reader) -> tuple[AlertFact, ...]:
        """As `evaluate`."""
        live = _without_trial(seen.case)
        sent = self._alerts(live, seen, seen.hidden, recipient)
        if live is seen.case:
            return sent
        trial = self._alerts(seen.case, seen, {}, recipient)
        return sent + tuple(_on_trial(alert) for alert in trial if not _report_ids(live).issuperset(alert.report_ids))

    def _alerts(
        self, case: CaseFact, seen: SeenCase, hidden: Mapping[str, str], recipient: Reader
    ) -> tuple[AlertFact, ...]:
        if not hidden and sum([len(incident.reports) for incident in case.incidents]) < self._rules.least_reports:
            return ()
        weighing = self._weighing(case)
        if not seen.as_landlord and not any(recipient.agency in each.agencies for each in weighing.weighed.counting):
            return ()
        found = (
            _case_alert(weighing, seen, bool(hidden), recipient),
            _restricted_alert(weighing.weighed, hidden, recipient, self._rules, self._now),
        )
        return tuple([alert for alert in found if alert is not None])

    def _weighing(self, case: CaseFact) -> "Weighing":
        for each in self._weighings:
            if each.weighed.case == case:
                return each
        self._weighings.append(Weighing(case, self._rules, self._now))
        return self._weighings[-1]


def may_alert(case: CaseFact, rules: Rules, now: int) -> bool:
    """False only where no reader can deserve an alert, whatever it may see: so most places need no closer look."""
    if case.kind is not CaseKind.REPEAT_PLACE or _may_hide(case, rules):
        return True
    lately = london_date(now) - timedelta(days=rules.grace_days)
    days = [incident.day for incident in case.incidents if incident.day is not None]
    return any(
        sum([day >= first_within(rule.months, lately) for day in days]) >= rule.threshold(case.dwellings)
        for rule in rules.concerning(case.kind, case.subject, london_date(now))
    )


def _may_hide(case: CaseFact, rules: Rules) -> bool:
    if rules.restricted is None or (rules.restricted.levels and case.level not in rules.restricted.levels):
        return False
    return any(report.restrictions for incident in case.incidents for report in incident.reports)


def recipients(case: CaseFact) -> tuple[Reader, ...]:
    """Who may deserve an alert about a case: the caseworkers of the agencies that have a report in it, and of the
    place's landlords.
    """
    return tuple(Reader(agency, Role.CASEWORKER) for agency in sorted(case.agencies | case.landlords))


def alert_id(case_id: str, what: str, recipient: Reader) -> str:
    """The id of the one alert of this sort about this case for this recipient, the same for ever."""
    return blake2b("\x1f".join((what, case_id, str(recipient))).encode(), digest_size=16).hexdigest()


def _on_trial(alert: AlertFact) -> AlertFact:
    return replace(alert, alert_id=alert_id(alert.case_id, f"trial {alert.alert_id}", alert.recipient), shadow=True)


def _without_trial(case: CaseFact) -> CaseFact:
    """The case without reports of sources on trial; the case itself when it has none."""
    live = tuple([incident.live for incident in case.incidents])
    if live == case.incidents:
        return case
    return replace(case, incidents=tuple([incident for incident in live if incident is not None]))


def _report_ids(case: CaseFact) -> set[str]:
    return {report.report_id for incident in case.incidents for report in incident.reports}


class Weighing:
    """What is true of a case, whoever sees it so."""

    def __init__(self, case: CaseFact, rules: Rules, now: int) -> None:
        self.weighed = weigh(case, rules, now)
        self._rules = rules
        self._now = now

    @cached_property
    def alert(self) -> AlertFact | None:
        """The alert by what is true now; failing that, by what was true a short while ago. It is nobody's yet."""
        weighed, rules, today = self.weighed, self._rules, london_date(self._now)
        true_now = review_matches(weighed, rules, self._now) + repeat_matches(weighed, rules, today)
        raises = any(match.raises for match in true_now)
        lately = true_now
        if not raises and not any(match.is_usual for match in true_now):
            lately = repeat_matches(weighed, rules, today - timedelta(days=rules.grace_days))
        if not any(match.raises or match.is_usual for match in lately):
            return None
        lasting = true_but_for_time(weighed, rules, today, lately)
        return _alert(weighed, ranked(lately), lasting, raises=raises)


def _alert(weighed: Weighed, matches: list[Match], lasting: frozenset[str], raises: bool) -> AlertFact:
    strongest = matches[0]
    told = {incident.incident_id: incident for match in matches for incident in match.incidents}
    counting = {each.incident_id: each for each in weighed.counting}
    reports = [report for incident in told.values() for report in incident.countable]
    return AlertFact(
        alert_id="",
        case_id=weighed.case.case_id,
        recipient=_NOBODY,
        rule=strongest.name,
        rules=tuple([match.name for match in matches]),
        rule_source=strongest.source,
        reason=sentence(strongest.headline(), [match.note() for match in worth_a_word(matches)]),
        report_ids=tuple(sorted([report.report_id for report in reports])),
        agencies=tuple(sorted({report.agency for report in reports})),
        due=next((match.due for match in matches if match.due is not None), None),
        raises=raises,
        raising=frozenset([match.name for match in matches if match.raises]),
        incidents=len(told),
        evidence=tuple([told[each].report_ids for each in sorted(told)]),
        scenes=tuple([told[each].scenes for each in sorted(told)]),
        known=tuple([incident.report_ids for _, incident in sorted((counting | told).items())]),
        lasting=lasting,
    )


_NOBODY = Reader("", Role.CASEWORKER)


def _case_alert(weighing: Weighing, seen: SeenCase, restricted: bool, recipient: Reader) -> AlertFact | None:
    alert = weighing.alert
    if alert is None:
        return None
    return replace(
        alert,
        alert_id=alert_id(alert.case_id, weighing.weighed.case.kind, recipient),
        recipient=recipient,
        restricted=restricted,
        agreements=tuple(sorted({seen.cited[each] for each in alert.report_ids if each in seen.cited})),
        as_landlord=seen.as_landlord,
    )


def _restricted_alert(
    weighed: Weighed, hidden: Mapping[str, str], recipient: Reader, rules: Rules, now: int
) -> AlertFact | None:
    """Another agency holds something restricted of a case in which the recipient has a recent incident of its own."""
    rule, today = rules.restricted, london_date(now)
    if rule is None or not hidden or (rule.levels and weighed.case.level not in rule.levels):
        return None
    last = max(each.day for each in weighed.counting if each.day is not None and recipient.agency in each.agencies)
    if not within(last, rule.months, today - timedelta(days=rules.grace_days)):
        return None
    return AlertFact(
        alert_id=alert_id(weighed.case.case_id, rule.name, recipient),
        case_id=weighed.case.case_id,
        recipient=recipient,
        rule=rule.name,
        rules=(rule.name,),
        rule_source=rule.source,
        reason=restricted_sentence(hidden),
        agencies=tuple(sorted(hidden)),
        restricted=True,
        agreements=tuple(sorted(set(hidden.values()))),
        raises=within(last, rule.months, today),
        lasting=frozenset({rule.name}),
    )
