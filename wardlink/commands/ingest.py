"""`wardlink ingest`: an agency's files to Kafka, once and completely, however often it is called."""

import gc
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from schemas.errors import Refused, WardlinkError

if TYPE_CHECKING:
    from connectors.contract import Source
    from connectors.ingest import Reading
    from connectors.progress import ProgressBar
    from connectors.reading import Desk
    from connectors.tally import Tally
    from wardlink.settings import Settings

_SHOWN = 12
"""Lines of each breakdown in the closing table; --json has all."""

_WHERE_THERE_ARE_ANY = (
    "summarised_contacts", "withheld", "moved", "updates", "unknown_codes", "unplaced", "places_disagree",
    "points_unused",
)  # fmt: skip
"""Counts that the closing table shows only where they are not zero."""

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


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(ingest)


def ingest(
    source: Annotated[
        str, typer.Argument(help="noiseworks, open311, police-uk, sdm, table (with --profile), or one of your own.")
    ],
    paths: Annotated[
        list[str], typer.Argument(help="Files, archives or folders of this source; for open311 also its address.")
    ],
    agency: Annotated[str | None, typer.Option(help="Code of the agency that recorded it.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area; and that of rows that do not say where.")] = None,
    profile: Annotated[str | None, typer.Option(help="For table: name of a profile, or path of your own.")] = None,
    since: Annotated[
        str | None, typer.Option(help="For an address: from this day on (YYYY-MM-DD); else from where it stopped.")
    ] = None,
    history: Annotated[bool, typer.Option("--history", help="Old reports: they wait behind live ones.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Publish also what was published before.")] = False,
    accept_withdrawals: Annotated[
        bool, typer.Option("--accept-withdrawals", help="Let a snapshot withdraw more than half of what is held.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, check and count; publish nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The closing table as one JSON object.")] = False,
) -> None:
    """Publish what these files say that was not published before.

    A file that breaks off is published up to there, and told; calling it again goes on where it stopped.
    """
    from connectors import sources
    from wardlink.settings import load

    feed = sources.find(source, profile)
    wish = Wish(agency, area, history, again, dry_run, accept_withdrawals)
    settings = load()
    addresses = [path for path in paths if is_address(path)]
    if len(addresses) not in (0, len(paths)):
        raise Refused("give either files or addresses: what is published of one would be told with the other")
    if addresses:
        from wardlink.services import ingest_addresses

        outcome = ingest_addresses(settings, feed, addresses, wish, since, needs_backup=not settings.demo)
    else:
        outcome = ingest_paths(settings, feed, list(map(Path, paths)), wish, needs_backup=not settings.demo)
    if as_json:
        typer.echo(json.dumps(_as_json(feed, wish, outcome)))
    elif outcome.tally.read or not outcome.error:
        _show(feed, wish, outcome)
    if outcome.error:
        raise outcome.error


def is_address(path: str) -> bool:
    """Whether it is the address of a service rather than a path."""
    return path.startswith(("http://", "https://"))


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
    from connectors.geography import load_geography
    from connectors.publish import Publisher
    from connectors.reading import Desk
    from connectors.registry import Registry
    from store.connector_state import ConnectorState
    from store.database import connect
    from vault.keyring import PublicRing
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
        **common,
    )


def _dry_desk(settings: "Settings", common: dict[str, Any], closing: ExitStack) -> "Desk":
    """Compares with what is held if a stack is there to ask, else counts everything as new."""
    from connectors.dry import EmptyState, NoOutlet
    from connectors.geography import load_geography
    from connectors.reading import Desk
    from store.connector_state import ConnectorState
    from store.database import connect
    from vault.keyring import PublicRing
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
    return Desk(state=state, outlet=NoOutlet(), ring=ring, geography=load_geography(store), **common)


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


def _as_json(source: "Source", wish: Wish, outcome: Outcome) -> dict[str, object]:
    return {
        "source": source.name,
        "agency": wish.agency or source.agency,
        "one_report_is": source.one_report_is,
        "dry_run": wish.dry_run,
        **outcome.tally.to_json(),
        "unknown_columns": list(outcome.unknown_columns),
        "warnings": outcome.warnings,
        "error": str(outcome.error) if outcome.error else None,
    }


def _show(source: "Source", wish: Wish, outcome: Outcome) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{source.name}{' (dry run)' if wish.dry_run else ''}", show_header=False, box=None)
    table.add_column(justify="left")
    table.add_column(justify="right")
    for words, count in _lines(outcome.tally):
        table.add_row(words, f"{count:,}")
    console = Console()
    console.print(table)
    console.print(f"One report is {source.one_report_is}.")
    if wish.history and not wish.dry_run:
        console.print("History sends no alert. Once it is stored: wardlink alerts --as AGENCY/caseworker --ranked")
    if outcome.unknown_columns:
        console.print(f"Columns that nobody knows, left out: {', '.join(outcome.unknown_columns)}")
    for warning in outcome.warnings:
        console.print(warning, style="yellow")
    for agency in outcome.tally.quarantined_of:
        console.print(f"See what is wrong with the rows in quarantine: wardlink quarantine --as {agency}/steward")


def _lines(tally: "Tally") -> Iterator[tuple[str, int]]:
    """The closing table: the counts that always stand, those that are not zero, and what they are made of."""
    numbers = tally.numbers()
    always = ("read", "published", "unchanged", "out_of_scope", "quarantined", "revised", "withdrawn", "summaries")
    for name in (*always, *_WHERE_THERE_ARE_ANY):
        if name in always or numbers[name]:
            yield name.replace("_", " "), numbers[name]
    for title, counter in (
        ("area", tally.by_area),
        ("out of scope", tally.out_of_scope_by),
        ("quarantined", tally.quarantined_by),
        ("points unused", tally.points_unused_by),
    ):
        for what, count in counter.most_common(_SHOWN):
            yield f"  {title}: {what}", count
        if len(counter) > _SHOWN:
            yield (
                f"  {title}: {len(counter) - _SHOWN} others",
                sum(counter.values()) - sum(count for _, count in counter.most_common(_SHOWN)),
            )
