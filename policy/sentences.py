"""The words of alerts: plain sentences of counts, months, dates and agencies, never of persons or addresses."""

from collections.abc import Iterable

from policy.case_review import Counts, ReviewFinding
from policy.facts import CaseFact
from policy.months import in_words
from policy.rulebook import RepeatRule
from schemas.vocabulary import CaseKind, PropertyType

_PLACES = {
    "uprn": "One address",
    "address": "One address",
    "block": "One block",
    "street": "One street",
    "lsoa": "One neighbourhood",
    "ward": "One ward",
}

_ADDRESSES = ("uprn", "address")
_PREMISES = {
    PropertyType.HOSTEL: "One hostel or shared house",
    PropertyType.LICENSED_PREMISES: "One pub, bar or club",
    PropertyType.OPEN_SPACE: "One open space",
}

_ROLES = {"source": "is the source of", "affected": "has suffered", "occurred": "was the scene of"}


def counted(count: int, noun: str) -> str:
    """A number with its noun: 1 incident, 2 incidents."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(words: Iterable[str]) -> str:
    """Council, Housing and Police."""
    words = list(words)
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def named(agencies: Iterable[str]) -> str:
    """Agencies by name, in order."""
    names = (agency.replace("-", " ").replace("_", " ") for agency in sorted(agencies))
    return listed(name[:1].upper() + name[1:] for name in names)


def sentence(headline: str, notes: Iterable[str]) -> str:
    """The strongest rule's words, and what else is true."""
    others = "; ".join(notes)
    return f"{headline}; also {others}." if others else f"{headline}."


def led_sentence(reason: str, agencies: Iterable[str]) -> str:
    """The reason of an alert that is only listed, with those who were told."""
    return f"{reason} Told to {named(agencies)}."


def restricted_sentence(agencies: Iterable[str]) -> str:
    """All that may be said of what is restricted."""
    return f"Restricted: ask {named(agencies)}."


def review_headline(finding: ReviewFinding) -> str:
    """What a finding says to the officer."""
    if finding.last_day is None:
        return f"{_complaints(finding)}: tell the victim that they may apply for an ASB case review"
    return f"{_complaints(finding)}: tell the victim that they may apply; {_acceptance(finding)}"


def review_note(finding: ReviewFinding) -> str:
    """The same beside a stronger rule."""
    return "the victim may apply for an ASB case review" if finding.last_day is None else _acceptance(finding)


def _acceptance(finding: ReviewFinding) -> str:
    day = in_words(finding.last_day) if finding.last_day else ""
    return f"an application for an ASB case review received by {day} would have to be accepted"


def _complaints(finding: ReviewFinding) -> str:
    to = named(finding.agencies)
    if finding.procedure.counts is Counts.INCIDENTS:
        return f"{counted(finding.count, 'incident')} of one problem told to {to} in time for a review"
    return f"{counted(finding.count, 'qualifying complaint')} about one problem made to {to}"


def repeat_headline(case: CaseFact, rule: RepeatRule, count: int, hate: int, agencies: Iterable[str]) -> str:
    """What is true by a repeat rule."""
    events = f"{counted(count, 'incident')} in {counted(rule.months, 'month')}"
    if rule.one_problem or case.kind is CaseKind.SHARED_PROBLEM:
        return f"One problem with {events} is {_known(rule, agencies)}"
    return f"{_subject(case)} {events}{_hateful(rule, hate)}, told to {named(agencies)}"


def repeat_note(rule: RepeatRule, count: int, hate: int, agencies: Iterable[str]) -> str:
    """The same beside a stronger rule."""
    if rule.one_problem and (rule.open or rule.agencies > 1):
        return f"one problem is {_known(rule, agencies)}"
    of_what = " of one problem" if rule.one_problem else ""
    return f"{counted(count, 'incident')}{of_what} in {counted(rule.months, 'month')}{_hateful(rule, hate)}"


def _known(rule: RepeatRule, agencies: Iterable[str]) -> str:
    return f"{'open and ' if rule.open else ''}known to {named(agencies)}"


def _hateful(rule: RepeatRule, hate: int) -> str:
    return f", {hate} of them perceived as hate" if rule.hate else ""


def _subject(case: CaseFact) -> str:
    if case.kind is not CaseKind.REPEAT_PLACE:
        return "One victim has suffered"
    homes = f" of {counted(case.dwellings, 'home')}" if case.dwellings else ""
    return f"{_premises(case) or _PLACES[case.level]}{homes} {_ROLES[case.place_role]}"


def _premises(case: CaseFact) -> str | None:
    """What an address is, where all of its reports that say so agree."""
    if case.level not in _ADDRESSES:
        return None
    reports = (report for incident in case.incidents for report in incident.reports)
    types = {kind for report in reports for role, kind in report.premises if role == case.place_role}
    return _PREMISES.get(types.pop()) if len(types) == 1 else None
