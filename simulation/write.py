"""Lets a borough's days go by and writes what each agency's system would have exported, and the truth.

geography/            the invented town, for `wardlink geography import`
police-cad/           cad_YYYY-MM-DD.csv
housing/              contacts_YYYY-MM-DD.csv
noiseworks/YYYY-MM-DD/  Case, HistoricalCase, Complaint, Action, User, Case_perpetrators
police-uk/            YYYY-MM-<force>-street.csv
truth/                see simulation.truth
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulation.borough import World
from simulation.geography import write_geography
from simulation.housing import HousingDesk
from simulation.kinds import Agency
from simulation.noise import NoiseDesk
from simulation.police import PoliceDesk
from simulation.quoting import References
from simulation.statistics import Statistics
from simulation.truth import Key, Truth


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written: `files` in order of writing, by path below `folder`; reports by agency; incidents told of.

    `story` holds agency and reference of the reports of each part of the fixed story, in the order of their telling.
    """

    folder: Path
    files: tuple[Path, ...]
    reports: Mapping[Agency, int]
    incidents: int
    story: Mapping[str, tuple[Key, ...]]

    def under(self, *folders: str) -> list[Path]:
        """Full paths of the files in a folder, in the order in which an agency would have sent them."""
        return [self.folder / file for file in self.files if file.parts[: len(folders)] == folders]


def write(world: World, folder: Path) -> Manifest:
    """Writes everything below a folder, which is made if needed; equal worlds write equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "geography").mkdir(exist_ok=True)
    files = write_geography(world.settings, world.town, folder / "geography")
    truth = Truth()
    files += _live(world, folder, truth)
    files += truth.write(folder / "truth")
    counts: Counter[Agency] = Counter(agency for agency, _ in truth.reports)
    return Manifest(folder, tuple(file.relative_to(folder) for file in files), counts, truth.incidents, truth.story)


def _live(world: World, folder: Path, truth: Truth) -> list[Path]:
    """Day by day each desk takes what it is told; in the evening it writes."""
    settings, references = world.settings, References()
    police = PoliceDesk(settings, references, folder / "police-cad")
    housing = HousingDesk(settings, references, folder / "housing")
    noise = NoiseDesk(settings, references, folder / "noiseworks")
    statistics = Statistics(settings, world.town, folder / "police-uk")
    desks: Mapping[Agency, PoliceDesk | HousingDesk | NoiseDesk] = {
        "police": police,
        "housing": housing,
        "council": noise,
    }
    files: list[Path] = []
    for number, told in enumerate(world.days()):
        for telling in told:
            truth.add(desks[telling.agency].take(telling))
            statistics.count(telling)
        for desk in desks.values():
            files += desk.end_day(number)
            truth.tag(desk.drain_tags())
    truth.accuse("council", noise.perpetrators())
    return [*files, *statistics.write()]
