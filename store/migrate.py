"""Numbered SQL migrations: forward only, each in one transaction, checksummed, under an advisory lock.

`store/migrations/main` makes the truth, `keys` the separate database of the reports' keys, `registry` the tables of the
embedded schema registry.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from schemas.errors import Refused
from store.database import Session, connect, unavailable_when_away
from store.queries import load
from store.settings import StoreSettings

_LOCK = 7_226_461
"""Number of the advisory lock under which one process migrates at a time."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: its number and name, and its SQL."""

    database: str
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the SQL, hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(database: str) -> tuple[Migration, ...]:
    """All migrations of one database ("main", "keys" or "registry") in order."""
    folder = files("store") / "migrations" / database
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".sql")), key=lambda path: path.name)
    return tuple(Migration(database, path.name.removesuffix(".sql"), path.read_text("utf-8")) for path in paths)


def migrate(settings: StoreSettings, dry_run: bool = False) -> tuple[str, ...]:
    """Brings the databases whose DSN is set up to date; returns the names of what was (or would be) applied.

    Raises Refused when a migration that was applied has been changed since, Unavailable when PostgreSQL is away.
    """
    parts = {"keys": settings.keys_dsn, "main": settings.owner_dsn, "registry": settings.registry_dsn}
    applied = (migrate_one(dsn, migrations(name), dry_run) for name, dsn in parts.items() if dsn)
    return tuple(name for names in applied for name in names)


def migrate_one(dsn: str, wanted: Sequence[Migration], dry_run: bool) -> tuple[str, ...]:
    """Applies what is missing of `wanted`; returns the names of it."""
    with connect(dsn, "wardlink-migrate") as connection, unavailable_when_away():
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        missing = _missing(wanted, _applied(connection))
        for migration in () if dry_run else missing:
            _apply(connection, migration)
        return tuple(f"{migration.database}/{migration.name}" for migration in missing)


def _applied(connection: Session) -> dict[str, str]:
    connection.execute(load("migration")["create_migration_table"])
    rows = connection.execute(load("migration")["select_migrations"]).fetchall()
    return {row["name"]: row["checksum"] for row in rows}


def _missing(wanted: Sequence[Migration], applied: dict[str, str]) -> list[Migration]:
    for migration in wanted:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise Refused(
                f"migration {migration.database}/{migration.name} was changed after it was applied: "
                "restore the released file and put the change into a new number"
            )
    return [migration for migration in wanted if migration.name not in applied]


def _apply(connection: Session, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.sql.encode())
        connection.execute(load("migration")["insert_migration"], (migration.name, migration.checksum))
