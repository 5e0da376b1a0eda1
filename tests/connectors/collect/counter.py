"""A desk in memory at which collected files are read, and visits at real places with the state in PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from connectors.collect.feed import Feed
from connectors.collect.inbox import Look
from connectors.collect.places import open_drive
from connectors.collect.schedule import Every
from connectors.collect.scratch import Scratch
from connectors.collect.taking import Reader, Taken
from connectors.collect.visit import Tools, Visit, visit
from store.collected import CollectedFiles
from store.database import connect
from store.settings import StoreSettings
from tests.connectors.collect.sites import Site
from tests.connectors.fakes import MemoryOutlet, MemoryState, desk_for, keyring, ticking

RING = keyring("E09000012", "unplaced:council")


@dataclass
class Counter:
    """One feed at one place, and what was published from it."""

    site: Site
    database: StoreSettings
    scratch: Path
    given: dict[str, Any] = field(default_factory=dict)
    state: MemoryState = field(default_factory=MemoryState)
    outlet: MemoryOutlet = field(default_factory=MemoryOutlet)
    told: list[Taken] = field(default_factory=list)
    clock: Any = field(default_factory=ticking)

    @property
    def feed(self) -> Feed:
        """The feed, with what the test gives."""
        account = None if self.site.account is None else "theirs"
        common = {"name": "wardens", "where": self.site.where, "account": account}
        return Feed(**common, **{"source": "police-uk", "schedule": Every(timedelta(minutes=1)), **self.given})

    def look(self, before: Look | None = None) -> Visit:
        """One visit."""
        with connect(self.database.writer_dsn, "test") as connection, Scratch(self.scratch) as scratch:
            tools = Tools(
                files=CollectedFiles(connection, self.feed.name),
                open_drive=partial(open_drive, self.feed, {"theirs": self.site.account} if self.site.account else {}),
                open_reader=self.open_reader,
                scratch=scratch,
                clock=self.clock,
                told=self.told.append,
            )
            return visit(self.feed, before or Look(), tools)

    def take(self) -> list[Taken]:
        """Two looks, so that everything that is there is taken."""
        return [*(first := self.look()).taken, *self.look(first.look).taken]

    @contextmanager
    def open_reader(self) -> Iterator[Reader]:
        """A desk in memory."""
        source = self.feed.load_source()
        ring = RING if source.personal else None
        area = self.feed.area if source.personal else None
        desk = desk_for(
            source, self.state, self.outlet, ring, agency=self.feed.agency, area=area, clock=self.clock, chunk=3
        )
        yield Reader(self.feed, desk)
