"""Ingesting an agency's files: the desk at which every way of reading them is opened, and what came of it."""

import gc
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import typer

from schemas.errors import Refused, WardlinkError

if TYPE_CHECKING:
    from connectors.contract import Source
    from connectors.ingest import Reading
    from connectors.progress import ProgressBar
    from connectors.reading import Desk
    from connectors.tally import Tally
    from wardlink.settings import Settings

_PATIENCE = 3600.0
"""Seconds for which Kafka may be away before the command gives up; what was published by then stands."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The options of one call."""

    agency: str | None = None
    area: str | None = None
    history: bool = False
    again: bool = False
    dry_run: bool = False
    accept_withdrawals: bool = False


class Bar(Protocol):
    """Whoever watches a reading (connectors.progress.ProgressBar)."""

    def advance(self, rows: int) -> None:
        """So many rows more are settled."""

    def waiting(self, why: str) -> None:
        """Nothing moves, and why."""


@dataclass(slots=True)
class Outcome:
    """What became of the paths: one tally, the columns that nobody knows, what is doubtful, and the error that ended
    it, if any.
    """

    tally: "Tally"
    unknown_columns: dict[str, None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    error: WardlinkError | None = None

    def add(self, reading: "Reading") -> None:
        """Adds what one reading came to."""
        self.tally.add(reading.tally)
        self.unknown_columns.update(dict.fromkeys(reading.unknown_columns))
        self.error = reading.broken_off


def ingest_paths(
    settings: "Settings", source: "Source", paths: Sequence[Path], wish: Wish, needs_backup: bool = True
) -> Outcome:
    """Ingests the paths one after the other; an error of a path ends it and stands in the outcome.

    `needs_backup` is False for demo stacks alone. Raises Refused before anything is read: for a path of the wrong kind,
    and where there is no stack, no keyring, or no backup of it though the source has personal data.
    """
    from connectors.progress import ProgressBar
    from connectors.reading import check_path

    for path in paths:
        check_path(source, path)
    tune_for_throughput()
    with ProgressBar() as bar, open_desk(settings, source, wish, bar, needs_backup) as desk:
        return _read_all(desk, paths, bar)


def tune_for_throughput() -> None:
    """A chunk is many small objects that live together, and Kafka's thread shares the interpreter with ours: fewer
    collections and fewer hand-overs take a fifth off the processor time (measured on 40,000 rows).
    """
    gc.set_threshold(100_000, 50, 50)
    sys.setswitchinterval(0.05)


def _read_all(desk: "Desk", paths: Sequence[Path], bar: "ProgressBar") -> Outcome:
    from connectors.files import count_lines
    from connectors.reading import read_path
    from connectors.tally import Tally

    outcome = Outcome(Tally())
    for path in paths:
        bar.begin(path.name, count_lines(path, desk.source.wants))
        try:
            reading = read_path(desk, path)
        except WardlinkError as error:
            outcome.error = error
            return outcome
        outcome.add(reading)
        if outcome.error:
            return outcome
    return outcome


@contextmanager
def open_desk(settings: "Settings", source: "Source", wish: Wish, bar: "Bar", needs_backup: bool) -> Iterator["Desk"]:
    """All that readings of one source need, open; `ingest_paths` says what it raises, and when."""
    from connectors.ingest import Request

    common: dict[str, Any] = {
        "source": source,
        "clock": lambda: time.time_ns() // 1000,
        "agency": wish.agency,
        "area": wish.area,
        "history": wish.history,
        "request": Request(wish.again, wish.dry_run, wish.accept_withdrawals),
        "heard": bar.advance,
    }
    with ExitStack() as closing:
        if wish.dry_run:
            yield _dry_desk(settings, common, closing)
            return
        desk = _live_desk(settings, common, bar, closing)
        if source.personal:
            check_keys(settings, desk, needs_backup)
        yield desk


def _live_desk(settings: "Settings", common: dict[str, Any], bar: "Bar", closing: ExitStack) -> "Desk":
    from connectors.geography.placing import load_geography
    from connectors.publish import Publisher
    from connectors.reading import Desk
    from connectors.registry import Registry
    from store.connector_state import ConnectorState
    from store.database import connect
    from vault.keyring import PublicRing
    from wardlink.gazetteer_files import property_finder
    from wardlink.keyring_files import keyring_path
    from wardlink.settings import kafka_settings, registry_url, store_settings

    store = store_settings(settings, "writer_dsn")
    registry = closing.enter_context(Registry(registry_url(settings)))
    outlet = closing.enter_context(Publisher(kafka_settings(settings), registry, _PATIENCE, bar.waiting))
    connection = closing.enter_context(connect(store.writer_dsn, "wardlink-ingest"))
    return Desk(
        state=ConnectorState(connection, common["source"].name),
        outlet=outlet,
        ring=PublicRing.load(keyring_path(settings)),
        geography=load_geography(store),
        find_uprn=property_finder(settings.gazetteer),
        **common,
    )


def _dry_desk(settings: "Settings", common: dict[str, Any], closing: ExitStack) -> "Desk":
    """Compares with what is held if a stack is there to ask, else counts everything as new."""
    from connectors.dry import EmptyState, NoOutlet
    from connectors.geography.placing import load_geography
    from connectors.reading import Desk
    from store.connector_state import ConnectorState
    from store.database import connect
    from vault.keyring import PublicRing
    from wardlink.gazetteer_files import property_finder
    from wardlink.keyring_files import keyring_path
    from wardlink.settings import store_settings

    try:
        store = store_settings(settings, "writer_dsn")
        connection = closing.enter_context(connect(store.writer_dsn, "wardlink-ingest"))
        ring = PublicRing.load(keyring_path(settings))
    except WardlinkError as error:
        typer.echo(f"nothing to compare with ({error}): every row counts as new", err=True)
        return Desk(state=EmptyState(), outlet=NoOutlet(), ring=None, **common)
    state = ConnectorState(connection, common["source"].name)
    finder = property_finder(settings.gazetteer)
    return Desk(state=state, outlet=NoOutlet(), ring=ring, geography=load_geography(store), find_uprn=finder, **common)


def check_keys(settings: "Settings", desk: "Desk", needs_backup: bool) -> None:
    """Refused unless every area can be sealed for, and what is sealed can be opened after a fire."""
    from connectors.reading import needed_areas
    from vault.backup import backup_state
    from wardlink.keyring_files import keyring_path

    held = desk.ring.areas if desk.ring else ()
    missing = [area for area in needed_areas(desk) if area not in held]
    if missing:
        raise Refused(
            f"no keys yet for {', '.join(missing)}: make them with `wardlink keyring area {' '.join(missing)}`"
        )
    if needs_backup and not backup_state(keyring_path(settings), datetime.now(UTC)).is_trusted:
        raise Refused(
            f"{desk.source.name} holds personal data, and no backup of the keyring with all its areas has been "
            "verified: run `wardlink keyring backup FILE`, keep the file elsewhere, then `wardlink keyring verify FILE`"
        )
