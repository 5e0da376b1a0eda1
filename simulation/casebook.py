"""Cases as a small landlord keeps them: one for each complainant, source and kind of behaviour, until it is quiet."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from simulation.addresses import Gazetteer
from simulation.clock import local
from simulation.desk import british_day
from simulation.dice import Dice
from simulation.happenings import Telling
from simulation.kinds import Agency
from simulation.people import Person
from simulation.recording import Record, record
from simulation.settings import Settings
from simulation.spelling import plain

_ENDS = ("Resolved", "Resolved", "No further contact", "Warning letter sent", "Referred to police")


@dataclass(slots=True)
class Case:
    """One case: whose it is, what they complain of, and what has been told so far, in order."""

    reference: str
    opened: date
    telling: Telling
    known: Record | None
    outcome: str
    closes: date
    tellings: list[Telling] = field(default_factory=list)
    is_closed: bool = False

    @property
    def complainant(self) -> str:
        """Their name as it is on file; empty for somebody who gave none."""
        return f"{self.known.given} {self.known.family}" if self.known else ""

    @property
    def address(self) -> str:
        """Where they live, as it is on file."""
        return self.known.address if self.known else ""

    @property
    def source(self) -> str:
        """What they complain of; empty where it is their own home."""
        incident = self.telling.incident
        return "" if incident.kind.setting == "home" else plain(incident.place.head)

    @property
    def closed(self) -> str:
        """The day on which it was closed, or nothing."""
        return british_day(self.closes if self.is_closed else None)


class Casebook:
    """All cases of one landlord."""

    def __init__(self, settings: Settings, agency: Agency, prefix: str, gazetteer: Gazetteer | None) -> None:
        self._settings = settings
        self._agency = agency
        self._prefix = prefix
        self._gazetteer = gazetteer
        self._open: dict[tuple[str, str, str], Case] = {}
        self._opened = 0

    def add(self, telling: Telling) -> Case:
        """The case to which a telling belongs: the open one, or a new one. It stays open some weeks longer."""
        incident, teller = telling.incident, telling.teller
        who = teller.id if teller else f"nobody {self._opened}"
        key = (who, incident.place.uprn, incident.kind.name)
        case = self._open.get(key) or self._new(telling, key)
        dice = Dice(self._settings.luck, self._agency, case.reference, len(case.tellings))
        case.closes = local(telling.at).date() + timedelta(days=dice.between(14, 42))
        case.tellings.append(telling)
        return case

    def close(self, day: date) -> list[Case]:
        """Closes what has been quiet long enough, and says which."""
        done = [key for key, case in self._open.items() if case.closes <= day]
        cases = [self._open.pop(key) for key in done]
        for case in cases:
            case.is_closed = True
        return cases

    def _new(self, telling: Telling, key: tuple[str, str, str]) -> Case:
        self._opened += 1
        reference = f"{self._prefix}-{self._settings.start:%y}{self._opened:04d}"
        dice = Dice(self._settings.luck, self._agency, reference)
        day = local(telling.at).date()
        case = Case(reference, day, telling, self._known(telling), dice.one(_ENDS), day)
        self._open[key] = case
        return case

    def _known(self, telling: Telling) -> Record | None:
        """The complainant as the tenancy records have them: the same in every case."""
        if not isinstance(telling.teller, Person):
            return None
        dice = Dice(self._settings.luck, self._agency, "tenancy", telling.teller.id)
        return record(telling.teller, "landlord", dice, self._gazetteer)


def mobile(known: Record | None) -> str:
    """A telephone number as landlords type it: 07200 123456."""
    return f"{known.phone[:5]} {known.phone[5:]}" if known and known.phone else ""


def uprn_on_file(case: Case, agency: Agency) -> str:
    """The property number of the complainant's home, where it is the landlord's own."""
    home = case.known.home if case.known else None
    return home.uprn if home and home.landlord == agency else ""
