"""Two small landlords, whose spreadsheets were made for people: one list a month each.

Weir Tenants' Co-operative keeps dated notes in one cell of each case; Foundry Almshouses counts contacts, so that each
row is a summary, which nobody can tell apart into incidents.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from schemas.vocabulary import PersonRole
from simulation.addresses import Gazetteer
from simulation.casebook import Case, Casebook, mobile, uprn_on_file
from simulation.clock import local
from simulation.desk import Filed, Mention, british_day
from simulation.dice import Dice
from simulation.feeds import Feed
from simulation.happenings import Telling
from simulation.kinds import RESTRICTED, Agency
from simulation.narrative import for_housing
from simulation.quoting import References
from simulation.settings import Settings
from simulation.spelling import plain
from simulation.tables import write_table

NOTES: Feed = "weir-notes"
LIST: Feed = "foundry-cases"

NOTES_COLUMNS = ("Case Ref", "Opened", "Category", "Tenant Name", "Mobile", "E-mail", "Address", "Postcode", "Notes")
LIST_GROUPS = ("", "Complainant", "", "", "", "Dates", "", "", "", "", "")
LIST_COLUMNS = (
    "Case ref",
    "Name",
    "DOB",
    "Address",
    "Property UPRN",
    "Opened",
    "Closed",
    "First incident",
    "Last incident",
    "No of contacts",
    "Category",
)


class _MonthlyDesk(ABC):
    """Takes contacts in order of time; at each month's end, and on the last day, a list of the cases it touched."""

    agency: Agency
    prefix: str

    def __init__(
        self, settings: Settings, references: References, folder: Path, gazetteer: Gazetteer | None = None
    ) -> None:
        self._settings = settings
        self._references = references
        self._folder = folder
        self._book = Casebook(settings, self.agency, self.prefix, gazetteer)
        self._touched: dict[str, Case] = {}

    def take(self, telling: Telling) -> Filed:
        """Notes a contact in its case."""
        case = self._book.add(telling)
        dice = Dice(self._settings.luck, self.agency, case.reference, "note", len(case.tellings))
        quoted, quote_tag = self._references.quoted(telling, dice)
        reference = self._note(case, telling, quoted, dice)
        self._touched[case.reference] = case
        self._references.give_out(telling, case.reference)
        slips = case.known.slips if case.known else frozenset()
        restricted = "restricted" if telling.incident.kind.name == RESTRICTED else ""
        mentions = (Mention(PersonRole.COMPLAINANT, "", telling.teller.id),) if telling.teller else ()
        tags = {*telling.tags, *slips, self._quote_tag(quote_tag), restricted} - {""}
        return Filed(reference, telling, mentions, tuple(sorted(tags)))

    def end_day(self, number: int) -> list[Path]:
        """Closes what is quiet; writes where a month, or the whole, ends."""
        day = self._settings.day(number)
        self._touched |= {case.reference: case for case in self._book.close(day)}
        ends = (day + timedelta(days=1)).day == 1 or number + 1 == self._settings.days
        if not ends or not self._touched:
            return []
        cases, self._touched = sorted(self._touched.items()), {}
        return [self._write(day, [case for _, case in cases])]

    @abstractmethod
    def _note(self, case: Case, telling: Telling, quoted: str, dice: Dice) -> str:
        """Keeps what was told; returns the reference of the report that it is, or is part of."""

    def _quote_tag(self, tag: str) -> str:
        return tag

    @abstractmethod
    def _write(self, day: date, cases: Sequence[Case]) -> Path:
        """Writes the list of these cases; returns its path."""


class WeirDesk(_MonthlyDesk):
    """The co-operative's cases with dated notes."""

    agency = "weir"
    prefix = "WTC"

    def __init__(
        self, settings: Settings, references: References, folder: Path, gazetteer: Gazetteer | None = None
    ) -> None:
        super().__init__(settings, references, folder, gazetteer)
        self._notes: dict[str, list[str]] = {}

    def _note(self, case: Case, telling: Telling, quoted: str, dice: Dice) -> str:
        began = local(telling.incident.began)
        words = plain(for_housing(telling, quoted, dice))
        self._notes.setdefault(case.reference, []).append(f"{began:%d/%m/%Y %H:%M} - {words}")
        return f"{case.reference}/{began:%Y%m%dT%H%M}"

    def _write(self, day: date, cases: Sequence[Case]) -> Path:
        above = (("Weir Tenants\N{RIGHT SINGLE QUOTATION MARK} Co-operative",), (f"ASB log to {british_day(day)}",), ())
        rows = ([*_head(case), "\n".join(self._notes[case.reference])] for case in cases)
        path = self._folder / NOTES / f"cases_{day.isoformat()}.csv"
        return write_table(path, NOTES_COLUMNS, rows, above=above, encoding="cp1252")


class FoundryDesk(_MonthlyDesk):
    """The trust's list of cases, of which nothing but a count says how often somebody complained."""

    agency = "foundry"
    prefix = "FA"

    def _note(self, case: Case, telling: Telling, quoted: str, dice: Dice) -> str:
        return case.reference

    def _quote_tag(self, tag: str) -> str:
        """A list has no words in which anything could be quoted."""
        return ""

    def _write(self, day: date, cases: Sequence[Case]) -> Path:
        path = self._folder / LIST / f"cases_{day.isoformat()}.csv"
        return write_table(path, LIST_COLUMNS, (_counted(case) for case in cases), above=(LIST_GROUPS,))


def _head(case: Case) -> list[str]:
    known, category = case.known, case.telling.incident.kind.housemark
    email, postcode = (known.email, known.postcode) if known else ("", "")
    opened = british_day(case.opened)
    return [case.reference, opened, category, case.complainant, mobile(known), email, case.address, postcode]


def _counted(case: Case) -> list[object]:
    known = case.known
    days = sorted(local(telling.incident.began).date() for telling in case.tellings)
    return [
        case.reference,
        case.complainant,
        british_day(known.born if known else None),
        case.address,
        uprn_on_file(case, "foundry"),
        british_day(case.opened),
        case.closed,
        british_day(days[0]),
        british_day(days[-1]),
        len(case.tellings),
        case.telling.incident.kind.housemark,
    ]
