"""The council's noise team: residents complain by web form or hotline, officers assign, act, merge and close.

Every new complainant opens a case of their own; officers merge cases about one source by hand, some days later. Now
and then a complaint is removed (a test, a double entry), or a point on the map is corrected to a property.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from schemas.vocabulary import PersonRole
from simulation.addresses import Gazetteer
from simulation.clock import midnight
from simulation.desk import Filed, Mention, Tagged
from simulation.dice import Dice
from simulation.happenings import Incident, Telling
from simulation.noise_rows import case_row, complaint_row, staff_row, user_row
from simulation.noise_tables import Row, Tables
from simulation.people import Person
from simulation.quoting import References
from simulation.recording import Record, record
from simulation.settings import Settings

STAFF = (("Moira", "Tunnicliffe"), ("Jide", "Bakare"), ("Sunil", "Rao"), ("Hannah", "Ossory"))
"""The noise team: no residents."""

_FIRST_CASE, _FIRST_COMPLAINT, _FIRST_USER = 5001, 9001, 101
_STEPS = (
    "Contacted complainant",
    "Contacted perpetrator",
    "Visit",
    "Advisory letter sent",
    "Warning letter sent",
    "Noise machine installed",
    "Statutory nuisance witnessed",
    "Telephone call (other)",
    "Case referred to another partner (eg Police, Housing)",
)


@dataclass(slots=True)
class _File:
    """What the team knows of one case beside its row."""

    number: int
    source: str
    kind: str
    complainants: set[str]
    perpetrators: tuple[Mention, ...]
    last: datetime
    merged: bool = False


Work = Callable[[datetime], None]


class NoiseDesk:
    """Takes complaints in order of time and writes a snapshot now and then."""

    def __init__(
        self, settings: Settings, references: References, folder: Path, gazetteer: Gazetteer | None = None
    ) -> None:
        self._settings = settings
        self._gazetteer = gazetteer
        self._references = references
        self._folder = folder
        self._tables = Tables()
        self._open: dict[tuple[str, str], list[_File]] = {}
        self._files: dict[int, _File] = {}
        self._users: dict[str, list[int]] = {}
        self._due: dict[int, list[Work]] = {}
        self._shown: set[int] = set()
        self._tags: list[Tagged] = []
        self._complaints = 0
        for number, (given, family) in enumerate(STAFF, 1):
            self._tables.users.append(staff_row(number, given, family))

    def take(self, telling: Telling) -> Filed:
        """Files a complaint, in a case that this complainant has open or in a new one."""
        number = _FIRST_COMPLAINT + self._complaints
        self._complaints += 1
        dice = Dice(self._settings.luck, "council", number)
        user, slips = self._user(telling, dice)
        by_form = bool(user) and dice.chance(0.7)
        creator = user if by_form else dice.between(1, len(STAFF))
        case = self._case(telling, creator, dice)
        quoted, quote_tag = self._references.quoted(telling, dice)
        self._tables.complaints[number] = complaint_row(telling, number, case.number, creator, user, quoted, dice)
        self._references.give_out(telling, str(case.number))
        self._plan_complaint(telling, number, dice)
        mentions = (Mention(PersonRole.COMPLAINANT, str(user), telling.teller.id),) if telling.teller else ()
        tags = {*telling.tags, *slips, quote_tag} - {""}
        return Filed(str(number), telling, mentions, tuple(sorted(tags)))

    def end_day(self, number: int) -> list[Path]:
        """Does the officers' work that is due, and writes a snapshot where one is."""
        evening = midnight(self._settings.day(number + 1)) - timedelta(hours=8)
        for work in self._due.pop(number, []):
            work(evening)
        if (number + 1) % self._settings.snapshot_every and number + 1 != self._settings.days:
            return []
        self._shown = set(self._tables.complaints)
        return self._tables.write(self._folder / self._settings.day(number).isoformat())

    def drain_tags(self) -> list[Tagged]:
        """Tags of reports that came later than the reports: merged, corrected, withdrawn."""
        tags, self._tags = self._tags, []
        return tags

    def perpetrators(self) -> list[tuple[str, Mention]]:
        """At the end: who is alleged to be behind each complaint, by the complaint's number."""
        rows = self._tables.complaints.values()
        return [(str(row["id"]), mention) for row in rows for mention in self._file_of(row).perpetrators]

    def _file_of(self, complaint: Row) -> _File:
        return self._files[int(str(complaint["case_id"]))]

    def _case(self, telling: Telling, creator: object, dice: Dice) -> _File:
        incident = telling.incident
        teller = telling.teller.id if telling.teller else ""
        alike = self._open.setdefault((incident.place.uprn, incident.kind.noise_kind), [])
        mine = next((file for file in alike if teller and teller in file.complainants), None)
        if mine is None:
            mine = self._new_case(telling, creator, dice)
            mine.complainants.add(teller)
            self._plan_case(mine, telling, alike[0] if alike else None, dice)
            alike.append(mine)
        mine.last = telling.at
        return mine

    def _new_case(self, telling: Telling, creator: object, dice: Dice) -> _File:
        number = _FIRST_CASE + len(self._files)
        row = case_row(telling, number, creator, dice)
        self._tables.put_case(row, telling.at, creator, "+")
        incident = telling.incident
        file = _File(number, incident.place.uprn, incident.kind.noise_kind, set(), (), telling.at)
        file.perpetrators = self._accuse(incident, number, dice)
        self._files[number] = file
        return file

    def _accuse(self, incident: Incident, case: int, dice: Dice) -> tuple[Mention, ...]:
        """Names the one behind it, in three cases of ten where somebody is known to be."""
        if incident.suspect is None or not dice.chance(0.3):
            return ()
        user = self._add_user(record(incident.suspect, "council", dice, self._gazetteer), contact=False, dice=dice)
        self._tables.perpetrators.append({"case_id": case, "user_id": user})
        return (Mention(PersonRole.ALLEGED_PERPETRATOR, str(user), incident.suspect.id),)

    def _user(self, telling: Telling, dice: Dice) -> tuple[int | str, frozenset[str]]:
        """The complainant's number; one in twenty signs up again when they complain again."""
        teller = telling.teller
        if not isinstance(teller, Person):
            return "", frozenset()
        known = self._users.setdefault(teller.id, [])
        if known and not dice.chance(0.05):
            return known[-1], frozenset()
        written = record(teller, "council", dice, self._gazetteer)
        known.append(self._add_user(written, contact=True, dice=dice))
        return known[-1], written.slips

    def _add_user(self, written: Record, contact: bool, dice: Dice) -> int:
        number = _FIRST_USER + len(self._tables.users)
        self._tables.users.append(user_row(number, written, contact, dice))
        return number

    def _plan_case(self, file: _File, telling: Telling, older: _File | None, dice: Dice) -> None:
        officer = dice.between(1, len(STAFF))
        self._later(telling, 1, lambda when: self._assign(file, when, officer))
        if (
            not self._tables.cases[file.number]["uprn"]
            and telling.incident.kind.setting != "street"
            and dice.chance(0.4)
        ):
            self._later(telling, dice.between(2, 9), lambda when: self._correct(file, when, officer, telling.incident))
        if older and dice.chance(0.65):
            self._later(telling, dice.between(1, 4), lambda when: self._merge(file, older, when, officer))
        step, note = dice.one(_STEPS), dice.one(("", "No answer.", "Left a message.", "Second letter if it goes on."))
        self._later(telling, dice.between(2, 8), lambda when: self._tables.act(file.number, when, officer, step, note))

    def _plan_complaint(self, telling: Telling, number: int, dice: Dice) -> None:
        days = self._settings.snapshot_every + dice.between(0, 6)
        if dice.chance(0.008) and not telling.incident.story:
            self._later(telling, days, lambda when: self._remove(number))
        elif dice.chance(0.03):
            self._later(telling, days, lambda when: self._amend(number))
        self._later(telling, 28, lambda when: self._close(number, when))

    def _later(self, telling: Telling, days: int, work: Work) -> None:
        day = (telling.at - midnight(self._settings.start)).days + days
        self._due.setdefault(day, []).append(work)

    def _assign(self, file: _File, when: datetime, officer: int) -> None:
        self._tables.put_case({**self._tables.cases[file.number], "assigned_id": officer}, when, officer)

    def _correct(self, file: _File, when: datetime, officer: int, incident: Incident) -> None:
        """The officer finds which property the resident's point on the map meant."""
        place = incident.place
        found: Row = {"uprn": place.uprn, "easting": place.easting, "northing": place.northing, "radius": ""}
        case = {**self._tables.cases[file.number], **found, "location_cache": place.address}
        self._tables.put_case(case, when, officer)
        self._tag_complaints(file.number, "corrected")

    def _merge(self, file: _File, older: _File, when: datetime, officer: int) -> None:
        """The complaints move to the older case; the other stays without any."""
        if file.merged or older.merged:
            return
        file.merged = True
        self._tag_complaints(file.number, "merged")
        for row in self._tables.complaints.values():
            if row["case_id"] == file.number:
                row["case_id"] = older.number
        older.complainants |= file.complainants
        self._open[file.source, file.kind].remove(file)
        self._tables.put_case(dict(self._tables.cases[file.number]), when, officer)
        self._tables.act(older.number, when, officer, "", "")

    def _amend(self, number: int) -> None:
        row = self._tables.complaints.get(number)
        if row is not None:
            row["effect"] = f"{row['effect']} (added later by officer: spoke to resident)".strip()
            self._tags.append(Tagged("council", str(number), "corrected"))

    def _remove(self, number: int) -> None:
        """Only what a snapshot has shown: nobody outside would ever know of another."""
        if number in self._shown:
            del self._tables.complaints[number]
            self._tags.append(Tagged("council", str(number), "withdrawn"))

    def _close(self, number: int, when: datetime) -> None:
        """Four weeks after a complaint, if it was the last of its case."""
        row = self._tables.complaints.get(number)
        file = self._file_of(row) if row else None
        if file and when - file.last > timedelta(days=26) and file in self._open[file.source, file.kind]:
            self._open[file.source, file.kind].remove(file)
            self._tables.act(file.number, when, 1, "Case closed", "No further complaints.")

    def _tag_complaints(self, case: int, tag: str) -> None:
        rows = self._tables.complaints.values()
        self._tags += [Tagged("council", str(row["id"]), tag) for row in rows if row["case_id"] == case]
