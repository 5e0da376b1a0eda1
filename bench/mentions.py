"""Simulated towns as linking gets them: standardised features, in the order in which the reports came."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from typing import Any

from bench.towns import FEEDS, Town, read_feed, simulate, towns
from connectors.geography.importing import geography_of_files
from linkage.packing import pack
from linkage.standardise import standardise
from schemas.records import Report, ReportDetail
from schemas.released import unpack
from schemas.topics import Topic
from schemas.vocabulary import Operation
from vault.keyring import Keyring
from vault.seal import Opener

_PROCESSES = 2
_REPORTS_A_TOWN = 20_000
_MARGIN = 1.1
"""Some reports come again, revised or withdrawn: only their first revisions are taken."""

Packed = tuple[int, bytes]
"""When a report came (microseconds), and its features (linkage.packing)."""


def make(reports: int, folder: Path) -> list[bytes]:
    """The features of so many first revisions, of as many towns as that takes, in the order of their coming."""
    wanted = int(reports * _MARGIN)
    places = towns(max(1, wanted // _REPORTS_A_TOWN), wanted, folder, _PROCESSES)
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        made: Sequence[list[Packed]] = list(pool.map(_features, places))
    found = [packed for _, packed in sorted(chain.from_iterable(made), key=itemgetter(0))]
    return found[:reports]


@dataclass(slots=True)
class _Reports:
    """Keeps the first revisions of reports that a connector sends, each with when it came (see Feed.daily)."""

    is_daily: bool
    kept: list[tuple[int, Report]] = field(default_factory=list)

    def send(self, _topic: Topic, _key: str, record: Any, _message_id: str, time_micros: int) -> None:
        """Keeps a report that is not told again."""
        if isinstance(record, Report) and record.operation is Operation.INSERT:
            self.kept.append((record.received.at if self.is_daily else time_micros, record))

    def flush(self) -> None:
        """Nothing is on its way."""


def _features(town: Town) -> list[Packed]:
    """Each town has agencies of its own, since their references are told apart by agency."""
    simulate(town)
    feeds = [replace(feed, agency=f"{feed.agency}-{town.number}") for feed in FEEDS]
    ring = _keyring([town.area, *(f"unplaced:{feed.agency}" for feed in feeds)])
    geography, opener = geography_of_files(town.folder / "geography", town.area), Opener(ring)
    outlets = {feed: _Reports(feed.daily) for feed in feeds}
    for feed, outlet in outlets.items():
        read_feed(town, feed, ring.public(), geography, outlet)
    return [packed for outlet in outlets.values() for packed in _standardised(outlet.kept, opener)]


def _keyring(areas: Sequence[str]) -> Keyring:
    ring, now = Keyring.create(), datetime.now(UTC)
    for area in areas:
        ring = ring.with_area(area, now)
    return ring


def _standardised(reports: Sequence[tuple[int, Report]], opener: Opener) -> Iterator[Packed]:
    for at, report in reports:
        detail = None
        if report.detail is not None:
            detail = unpack(ReportDetail, opener.open(report.area, report.report_id, report.detail))
        yield at, pack(standardise(report, detail))
