"""Who may see how much of a report: the one visibility function, and the share rows that row-level security reads.

Deny by default: a report's own agency sees it, by role; anybody else only by a sharing agreement in force, up to the
tier that it gives. What is restricted (product rule 13) needs an agreement that names every restriction of the report.

A complainant's identity never goes to an alleged perpetrator: a reader is an agency's member of staff in a role, no
role stands for a party; persons' fields exist in tier PERSON alone, and alert sentences (policy.sentences) are made
of counts, dates and agencies only. What an agency writes to a resident is outside these rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from policy.agreement import Agreement, Agreements, load_agreements
from policy.facts import Reader, ReportFact, Role
from policy.months import london_date
from policy.tiers import Tier, fields_of
from schemas.vocabulary import Category, Regime, Restriction

__all__ = [
    "Agreements",
    "Share",
    "ShareSet",
    "Tier",
    "Visibility",
    "fields_of",
    "load_agreements",
    "share_set",
    "told_to_landlord",
    "visible",
]

OWN_TIERS: Mapping[Role, Tier] = {
    Role.CASEWORKER: Tier.PERSON,
    Role.GOVERNANCE: Tier.PERSON,
    Role.STEWARD: Tier.CASE,
    Role.OPERATOR: Tier.EXISTENCE,
}
"""What an agency's own staff see of its reports. Governance answers residents' requests and must see all; a steward
mends records by id, place and date; an operator runs the machine."""

OWN_TIERS_IF_RESTRICTED: Mapping[Role, Tier] = {**OWN_TIERS, Role.STEWARD: Tier.EXISTENCE}

_RESTRICTED_CATEGORIES: Mapping[Category, Restriction] = {
    Category.DOMESTIC_ABUSE: Restriction.DOMESTIC_ABUSE,
    Category.SEXUAL_OFFENCE: Restriction.SEXUAL_OFFENCE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visibility:
    """How much of one report one reader may see, and why. Its citation goes into every audit row of a disclosure."""

    tier: Tier
    legal_basis: str
    purpose: str = ""
    regime: Regime = Regime.NOT_STATED
    agreement: str | None = None
    version: str | None = None
    restricted: bool = False

    @property
    def citation(self) -> str | None:
        """The agreement as id@version; None for the reader's own report and for what nobody allows."""
        return None if self.agreement is None else f"{self.agreement}@{self.version}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that may be shown."""
        return fields_of(self.tier)


class Share(NamedTuple):
    """What one reader may see of a report. One of tier EXISTENCE must open nothing of the report itself."""

    agency: str
    role: Role
    tier: Tier
    agreement: str | None
    version: str | None


class ShareSet(NamedTuple):
    """Everybody who may see anything of a report. `set_id` follows from the shares: most reports have one of few."""

    set_id: str
    shares: tuple[Share, ...]


def visible(reader: Reader, report: ReportFact, agreements: Agreements, now: int) -> Visibility:
    """THE visibility function: how much of a report a reader may see at a time (microseconds UTC).

    It depends on its arguments alone: on the report's agency, category and restrictions, and on the day in London.
    """
    return _visible(reader, report.agency, restrictions_of(report), report.category, agreements, london_date(now))


def told_to_landlord(
    reader: Reader, report: ReportFact, level: str, agreements: Agreements, now: int
) -> Agreement | None:
    """The agreement by which a landlord is told of a report at a place of its stock, though it reported nothing there.

    None, so nothing is told, unless an agreement in force names the level of the place, gives the reader's role at
    least tier SUMMARY, and the report bears no restriction (product rules 9 and 13).
    """
    if restrictions_of(report):
        return None
    return _told_to_landlord(reader, report.agency, report.category, level, agreements, london_date(now))


def share_set(report: ReportFact, agreements: Agreements, now: int) -> ShareSet:
    """Everybody who may see anything of a report, to be stored in the report's own transaction.

    It holds until `agreements.next_change(now)`.
    """
    return _share_set(report.agency, restrictions_of(report), report.category, agreements, london_date(now))


def restrictions_of(report: ReportFact) -> frozenset[str]:
    """A report's restrictions: those stated, and the one that its category implies."""
    implied = _RESTRICTED_CATEGORIES.get(report.category)
    return report.restrictions if implied is None else report.restrictions | {implied}


@lru_cache(maxsize=65_536)
def _visible(
    reader: Reader, owner: str, restrictions: frozenset[str], category: Category, agreements: Agreements, day: date
) -> Visibility:
    if reader.agency == owner:
        return _own(reader.role, restrictions)
    in_force = [each for each in agreements.between(owner, reader.agency) if each.is_valid(day)]
    answers = [_by(agreement, reader.role, restrictions, category) for agreement in in_force]
    return max(answers, key=lambda answer: answer.tier, default=_NOTHING)


@lru_cache(maxsize=4096)
def _told_to_landlord(
    reader: Reader, owner: str, category: Category, level: str, agreements: Agreements, day: date
) -> Agreement | None:
    for agreement in agreements.between(owner, reader.agency):
        is_meant = agreement.is_valid(day) and level in agreement.stock_levels
        if is_meant and _tier_by(agreement, reader.role, frozenset(), category) >= Tier.SUMMARY:
            return agreement
    return None


def _own(role: Role, restrictions: frozenset[str]) -> Visibility:
    tiers = OWN_TIERS_IF_RESTRICTED if restrictions else OWN_TIERS
    return Visibility(tier=tiers[role], legal_basis="the agency's own record", restricted=tiers[role] < OWN_TIERS[role])


def _by(agreement: Agreement, role: Role, restrictions: frozenset[str], category: Category) -> Visibility:
    tier = _tier_by(agreement, role, restrictions, category)
    if tier is Tier.NONE:
        return _NOTHING
    return Visibility(
        tier=tier,
        legal_basis=agreement.legal_basis,
        purpose=agreement.purpose,
        regime=agreement.regime,
        agreement=agreement.id,
        version=str(agreement.version),
        restricted=not restrictions <= agreement.named,
    )


def _tier_by(agreement: Agreement, role: Role, restrictions: frozenset[str], category: Category) -> Tier:
    if role not in agreement.roles or category in agreement.excluded_categories or restrictions & agreement.silent:
        return Tier.NONE
    if restrictions <= agreement.named:
        return agreement.roles[role]
    return Tier.EXISTENCE if agreement.tell_existence else Tier.NONE


_NOTHING = Visibility(tier=Tier.NONE, legal_basis="no sharing agreement allows it")


@lru_cache(maxsize=65_536)
def _share_set(
    owner: str, restrictions: frozenset[str], category: Category, agreements: Agreements, day: date
) -> ShareSet:
    takers = sorted({agreement.taker for agreement in agreements.by_giver.get(owner, ())})
    readers = [Reader(agency, role) for agency in (owner, *takers) for role in Role]
    answers = [(reader, _visible(reader, owner, restrictions, category, agreements, day)) for reader in readers]
    shares = tuple(
        Share(reader.agency, reader.role, answer.tier, answer.agreement, answer.version)
        for reader, answer in answers
        if answer.tier > Tier.NONE
    )
    return ShareSet(_name(shares), shares)


def _name(shares: tuple[Share, ...]) -> str:
    text = repr([(each.agency, each.role.value, each.tier.name, each.agreement, each.version) for each in shares])
    return blake2b(text.encode(), digest_size=16).hexdigest()
