"""The schema registry's memory: subjects, their versions, and one id for each schema text."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg_pool import ConnectionPool

from store.database import Row, unavailable_when_away
from store.migrate import migrate_one, migrations
from store.queries import load

GLOBAL = ""
"""The subject under which the level of all other subjects is kept."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a subject; `text` is the schema as JSON."""

    subject: str
    version: int
    schema_id: int
    text: str

    @property
    def schema(self) -> Any:
        """The schema as JSON objects."""
        return json.loads(self.text)


Admit = Callable[[tuple[Version, ...]], None]
"""Raises when a new version may not stand beside these."""


def lay_registry(dsn: str) -> tuple[str, ...]:
    """Brings the registry's own tables up to date, as its own role; returns what was applied."""
    return migrate_one(dsn, migrations("registry"), dry_run=False)


class SchemaStore:
    """What the registry keeps. Safe for several threads and processes at once; raises Unavailable."""

    def __init__(self, connections: "ConnectionPool[Connection[Row]]") -> None:
        self._connections = connections

    def subjects(self) -> list[str]:
        """All subjects in order."""
        return [row["subject"] for row in self._rows("select_subjects", ())]

    def versions(self, subject: str) -> tuple[Version, ...]:
        """All versions of a subject, oldest first; empty for an unknown one."""
        return _versions(self._rows("select_versions", (subject,)))

    def find(self, subject: str, schema: Any) -> Version | None:
        """The version of a subject that is this very schema, or None."""
        return _find(self.versions(subject), schema)

    def text(self, schema_id: int) -> str | None:
        """The schema of an id, or None."""
        rows = self._rows("select_schema", (schema_id,))
        return rows[0]["text"] if rows else None

    def register(self, subject: str, schema: Any, admit: Admit) -> Version:
        """The version of this schema, made if it is new and admitted; one registration at a time, whoever asks."""
        with unavailable_when_away(), self._connections.connection() as connection, connection.transaction():
            connection.execute(load("registry")["lock_registration"])
            known = _versions(_query(connection, "select_versions", (subject,)))
            found = _find(known, schema)
            if found is not None:
                return found
            admit(known)
            return _insert(connection, subject, schema)

    def level(self, subject: str) -> str | None:
        """The compatibility level set for a subject (GLOBAL for all others), or None."""
        rows = self._rows("select_level", (subject,))
        return rows[0]["level"] if rows else None

    def set_level(self, subject: str, level: str) -> None:
        """Sets the level of a subject, or GLOBAL."""
        with unavailable_when_away(), self._connections.connection() as connection:
            connection.execute(load("registry")["upsert_level"], (subject, level))

    def _rows(self, name: str, values: tuple[Any, ...]) -> list[Row]:
        with unavailable_when_away(), self._connections.connection() as connection:
            return _query(connection, name, values)


def _query(connection: Connection[Row], name: str, values: tuple[Any, ...]) -> list[Row]:
    return connection.execute(load("registry")[name], values).fetchall()


def _insert(connection: Connection[Row], subject: str, schema: Any) -> Version:
    values = {"subject": subject, "fingerprint": _fingerprint(schema), "text": _text(schema)}
    connection.execute(load("registry")["insert_schema"], values)
    connection.execute(load("registry")["insert_version"], values)
    return _versions(_query(connection, "select_versions", (subject,)))[-1]


def _versions(rows: list[Row]) -> tuple[Version, ...]:
    return tuple(Version(**row) for row in rows)


def _find(versions: tuple[Version, ...], schema: Any) -> Version | None:
    wanted = _fingerprint(schema)
    return next((version for version in versions if _fingerprint(version.schema) == wanted), None)


def _text(schema: Any) -> str:
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _fingerprint(schema: Any) -> bytes:
    """The same for two texts that differ only in white space or in the order of their attributes."""
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).digest()
