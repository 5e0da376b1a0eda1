"""What an agency has written down of a person: mostly right, never the same twice.

A longitudinal study that compared two records of one person found that 18 % of surnames and 12 % of forenames
disagreed (linkage of the ALSPAC cohort, International Journal of Population Data Science); the rates below make two
agencies disagree in fewer cases than that, and one agency agree with itself more often.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Literal

from simulation import lists
from simulation.addresses import Gazetteer
from simulation.dice import Dice
from simulation.names import variants
from simulation.people import Person
from simulation.places import Place
from simulation.spelling import misdate, misdial, plain, slip


@dataclass(frozen=True, slots=True)
class Habits:
    """How often one agency's staff get something wrong or leave it out, as shares of its records."""

    family_slip: float
    family_variant: float
    given_slip: float
    given_variant: float
    initial: float
    name_order: float
    birth_missing: float
    birth_slip: float
    placeholder: float
    """Share of missing birth dates that are written as 1 January 1900."""
    phone_missing: float
    phone_old: float
    phone_slip: float
    email_missing: float
    address_missing: float
    address_old: float
    """Of those who moved lately, the share whose former address is still on file."""
    unit_missing: float
    street_slip: float
    postcode_missing: float
    keeps_accents: float
    """1 where the system keeps letters such as ş, 0 where it does not."""


Desk = Literal["police", "housing", "council", "online", "landlord"]
"""Whose staff write it down; `online` is the public itself, in a form."""


@cache
def habits_of(desk: Desk) -> Habits:
    """The habits of an agency's staff (lists/habits.csv)."""
    return Habits(**{row["habit"]: float(row[desk]) for row in lists.rows("habits")})


@dataclass(frozen=True, slots=True)
class Record:
    """What was written down; an empty text is a blank field. `slips` names what went wrong."""

    person: Person
    given: str
    family: str
    born: date | None
    phone: str
    email: str
    home: Place | None
    address: str
    postcode: str
    slips: frozenset[str] = field(default_factory=frozenset)


def record(person: Person, desk: Desk, dice: Dice, gazetteer: Gazetteer | None = None) -> Record:
    """One record of the person, made by the agency's staff; addresses as the gazetteer has them, if there is one."""
    if person.part:
        return _carefully(person, desk)
    habits = habits_of(desk)
    clerk = _Clerk(habits, dice, gazetteer)
    given, family = clerk.names(person)
    home = clerk.home(person)
    return Record(
        person=person,
        given=given,
        family=family,
        born=clerk.born(person),
        phone=clerk.phone(person),
        email="" if dice.chance(habits.email_missing) else person.email,
        home=home,
        address=clerk.address(home) if home else "",
        postcode="" if home is None or dice.chance(habits.postcode_missing) else home.postcode,
        slips=frozenset(clerk.slips),
    )


def _carefully(person: Person, agency: Desk) -> Record:
    """Somebody of the fixed story: names spelt as lists/cast_records.csv says, all else as it is."""
    spelt = {(row["given"], row["family"], row["agency"]): row for row in lists.rows("cast_records")}
    row = spelt.get((person.given, person.family, agency))
    accents = habits_of(agency).keeps_accents
    written = (row["given_written"], row["family_written"]) if row else (person.given, person.family)
    given, family = written if accents else (plain(written[0]), plain(written[1]))
    return Record(
        person=person,
        given=given,
        family=family,
        born=None if habits_of(agency).birth_missing == 1 else person.born,
        phone=person.mobile,
        email="" if habits_of(agency).email_missing == 1 else person.email,
        home=person.home,
        address=person.home.head,
        postcode=person.home.postcode,
    )


class _Clerk:
    """Writes down one record and remembers what went wrong."""

    def __init__(self, habits: Habits, dice: Dice, gazetteer: Gazetteer | None) -> None:
        self._habits = habits
        self._gazetteer = gazetteer
        self._dice = dice
        self.slips: set[str] = set()

    def names(self, person: Person) -> tuple[str, str]:
        habits = self._habits
        given = self._name(person.given, habits.given_variant, habits.given_slip, "nickname")
        family = self._name(person.family, habits.family_variant, habits.family_slip, "respelt")
        if person.middle and self._dice.chance(0.3):
            given = f"{given} {self._style(person.middle)}"
        if self._goes("initial", habits.initial):
            given = given[:1]
        return (family, given) if self._goes("name_swapped", habits.name_order) else (given, family)

    def born(self, person: Person) -> date | None:
        if self._goes("birth_missing", self._habits.birth_missing):
            return date(1900, 1, 1) if self._goes("placeholder", self._habits.placeholder) else None
        return misdate(person.born, self._dice) if self._goes("birth_slip", self._habits.birth_slip) else person.born

    def phone(self, person: Person) -> str:
        if self._goes("phone_missing", self._habits.phone_missing):
            return ""
        if self._goes("phone_old", self._habits.phone_old):
            return person.old_mobile
        return (
            misdial(person.mobile, self._dice) if self._goes("phone_slip", self._habits.phone_slip) else person.mobile
        )

    def home(self, person: Person) -> Place | None:
        if self._goes("address_missing", self._habits.address_missing):
            return None
        if person.previous and self._goes("moved", self._habits.address_old):
            return person.previous
        return person.home

    def address(self, home: Place) -> str:
        if self._gazetteer is not None:
            written = self._gazetteer.written(home)
            self.slips |= {"address_slip"} if written.is_wrong else set()
            return written.text
        street = home.street
        if self._goes("street_slip", self._habits.street_slip):
            street = slip(street, self._dice)
        unit = "" if home.unit and self._goes("unit_missing", self._habits.unit_missing) else home.unit
        joint = " " if home.building[:1].isdigit() else ", "
        return ", ".join(part for part in (unit, f"{home.building}{joint}{street}") if part)

    def _name(self, name: str, variant: float, slipped: float, label: str) -> str:
        others = variants().get(name, ())
        if others and self._goes(label, variant):
            return self._style(self._dice.one(others))
        if self._goes("misspelt", slipped):
            return slip(self._style(name), self._dice)
        return self._style(name)

    def _style(self, name: str) -> str:
        return name if self._habits.keeps_accents else plain(name)

    def _goes(self, what: str, share: float) -> bool:
        wrong = self._dice.chance(share)
        if wrong:
            self.slips.add(what)
        return wrong
