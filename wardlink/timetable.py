"""Plays a simulated borough through the running stack as its timetable says: each file as collected at its own time,
and the ticks of the area's clock between them.

Only into a demonstration's stack: what is invented must never stand beside what residents have told.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from connectors import sources
from connectors.geography.importing import Wish as GeographyWish
from connectors.geography.importing import import_files, recognise_files
from connectors.publish import Publisher
from connectors.reading import Desk, read_path
from connectors.registry import Registry
from connectors.tally import Tally
from schemas.errors import Refused
from streams.clock import publish_ticks
from vault.keyring import Keyring
from wardlink.commands.status import wait_until_quiet
from wardlink.ingesting import Bar, Wish, open_desk
from wardlink.keyring_files import keyring_path
from wardlink.operate import switch_source
from wardlink.settings import Settings, kafka_settings, registry_url, store_settings

TIMETABLE = "timetable.csv"

_PROPERTIES = Path("geography") / "uprn.csv"
_PATIENCE = 1_800.0
_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a timetable; a tick has no path. `agency` is empty where nobody in particular sends it."""

    at: datetime
    agency: str
    source: str
    profile: str
    path: str

    @property
    def micros(self) -> int:
        """Microseconds since 1970 in UTC."""
        return int(self.at.timestamp()) * _MICROS

    @property
    def feed(self) -> tuple[str, str, str]:
        """What is read by one desk."""
        return self.agency, self.source, self.profile


@dataclass(frozen=True, slots=True)
class Played:
    """What became of the rows, how many files were read, and how often the clock ticked."""

    tally: Tally
    files: int
    ticks: int


def read_timetable(folder: Path, until: date | None = None) -> list[Entry]:
    """The timetable of a simulated borough, as far as a day; Refused where the folder holds none."""
    path = folder / TIMETABLE
    if not path.is_file():
        raise Refused(f"{folder} holds no {TIMETABLE}: give a folder that `wardlink simulate` wrote")
    with path.open(encoding="utf-8", newline="") as file:
        entries = [_entry(row) for row in csv.DictReader(file)]
    return [entry for entry in entries if until is None or entry.at.date() <= until]


def play(settings: Settings, folder: Path, entries: Sequence[Entry], bar: Bar) -> Played:
    """Plays the entries in order and waits until everything is linked and told.

    Refused outside of a demonstration's stack, and for what a reading refuses.
    """
    if not settings.demo:
        raise Refused(
            "a simulated borough is played in a demonstration's stack only: set WARDLINK_DEMO=true and WARDLINK_HOME "
            "to a new folder, and start that stack (`wardlink up --detach`)"
        )
    area = _area_of(folder)
    _prepare(settings, folder, area, entries)
    tally, files, ticks = Tally(), 0, 0
    with _Desks(settings, bar) as desks, _clock(settings) as publisher:
        for entry in entries:
            if entry.path:
                tally.add(desks.read(entry, folder / entry.path))
                files += 1
            else:
                publish_ticks([area], entry.micros, publisher, given_by="simulation")
                ticks += 1
    wait_until_quiet(settings, _PATIENCE)
    return Played(tally, files, ticks)


class _Desks:
    """One desk for each feed, opened when it is first read from; a context manager."""

    def __init__(self, settings: Settings, bar: Bar) -> None:
        self._settings = settings
        self._bar = bar
        self._open: dict[tuple[str, str, str], Desk] = {}
        self._closing = ExitStack()

    def __enter__(self) -> "_Desks":
        return self

    def __exit__(self, *error: object) -> None:
        self._closing.close()

    def read(self, entry: Entry, path: Path) -> Tally:
        """Reads a file as if it were collected at its time; raises what broke a reading off."""
        reading = read_path(replace(self._desk(entry), clock=lambda: entry.micros), path)
        if reading.broken_off:
            raise reading.broken_off
        return reading.tally

    def _desk(self, entry: Entry) -> Desk:
        if entry.feed not in self._open:
            source = sources.find(entry.source, entry.profile or None)
            wish = Wish(agency=entry.agency or None)
            desk = open_desk(self._settings, source, wish, self._bar, needs_backup=False)
            self._open[entry.feed] = self._closing.enter_context(desk)
        return self._open[entry.feed]


def _prepare(settings: Settings, folder: Path, area: str, entries: Sequence[Entry]) -> None:
    """Imports where things are, makes the keys, and switches the sources on before the first entry."""
    wish = GeographyWish(area=area, name=area)
    import_files(recognise_files([folder / "geography"], wish), wish, store_settings(settings, "writer_dsn"))
    senders = dict.fromkeys(entry.feed for entry in entries if entry.path and entry.agency)
    ring = Keyring.load(keyring_path(settings))
    for needed in (area, *(f"unplaced:{agency}" for agency, _, _ in senders)):
        if needed not in ring.areas:
            ring = ring.with_area(needed, datetime.now(UTC))
    ring.save(keyring_path(settings))
    for agency, source, profile in senders:
        switch_source(settings, agency, profile or source, "live", [area], entries[0].micros)
    wait_until_quiet(settings, _PATIENCE)


@contextmanager
def _clock(settings: Settings) -> Iterator[Publisher]:
    with (
        Registry(registry_url(settings)) as registry,
        Publisher(kafka_settings(settings), registry) as publisher,
    ):
        yield publisher


def _area_of(folder: Path) -> str:
    with (folder / _PROPERTIES).open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["lad_code"]


def _entry(row: dict[str, str]) -> Entry:
    return Entry(datetime.fromisoformat(row["at"]), row["agency"], row["source"], row["profile"], row["path"])
