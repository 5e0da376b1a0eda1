"""Very many reports in very little time, to load a system: one police log for each of up to 300 areas.

Plainer than a borough: one adult in a home, one agency, no corrections. But victims repeat, problems last, several
callers tell of one occasion, names are slipped and numbers left out, so that there is something to link; and the truth
of incidents and callers stands beside the log. One area at a time is held in memory, so that memory does not grow with
the number of areas.

OUT/<area>/police-cad/cad_YYYY-MM.csv    the log, one file a month
OUT/<area>/truth/                        incidents.csv, persons.csv (simulation.truth)

Read one with `wardlink ingest OUT/<area>/police-cad --source table --profile police-cad --agency police --area <area>`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from schemas.errors import Refused
from schemas.vocabulary import PersonRole
from simulation.dice import Dice
from simulation.mass_rows import Callers, Clock, Mouths
from simulation.police import COLUMNS
from simulation.settings import MOST_TOWNS
from simulation.tables import write_table

MOST_REPORTS = 100_000
"""Of one area: what is held in memory at once."""

_LEAST_REPORTS = 50
_REPORTS_A_HOME = 4.0
_OF_PROBLEMS = 0.4
"""Share of what begins that is a lasting problem."""

_LONGEST = 110
_CALLS = 0.75
"""Share of those disturbed who ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mass:
    """So many reports, spread evenly over so many areas and some days. Raises Refused for what cannot be made."""

    areas: int
    reports: int
    seed: int = 7
    start: date = date(2026, 10, 1)
    days: int = 365

    def __post_init__(self) -> None:
        each = self.reports / self.areas if self.areas > 0 else 0
        if not 1 <= self.areas <= MOST_TOWNS:
            raise Refused(f"so many areas cannot be simulated: give from 1 to {MOST_TOWNS}")
        if not _LEAST_REPORTS <= each <= MOST_REPORTS:
            raise Refused(
                f"so many reports cannot be spread over {self.areas} areas: give {_LEAST_REPORTS} to {MOST_REPORTS:,} "
                "for each, or another number of areas"
            )
        if self.days < 1:
            raise Refused("reports need a day to come on: give 1 day or more")

    def reports_of(self, number: int) -> int:
        """The reports of one area, by its number from 0."""
        return self.reports // self.areas + (number < self.reports % self.areas)


@dataclass(frozen=True, slots=True)
class Heap:
    """What was written of one area."""

    area: str
    reports: int
    incidents: int
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class _Call:
    """One call: seconds since the first midnight, then what it is about."""

    at: int
    order: int
    incident: int
    kind: int
    source: int
    caller: int


def pour(mass: Mass, folder: Path) -> Iterator[Heap]:
    """Writes area after area below a folder; equal settings, equal bytes."""
    mouths = Mouths(mass.seed)
    for number in range(mass.areas):
        yield _write(mass, number, folder, mouths)


def area_code(number: int) -> str:
    """A code in the form of a local authority's, which none has.

    >>> area_code(7)
    'E09900007'
    """
    return f"E0990{number:04d}"


def _write(mass: Mass, number: int, folder: Path, mouths: Mouths) -> Heap:
    area, clock = area_code(number), Clock(mass.start)
    calls = sorted(_Area(mass, number, mouths.kinds).calls(), key=attrgetter("at", "order"))
    callers = Callers(number, Dice(mass.seed, "rows", number), mouths)
    below = folder / area
    files, incidents, persons = [], [], []
    for month, told in groupby(calls, key=lambda call: clock.month(call.at)):
        rows = []
        for call in told:
            reference = clock.reference(call.at, number, mass.areas)
            rows.append(callers.row(reference, clock, call.at, call.incident, call.kind, call.source, call.caller))
            incidents.append(("police", reference, f"I{call.incident:06d}"))
            persons.append(("police", reference, PersonRole.VICTIM, "", f"P{call.caller:07d}"))
        files.append(write_table(below / "police-cad" / f"cad_{month}.csv", COLUMNS, rows))
    files.append(write_table(below / "truth" / "incidents.csv", ("agency", "reference", "incident_id"), incidents))
    head = ("agency", "reference", "person_role", "person_reference", "person_id")
    files.append(write_table(below / "truth" / "persons.csv", head, persons))
    return Heap(area, len(calls), len({call.incident for call in calls}), tuple(files))


class _Area:
    """What goes on in one area, as calls in no order."""

    def __init__(self, mass: Mass, number: int, kinds: int) -> None:
        self._days = mass.days
        self._wanted = mass.reports_of(number)
        self._homes = max(30, int(self._wanted / _REPORTS_A_HOME))
        self._dice = Dice(mass.seed, "mass", number)
        self._kinds = kinds
        self._incidents = 0
        self._made = 0

    def calls(self) -> Iterator[_Call]:
        """Exactly as many as are wanted."""
        while self._made < self._wanted:
            days = self._problem_days() if self._dice.chance(_OF_PROBLEMS) else [self._dice.below(self._days)]
            source, kind = self._dice.below(self._homes), self._dice.below(self._kinds)
            near = [self._near(source) for _ in range(1 + self._dice.skewed(0, 3))]
            for day in days:
                yield from self._occasion(day, kind, source, near)

    def _occasion(self, day: int, kind: int, source: int, near: list[int]) -> Iterator[_Call]:
        began = day * 86_400 + 36_000 + self._dice.below(50_000)
        told = [caller for caller in near if self._dice.chance(_CALLS)][: self._wanted - self._made]
        self._incidents += bool(told)
        for caller in told:
            self._made += 1
            yield _Call(began + self._dice.below(3_000), self._made, self._incidents, kind, source, caller)

    def _problem_days(self) -> list[int]:
        first = self._dice.below(self._days)
        last = min(self._days - 1, first + self._dice.skewed(7, _LONGEST))
        return [day for day in range(first, last + 1) if self._dice.chance(0.25)]

    def _near(self, source: int) -> int:
        return (source + 1 + self._dice.below(6)) % self._homes
