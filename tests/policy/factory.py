"""Makes facts for the tests of policy: times are written as London wall-clock text, ids as short as can be."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from policy.facts import CaseFact, IncidentFact, Reader, ReportFact
from policy.months import LONDON, start_of
from policy.rulebook import Rules, load_rules
from policy.sharing import Agreements, load_agreements
from schemas.vocabulary import CaseKind, Category, Restriction

POLICE, HOUSING, COUNCIL = (Reader.parse(f"{agency}/caseworker") for agency in ("police", "housing", "council"))

AGREEMENT = """
- id: {giver}-to-{taker}
  version: 1
  from: {giver}
  to: {taker}
  roles: {{caseworker: {tier}}}
  purpose: ASB case management
  legal_basis: Crime and Disorder Act 1998 section 115
  regime: UK_GDPR
  tell_existence: yes
  valid_from: 2020-01-01
  valid_to: 2029-12-31
"""


def plain_rules() -> Rules:
    """Plain counts, and no inbox."""
    return load_rules(Path(__file__).with_name("plain_rules.yaml")).for_area("any")


def at(text: str) -> int:
    """Microseconds of a London time such as `2026-03-05` (noon) or `2026-03-05 23:30`."""
    moment = datetime.fromisoformat(text if " " in text else f"{text} 12:00").replace(tzinfo=LONDON)
    return int(moment.timestamp()) * 1_000_000


def on(day: date) -> int:
    """Noon of a day in London, in microseconds."""
    return start_of(day) + 12 * 3_600_000_000


def report(report_id: str, when: str | None = None, **more: Any) -> ReportFact:
    """A report; its agency stands before the colon of its id."""
    time = None if when is None else at(when)
    values: dict[str, Any] = {
        "agency": report_id.partition(":")[0],
        "category": Category.NOISE,
        "earliest": time,
        "latest": time,
        "reported": time,
        "received": time if time is not None else at("2026-01-01"),
    }
    return ReportFact(report_id=report_id, **{**values, **more})


def incident(*reports: ReportFact, name: str | None = None) -> IncidentFact:
    """One incident, named after its first report."""
    return IncidentFact(incident_id=name or f"i-{reports[0].report_id}", reports=reports)


def told(report_id: str, when: str | None = None, **more: Any) -> IncidentFact:
    """An incident that one report tells of."""
    return incident(report(report_id, when, **more))


def victim(*incidents: IncidentFact, case_id: str = "v1") -> CaseFact:
    """A repeat victim's case."""
    return CaseFact(case_id=case_id, kind=CaseKind.REPEAT_VICTIM, incidents=incidents)


def place(subject: str, incidents: Sequence[IncidentFact], dwellings: int | None = None) -> CaseFact:
    """A repeat place's case, for example of `block/source`."""
    return CaseFact(
        case_id="p1", kind=CaseKind.REPEAT_PLACE, subject=subject, incidents=tuple(incidents), dwellings=dwellings
    )


def agreements(*tiers: tuple[str, str, str], more: str = "") -> Agreements:
    """Agreements of (giver, taker, tier); `more` adds keys to each."""
    entries = (AGREEMENT.format(giver=giver, taker=taker, tier=tier) + more for giver, taker, tier in tiers)
    return load_agreements(f"agreements: {'' if tiers else '[]'}\n" + "".join(entries))


DAYS = st.dates(date(2025, 9, 1), date(2026, 4, 30))
"""Close enough together for rules to be true, with a change of the clocks at either end."""

AGENCIES = st.sampled_from(("police", "housing", "council"))

PLACES = st.none() | st.sampled_from(("flat-1", "flat-2", "flat-3"))


@st.composite
def reports(draw: st.DrawFn, number: int, days: st.SearchStrategy[date] = DAYS) -> ReportFact:
    """A report of any sort, numbered so that ids differ."""
    agency, day = draw(AGENCIES), draw(days)
    told_after = draw(st.integers(0, 45))
    return ReportFact(
        report_id=f"{agency}:{number}",
        agency=agency,
        category=draw(st.sampled_from((Category.NOISE, Category.HARASSMENT, Category.DRUGS, Category.OTHER))),
        kind_countable=draw(st.integers(0, 9)) > 0,
        earliest=on(day),
        latest=on(day) + draw(st.sampled_from((0, 3_600_000_000))),
        reported=draw(st.none() | st.just(on(day + timedelta(days=told_after)))),
        received=on(day + timedelta(days=told_after + draw(st.integers(0, 5)))),
        restrictions=draw(st.sampled_from((frozenset(), frozenset(), frozenset({Restriction.STALKING})))),
        hate=draw(st.integers(0, 8)) == 0,
        crimed=draw(st.integers(0, 9)) == 0,
        case_open=draw(st.booleans()),
        shadow_source=draw(st.integers(0, 9)) == 0,
        source_place=draw(PLACES),
        affected_place=draw(st.none() | st.just("home")),
    )


@st.composite
def victims(draw: st.DrawFn, most: int = 6, days: st.SearchStrategy[date] = DAYS) -> CaseFact:
    """A victim's case of any sort."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=most))
    numbers = iter(range(sum(sizes)))
    incidents = [incident(*(draw(reports(next(numbers), days)) for _ in range(size))) for size in sizes]
    return victim(*incidents)
