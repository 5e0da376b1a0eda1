"""What a demonstration promises, each held against what the system says now; an untrue one ends it with exit code 1."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from store.evaluation import Conclusions
from wardlink.demo.cases import AGENCIES, Readers, View, agency_of, person_of, reports_of
from wardlink.demo.truth import Truth


@dataclass(frozen=True, slots=True)
class Fact:
    """One promise: a name for machines, a sentence for people, and whether it holds."""

    name: str
    says: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What facts are checked against."""

    readers: Readers
    truth: Truth
    found: Conclusions
    quarantined: int

    def incidents(self, story: str) -> set[str | None]:
        """The incidents that a story's reports were put in."""
        return {self.found.incident_of.get(report_id) for report_id in self.truth.story[story]}

    def victims(self, story: str) -> set[str | None]:
        """The persons that the victims of a story's reports were found to be."""
        return {person_of(report_id, self.found) for report_id in self.truth.story[story]}


def check(evidence: Evidence) -> list[Fact]:
    """All promises, in the order in which they are told."""
    return [Fact(name, says, holds(evidence)) for name, says, holds in _PROMISES]


def three_answers(readers: Readers, case_id: str | None) -> dict[str, View | None]:
    """One case as each agency's caseworker sees it."""
    return {agency: readers.case(agency, case_id) if case_id else None for agency in AGENCIES}


def _one_woman(evidence: Evidence) -> bool:
    victims, told = evidence.victims("three_agencies"), evidence.truth.story["three_agencies"]
    return (
        len(victims) == 1
        and None not in victims
        and len(evidence.incidents("three_agencies")) == len(told)
        and {agency_of(report_id) for report_id in told} == set(AGENCIES)
    )


def _one_party(evidence: Evidence) -> bool:
    return len(evidence.incidents("party")) == 1 and None not in evidence.incidents("party")


def _three_nights(evidence: Evidence) -> bool:
    victims = evidence.victims("three_nights")
    nights = len(evidence.truth.story["three_nights"])
    return len(evidence.incidents("three_nights")) == nights and len(victims) == 1 and None not in victims


def _three_answers(evidence: Evidence) -> bool:
    case_id = person_of(evidence.truth.story["three_agencies"][0], evidence.found)
    answers = [view["incidents"] for view in three_answers(evidence.readers, case_id).values() if view]
    return len(answers) == len(AGENCIES) and all(one != other for one, other in combinations(answers, 2))


def _restricted(evidence: Evidence) -> bool:
    """Each agency sees its own report of the domestic abuse and no one else's; the council, that told nothing, none."""
    told = evidence.truth.story["domestic_abuse"]
    cases = {person for report_id in told if (person := person_of(report_id, evidence.found))}
    views = {agency: [evidence.readers.case(agency, case) for case in cases] for agency in AGENCIES}
    return bool(cases) and all(
        agency_of(report_id) == agency for agency, seen in views.items() for report_id in _told_of(seen, told)
    )


def _namesakes(evidence: Evidence) -> bool:
    told, truth = evidence.truth.story["same_named_neighbour"], evidence.truth.person_of
    true = {
        report_id: {p for mention, p in truth.items() if mention.partition("#")[0] == report_id} for report_id in told
    }
    return all(
        person_of(one, evidence.found) != person_of(other, evidence.found)
        for one, other in combinations(told, 2)
        if true[one] != true[other]
    )


def _nothing_lost(evidence: Evidence) -> bool:
    truth, found = evidence.truth, evidence.found
    stored = set(found.incident_of)
    return (
        stored == set(truth.incident_of) - truth.withdrawn
        and found.withdrawn <= truth.withdrawn
        and not found.unseen
        and evidence.quarantined == 0
    )


_PROMISES: Sequence[tuple[str, str, Callable[[Evidence], bool]]] = (
    (
        "three_agencies",
        "one woman who told three agencies of three nights is one victim with three incidents",
        _one_woman,
    ),
    ("party", "all calls about one party are one incident", _one_party),
    ("three_nights", "three nights at one flat are three incidents of one victim", _three_nights),
    ("three_answers", "one case gives three agencies three different answers", _three_answers),
    (
        "restricted",
        "of a restricted report, nobody but the agency that holds it sees more than whom to ask",
        _restricted,
    ),
    ("same_named_neighbour", "neighbours who share a name are two people", _namesakes),
    (
        "nothing_lost",
        "every report that was told is stored once for its agency to see, and none is in quarantine",
        _nothing_lost,
    ),
)


def _told_of(views: Iterable[View | None], told: Iterable[str]) -> set[str]:
    return {report["report_id"] for view in views for report in reports_of(view)} & set(told)
