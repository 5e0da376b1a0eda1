"""Reads back what an area's memory is built from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from store.database import Row, Session, unavailable_when_away
from store.queries import load

_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class StoredArea:
    """One area as it is stored; `reports` and `links` are read while they are walked through, once."""

    partition: int
    area_time: int
    next_number: int
    agreements: str
    model: str
    waiting: bool
    persons: dict[str, str]
    judgements: Sequence[Row]
    alerts: Sequence[Row]
    cases: Sequence[Row]
    sources: Sequence[Row]
    updates: Sequence[Row]
    applications: Sequence[Row]
    reports: Iterator[Row]
    links: Iterator[Row]


def load_area(connection: Session, area: str) -> StoredArea | None:
    """The stored state of an area, or None when nothing is stored of it."""
    with unavailable_when_away():
        row = connection.execute(load("areas")["select_area"], (area,)).fetchone()
        if row is None:
            return None
        persons = {person["mention_id"]: person["person_id"] for person in _rows(connection, "select_persons", area)}
        return StoredArea(
            partition=row["partition"],
            area_time=row["area_time"],
            next_number=row["next_number"],
            agreements=row["agreements"],
            model=row["model"],
            waiting=row["waiting"],
            persons=persons,
            judgements=_rows(connection, "select_judgements", area),
            alerts=_rows(connection, "select_alerts", area),
            cases=_rows(connection, "select_cases", area),
            sources=_rows(connection, "select_sources", area),
            updates=_rows(connection, "select_updates", area),
            applications=_rows(connection, "select_applications", area),
            reports=_walked(connection, "select_reports", area),
            links=_walked(connection, "select_linked_pairs", area),
        )


def whole_reports(connection: Session, area: str, report_ids: Sequence[str]) -> Sequence[Row]:
    """These reports with all that standardising asks for; times in microseconds, the detail as it is sealed."""
    with unavailable_when_away(), connection.cursor(binary=True) as cursor:
        return cursor.execute(load("areas")["select_whole_reports"], (area, list(report_ids))).fetchall()


def rewrite_features(connection: Session, area: str, rows: Sequence[tuple[str, int, bytes]]) -> None:
    """Stores newly sealed features, (report id, revision, features), of those reports that still have that revision."""
    told = [(features, area, report_id, revision) for report_id, revision, features in rows]
    with unavailable_when_away(), connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(load("areas")["update_features"], told)


def revisions(connection: Session, area: str, report_ids: Sequence[str]) -> dict[str, int]:
    """The stored revision of each of these reports that is stored."""
    with unavailable_when_away():
        rows = connection.execute(load("areas")["select_revisions"], (area, list(report_ids))).fetchall()
    return {row["report_id"]: row["revision"] for row in rows}


def area_names(connection: Session) -> list[str]:
    """All areas of which something is stored."""
    with unavailable_when_away():
        return [row["area"] for row in connection.execute(load("areas")["select_area_names"]).fetchall()]


def areas_of_partition(connection: Session, partition: int) -> list[str]:
    """The areas that belong to a partition number."""
    with unavailable_when_away():
        rows = connection.execute(load("areas")["select_areas_of_partition"], (partition,)).fetchall()
    return [row["area"] for row in rows]


def _walked(connection: Session, statement: str, area: str) -> Iterator[Row]:
    with unavailable_when_away(), connection.transaction(), connection.cursor(statement, binary=True) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(load("areas")[statement], (area,))
        yield from cursor


def _rows(connection: Session, statement: str, area: str) -> Sequence[Row]:
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(load("areas")[statement], (area,)).fetchall()
