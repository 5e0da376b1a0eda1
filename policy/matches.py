"""Which rules are true of one case, in words and with their evidence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from policy.case_review import ReviewFinding, ReviewStatus, review
from policy.facts import CaseFact, IncidentFact
from policy.months import end_of, first_within, london_date
from policy.past import is_usual
from policy.problems import group_problems
from policy.rulebook import RepeatRule, Rules
from policy.sentences import repeat_headline, repeat_note, review_headline, review_note
from schemas.vocabulary import CaseKind

CASE_REVIEW_RULE = {
    ReviewStatus.ELIGIBLE: "case_review_eligible",
    ReviewStatus.APPROACHING: "case_review_approaching",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that is true, with its words as the strongest and beside a stronger one. `rule` is None for the case
    review. `is_usual`: the place's own past would lead one to expect as much, so it keeps an alert and makes none.
    """

    name: str
    source: str
    headline: Callable[[], str]
    note: Callable[[], str]
    incidents: tuple[IncidentFact, ...]
    due: int | None = None
    raises: bool = True
    is_usual: bool = False
    rule: RepeatRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A case as the rules see it: its incidents that count, by id, and the problems of a victim."""

    case: CaseFact
    counting: tuple[IncidentFact, ...]
    problems: tuple[tuple[IncidentFact, ...], ...]
    _since: dict[date, tuple[IncidentFact, ...]] = field(default_factory=dict)

    def since(self, first: date) -> tuple[IncidentFact, ...]:
        """Those that count and began on a day or later."""
        if first not in self._since:
            recent = [each for each in self.counting if each.day is not None and each.day >= first]
            self._since[first] = tuple(recent)
        return self._since[first]


def weigh(case: CaseFact, rules: Rules, now: int) -> Weighed:
    """What counts of a case at a time (microseconds UTC). What became a crime still ties its problem together."""
    victim = case.kind is CaseKind.REPEAT_VICTIM
    return Weighed(
        case=case,
        counting=_counting(case, london_date(now)),
        problems=group_problems(case.incidents, rules.problems) if victim else (case.incidents,),
    )


def review_matches(weighed: Weighed, rules: Rules, now: int) -> list[Match]:
    """The strongest finding about the victim's problems, if there is one."""
    if weighed.case.kind is not CaseKind.REPEAT_VICTIM:
        return []
    return [_review_match(finding) for finding in review(weighed.problems, rules.procedures, now)[:1]]


def repeat_matches(weighed: Weighed, rules: Rules, day: date) -> list[Match]:
    """The repeat rules that are true on a day, of what is known now."""
    rules_now = rules.concerning(weighed.case.kind, weighed.case.subject, day)
    enough = [rule for rule in rules_now if len(weighed.counting) >= rule.count]
    found = [(rule, _largest(weighed, rule, weighed.since(first_within(rule.months, day)))) for rule in enough]
    return [_match_of(weighed, rule, group) for rule, group in found if group]


def true_but_for_time(weighed: Weighed, rules: Rules, day: date, true: Iterable[Match]) -> frozenset[str]:
    """The names of the rules that are true, or would be if no incident ever grew old."""
    names = {match.name for match in true}
    others = [each for each in rules.concerning(weighed.case.kind, weighed.case.subject, day) if each.name not in names]
    return frozenset(names).union(rule.name for rule in others if _largest(weighed, rule, weighed.counting))


def ranked(matches: Iterable[Match]) -> list[Match]:
    """Strongest first: a case review that must be accepted, hate, one that is near, then as the rules are listed; what
    raises nothing by itself comes last.
    """
    return sorted(matches, key=_rank)


def worth_a_word(matches: list[Match]) -> Iterable[Match]:
    """The matches after the first that no other match implies; of two that say the same, the one before."""
    for index, match in enumerate(matches[1:], start=1):
        if match.rule is None or not any(
            _says_more(matches[other], match, other < index) for other in range(len(matches))
        ):
            yield match


def _says_more(one: Match, other: Match, is_before: bool) -> bool:
    if one.rule is None or other.rule is None or one is other or not one.rule.implies(other.rule):
        return False
    return is_before or not other.rule.implies(one.rule)


def _rank(match: Match) -> tuple[bool, int]:
    if match.rule is None:
        return False, 0 if match.due is not None else 2
    return not match.raises, 1 if match.rule.hate else 3


def _counting(case: CaseFact, today: date) -> tuple[IncidentFact, ...]:
    """The incidents that count, by id: told of by someone, no crime, with a day that has come."""
    counting = [each for each in case.incidents if each.day is not None and not each.crimed and each.day <= today]
    return tuple(sorted(counting, key=_by_id))


def _by_id(incident: IncidentFact) -> str:
    return incident.incident_id


def _review_match(finding: ReviewFinding) -> Match:
    return Match(
        name=CASE_REVIEW_RULE[finding.status],
        source=finding.procedure.source,
        headline=partial(review_headline, finding),
        note=partial(review_note, finding),
        incidents=finding.incidents,
        due=None if finding.last_day is None else end_of(finding.last_day),
    )


def _largest(weighed: Weighed, rule: RepeatRule, recent: tuple[IncidentFact, ...]) -> tuple[IncidentFact, ...]:
    """The recent incidents, or those of the largest problem among them, of which a rule is true; else none."""
    if len(recent) < rule.count:
        return ()
    candidates = _by_problem(weighed, recent) if rule.one_problem else [recent]
    return max([group for group in candidates if _is_true(rule, weighed.case, group)], key=len, default=())


def _by_problem(weighed: Weighed, recent: tuple[IncidentFact, ...]) -> list[tuple[IncidentFact, ...]]:
    by_id = {each.incident_id: each for each in recent}
    ids = [[incident.incident_id for incident in problem] for problem in weighed.problems]
    return [tuple(by_id[each] for each in problem if each in by_id) for problem in ids]


def _is_true(rule: RepeatRule, case: CaseFact, group: tuple[IncidentFact, ...]) -> bool:
    return (
        len(group) >= rule.threshold(case.dwellings)
        and (not rule.hate or _hateful(group) >= rule.hate)
        and (rule.agencies == 1 or len(_agencies(group)) >= rule.agencies)
        and (not rule.open or any(each.open for each in group))
        and (rule.days == 1 or len({each.day for each in group}) >= rule.days)
        and _is_spread(rule, case, group)
    )


def _is_spread(rule: RepeatRule, case: CaseFact, group: tuple[IncidentFact, ...]) -> bool:
    """Whether it comes from enough finer places. Nobody keys the finer place of a mere scene: there it is taken so."""
    if rule.places == 1 or case.place_role not in ("source", "affected"):
        return True
    reports = [report for each in group for report in each.countable]
    keys = {report.source_place if case.place_role == "source" else report.affected_place for report in reports}
    return len(keys - {None}) >= rule.places


def _is_usual(weighed: Weighed, rule: RepeatRule) -> bool:
    """By the window that ends with the last incident: that time goes by and nothing happens makes nothing unusual."""
    days = [each.day for each in weighed.counting if each.day is not None]
    last = max(days)
    return is_usual(days, first_within(rule.months, last), last, rule.one_in, rule.past_needed)


def _hateful(group: tuple[IncidentFact, ...]) -> int:
    return sum([each.hate for each in group])


def _agencies(group: tuple[IncidentFact, ...]) -> frozenset[str]:
    return frozenset[str]().union(*[each.agencies for each in group])


def _match_of(weighed: Weighed, rule: RepeatRule, group: tuple[IncidentFact, ...]) -> Match:
    case = weighed.case
    usual = bool(rule.one_in and rule.raises) and _is_usual(weighed, rule)
    return Match(
        name=rule.name,
        source=rule.source,
        headline=lambda: repeat_headline(case, rule, len(group), _hateful(group), _agencies(group)),
        note=lambda: repeat_note(rule, len(group), _hateful(group), _agencies(group)),
        incidents=group,
        raises=rule.raises and not usual,
        is_usual=usual,
        rule=rule,
    )
