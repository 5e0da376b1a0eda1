"""A simulated borough, read by the real connectors and opened: its reports as linking gets them, and the truth."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from connectors import sources
from connectors.geography.importing import geography_of_files
from connectors.reading import read_path
from schemas.records import Report, ReportDetail
from schemas.released import unpack
from simulation.borough import Settings, build
from simulation.write import write
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for, keyring
from vault.seal import Opener
from wardlink.demo.truth import Truth, read_truth
from wardlink.gazetteer_files import import_gazetteer, property_finder

_FEEDS = (
    ("police-cad", "table", "police-cad", "police"),
    ("housing", "table", "housing-contacts", "housing"),
    ("noiseworks", "noiseworks", None, "council"),
)
"""(folder of the borough, source, profile, agency)."""


@dataclass(frozen=True, slots=True)
class Borough:
    """What came in, in the order in which it came, and what is true."""

    reports: list[tuple[Report, ReportDetail | None]]
    truth: Truth


def simulated(folder: Path, settings: Settings, by_gazetteer: bool = False) -> Borough:
    """Writes a borough below the folder and reads its files, each on the evening of its day.

    `by_gazetteer`: properties are told by addresses too.
    """
    write(build(settings), folder)
    finder = property_finder(_kept(folder)) if by_gazetteer else None
    geography = geography_of_files(folder / "geography", settings.area)
    ring = keyring(settings.area, *(f"unplaced:{agency}" for *_, agency in _FEEDS))
    found: list[tuple[int, Report]] = []
    for below, source, profile, agency in _FEEDS:
        state, outlet = MemoryState(), MemoryOutlet()
        for path in sorted((folder / below).iterdir()):
            desk = desk_for(sources.find(source, profile), state, outlet, ring, geography, agency, settings.area)
            read_path(replace(desk, clock=partial(int, _evening(path)), find_uprn=finder), path)
        found += [(sent.time_micros, sent.record) for sent in outlet.acknowledged if isinstance(sent.record, Report)]
    opener = Opener(ring)
    found.sort(key=lambda timed: timed[0])
    return Borough([(report, _detail(report, opener)) for _, report in found], read_truth(folder / "truth"))


def _kept(folder: Path) -> Path:
    return import_gazetteer(folder / "geography" / "uprn.csv", "town", None, folder).file


def _detail(report: Report, opener: Opener) -> ReportDetail | None:
    if report.detail is None:
        return None
    return unpack(ReportDetail, opener.open(report.area, report.report_id, report.detail))


def _evening(path: Path) -> int:
    day = date.fromisoformat(path.stem[-10:])
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()) * 1_000_000
