"""The contacts of Marsh Lane Homes, a housing association: one file a working day, one line a contact.

A further contact about the same party while a case is open belongs to that case; after it is closed, it opens a new
one (the regulator's measure NM01). When a case is closed its last contact comes again, with the date.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from schemas.vocabulary import PersonRole
from simulation.addresses import Gazetteer
from simulation.clock import local
from simulation.desk import Filed, Mention, Tagged, british_day, numbered
from simulation.dice import Dice
from simulation.happenings import Telling
from simulation.kinds import RESTRICTED
from simulation.narrative import for_housing
from simulation.people import Person
from simulation.quoting import References
from simulation.recording import record
from simulation.settings import Settings
from simulation.spelling import plain
from simulation.tables import write_table

COLUMNS = (
    "contact_id",
    "case_ref",
    "contact_date",
    "contact_time",
    "tenant_id",
    "title",
    "first_name",
    "last_name",
    "date_of_birth",
    "phone",
    "email",
    "property_uprn",
    "property_address",
    "postcode",
    "complaint_about_address",
    "complaint_about_uprn",
    "housemark_category",
    "hate",
    "vulnerability",
    "contact_type",
    "notes",
    "case_status",
    "case_closed_date",
)

_SATURDAY = 5
_PERSONAL = COLUMNS[4:14]
_WAYS = ("Telephone", "Telephone", "Telephone", "Email", "Web form", "Office visit", "Home visit")


@dataclass(slots=True)
class _Case:
    """An open case about one source."""

    reference: str
    closes: date
    last: dict[str, str] = field(default_factory=dict)


class HousingDesk:
    """Takes contacts in order of time and writes each day's file."""

    def __init__(
        self, settings: Settings, references: References, folder: Path, gazetteer: Gazetteer | None = None
    ) -> None:
        self._settings = settings
        self._gazetteer = gazetteer
        self._references = references
        self._folder = folder
        self._cases: dict[tuple[str, str], _Case] = {}
        self._opened = 0
        self._contacts = 0
        self._today: list[dict[str, str]] = []
        self._tags: list[Tagged] = []

    def take(self, telling: Telling) -> Filed:
        """Logs a contact."""
        self._contacts += 1
        reference = f"C{100_000 + self._contacts}"
        dice = Dice(self._settings.luck, "housing", reference)
        case = self._case(telling, dice)
        quoted, quote_tag = self._references.quoted(telling, dice)
        person, slips = self._person(telling)
        when = local(telling.at)
        values = {
            "contact_id": reference,
            "case_ref": case.reference,
            "contact_date": british_day(when.date()),
            "contact_time": when.strftime("%H:%M"),
            "contact_type": dice.one(_WAYS),
            "notes": for_housing(telling, quoted, dice),
            "case_status": "Open",
            "case_closed_date": "",
            **person,
            **_complaint(telling, dice),
        }
        case.last = values
        self._today.append(values)
        self._references.give_out(telling, reference)
        restricted = "restricted" if telling.incident.kind.name == RESTRICTED else ""
        tags = {*telling.tags, *slips, quote_tag, restricted} - {""}
        mentions = (Mention(PersonRole.COMPLAINANT, person["tenant_id"], telling.teller.id),) if telling.teller else ()
        return Filed(reference, telling, mentions, tuple(sorted(tags)))

    def end_day(self, number: int) -> list[Path]:
        """Writes the day's file, if the office had anything to log."""
        day = self._settings.day(number)
        closed = [key for key, case in self._cases.items() if case.closes <= day and day.weekday() < _SATURDAY]
        rows = self._today + [self._closed(key, day) for key in closed]
        self._today = []
        if not rows:
            return []
        path = self._folder / f"contacts_{day.isoformat()}.csv"
        return [write_table(path, COLUMNS, [[row[column] for column in COLUMNS] for row in rows])]

    def drain_tags(self) -> list[Tagged]:
        """Tags of reports that came later than the reports: those whose row came again."""
        tags, self._tags = self._tags, []
        return tags

    def _case(self, telling: Telling, dice: Dice) -> _Case:
        """The open case about this source, whoever complained first, or a new one."""
        key = (telling.incident.place.uprn, telling.incident.kind.name)
        closes = local(telling.at).date() + timedelta(days=dice.between(9, 35))
        if key not in self._cases:
            self._opened += 1
            year = self._settings.start.year % 100
            self._cases[key] = _Case(f"ASB-{year}{self._opened:05d}", closes)
        self._cases[key].closes = closes
        return self._cases[key]

    def _closed(self, key: tuple[str, str], day: date) -> dict[str, str]:
        last = self._cases.pop(key).last
        self._tags.append(Tagged("housing", last["contact_id"], "corrected"))
        return last | {"case_status": "Closed", "case_closed_date": british_day(day)}

    def _person(self, telling: Telling) -> tuple[dict[str, str], frozenset[str]]:
        """The complainant's columns as the tenancy records have them: the same for every contact of one person."""
        teller = telling.teller
        if not isinstance(teller, Person):
            return dict.fromkeys(_PERSONAL, ""), frozenset()
        known = record(teller, "housing", Dice(self._settings.luck, "tenancy", teller.id), self._gazetteer)
        rented = teller.home.landlord == "housing"
        columns = {
            "tenant_id": numbered("T", teller, 3) if rented else "",
            "title": teller.title,
            "first_name": known.given,
            "last_name": known.family,
            "date_of_birth": british_day(known.born),
            "phone": f"{known.phone[:5]} {known.phone[5:]}" if known.phone else "",
            "email": known.email,
            "property_uprn": known.home.uprn if rented and known.home else "",
            "property_address": known.address,
            "postcode": known.postcode,
        }
        return columns, known.slips


def _complaint(telling: Telling, dice: Dice) -> dict[str, str]:
    incident, place = telling.incident, telling.incident.place
    teller, at_home = telling.teller, incident.kind.setting == "home"
    vague = at_home or (incident.suspect is not None and not incident.story and dice.chance(0.1))
    is_stock = place.landlord == "housing" and not vague
    return {
        "complaint_about_address": "" if vague else plain(place.head),
        "complaint_about_uprn": place.uprn if is_stock else "",
        "housemark_category": incident.kind.housemark,
        "hate": "Yes" if incident.kind.name == "hate" else "No",
        "vulnerability": teller.vulnerability if isinstance(teller, Person) else "",
    }
