"""The telling cases of a demonstration, as the agencies' readers see them: all of it is read, nothing is assumed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from policy.facts import Reader, Role
from schemas.errors import Refused
from simulation.clock import LONDON
from store.evaluation import Conclusions
from wardlink.demo.truth import Truth
from wardlink.settings import Settings
from wardlink.views import Views

AGENCIES = ("police", "housing", "council")

View = Mapping[str, Any]
"""One case as one reader sees it (wardlink.views)."""


@dataclass(frozen=True, slots=True)
class Bond:
    """Why two reports are one thing, or not: the bits together and a sentence."""

    graph: str
    left: str
    right: str
    bits: float
    band: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TellingCase:
    """One story as the police's caseworker sees it: its reports in order of telling, why they are linked or not, and
    what is due in its case.

    `incidents` and `victims` count what was concluded of the story's reports; `case_id` is None where there is no case.
    """

    story: str
    case_id: str | None
    reports: Sequence[View]
    incidents: int
    victims: int
    bonds: Sequence[Bond]
    alerts: Sequence[View]


class Readers:
    """The caseworkers of the agencies."""

    def __init__(self, settings: Settings) -> None:
        self._views = {agency: Views(settings, Reader(agency, Role.CASEWORKER), "demonstration") for agency in AGENCIES}

    def case(self, agency: str, case_id: str) -> View | None:
        """A case as an agency's caseworker sees it; None where there is none for them."""
        try:
            return self._views[agency].case(case_id)
        except Refused:
            return None

    def alerts(self, agency: str) -> Sequence[View]:
        """All standing alerts of an agency's caseworkers."""
        return self._views[agency].alerts(limit=100_000)

    def bond(self, agency: str, graph: str, left: str, right: str) -> Bond | None:
        """Why two reports are one incident, or have one victim, or not; None where the reader may not see both."""
        try:
            explanation = self._views[agency].why(left, right)
        except Refused:
            return None
        pairs = [explanation.incident] if graph == "incident" else list(explanation.persons)
        best = max(pairs, key=lambda pair: pair.bits, default=None)
        return Bond(graph, left, right, best.bits, best.band, best.sentence) if best else None


def one_woman(readers: Readers, truth: Truth, found: Conclusions) -> TellingCase:
    """One victim who told three agencies, with why her reports have one victim."""
    ids = truth.story["three_agencies"]
    return _telling(readers, "three_agencies", [("person", *pair) for pair in pairwise(ids)], truth, found)


def one_party(readers: Readers, truth: Truth, found: Conclusions) -> TellingCase:
    """The party, with why the first call and the first to another agency are one incident."""
    first, *others = truth.story["party"]
    elsewhere = next((each for each in others if agency_of(each) != agency_of(first)), others[-1])
    return _telling(readers, "party", [("incident", first, elsewhere)], truth, found)


def three_nights(readers: Readers, truth: Truth, found: Conclusions) -> TellingCase:
    """Three nights of one victim, with why two of them have one victim and are two incidents."""
    first, second, *_ = truth.story["three_nights"]
    wanted = [("person", first, second), ("incident", first, second)]
    return _telling(readers, "three_nights", wanted, truth, found)


def _telling(
    readers: Readers, story: str, wanted: Sequence[tuple[str, str, str]], truth: Truth, found: Conclusions
) -> TellingCase:
    ids = truth.story[story]
    case_id = person_of(ids[0], found)
    view = readers.case("police", case_id) if case_id else None
    shown = {report["report_id"]: report for report in reports_of(view)}
    bonds = (readers.bond("police", *pair) for pair in wanted)
    return TellingCase(
        story=story,
        case_id=case_id if view else None,
        reports=[shown[report_id] for report_id in ids if report_id in shown],
        incidents=len({found.incident_of.get(report_id) for report_id in ids}),
        victims=len({person_of(report_id, found) for report_id in ids}),
        bonds=[bond for bond in bonds if bond],
        alerts=view["alerts"] if view else (),
    )


def agency_of(report_id: str) -> str:
    """The agency whose report it is."""
    return report_id.partition(":")[0]


def person_of(report_id: str, found: Conclusions) -> str | None:
    """The victim that a report was found to have."""
    mentions = (person for mention, person in found.person_of.items() if mention.partition("#")[0] == report_id)
    return next(mentions, None)


def reports_of(view: View | None) -> Iterator[View]:
    """All reports of a case, in order."""
    for incident in view["incidents"] if view else ():
        yield from incident["reports"]


def told(report: View) -> datetime | None:
    """When a report was told, by the clock in London, else when it happened; None where its reader may not know."""
    at: datetime | None = report.get("reported") or report.get("occurred")
    return at.astimezone(LONDON) if at else None
