"""Writes all effects of one batch, and its step of the stream position, in one transaction or not at all."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, NamedTuple

from psycopg import Cursor
from psycopg.adapt import Dumper
from psycopg.errors import UniqueViolation

from store.database import Row, Session, unavailable_when_away
from store.positions import Step, advance
from store.queries import load
from store.rows import (
    AlertRow,
    AliasRow,
    ApplicationRow,
    AreaRow,
    AuditRow,
    BatchRow,
    CaseRow,
    CommandRow,
    IncidentRow,
    JudgementRow,
    LinkRow,
    MentionRow,
    OutboxRow,
    PersonRow,
    PlaceRow,
    QuarantineRow,
    ReportKeyRow,
    ReportRow,
    ReshareRow,
    ShareRow,
    SourceRow,
    UnlinkRow,
    UpdateRow,
)

_REPLACED_WITH_REPORT = ("place", "mention")


@dataclass(slots=True)
class Effects:
    """What one batch changes, as rows by kind; the field names are those of the staging tables (store/sql)."""

    area: list[AreaRow] = field(default_factory=list)
    share: list[ShareRow] = field(default_factory=list)
    report: list[ReportRow] = field(default_factory=list)
    place: list[PlaceRow] = field(default_factory=list)
    mention: list[MentionRow] = field(default_factory=list)
    reshare: list[ReshareRow] = field(default_factory=list)
    incident: list[IncidentRow] = field(default_factory=list)
    person: list[PersonRow] = field(default_factory=list)
    link: list[LinkRow] = field(default_factory=list)
    unlink: list[UnlinkRow] = field(default_factory=list)
    alias: list[AliasRow] = field(default_factory=list)
    case: list[CaseRow] = field(default_factory=list)
    alert: list[AlertRow] = field(default_factory=list)
    update: list[UpdateRow] = field(default_factory=list)
    judgement: list[JudgementRow] = field(default_factory=list)
    application: list[ApplicationRow] = field(default_factory=list)
    command: list[CommandRow] = field(default_factory=list)
    batch: list[BatchRow] = field(default_factory=list)
    quarantine: list[QuarantineRow] = field(default_factory=list)
    source: list[SourceRow] = field(default_factory=list)
    audit: list[AuditRow] = field(default_factory=list)
    outbox: list[OutboxRow] = field(default_factory=list)


_KINDS = tuple(part.name for part in fields(Effects))


def prepare(connection: Session) -> None:
    """Makes the session's staging tables; once for each connection that writes.

    What is staged is few rows beside large tables, and of temporary tables the planner knows no statistics: without
    joins by hash or merge it looks up row by row.
    """
    connection.adapters.register_dumper(list, _TextsDumper)
    with unavailable_when_away():
        connection.execute("SET enable_hashjoin = off")
        connection.execute("SET enable_mergejoin = off")
        for statement in load("staging").values():
            connection.execute(statement)


def write(connection: Session, effects: Effects, step: Step) -> None:
    """One transaction: the position's compare-and-swap, then every effect.

    Raises store.positions.Fenced (nothing is written) or Unavailable (ask already_done whether it was).
    """
    with unavailable_when_away(), connection.transaction(), connection.cursor() as cursor:
        advance(cursor, step)
        for kind in _KINDS:
            _carry(cursor, kind, getattr(effects, kind))


def write_keys(connection: Session, keys: Sequence[ReportKeyRow]) -> None:
    """Stores the keys of sealed rows in the key database; before the rows, so that none is ever without its key.

    All of them or none: random ids that are there already are the same keys, stored by a try whose answer was lost.
    """
    if not keys:
        return
    with (
        unavailable_when_away(),
        suppress(UniqueViolation),
        connection.transaction(),
        connection.cursor() as cursor,
        cursor.copy(load("keys")["copy_report_keys"]) as copy,
    ):
        for key in keys:
            copy.write_row(key)


def _carry(cursor: Cursor[Row], kind: str, rows: Sequence[NamedTuple]) -> None:
    if not rows:
        return
    with cursor.copy(_copy(kind, type(rows[0])._fields)) as copy:
        for row in rows:
            copy.write_row(row)
    if kind == "report":
        for replaced in _REPLACED_WITH_REPORT:
            cursor.execute(load("effects")[f"clear_{replaced}"])
    cursor.execute(load("effects")[f"merge_{kind}"])


class _TextsDumper(Dumper):
    """A list of texts as text[]: psycopg's own looks at every element's type."""

    oid = 1009

    def dump(self, texts: list[str]) -> bytes:
        """The array's literal."""
        quoted = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
        return ('{"' + '","'.join(quoted) + '"}').encode() if texts else b"{}"


@cache
def _copy(kind: str, columns: tuple[str, ...]) -> Any:
    return f"COPY in_{kind} ({', '.join(columns)}) FROM STDIN"
