"""Sharing agreements as data: who tells whom, how much, for which purpose, on which legal basis, from when to when.

The parts of an information sharing agreement that a machine can keep (Data sharing code of practice, Data Protection
Act 2018 section 121): parties, purpose, legal basis, exact fields (by tier), exclusions, validity, version.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from policy.facts import AGENCY_PATTERN, Role
from policy.months import london_date, start_of
from policy.tiers import Tier
from policy.yaml_form import Form, Mistakes, parse
from schemas.vocabulary import Category, Regime, Restriction

_FILE = "agreements file"


class StockLevel(StrEnum):
    """The levels of places that may be in a landlord's stock: one home, or a building with homes."""

    UPRN = "uprn"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What `giver` may tell `taker`. Both days of its validity belong to it, in Europe/London.

    A report with a restriction is told up to `roles` only when all of its restrictions are in `named`; otherwise only
    that something exists, if `tell_existence`, and nothing at all when one of them is in `silent`.

    `stock_levels`: a taker that is a landlord is told of a repeat place of these levels in its stock though it reported
    nothing of it. It is told in tier SUMMARY alone, whatever the roles say, and of nothing that is restricted.
    """

    id: str
    version: int
    giver: str
    taker: str
    roles: Mapping[Role, Tier]
    purpose: str
    legal_basis: str
    regime: Regime
    excluded_categories: frozenset[Category] = frozenset()
    named: frozenset[Restriction] = frozenset()
    silent: frozenset[Restriction] = frozenset()
    tell_existence: bool = False
    stock_levels: frozenset[StockLevel] = frozenset()
    valid_from: date
    valid_to: date

    @property
    def citation(self) -> str:
        """How a disclosure cites it: id@version."""
        return f"{self.id}@{self.version}"

    def is_valid(self, day: date) -> bool:
        """Whether it is in force on a day in London."""
        return self.valid_from <= day <= self.valid_to


class Agreements:
    """All agreements of one file; never changed after it is made."""

    def __init__(self, agreements: Iterable[Agreement] = ()) -> None:
        self.all = tuple(sorted(agreements, key=lambda agreement: (agreement.id, agreement.version)))

    @cached_property
    def by_giver(self) -> Mapping[str, tuple[Agreement, ...]]:
        """The agreements by the agency that tells."""
        givers = {agreement.giver for agreement in self.all}
        return {giver: tuple(each for each in self.all if each.giver == giver) for giver in givers}

    @cached_property
    def stock_levels(self) -> frozenset[StockLevel]:
        """The levels of which any agreement, at any time, lets a landlord be told."""
        return frozenset[StockLevel]().union(*(each.stock_levels for each in self.all))

    def between(self, giver: str, taker: str) -> tuple[Agreement, ...]:
        """What one agency tells another, in any role, at any time."""
        return tuple(each for each in self.by_giver.get(giver, ()) if each.taker == taker)

    def next_change(self, now: int) -> int | None:
        """The first microsecond after `now` at which an agreement begins or has ended; None: nothing will change.

        Share rows that were made before hold until then.
        """
        begins = {agreement.valid_from for agreement in self.all}
        ended = {agreement.valid_to + timedelta(days=1) for agreement in self.all if agreement.valid_to < date.max}
        today = london_date(now)
        later = [day for day in begins | ended if day > today]
        return start_of(min(later)) if later else None


def load_agreements(source: Path | str) -> Agreements:
    """The agreements of a YAML file (Path) or text; Refused once, with every mistake in it.

    docs: policy/agreements/demo.yaml shows the form.
    """
    mistakes = Mistakes(_FILE)
    file = Form(parse(source, _FILE), "", mistakes)
    forms = file.forms("agreements")
    file.refuse_others(also=("terms",))
    agreements = [_agreement(form) for form in forms]
    _refuse_overlaps(agreements, forms)
    mistakes.refuse_if_any()
    return Agreements(agreements)


def _agreement(form: Form) -> Agreement:
    valid_from, valid_to = _validity(form)
    agreement = Agreement(
        id=_code(form, "id"),
        version=form.whole("version", least=1),
        giver=_code(form, "from"),
        taker=_code(form, "to"),
        roles=_roles(form),
        purpose=form.text("purpose"),
        legal_basis=form.text("legal_basis"),
        regime=form.choice("regime", Regime),
        excluded_categories=form.choices("excluded_categories", Category),
        named=form.choices("named_restrictions", Restriction),
        silent=form.choices("silent_restrictions", Restriction),
        tell_existence=form.truth("tell_existence", default=False),
        stock_levels=form.choices("stock_levels", StockLevel),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _refuse_contradictions(agreement, form)
    form.refuse_others()
    return agreement


def _code(form: Form, key: str) -> str:
    code = form.text(key)
    if code and not AGENCY_PATTERN.fullmatch(code):
        form.wrong(key, "must be of small letters, digits, '-', '_' and '.'")
    return code


def _roles(form: Form) -> dict[Role, Tier]:
    given = form.form("roles")
    tiers = {name: given.text(name) for name in given.names}
    if not tiers:
        form.wrong("roles", "must give a tier to at least one role")
    for name, tier in tiers.items():
        if name not in Role._value2member_map_:
            form.wrong(f"roles.{name}", f"is no role (roles are {', '.join(Role)})")
        if tier not in Tier.__members__ or tier == Tier.NONE.name:
            form.wrong(f"roles.{name}", "must be a tier: EXISTENCE, SUMMARY, CASE or PERSON")
    return {Role(n): Tier[t] for n, t in tiers.items() if n in Role._value2member_map_ and t in Tier.__members__}


def _validity(form: Form) -> tuple[date, date]:
    first, last = form.day("valid_from"), form.day("valid_to")
    if first is None or last is None:
        form.wrong("valid_from, valid_to", "must both be given: an agreement has a day of review")
    if first is not None and last is not None and last < first:
        form.wrong("valid_to", "must not be before valid_from")
    return first or date.max, last or date.min


def _refuse_contradictions(agreement: Agreement, form: Form) -> None:
    if agreement.giver and agreement.giver == agreement.taker:
        form.wrong("to", "must be another agency than from")
    both = ", ".join(sorted(agreement.named & agreement.silent))
    if both:
        form.wrong("silent_restrictions", f"must not be named as well: {both}")


def _refuse_overlaps(agreements: list[Agreement], forms: list[Form]) -> None:
    """Two entries of one id must have different versions, and one at most is in force on any day."""
    for index, (agreement, form) in enumerate(zip(agreements, forms, strict=True)):
        for other in agreements[:index]:
            if agreement.id != other.id or not agreement.id:
                continue
            if agreement.version == other.version:
                form.wrong("version", f"stands twice for {agreement.id}")
            elif agreement.valid_from <= other.valid_to and other.valid_from <= agreement.valid_to:
                form.wrong("valid_from", f"overlaps version {other.version} of {agreement.id}")
