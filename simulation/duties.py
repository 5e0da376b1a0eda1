"""Of what somebody ought to be alerted, and from which day: worked out from the truth alone, by simple rules.

lists/duties.csv says as numbers what the shipped alert rules say (policy/rules/default.yaml); a test holds it to them.
Incidents count, never reports, and only what an agency was told by name of a person, or by its true property of a
place. What became a crime, was withdrawn, restricted, a hoax or a summary does not count.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from simulation import lists

Subject = tuple[str, str, str]
"""Kind of case, true id (person, property, building or street), role of the place or nothing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """So many incidents of one subject within so many months; 0 asks for nothing."""

    name: str
    kind: str
    count: int
    months: int
    hate: int
    agencies: int
    addresses: int
    homes_for_one: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One report as it counts for one subject: when it happened, and when the agency's file was collected."""

    incident: str
    problem: str
    agency: str
    happened: date
    collected: date
    is_hate: bool
    address: str


@dataclass(frozen=True, slots=True)
class Duty:
    """Somebody ought to be told of a subject, by a rule, from a day on. `problem` is the lasting problem that is enough
    for it by itself; nothing, where only several together are.
    """

    kind: str
    true_id: str
    role: str
    problem: str
    rule: str
    first_day: date
    incidents: int
    agencies: str


@cache
def rules() -> tuple[Rule, ...]:
    """The rules, in the order of their strength."""
    return tuple(
        Rule(row["rule"], row["kind"], *(int(row[column]) for column in _NUMBERS)) for row in lists.rows("duties")
    )


_NUMBERS = ("count", "months", "hate", "agencies", "addresses", "homes_for_one")


def duties(facts: Mapping[Subject, Sequence[Fact]], homes: Mapping[str, int]) -> list[Duty]:
    """One duty for each subject of which a rule is ever true, and one for each of its problems that suffices alone.

    `homes` is the number of homes in each building.
    """
    found = [duty for subject, told in facts.items() for duty in _of_subject(subject, told, homes)]
    return sorted(found, key=lambda duty: (duty.kind, duty.true_id, duty.role, duty.problem))


def _of_subject(subject: Subject, told: Sequence[Fact], homes: Mapping[str, int]) -> Iterator[Duty]:
    yield from _first(subject, "", told, homes)
    by_problem: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in told:
        by_problem[fact.problem].append(fact)
    for problem, alone in by_problem.items():
        if problem:
            yield from _first(subject, problem, alone, homes)


def _first(subject: Subject, problem: str, told: Sequence[Fact], homes: Mapping[str, int]) -> Iterator[Duty]:
    """The duty by the rule that is true first, if any ever is."""
    kind, true_id, role = subject
    mine = [rule for rule in rules() if rule.kind == kind and (rule.agencies == 0 or problem)]
    days = sorted({fact.collected for fact in told})
    for day in days if any(len(told) >= rule.count for rule in mine) else ():
        known = [fact for fact in told if fact.collected <= day]
        rule = next((rule for rule in mine if _holds(rule, known, day, homes.get(true_id, 0))), None)
        if rule is not None:
            incidents = len({fact.incident for fact in told})
            agencies = ";".join(sorted({fact.agency for fact in told}))
            yield Duty(kind, true_id, role, problem, rule.name, day, incidents, agencies)
            return


def _holds(rule: Rule, known: Iterable[Fact], day: date, homes: int) -> bool:
    recent = [fact for fact in known if fact.happened >= _before(day, rule.months)]
    least = max(rule.count, -(-homes // rule.homes_for_one) if rule.homes_for_one else 0)
    return (
        len({fact.incident for fact in recent}) >= least
        and sum(fact.is_hate for fact in recent) >= rule.hate
        and len({fact.agency for fact in recent}) >= rule.agencies
        and len({fact.address for fact in recent}) >= rule.addresses
    )


def _before(day: date, months: int) -> date:
    """The same day of an earlier month; the last of that month, if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), after - timedelta(days=1))
