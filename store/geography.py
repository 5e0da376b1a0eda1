"""Geography in PostgreSQL: imports go in whole or not at all, and come out as rows for the lookup in memory."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeVar

from psycopg import Connection
from psycopg.rows import args_row

from store.database import Row, connect, unavailable_when_away
from store.geography_rows import Boundary, LsoaRow, Partnership, PostcodeRow, UprnRow, WardRow
from store.queries import load
from store.settings import StoreSettings

_SQL = load("geography")
_TYPES = {
    "boundary": ("text", "int4", "text", "text", "text", "bytea"),
    "lsoa": ("int4", *["text"] * 4),
    "ward": ("int4", *["text"] * 3),
    "postcode": ("int4", "text", "float8", "float8", *["text"] * 4),
    "uprn": ("int4", *["text"] * 3, "float8", "float8", "text", "text", "int4", *["text"] * 4),
}
"""The types of each table's columns, as COPY in binary form needs to know them."""

_ROWS_AT_ONCE = 10_000

GeographyRow = Boundary | LsoaRow | WardRow | PostcodeRow | UprnRow

R = TypeVar("R", bound=GeographyRow)


class Kind(StrEnum):
    """What an imported file holds."""

    LAD_BOUNDARIES = "lad boundaries"
    LSOA_BOUNDARIES = "lsoa boundaries"
    WARD_BOUNDARIES = "ward boundaries"
    LSOAS = "lsoas"
    WARDS = "wards"
    POSTCODES = "postcodes"
    UPRNS = "uprns"

    @property
    def table(self) -> str:
        """Which of the tables its rows go to."""
        return {"lsoas": "lsoa", "wards": "ward", "postcodes": "postcode", "uprns": "uprn"}.get(self, "boundary")


@dataclass(frozen=True, slots=True)
class Release:
    """One file of a publisher: `vintage` is the year it speaks of (0: not said), `digest` SHA-256 of its content."""

    kind: Kind
    vintage: int
    source: str
    digest: str


class StoredGeography:
    """What has been imported, as rows; of one code the newest vintage comes last."""

    def __init__(self, connection: "Connection[Row]") -> None:
        self._connection = connection

    def boundaries(self) -> Iterator[Boundary]:
        """All boundaries of all layers."""
        return self._rows("boundary", Boundary)

    def lsoas(self) -> Iterator[LsoaRow]:
        """All LSOAs of the code lists."""
        return self._rows("lsoa", LsoaRow)

    def wards(self) -> Iterator[WardRow]:
        """All wards of the code lists."""
        return self._rows("ward", WardRow)

    def postcodes(self) -> Iterator[PostcodeRow]:
        """All postcodes, one row each."""
        return self._rows("postcode", PostcodeRow)

    def uprns(self) -> Iterator[UprnRow]:
        """All properties, one row each, without postcode and address."""
        return self._rows("uprn", UprnRow)

    def partnerships(self) -> list[Partnership]:
        """All areas with the local authorities that they hold."""
        return read_partnerships(self._connection)

    def imports(self) -> list[Row]:
        """All imports: kind, vintage, source, digest, places, imported_at (when it last changed anything)."""
        return self._connection.execute(_SQL["list_imports"]).fetchall()

    def version(self) -> str:
        """Tells one state of the imports and partnerships from another."""
        row = self._connection.execute(_SQL["geography_version"]).fetchone()
        return str(row["version"]) if row else ""

    def _rows(self, table: str, kind: type[R]) -> Iterator[R]:
        with self._connection.cursor(f"read_{table}", binary=True, row_factory=args_row(kind)) as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            yield from cursor.execute(_SQL[f"read_{table}"])


@contextmanager
def read_geography(store: StoreSettings) -> Iterator[StoredGeography]:
    """The stored geography at one moment, read as reader (or writer, where that is all that the caller has)."""
    connection = connect(store.reader_dsn or store.writer_dsn, "wardlink-geography")
    with unavailable_when_away(), connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield StoredGeography(connection)


def geography_version(store: StoreSettings) -> str:
    """A text that is another one whenever something was imported, or an authority went to another area."""
    with read_geography(store) as stored:
        return stored.version()


@contextmanager
def write_geography(store: StoreSettings) -> Iterator["Connection[Row]"]:
    """A transaction of the writer: what happens in it happens wholly or, when anything is raised, not at all."""
    connection = connect(store.writer_dsn, "wardlink-geography")
    with unavailable_when_away(), connection, connection.transaction():
        yield connection


def merge(connection: "Connection[Row]", release: Release, rows: Iterable[GeographyRow]) -> int:
    """Stores the rows of one file; returns how many were new or changed, 0 when it had been imported before."""
    table = release.kind.table
    opened = connection.execute(_SQL["open_import"], asdict(release)).fetchone()
    assert opened is not None, "INSERT .. RETURNING always returns its row"  # noqa: S101
    connection.execute(_SQL[f"stage_{table}"])
    places = _fill(connection, table, rows)
    changed = connection.execute(_SQL[f"merge_{table}"], {"import_id": opened["import_id"]}).rowcount
    connection.execute(_SQL[f"unstage_{table}"])
    if changed:
        connection.execute(_SQL["close_import"], {"import_id": opened["import_id"], "places": places})
    return changed


def read_partnerships(connection: "Connection[Row]") -> list[Partnership]:
    """All areas with the local authorities that they hold, by area."""
    rows = connection.execute(_SQL["read_partnerships"]).fetchall()
    return [Partnership(row["area"], row["name"] or "", tuple(row["lads"])) for row in rows]


def _fill(connection: "Connection[Row]", table: str, rows: Iterable[GeographyRow]) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(_SQL[f"fill_{table}"]) as copy:
        copy.set_types(_TYPES[table])
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
