"""An alert as a value, what is held of one that was sent, and the difference between the two."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from policy.facts import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFact:
    """What one recipient must be told of one case now.

    `rule` is the strongest of `rules`, and the one that `rule_source` speaks of. `report_ids` are the evidence,
    `incidents` how many incidents it makes, `evidence` the same by incident, `scenes` for each of these the
    addresses that it comes from or happened at (opaque keys); `known` are all incidents of the case
    that may count, also those outside every window. `due` is the last microsecond (UTC) of the last day to apply for
    a case review. `shadow`: it rests on a source on trial, record it and send nothing. `raises` is false when only
    time has made it untrue a short while ago: it keeps an alert that is out and never makes one; `raising` are the
    rules that make it. `as_landlord`: the recipient told nothing of the case itself. `lasting` are the rules that are
    true, or would be if nothing grew old.
    """

    alert_id: str
    case_id: str
    recipient: Reader
    rule: str
    rules: tuple[str, ...]
    rule_source: str
    reason: str
    report_ids: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    restricted: bool = False
    agreements: tuple[str, ...] = ()
    due: int | None = None
    shadow: bool = False
    raises: bool = True
    raising: frozenset[str] = frozenset()
    as_landlord: bool = False
    incidents: int = 0
    scenes: tuple[frozenset[str], ...] = ()
    evidence: tuple[frozenset[str], ...] = ()
    known: tuple[frozenset[str], ...] = ()
    lasting: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAlert:
    """What must be kept of an alert as it was last sent, to know whether anything material has changed.

    `quiet` says why it is only listed (policy.inbox). `host` is the other alert beside which its reader was told of it
    all the same, `told` the reports that were named there.
    """

    alert_id: str
    rules: tuple[str, ...]
    report_ids: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    incidents: int = 0
    due: int | None = None
    shadow: bool = False
    quiet: str = ""
    scenes: tuple[str, ...] = ()
    host: str = ""
    told: tuple[str, ...] = ()
    case_id: str = ""

    @classmethod
    def of(cls, alert: AlertFact, quiet: str = "", host: str = "", told: tuple[str, ...] = ()) -> "HeldAlert":
        """What to keep of an alert that is being sent, is told beside another, or is only listed."""
        return cls(
            alert_id=alert.alert_id,
            rules=alert.rules,
            report_ids=alert.report_ids,
            agencies=alert.agencies,
            incidents=alert.incidents,
            due=alert.due,
            shadow=alert.shadow,
            quiet=quiet,
            host=host,
            told=told,
            case_id=alert.case_id,
            scenes=tuple(sorted(frozenset[str]().union(*alert.scenes))),
        )

    def to_bytes(self) -> bytes:
        """As JSON, for storing."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def from_bytes(cls, data: bytes) -> "HeldAlert":
        """What `to_bytes` gave, also that of an older release."""
        values: dict[str, Any] = orjson.loads(data)
        return cls(**{name: _frozen(values[name]) for name in cls.__slots__ if name in values})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Difference(NamedTuple):
    """What must be told to make the recipients' knowledge right."""

    raised: tuple[AlertFact, ...]
    updated: tuple[AlertFact, ...]
    withdrawn: tuple[HeldAlert, ...]


def difference(held: Mapping[str, HeldAlert], wanted: Iterable[AlertFact], growth: int = 0) -> Difference:
    """From the alerts that are out (by id) to those that are wanted now. Both are of the same cases and recipients:
    hand in what is held of everyone who was told, also of an agency that has no report left in the case.

    Raised once; updated when an agency, a rule or a date has come, when the incidents that were not told of are
    `growth` per cent of those that were (0: one is enough), or when a fact it told of has gone; withdrawn when no
    longer true. Time alone never withdraws within the grace of the rules (`raises` false) and never updates an alert
    whose evidence only ages, except that a case-review date has passed: so nothing flickers. A fact that goes (a
    report withdrawn, two people held apart) corrects at once (UK GDPR article 19).
    """
    by_id = {alert.alert_id: alert for alert in wanted}
    standing = {alert_id for alert_id, alert in by_id.items() if _stands(held.get(alert_id), alert)}
    new = sorted(standing - held.keys())
    kept = sorted(standing & held.keys())
    return Difference(
        raised=tuple(by_id[alert_id] for alert_id in new),
        updated=tuple(by_id[alert_id] for alert_id in kept if _is_material(held[alert_id], by_id[alert_id], growth)),
        withdrawn=tuple(held[alert_id] for alert_id in sorted(held.keys() - standing)),
    )


def _stands(held: HeldAlert | None, alert: AlertFact) -> bool:
    if alert.raises:
        return True
    return held is not None and not _has_lost_a_fact(held, alert)


def _is_material(held: HeldAlert, alert: AlertFact, growth: int) -> bool:
    return alert.raises and (
        _has_gained(held, alert, growth) or _has_lost_a_fact(held, alert) or _is_sooner(held, alert)
    )


def _is_sooner(held: HeldAlert, alert: AlertFact) -> bool:
    """Whether a date has come, gone or moved nearer; when one moves away, what was told still holds."""
    if alert.due is None or held.due is None:
        return alert.due != held.due
    return alert.due < held.due


def _has_gained(held: HeldAlert, alert: AlertFact, growth: int) -> bool:
    """Whether an agency or a rule has come, or enough incidents."""
    if not set(alert.agencies) <= set(held.agencies) or not set(alert.rules) <= set(held.rules):
        return True
    new = untold(held, alert.evidence)
    return new > 0 and new * 100 >= growth * held.incidents


def must_correct(held: HeldAlert, alert: AlertFact) -> bool:
    """Whether a reader was told something that is no longer so, or a date that has come nearer or gone."""
    return alert.raises and (_is_sooner(held, alert) or _has_lost_a_fact(held, alert))


def untold(held: HeldAlert, incidents: tuple[frozenset[str], ...]) -> int:
    """How many of the incidents an alert has not told of."""
    told = frozenset(held.report_ids)
    return sum([told.isdisjoint(incident) for incident in incidents])


def _has_lost_a_fact(held: HeldAlert, alert: AlertFact) -> bool:
    """Whether something that was told is no longer so, for another reason than time: a report has gone, the same
    reports make another number of incidents, or a rule fails whose incidents are all there.
    """
    told = frozenset(held.report_ids)
    known = [incident for incident in alert.known if not told.isdisjoint(incident)]
    untrue = set(held.rules) - alert.lasting
    nobody_to_ask = not alert.evidence and not set(held.agencies) <= set(alert.agencies)
    return bool(told.difference(*known) or untrue or nobody_to_ask) or len(known) != held.incidents
