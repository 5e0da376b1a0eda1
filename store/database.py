"""Connections to PostgreSQL, with its troubles told by what to do next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, LiteralString

import psycopg
from psycopg import Connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from schemas.errors import Unavailable

Row = dict[str, Any]
"""One row by column name."""

Session = Connection[Row]
"""One connection, as every room beside this one holds it."""

Parameters = Sequence[Any] | Mapping[str, Any]

AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.AdminShutdown,
    psycopg.errors.CrashShutdown,
)
"""What psycopg raises when the server is away, going away or coming back."""

UNPREPARED = (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName)
"""What psycopg raises when the database has not been brought to this release yet."""


@contextmanager
def unavailable_when_away() -> Iterator[None]:
    """Turns a lost or refused connection, or a database that is not migrated yet, into Unavailable; its message never
    shows the DSN.
    """
    try:
        yield
    except UNPREPARED as error:
        raise Unavailable("PostgreSQL has not all the tables of this release: run `wardlink store migrate`") from error
    except AWAY as error:
        raise Unavailable(f"PostgreSQL is away ({type(error).__name__}): is it running, is its disk full?") from error


def connect(dsn: str, name: str) -> Session:
    """One autocommit connection that calls itself `name` (application_name); transactions are opened explicitly."""
    with unavailable_when_away():
        return psycopg.connect(dsn, autocommit=True, row_factory=dict_row, application_name=name, connect_timeout=10)


class Asking:
    """Asks small questions over one connection, which is made when it is first needed and anew after it was lost."""

    def __init__(self, connect: Callable[[], Session]) -> None:
        self._connect = connect
        self._session: Session | None = None

    def ask(self, question: LiteralString, values: Parameters) -> list[Row]:
        """The rows that answer. Raises Unavailable when PostgreSQL is away, not where it only went and came back."""
        kept = self._session
        if kept is not None:
            with suppress(*AWAY):
                return kept.execute(question, values).fetchall()
            kept.close()
            self._session = None
        session = self._connect()
        with unavailable_when_away():
            rows = session.execute(question, values).fetchall()
        self._session = session
        return rows


def pool(dsn: str, name: str, size: int = 4) -> ConnectionPool[Session]:
    """A pool of such connections for readers that serve several at once; close it when done."""
    return ConnectionPool(
        dsn,
        min_size=1,
        max_size=size,
        kwargs={"autocommit": True, "row_factory": dict_row, "application_name": name},
        check=ConnectionPool.check_connection,
        open=True,
    )


@contextmanager
def lent(connections: ConnectionPool[Session], seconds: float = 5.0) -> Iterator[Session]:
    """A connection of the pool for a while; Unavailable when none can be had within so many seconds."""
    with unavailable_when_away(), connections.connection(timeout=seconds) as connection:
        yield connection
