"""Value-free facts on the quality of a report, taken while it is open: what is missing, a placeholder, or found.

Each fact is `field:fact`. The quality room reads these facts and the clear envelope; it holds no key.
"""

import re
from collections.abc import Iterator

from schemas.records import Person, Place, Report, ReportDetail

_PLACEHOLDER_TEXTS = frozenset({"n/a", "na", "none", "unknown", "not known", "tbc", "test", "xxx", "-", "."})
_PLACEHOLDER_BIRTH_DATES = frozenset({"1900-01-01", "1901-01-01", "1970-01-01"})
_BIRTH_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_UPRN = re.compile(r"\d{1,12}")
_FOUND_IN_TEXT = (
    ("telephone_found", re.compile(r"(?<!\d)0\d{3,4}[ -]?\d{3}[ -]?\d{3,4}(?!\d)")),
    ("national_insurance_number_found", re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b")),
    ("email_found", re.compile(r"[^\s@]+@[^\s@]+\.[a-zA-Z]{2,}")),
)


def quality_facts(report: Report, detail: ReportDetail | None) -> list[str]:
    """The facts of one report, sorted; `detail` is None for openly published sources."""
    facts = set(_of_envelope(report))
    if detail is not None:
        facts.update(_of_narrative(detail.narrative))
        facts.update(_of_persons(detail.persons))
        facts.update(_of_places((*report.open_places, *detail.places)))
    return sorted(facts)


def _of_envelope(report: Report) -> Iterator[str]:
    if report.occurred is None:
        yield "occurred:missing"
    elif report.occurred.earliest.at > report.received.at:
        yield "occurred:after_received"
    if report.reported is None:
        yield "reported:missing"
    if report.lsoa is None:
        yield "lsoa:missing"


def _of_narrative(text: str | None) -> Iterator[str]:
    if not text or not text.strip():
        yield "narrative:missing"
        return
    if text.strip().lower() in _PLACEHOLDER_TEXTS:
        yield "narrative:placeholder"
    yield from (f"narrative:{fact}" for fact, pattern in _FOUND_IN_TEXT if pattern.search(text))


def _of_persons(persons: tuple[Person, ...]) -> Iterator[str]:
    if not persons:
        yield "persons:missing"
    for person in persons:
        yield from _of_person(person)


def _of_person(person: Person) -> Iterator[str]:
    name = person.family_name or person.full_name
    if not name:
        yield "persons.name:missing"
    elif name.strip().lower() in _PLACEHOLDER_TEXTS:
        yield "persons.name:placeholder"
    if not person.birth_date:
        yield "persons.birth_date:missing"
    elif person.birth_date in _PLACEHOLDER_BIRTH_DATES:
        yield "persons.birth_date:placeholder"
    elif not _BIRTH_DATE.fullmatch(person.birth_date):
        yield "persons.birth_date:invalid"
    if not person.telephones and not person.emails:
        yield "persons.contact:missing"


def _of_places(places: tuple[Place, ...]) -> Iterator[str]:
    if not places:
        yield "places:missing"
    for place in places:
        role = place.role.value.lower()
        if place.uprn is None:
            yield f"places.{role}.uprn:missing"
        elif not _UPRN.fullmatch(place.uprn):
            yield f"places.{role}.uprn:invalid"
        if place.latitude is None and place.uprn is None:
            yield f"places.{role}.point:missing"
