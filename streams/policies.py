"""The policies that resolve goes by: sharing agreements and the rules of each area."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from policy.facts import Reader, ReportFact, Role
from policy.rulebook import Rulebook, Rules
from policy.sharing import Agreements, ShareRow, share_rows


@dataclass(frozen=True, slots=True)
class Policies:
    """What may be told to whom, and which cases need someone."""

    agreements: Agreements
    rulebook: Rulebook
    dwellings: Mapping[str, int] = field(default_factory=dict)
    """Parent UPRN to the number of homes in it."""

    def rules(self, area: str) -> Rules:
        """The rules of an area."""
        return self.rulebook.for_area(area)

    def shares(self, fact: ReportFact, now: int) -> tuple[ShareRow, ...]:
        """Everybody who may see anything of a report."""
        return share_rows(fact, self.agreements, now)

    def recipients(self, owners: Iterable[str]) -> list[Reader]:
        """Who may be told of a case with reports of these agencies: they, and those they share with."""
        agencies = set(owners)
        for owner in owners:
            agencies.update(agreement.taker for agreement in self.agreements.by_giver.get(owner, ()))
        return [Reader(agency, Role.CASEWORKER) for agency in sorted(agencies)]
