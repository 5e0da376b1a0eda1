"""Reads for a reader, under row-level security, each with its audit row; and counts for the operator."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from store.database import Row, Session, unavailable_when_away
from store.queries import load


@contextmanager
def as_reader(connection: Session, agency: str, role: str) -> Iterator["Reading"]:
    """One transaction in which the database shows what this reader may see and nothing else."""
    with unavailable_when_away(), connection.transaction():
        connection.execute(load("reading")["set_reader"], {"agency": agency, "role": role})
        yield Reading(connection, agency, role)


class Reading:
    """Asks named statements of store/sql/reading.sql for one reader, inside `as_reader`."""

    def __init__(self, connection: Session, agency: str, role: str) -> None:
        self._connection = connection
        self._agency = agency
        self._role = role

    def rows(self, statement: str, **arguments: Any) -> Sequence[Row]:
        """The rows of one named statement."""
        return self._connection.execute(load("reading")[statement], arguments).fetchall()

    def record_consultation(
        self, area: str, purpose: str, subjects: Sequence[str], fields: Sequence[str], agreements: Sequence[str]
    ) -> None:
        """Writes down who looked at what and why: ids and names of fields, never values."""
        self._connection.execute(
            load("reading")["record_consultation"],
            {
                "area": area,
                "agency": self._agency,
                "actor": f"{self._agency}/{self._role}",
                "purpose": purpose,
                "subjects": list(subjects),
                "fields": list(fields),
                "agreement": ", ".join(agreements) or None,
            },
        )


def counts(connection: Session, busiest: int = 10) -> Mapping[str, Any]:
    """What the operator sees: how much is stored, concluded and waiting, the busiest places openly published, and the
    months of published statistics that a force's own feed covers: they are compared, and not counted beside it.
    """
    with unavailable_when_away():
        stored = connection.execute(load("reading")["count_stored"]).fetchone() or {}
        concluded = connection.execute(load("reading")["count_concluded"]).fetchone() or {}
        places = connection.execute(load("reading")["busiest_open_places"], {"limit": busiest}).fetchall()
        areas = connection.execute(load("reading")["count_by_area"], {"limit": busiest}).fetchall()
        compared = connection.execute(load("reading")["comparisons"], {"limit": busiest}).fetchall()
    return {**stored, **concluded, "busiest_places": places, "busiest_areas": areas, "comparisons": compared}


def report_keys(connection: Session, key_ids: Sequence[bytes]) -> dict[bytes, bytes]:
    """The keys of sealed rows, from the key database; an erased one is missing."""
    with unavailable_when_away():
        rows = connection.execute(load("keys")["select_report_keys"], (list(key_ids),)).fetchall()
    return {row["key_id"]: row["key"] for row in rows}
