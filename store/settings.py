"""What the store needs to know, given by its caller."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """A connection string (libpq URI) for each database role; no role is a superuser."""

    owner_dsn: str
    writer_dsn: str
    reader_dsn: str
    keys_dsn: str
    registry_dsn: str
