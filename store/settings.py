"""What the store needs to know, given by its caller."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """A connection string (libpq URI) for each database role; no role is a superuser.

    A role of Wardlink is given only those that it needs: the others are empty. They hold passwords, so none is shown.
    """

    owner_dsn: str = field(default="", repr=False)
    writer_dsn: str = field(default="", repr=False)
    reader_dsn: str = field(default="", repr=False)
    keys_dsn: str = field(default="", repr=False)
    registry_dsn: str = field(default="", repr=False)
