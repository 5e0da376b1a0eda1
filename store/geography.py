"""Geography in PostgreSQL: imports go in whole or not at all, and come out as rows for the lookup in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from store.database import Row, connect, unavailable_when_away
from store.geography_rows import Boundary, LsoaRow, Partnership, PostcodeRow, UprnRow, WardRow
from store.queries import load
from store.settings import StoreSettings

_TEXT, _INT, _FLOAT = "text", "int4", "float8"
_TYPES = {
    "boundaries": (_TEXT, _INT, _TEXT, _TEXT, _TEXT, "bytea"),
    "lsoas": (_INT, _TEXT, _TEXT, _TEXT, _TEXT),
    "wards": (_INT, _TEXT, _TEXT, _TEXT),
    "postcodes": (_INT, _TEXT, _FLOAT, _FLOAT, _TEXT, _TEXT, _TEXT, _TEXT),
    "uprns": (_INT, *[_TEXT] * 3, _FLOAT, _FLOAT, _TEXT, _TEXT, _INT, *[_TEXT] * 4),
}
"""The types of each table's columns, as COPY needs to know them."""


class StoredGeography:
    """What has been imported, as rows; of one key the newest vintage comes last."""

    def __init__(self, connection: "Connection[Row]") -> None:
        self._connection = connection

    def boundaries(self) -> Iterator[Boundary]:
        """All boundaries of all layers."""
        return map(Boundary._make, self._copy("boundaries"))

    def lsoas(self) -> Iterator[LsoaRow]:
        """All LSOAs of the code lists."""
        return map(LsoaRow._make, self._copy("lsoas"))

    def wards(self) -> Iterator[WardRow]:
        """All wards of the code lists."""
        return map(WardRow._make, self._copy("wards"))

    def postcodes(self) -> Iterator[PostcodeRow]:
        """All postcodes."""
        return map(PostcodeRow._make, self._copy("postcodes"))

    def uprns(self) -> Iterator[UprnRow]:
        """All properties, without their addresses."""
        return map(UprnRow._make, self._copy("uprns"))

    def partnerships(self) -> list[Partnership]:
        """All areas with the local authorities that they hold."""
        return read_partnerships(self._connection)

    def _copy(self, table: str) -> Iterator[tuple[Any, ...]]:
        statement = load("geography")[f"read_{table}"]
        with unavailable_when_away(), self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(_TYPES[table])
            yield from copy.rows()


@contextmanager
def read_geography(store: StoreSettings) -> Iterator[StoredGeography]:
    """The stored geography at one moment, read as reader (or writer, where that is all that the caller has)."""
    connection = connect(store.reader_dsn or store.writer_dsn, "wardlink-geography")
    with unavailable_when_away(), connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield StoredGeography(connection)


def read_partnerships(connection: "Connection[Row]") -> list[Partnership]:
    """All areas with the local authorities that they hold, by area."""
    with unavailable_when_away():
        rows = connection.execute(load("geography")["read_partnerships"]).fetchall()
    return [Partnership(row["area"], row["name"], tuple(row["lads"])) for row in rows]
