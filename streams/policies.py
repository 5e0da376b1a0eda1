"""The policies that resolve goes by: sharing agreements and the rules of each area."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from policy.agreement import Agreement
from policy.facts import ReportFact
from policy.months import london_date
from policy.rulebook import Rulebook, Rules
from policy.sharing import Agreements, ShareSet, share_set


def _nobody(_level: str, _uprn: str, _day: date) -> frozenset[str]:
    return frozenset()


def _forget_nothing() -> None:
    """Nobody was asked."""


@dataclass(frozen=True, slots=True)
class Policies:
    """What may be told to whom, and which cases need someone."""

    agreements: Agreements
    rulebook: Rulebook
    dwellings: Callable[[str], int | None]
    """The number of homes below a parent UPRN, where known."""
    landlords: Callable[[str, str, date], frozenset[str]] = _nobody
    """By level of a place, its UPRN and a day: in whose stock it is."""
    forget_homes: Callable[[], None] = _forget_nothing
    """Gazetteers and lists of homes are imported beside the stream: what was asked is asked again after a tick."""

    def in_force(self, now: int) -> str:
        """Names the set of agreements that are in force at a time; another name means that shares must be made anew."""
        return _digest(self.agreements, london_date(now))

    def rules(self, area: str) -> Rules:
        """The rules of an area."""
        return self.rulebook.for_area(area)

    def share_set(self, fact: ReportFact, now: int, placed: bool) -> ShareSet:
        """Everybody who may see anything of a report; no agreement speaks of what could not be placed."""
        return share_set(fact, self.agreements if placed else _NO_AGREEMENTS, now)


_NO_AGREEMENTS = Agreements()


@lru_cache(maxsize=64)
def _digest(agreements: Agreements, day: date) -> str:
    text = "\n".join(_as_text(agreement) for agreement in agreements.all if agreement.is_valid(day))
    return blake2b(text.encode(), digest_size=8).hexdigest()


def _as_text(agreement: Agreement) -> str:
    """All that an agreement allows, the same on every machine."""
    roles = sorted((role.value, tier.name) for role, tier in agreement.roles.items())
    sets = (agreement.excluded_categories, agreement.named, agreement.silent)
    parts = (agreement.citation, agreement.giver, agreement.taker, roles, *map(sorted, sets), agreement.tell_existence)
    if agreement.stock_levels:
        parts = (*parts, sorted(agreement.stock_levels))
    return repr(parts)
