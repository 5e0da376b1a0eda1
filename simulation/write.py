"""Lets a borough's days go by and writes what each agency's system would have exported, and the truth.

geography/            the invented town, for `wardlink geography import`
stock/                each landlord's list of homes, for `wardlink stock import`
police-cad/           cad_YYYY-MM-DD.csv
housing/              contacts_YYYY-MM-DD.csv
noiseworks/YYYY-MM-DD/  Case, HistoricalCase, Complaint, Action, User, Case_perpetrators
police-uk/            YYYY-MM-<force>-street.csv
…                     the other feeds that were asked for: see simulation.feeds
truth/                see simulation.truth
timetable.csv         when each file is collected, and when the clock ticks: see simulation.timetable
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from simulation.addresses import gazetteers
from simulation.borough import World
from simulation.crimes import CrimeDesk
from simulation.desk import Filed, Tagged
from simulation.faults import plant
from simulation.feeds import READERS, Feed
from simulation.geography import write_geography
from simulation.happenings import Telling
from simulation.haven import HavenDesk
from simulation.holdings import write_stock
from simulation.housing import HousingDesk
from simulation.kinds import Agency
from simulation.noise import NoiseDesk
from simulation.online import OnlineDesk
from simulation.police import PoliceDesk
from simulation.quoting import References
from simulation.small_landlords import FoundryDesk, WeirDesk
from simulation.statistics import Statistics
from simulation.street_service import StreetDesk
from simulation.timetable import write_timetable
from simulation.truth import Key, Truth


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written: `files` in order of writing, by path below `folder`; reports by agency; incidents told of.

    `story` holds agency and reference of the reports of each part of the fixed story, in the order of their telling;
    `tags` how many reports are a hard case of each kind.
    """

    folder: Path
    files: tuple[Path, ...]
    reports: Mapping[Agency, int]
    incidents: int
    story: Mapping[str, tuple[Key, ...]]
    tags: Mapping[str, int] = field(default_factory=dict)

    def under(self, *folders: str) -> list[Path]:
        """Full paths of the files in a folder, in the order in which an agency would have sent them."""
        return [self.folder / file for file in self.files if file.parts[: len(folders)] == folders]


class _Desk(Protocol):
    """One agency's desk, for one or two feeds."""

    def take(self, telling: Telling) -> Filed:
        """Files what is told."""
        ...

    def end_day(self, number: int) -> list[Path]:
        """Writes what is due in the evening."""
        ...


class _Tagging(Protocol):
    """A desk that learns more of a report later."""

    def drain_tags(self) -> list[Tagged]:
        """What has become true since it was asked last."""
        ...


def write(world: World, folder: Path) -> Manifest:
    """Writes everything below a folder, which is made if needed; equal worlds write equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "geography").mkdir(exist_ok=True)
    files = write_geography(world.settings, world.town, folder / "geography")
    files += write_stock(world.town, folder / "stock")
    truth = Truth(world.town)
    delivered = _live(world, folder, truth)
    files += delivered
    files += truth.write(folder / "truth")
    files.append(plant(world.settings, folder, delivered))
    files.append(write_timetable(world.settings, folder, delivered))
    counts: Counter[Agency] = Counter(agency for agency, _ in truth.reports)
    paths = tuple(file.relative_to(folder) for file in files)
    tags = Counter(tag for _, _, tag in truth.tags)
    return Manifest(folder, paths, counts, truth.incidents, truth.story, tags)


def _live(world: World, folder: Path, truth: Truth) -> list[Path]:
    """Day by day each desk takes what it is told; in the evening it writes."""
    office = _Office(world, folder, truth)
    files = [file for number, told in enumerate(world.days()) for file in office.spend(number, told)]
    return [*files, *office.close()]


class _Office:
    """All desks of a borough."""

    def __init__(self, world: World, folder: Path, truth: Truth) -> None:
        settings, references, town = world.settings, References(), world.town
        books = gazetteers(settings, town, "police", "housing", "council", "online", "haven", "weir", "foundry")
        self._settings, self._folder, self._truth = settings, folder, truth
        self._police = PoliceDesk(settings, references, folder / "police-cad", books["police"])
        self._noise = NoiseDesk(settings, references, folder / "noiseworks", books["council"])
        self._crimes = CrimeDesk(settings, folder / "police-crime", books["police"])
        self._statistics = Statistics(settings, town, folder / "police-uk")
        housing = HousingDesk(settings, references, folder / "housing", books["housing"])
        streets = StreetDesk(settings, references, folder / "open311")
        haven = HavenDesk(settings, references, folder, books["haven"])
        self._desks: dict[Feed, _Desk] = {
            "police-cad": self._police,
            "housing": housing,
            "noiseworks": self._noise,
            "sdm": OnlineDesk(settings, references, folder / "sdm", books["online"]),
            "open311": streets,
            "haven-cases": haven,
            "haven-diaries": haven,
            "weir-notes": WeirDesk(settings, references, folder, books["weir"]),
            "foundry-cases": FoundryDesk(settings, references, folder, books["foundry"]),
        }
        self._tagging: tuple[_Tagging, ...] = (self._police, housing, self._noise, streets)
        self._waiting: defaultdict[Feed, list[str]] = defaultdict(list)

    def spend(self, number: int, told: Iterable[Telling]) -> Iterator[Path]:
        """One day: what is told, then what is written in the evening."""
        for telling in told:
            self._note(self._desks[telling.through].take(telling))
            self._statistics.count(telling)
        if "police-crime" in self._settings.feeds:
            for crimed in self._police.drain_crimes():
                self._note(self._crimes.record(*crimed))
        desks: list[_Desk | CrimeDesk] = [*dict.fromkeys(self._desks.values()), self._crimes]
        for desk in desks:
            for file in desk.end_day(number):
                self._collect(file, number)
                yield file
        for tagging in self._tagging:
            self._truth.tag(tagging.drain_tags())

    def close(self) -> Iterator[Path]:
        """After the last day."""
        self._truth.accuse("council", self._noise.perpetrators())
        if "police-uk" in self._settings.feeds:
            yield from self._statistics.write()

    def _note(self, filed: Filed) -> None:
        self._truth.add(filed)
        self._waiting[filed.telling.through].append(filed.reference)

    def _collect(self, file: Path, number: int) -> None:
        """What a file holds is collected the morning after; a diary's sheet holds the entries of its own case."""
        feed: Feed = next(each for each in READERS if each == file.relative_to(self._folder).parts[0])
        case = file.stem.split("_")[1] if feed == "haven-diaries" else ""
        waiting = self._waiting[feed]
        held = [reference for reference in waiting if reference.startswith(case)]
        self._waiting[feed] = [reference for reference in waiting if not reference.startswith(case)] if case else []
        agency = READERS[feed].agency
        if agency:
            self._truth.collect(((agency, each) for each in held), self._settings.day(number) + timedelta(days=1))
