"""Rows of some files that belong to the rows of others, joined without holding them in memory.

A temporary SQLite database, which lives in its page cache and is gone when it is closed: an export of years is read in
the same memory as that of a week.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Self

import orjson

from connectors.contract import Broken, Row

Values = Mapping[str, str]


class Shelf:
    """Rows by table and key; load all, then look up. A context manager: the rows are gone on leaving."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute("CREATE TABLE row (name TEXT, key TEXT, body BLOB)")
        self._rows.execute("CREATE INDEX by_key ON row (name, key)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rows.close()

    def load(self, name: str, key: str, kept: tuple[str, ...] | None, rows: Iterable[Row | Broken]) -> Iterator[Broken]:
        """Keeps some columns (None: all) of one table's rows by the value of one column; yields rows that cannot be
        split.
        """
        for row in rows:
            if isinstance(row, Broken):
                yield row
            elif found := row.values.get(key, "").strip():
                columns = row.values if kept is None else kept
                self._keep(name, found, {column: row.values.get(column, "") for column in columns})

    def note(self, name: str, key: str) -> None:
        """Remembers that a key was met."""
        if key and not self.has(name, key):
            self._keep(name, key, {})

    def of(self, name: str, key: str) -> tuple[Values, ...]:
        """The rows of a table that bear a key, in the order of their file; none for a blank key."""
        if not key:
            return ()
        found = self._rows.execute("SELECT body FROM row WHERE name = ? AND key = ? ORDER BY rowid", (name, key))
        return tuple(orjson.loads(body) for (body,) in found)

    def has(self, name: str, key: str) -> bool:
        """Whether a table has any row of a key."""
        found = self._rows.execute("SELECT 1 FROM row WHERE name = ? AND key = ? LIMIT 1", (name, key))
        return found.fetchone() is not None

    def _keep(self, name: str, key: str, values: Values) -> None:
        self._rows.execute("INSERT INTO row VALUES (?, ?, ?)", (name, key, orjson.dumps(dict(values))))
