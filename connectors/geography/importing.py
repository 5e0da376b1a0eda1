"""Imports geography files: recognise all, then store all or nothing, then say which areas there are."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from connectors.geography.files import digest, find_lookups, read_rows
from connectors.geography.placing import Geography
from connectors.geography.source import Lookup, Tally
from schemas.errors import Refused
from store.geography import GeographyRow, Release, merge, read_partnerships, write_geography
from store.geography_rows import Boundary, LsoaRow, Partnership, PostcodeRow, UprnRow
from store.partnerships import NO_MOVES, Moves, add_to_partnership, note_lads
from store.settings import StoreSettings

Keep = Callable[[Release, Iterable[GeographyRow]], int | None]
"""What is done with the rows of a file: it reads them all and returns how many changed something."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user said of an import; empty and 0 where nothing.

    `area` and `name` are the partnership that the files' one local authority belongs to; `vintage` is the year of files
    that do not say it; `source` names the publisher, in place of the file's name.
    """

    area: str = ""
    name: str = ""
    vintage: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The geography files of some paths; `skipped` are other files that lie in the given folders."""

    lookups: tuple[Lookup, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; `changed` is None in a dry run, `rejected` counts rows left out by reason."""

    file: str
    release: Release
    places: int
    changed: int | None
    rejected: dict[str, int]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of an import; `lads` are the authorities that the files name, `areas` all that there are."""

    files: tuple[FileReport, ...]
    skipped: tuple[str, ...]
    lads: tuple[str, ...]
    areas: tuple[Partnership, ...] = ()
    moves: Moves = NO_MOVES


def recognise_files(paths: Sequence[Path], wish: Wish) -> Found:
    """The geography files of the paths. Raises Refused for a path without any."""
    found = [find_lookups(path, wish.vintage) for path in paths]
    return Found(
        tuple(lookup for lookups, _ in found for lookup in lookups),
        tuple(name for _, names in found for name in names),
    )


def geography_of_files(path: Path, area: str) -> Geography:
    """The lookup that one area's files make by themselves, without a store. Raises Refused for a path without any."""
    rows = [row for lookup in find_lookups(path)[0] for row in read_rows(lookup, Tally())]
    return Geography.from_rows(
        boundaries=[row for row in rows if isinstance(row, Boundary)],
        lsoas=[row for row in rows if isinstance(row, LsoaRow)],
        postcodes=[row for row in rows if isinstance(row, PostcodeRow)],
        uprns=[row for row in rows if isinstance(row, UprnRow)],
        partnerships=[Partnership(area, "", (area,))],
    )


def examine_files(found: Found, wish: Wish) -> ImportReport:
    """Reads everything and stores nothing. Raises Refused as `import_files` does."""
    files, lads = _read_all(found, wish, _count_only)
    _lad_of_wish(wish, lads)
    return ImportReport(files, found.skipped, tuple(sorted(lads)))


def import_files(found: Found, wish: Wish, store: StoreSettings) -> ImportReport:
    """Stores all rows of the files; storing them again changes nothing.

    Raises Refused for a damaged file, or a partnership wished for other than one authority; then nothing is stored.
    Raises Unavailable when PostgreSQL is away.
    """
    with write_geography(store) as connection:
        files, lads = _read_all(found, wish, partial(merge, connection))
        note_lads(connection, lads)
        lad = _lad_of_wish(wish, lads)
        moves = add_to_partnership(connection, wish.area or lad, wish.name, [lad]) if lad else NO_MOVES
        areas = tuple(read_partnerships(connection))
    return ImportReport(files, found.skipped, tuple(sorted(lads)), areas, moves)


def _read_all(found: Found, wish: Wish, keep: Keep) -> tuple[tuple[FileReport, ...], dict[str, str]]:
    lads: dict[str, str] = {}
    files = []
    for lookup in found.lookups:
        tally = Tally()
        release = Release(lookup.kind, lookup.vintage, wish.source or lookup.member.name, digest(lookup.member))
        changed = keep(release, read_rows(lookup, tally))
        files.append(FileReport(lookup.member.name, release, tally.places, changed, dict(tally.rejected)))
        lads |= {lad: lads.get(lad) or name for lad, name in tally.lads.items()}
    return tuple(files), lads


def _count_only(release: Release, rows: Iterable[GeographyRow]) -> None:
    deque(rows, maxlen=0)


def _lad_of_wish(wish: Wish, lads: Mapping[str, str]) -> str:
    """The authority that the wished area or name is for; empty where none was wished."""
    if not (wish.area or wish.name):
        return ""
    if len(lads) != 1:
        raise Refused(
            f"--area and --name are for files of one local authority, and these name {len(lads)}: import them without, "
            "then say `wardlink geography partnership CODE LAD… --name NAME`"
        )
    return next(iter(lads))
