"""The police's command and control log: one file a day of what was opened on it, and of older rows that changed.

The log is extracted at six in the morning: what is still open has no closing code, and comes again in the file of the
day on which it is closed. A row that becomes a crime comes again with the crime's reference.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from schemas.vocabulary import PersonRole
from simulation.addresses import Gazetteer
from simulation.clock import local, midnight
from simulation.desk import Filed, Mention, Tagged, british_day, british_time, numbered, police_day
from simulation.dice import Dice
from simulation.happenings import Official, Part, Telling
from simulation.kinds import RESTRICTED
from simulation.narrative import for_police
from simulation.people import Person
from simulation.quoting import References
from simulation.recording import Record, record
from simulation.settings import Settings
from simulation.spelling import plain
from simulation.tables import write_table

COLUMNS = (
    "incident_no",
    "opened_at",
    "closed_at",
    "grade",
    "opening_code",
    "closing_code",
    "qualifier",
    "crimed_ref",
    "location",
    "postcode",
    "uprn",
    "easting",
    "northing",
    "beat",
    "caller_ref",
    "caller_name",
    "caller_dob",
    "caller_phone",
    "caller_address",
    "caller_postcode",
    "caller_role",
    "vulnerable",
    "hate_strand",
    "restricted_flags",
    "narrative",
)

ROLES: dict[Part, str] = {
    "victim": "Victim",
    "witness": "Witness",
    "third party": "Third party",
    "official": "Official",
    "anonymous": "Anonymous",
    "hoax": "Hoax",
}
"""`caller_role` as the log states it, by the part in which somebody tells."""

_TRUE_ROLES: dict[Part, PersonRole] = {
    "victim": PersonRole.VICTIM,
    "witness": PersonRole.WITNESS,
    "third party": PersonRole.REPORTER_ON_BEHALF,
    "official": PersonRole.WITNESS,
    "hoax": PersonRole.COMPLAINANT,
}
"""Officials and hoaxers are told apart from residents by their kind."""

_HATE_STRANDS = ("Race", "Race", "Religion", "Disability", "Sexual orientation", "Transgender identity")
_CALLS_A_DAY = 9000
_EXTRACT = timedelta(hours=6)
_HOAX_NAMES = ("John Smith", "Mr Khan", "Dave", "Sharon Jones", "Mr Brown", "Ali", "Mrs Green")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One incident of the log as it stands once it is closed."""

    values: dict[str, str]
    closed: datetime

    def as_of(self, extracted: datetime) -> list[str]:
        """Its row as the log shows it at a time: while it is open, nothing is known of its end."""
        blank = () if self.closed <= extracted else ("closed_at", "closing_code", "crimed_ref")
        return ["" if column in blank else self.values[column] for column in COLUMNS]


class PoliceDesk:
    """Takes calls in order of time and writes the log."""

    def __init__(
        self, settings: Settings, references: References, folder: Path, gazetteer: Gazetteer | None = None
    ) -> None:
        self._settings = settings
        self._gazetteer = gazetteer
        self._references = references
        self._folder = folder
        self._today: list[_Entry] = []
        self._open: list[_Entry] = []
        self._last = (settings.start, 0)
        self._tags: list[Tagged] = []
        self._crimes: list[tuple[Telling, str, str, datetime]] = []

    def take(self, telling: Telling) -> Filed:
        """Opens an incident in the log."""
        number = self._number(telling.at)
        dice = Dice(self._settings.luck, "police", number)
        quoted, quote_tag = self._references.quoted(telling, dice)
        caller, slips = _caller(telling, dice, self._gazetteer)
        where, where_tag = _location(telling, dice)
        closed, ending = self._ending(telling, dice)
        values = {
            "incident_no": number,
            "opened_at": british_time(telling.at),
            "closed_at": british_time(closed),
            "narrative": for_police(telling, quoted, dice),
            **_codes(telling, dice),
            **where,
            **caller,
            **ending,
        }
        self._today.append(_Entry(values, closed))
        self._references.give_out(telling, number)
        if values["crimed_ref"]:
            self._crimes.append((telling, number, values["crimed_ref"], closed))
        tags = {*telling.tags, *slips, quote_tag, where_tag, *_tags(telling)} - {""}
        return Filed(number, telling, _mentions(telling, values["caller_ref"]), tuple(sorted(tags)))

    def end_day(self, number: int) -> list[Path]:
        """Writes the log of a day: what was opened on it, then what was closed since the last extract."""
        day = self._settings.day(number)
        extracted = midnight(self._settings.day(number + 1)) + _EXTRACT
        ended = [entry for entry in self._open if entry.closed <= extracted]
        rows = [entry.as_of(extracted) for entry in (*self._today, *ended)]
        self._tags += [Tagged("police", entry.values["incident_no"], "corrected") for entry in ended]
        self._open = [entry for entry in (*self._open, *self._today) if entry.closed > extracted]
        self._today = []
        return [write_table(self._folder / f"cad_{day.isoformat()}.csv", COLUMNS, rows)]

    def drain_tags(self) -> list[Tagged]:
        """Tags of reports that came later than the reports: those whose row came again."""
        tags, self._tags = self._tags, []
        return tags

    def drain_crimes(self) -> list[tuple[Telling, str, str, datetime]]:
        """What was told and will be recorded as a crime: its number, the crime's, and when that is recorded."""
        crimes, self._crimes = self._crimes, []
        return crimes

    def _number(self, opened: datetime) -> str:
        """Numbers start again each day and rise with the force's calls, of which these are a few."""
        day = local(opened).date()
        seconds = (opened - midnight(day)).total_seconds()
        last = self._last[1] if self._last[0] == day else 0
        count = max(last + 1, int(seconds / 86_400 * _CALLS_A_DAY) + 1)
        self._last = (day, count)
        return f"{count}/{police_day(day)}"

    def _ending(self, telling: Telling, dice: Dice) -> tuple[datetime, dict[str, str]]:
        """When it is closed, and as what."""
        kind = telling.incident.kind
        if telling.crimed:
            days_left = self._settings.days - (local(telling.at).date() - self._settings.start).days - 1
            closed = telling.at + timedelta(days=min(dice.between(1, 5), max(0, days_left)), minutes=7)
            crime = f"{dice.between(1_000_000, 9_999_999)}/{closed.year % 100:02d}"
            return closed, {"closing_code": kind.police_opening, "crimed_ref": crime}
        minutes = dice.between(25, 420) if dice.chance(0.9) else dice.between(900, 4300)
        return telling.at + timedelta(minutes=minutes), {"closing_code": kind.police_closing, "crimed_ref": ""}


def _codes(telling: Telling, dice: Dice) -> dict[str, str]:
    incident, kind = telling.incident, telling.incident.kind
    vulnerable = isinstance(telling.teller, Person) and telling.teller.vulnerability and dice.chance(0.7)
    return {
        "grade": dice.one("SRIE") if dice.chance(0.15) else kind.grade,
        "opening_code": "Rowdy or Inconsiderate Behaviour" if dice.chance(0.2) else kind.police_opening,
        "qualifier": kind.qualifier,
        "vulnerable": "Y" if vulnerable else "N",
        "hate_strand": Dice("strand", incident.id, incident.began.isoformat()).one(_HATE_STRANDS)
        if kind.name == "hate"
        else "",
        "restricted_flags": "DOMESTIC ABUSE" if kind.name == RESTRICTED else "",
    }


def _location(telling: Telling, dice: Dice) -> tuple[dict[str, str], str]:
    """Where it happened, as far as the call taker could find it in the gazetteer; and a tag if only the building.

    The story's places are always on the map: what it tells must not hang on a call taker's luck.
    """
    place, outdoors = telling.incident.place, telling.incident.kind.setting in ("street", "square")
    vague = bool(place.unit) and dice.chance(0.12)
    exact = not vague and not outdoors and dice.chance(0.3)
    text = place.shell if vague else place.head
    easting, northing = (0, 0) if exact else (dice.between(-5, 5), dice.between(-5, 5))
    mapped = dice.chance(0.93) or bool(telling.incident.story)
    where = {
        "location": plain(f"{'O/S ' if outdoors else ''}{text}").upper(),
        "postcode": place.postcode if dice.chance(0.6) else "",
        "uprn": place.uprn if exact else "",
        "easting": str(place.easting + easting) if mapped else "",
        "northing": str(place.northing + northing) if mapped else "",
        "beat": f"{place.postcode.split()[0]}{place.ward[-2:]}",
    }
    return where, "building_only" if vague else ""


def _caller(telling: Telling, dice: Dice, gazetteer: Gazetteer | None) -> tuple[dict[str, str], frozenset[str]]:
    """The caller's columns, and what went wrong when they were written down."""
    if isinstance(telling.teller, Person):
        known = record(telling.teller, "police", dice, gazetteer)
        known_before = dice.chance(0.35)
        return _columns(telling, known, numbered("N", telling.teller, 7) if known_before else ""), known.slips
    if telling.teller is None:
        return _blank(telling), frozenset()
    return _official(telling, telling.teller, dice), frozenset()


def _columns(telling: Telling, known: Record, reference: str) -> dict[str, str]:
    return {
        "caller_ref": reference,
        "caller_name": f"{known.given} {known.family}".upper(),
        "caller_dob": british_day(known.born),
        "caller_phone": known.phone,
        "caller_address": plain(known.address).upper(),
        "caller_postcode": known.postcode,
        "caller_role": ROLES[telling.part],
    }


def _official(telling: Telling, official: Official, dice: Dice) -> dict[str, str]:
    name = official.name or dice.one(_HOAX_NAMES)
    return _blank(telling) | {
        "caller_name": name.upper(),
        "caller_phone": official.phone,
        "caller_address": official.address.upper(),
    }


def _blank(telling: Telling) -> dict[str, str]:
    columns = [column for column in COLUMNS if column.startswith("caller_")]
    return dict.fromkeys(columns, "") | {"caller_role": ROLES[telling.part]}


def _mentions(telling: Telling, reference: str) -> tuple[Mention, ...]:
    return (Mention(_TRUE_ROLES[telling.part], reference, telling.teller.id),) if telling.teller else ()


def _tags(telling: Telling) -> tuple[str, ...]:
    return (
        "crimed" if telling.crimed else "",
        "restricted" if telling.incident.kind.name == RESTRICTED else "",
    )
