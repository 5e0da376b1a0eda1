"""What the agencies' readers see of the story: all of it is read, nothing is assumed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from policy.facts import Reader, Role
from schemas.errors import Refused
from simulation.clock import LONDON
from store.evaluation import Conclusions
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


class Readers:
    """The caseworkers of the agencies."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
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

    def alerts_of(self, agency: str, case_id: str) -> Sequence[View]:
        """Every alert about a case that an agency's caseworkers were ever told, also those that are withdrawn."""
        return [row for row in self._views[agency].alerts(limit=100_000, withdrawn=True) if row["case_id"] == case_id]

    def leader(self, case_id: str) -> str | None:
        """The agency that was sent what a case's reports amount to; the police, if several were."""
        sent = {each: [row for row in self.alerts(each) if row["case_id"] == case_id] for each in AGENCIES}
        return next((each for each, rows in sent.items() if any(row["report_ids"] for row in rows)), None)

    def quarantine(self, agency: str, settled: bool = False) -> Sequence[View]:
        """The rows that an agency's data steward has still to mend, or those that are settled."""
        return Views(self._settings, Reader(agency, Role.STEWARD), "data quality").quarantine(100_000, settled)

    def bond(self, agency: str, graph: str, left: str, right: str) -> Bond | None:
        """Why two reports are one incident, or have one victim, or not; None where the reader may not see both."""
        try:
            explanation = self._views[agency].why(left, right)
        except Refused:
            return None
        pairs = [explanation.incident] if graph == "incident" else list(explanation.persons)
        best = max(pairs, key=lambda pair: pair.bits, default=None)
        return Bond(graph, left, right, best.bits, best.band, best.sentence) if best else None


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
