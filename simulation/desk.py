"""What all agencies' desks have in common: they take what is told, number it, and say what the truth is."""

from dataclasses import dataclass
from datetime import date, datetime

from schemas.vocabulary import PersonRole
from simulation.clock import local
from simulation.happenings import Telling
from simulation.kinds import Agency
from simulation.people import Person

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


@dataclass(frozen=True, slots=True)
class Mention:
    """Who a person in a report truly is: their role, and the agency's number for them if the row states it."""

    role: PersonRole
    reference: str
    person: str


@dataclass(frozen=True, slots=True)
class Filed:
    """One report as an agency filed it, with the truth about it."""

    reference: str
    telling: Telling
    mentions: tuple[Mention, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """Something that became true of a report after it was filed."""

    agency: Agency
    reference: str
    tag: str


def numbered(prefix: str, person: Person, system: int) -> str:
    """The number that a system has for a person; systems number people in orders of their own."""
    mixed = (int(person.id[1:]) * (9_999_991 - 1_000 * system) + 104_729 * system) % 10_000_019
    return f"{prefix}{mixed:08d}"


def british_time(when: datetime) -> str:
    """By the clock on the wall, without saying whether summer time: 25/10/2026 01:30:00."""
    return local(when).strftime("%d/%m/%Y %H:%M:%S")


def british_day(day: date | None) -> str:
    """22/11/2026, or nothing."""
    return day.strftime("%d/%m/%Y") if day else ""


def police_day(day: date) -> str:
    """22NOV26, whatever the machine's language."""
    return f"{day.day:02d}{_MONTHS[day.month - 1]}{day.year % 100:02d}"
