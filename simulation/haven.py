"""Haven Homes: cases with their contact lines, two files a week, and diary sheets that tenants send back.

A delivery holds the cases that were touched since the last one, with all their lines, in the characters of Windows. A
diary sheet comes a fortnight after its first entry; an entry bears no number, so its reference is made of the case, of
a keyed hash of whose diary it is (here a star), and of when it happened.
"""

from dataclasses import dataclass, field
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
from simulation.narrative import for_council, for_housing
from simulation.people import Person
from simulation.quoting import References
from simulation.settings import Settings
from simulation.spelling import plain
from simulation.tables import write_table

FEED: Feed = "haven-cases"
DIARIES: Feed = "haven-diaries"

_AGENCY: Agency = "haven"
_EVERY = 7
_SHEET_DAYS = 14
_WAYS = ("phone", "phone", "e-mail", "visit", "web form")

CASES = (
    "Case Ref",
    "Date Opened",
    "Date Closed",
    "Nature",
    "Hate",
    "Complainant",
    "DOB",
    "Mobile",
    "Address",
    "Postcode",
    "UPRN",
    "Perpetrator",
    "Perpetrator Address",
    "Perpetrator UPRN",
    "Vulnerability",
    "Description",
    "Closure Reason",
    "Officer",
)
LINES = (
    "Line ID",
    "Case No",
    "Line Date",
    "Line Time",
    "Method",
    "Line Notes",
    "Date of Incident",
    "Time of Incident",
)
ENTRIES = (
    "Date of incident",
    "Time from",
    "To",
    "Type of nuisance",
    "What happened and who was involved",
    "How did it affect you?",
    "Names of witnesses",
)


@dataclass(slots=True)
class _Sheet:
    """A diary that somebody keeps for a case."""

    case: Case
    due: date
    entries: list[tuple[str, ...]] = field(default_factory=list)


class HavenDesk:
    """Takes contacts and diary entries in order of time; writes on a day of each week, and sheets as they come back."""

    def __init__(
        self, settings: Settings, references: References, folder: Path, gazetteer: Gazetteer | None = None
    ) -> None:
        self._settings = settings
        self._references = references
        self._folder = folder
        self._book = Casebook(settings, _AGENCY, "HH", gazetteer)
        self._lines: dict[str, list[dict[str, str]]] = {}
        self._touched: dict[str, Case] = {}
        self._sheets: dict[str, _Sheet] = {}
        self._count = 0

    def take(self, telling: Telling) -> Filed:
        """Logs a contact, or keeps an entry of a diary until its sheet is sent back."""
        case = self._book.add(telling)
        self._count += 1
        dice = Dice(self._settings.luck, "haven line", self._count)
        quoted, quote_tag = self._references.quoted(telling, dice)
        is_entry = telling.through == DIARIES
        reference = (self._enter if is_entry else self._log)(case, telling, quoted, dice)
        self._references.give_out(telling, case.reference)
        slips = case.known.slips if case.known else frozenset()
        restricted = "restricted" if telling.incident.kind.name == RESTRICTED else ""
        tags = {*telling.tags, *slips, quote_tag, restricted, "diary" if is_entry else ""} - {""}
        mentions = (Mention(PersonRole.COMPLAINANT, "", telling.teller.id),) if telling.teller else ()
        return Filed(reference, telling, mentions, tuple(sorted(tags)))

    def end_day(self, number: int) -> list[Path]:
        """Writes the sheets that came back, and once a week and on the last day what was touched."""
        day, last = self._settings.day(number), number + 1 == self._settings.days
        self._touched |= {case.reference: case for case in self._book.close(day) if case.reference in self._lines}
        due = [reference for reference, sheet in self._sheets.items() if sheet.due <= day or last]
        files = [self._write_sheet(self._sheets.pop(reference), day) for reference in due]
        if self._touched and (last or number % _EVERY == _EVERY - 1):
            files += self._deliver(day)
        return files

    def _log(self, case: Case, telling: Telling, quoted: str, dice: Dice) -> str:
        when, began = local(telling.at), local(telling.incident.began)
        reference = f"L{500_000 + self._count}"
        line = {
            "Line ID": reference,
            "Case No": case.reference,
            "Line Date": british_day(when.date()),
            "Line Time": when.strftime("%H:%M"),
            "Method": dice.one(_WAYS),
            "Line Notes": f"{plain(for_housing(telling, quoted, dice))} \N{EN DASH} logged.",
            "Date of Incident": british_day(began.date()),
            "Time of Incident": began.strftime("%H:%M") if dice.chance(0.6) else "",
        }
        self._lines.setdefault(case.reference, []).append(line)
        self._touched[case.reference] = case
        return reference

    def _enter(self, case: Case, telling: Telling, quoted: str, dice: Dice) -> str:
        began = local(telling.incident.began)
        ended = local(telling.incident.began + timedelta(minutes=telling.incident.minutes))
        words, effect = for_council(telling, quoted, dice)
        times = dice.one(("%H:%M", "%H.%M"))
        kind = telling.incident.kind.housemark
        entry = (
            british_day(began.date()),
            began.strftime(times),
            ended.strftime(times),
            kind,
            plain(words),
            plain(effect),
        )
        due = local(telling.at).date() + timedelta(days=_SHEET_DAYS)
        self._sheets.setdefault(case.reference, _Sheet(case, due)).entries.append((*entry, ""))
        return f"{case.reference}/*/{began:%Y%m%dT%H%M}"

    def _deliver(self, day: date) -> list[Path]:
        folder = self._folder / FEED / day.isoformat()
        cases, self._touched = sorted(self._touched.items()), {}
        lines = [line for reference, _ in cases for line in self._lines[reference]]
        return [
            write_table(folder / "ASB_Cases.csv", CASES, (_case_row(case) for _, case in cases), encoding="cp1252"),
            write_table(
                folder / "ASB_Contact_Lines.csv",
                LINES,
                ([line[column] for column in LINES] for line in lines),
                encoding="cp1252",
            ),
        ]

    def _write_sheet(self, sheet: _Sheet, day: date) -> Path:
        path = self._folder / DIARIES / f"diary_{sheet.case.reference}_{day.isoformat()}.csv"
        return write_table(path, ENTRIES, sheet.entries, above=_above(sheet.case, day))


def _case_row(case: Case) -> list[str]:
    known, incident = case.known, case.telling.incident
    suspect, teller, place = incident.suspect, case.telling.teller, incident.place
    is_named = suspect is not None and Dice("named", case.reference, incident.id).chance(0.2)
    return [
        case.reference,
        british_day(case.opened),
        case.closed,
        incident.kind.housemark,
        "Race" if incident.kind.name == "hate" else "",
        case.complainant,
        british_day(known.born if known else None),
        mobile(known),
        case.address,
        known.postcode if known else "",
        uprn_on_file(case, _AGENCY),
        plain(f"{suspect.given} {suspect.family}") if suspect and is_named else "",
        case.source,
        place.uprn if case.source and place.landlord == _AGENCY else "",
        teller.vulnerability if isinstance(teller, Person) else "",
        f"{incident.kind.housemark} \N{EN DASH} see lines.",
        case.outcome if case.is_closed else "",
        "J. Osei",
    ]


def _above(case: Case, day: date) -> tuple[tuple[str, ...], ...]:
    """The head of a diary sheet: whose it is, and about what."""
    known = case.known
    return (
        ("ASB DIARY SHEET", "", "", "", "", "", ""),
        ("Case reference:", case.reference, "", "Your name", case.complainant, "", ""),
        ("Your address", case.address, "", "Postcode", known.postcode if known else "", "", ""),
        ("Telephone", mobile(known), "", "Address complained of", case.source, "", ""),
        ("Date received", british_day(day), "", "", "", "", ""),
        ("", "", "", "", "", "", ""),
    )
