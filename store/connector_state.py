"""What connectors have published: one small row for each reference, so that reading again adds nothing.

Content is a keyed hash; no value of a row is kept here. Only `connectors.ingest` writes it, and only after Kafka has
acknowledged what it tells of.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from psycopg import Connection

from store.database import Row, unavailable_when_away
from store.queries import load

Key = tuple[str, str, str]
"""Agency, entity ("report", "update", "quarantine" or "unfit") and the agency's reference; of "quarantine" batch and
row."""

_SQL = load("connector_state")
_INCOMING_TYPES = ("text", "text", "text", "bytea", "int8", "text", "bool")


@dataclass(frozen=True, slots=True)
class Published:
    """The last state of one record that Kafka has acknowledged; `revision` as in the record."""

    content: bytes
    revision: int
    area: str
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch: when it was collected first (microseconds), and whether it has been read to its end."""

    collected: int
    finished: bool


class ConnectorState:
    """The state of one source. Raises Unavailable when PostgreSQL is away. It belongs to one thread."""

    def __init__(self, connection: "Connection[Row]", source: str) -> None:
        self._connection = connection
        self._source = source

    def look_up_batch(self, batch: str) -> Begun | None:
        """The batch of this id, if it has been begun before."""
        with unavailable_when_away():
            row = self._connection.execute(_SQL["find_batch"], {"batch": batch}).fetchone()
        return Begun(row["collected_at"], row["finished_at"] is not None) if row else None

    def begin_batch(self, batch: str, agency: str, now: int) -> Begun:
        """The batch of this id; its collection time stays that of the first reading, so that revisions repeat."""
        begun = {"batch": batch, "source": self._source, "agency": agency, "now": now}
        with unavailable_when_away():
            self._connection.execute(_SQL["begin_batch"], begun)
        return self.look_up_batch(batch) or Begun(now, finished=False)

    def finish_batch(self, batch: str, now: int) -> None:
        """Notes that the batch was read to its end."""
        with unavailable_when_away():
            self._connection.execute(_SQL["finish_batch"], {"batch": batch, "now": now})

    def renew_batch(self, batch: str, now: int) -> Begun:
        """Begins a batch anew, as one that is collected now."""
        with unavailable_when_away():
            self._connection.execute(_SQL["renew_batch"], {"batch": batch, "now": now})
        return Begun(now, finished=False)

    def newest_batch(self, agency: str) -> int:
        """Collection time of the newest batch of this agency; 0 when there is none."""
        with unavailable_when_away():
            row = self._connection.execute(
                _SQL["find_newest_batch"], {"source": self._source, "agency": agency}
            ).fetchone()
        return (row and row["collected_at"]) or 0

    def find(self, keys: Collection[Key]) -> dict[Key, Published]:
        """What was published of these references."""
        agencies, entities, references = zip(*keys, strict=True) if keys else ((), (), ())
        wanted = {"agencies": list(agencies), "entities": list(entities), "references": list(references)}
        with unavailable_when_away():
            rows = self._connection.execute(
                _SQL["find_records"], {"source": self._source, **wanted}, binary=True
            ).fetchall()
        return _by_key(rows)

    def save(self, records: Mapping[Key, Published], periods: Iterable[tuple[str, str, str]] = ()) -> None:
        """Notes records that Kafka has acknowledged, and the (agency, period, layout) that they belong to."""
        with unavailable_when_away(), self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(_SQL["create_incoming"])
            cursor.execute(_SQL["empty_incoming"])
            with cursor.copy(_SQL["copy_incoming"]) as copy:
                copy.set_types(_INCOMING_TYPES)
                for key, one in records.items():
                    copy.write_row((*key, one.content, one.revision, one.area, one.withdrawn))
            cursor.execute(_SQL["merge_incoming"], {"source": self._source})
            for agency, period, layout in periods:
                place = {"source": self._source, "agency": agency, "period": period, "layout": layout}
                cursor.execute(_SQL["insert_period"], place)

    def periods(self) -> set[tuple[str, str, str]]:
        """(agency, period, layout) of all periods held."""
        with unavailable_when_away():
            rows = self._connection.execute(_SQL["find_periods"], {"source": self._source}).fetchall()
        return {(row["agency"], row["period"], row["layout"]) for row in rows}

    def open_failures(self) -> dict[Key, Published]:
        """What lies in quarantine by the reference of the row (entity "unfit") and is not settled; `content` is the
        id in quarantine, `revision` the number of tries.
        """
        with unavailable_when_away():
            rows = self._connection.execute(_SQL["find_open_failures"], {"source": self._source}).fetchall()
        return _by_key(rows)

    def begin_snapshot(self) -> None:
        """Starts to note what a snapshot holds."""
        with unavailable_when_away():
            self._connection.execute(_SQL["drop_seen"])
            self._connection.execute(_SQL["create_seen"])

    def note_seen(self, keys: Iterable[Key]) -> None:
        """The snapshot holds these references."""
        with (
            unavailable_when_away(),
            self._connection.cursor() as cursor,
            cursor.copy(_SQL["copy_seen"]) as copy,
        ):
            copy.set_types(_INCOMING_TYPES[:3])
            for key in keys:
                copy.write_row(key)

    def unseen(self, agency: str) -> dict[Key, Published]:
        """What was published of this agency and the snapshot no longer holds; not what is withdrawn already."""
        with unavailable_when_away():
            rows = self._connection.execute(_SQL["find_unseen"], {"source": self._source, "agency": agency}).fetchall()
        return _by_key(rows)

    def count_held(self, agency: str) -> int:
        """How many references of this agency are published and not withdrawn."""
        with unavailable_when_away():
            row = self._connection.execute(_SQL["count_held"], {"source": self._source, "agency": agency}).fetchone()
        return row["held"] if row else 0


def _by_key(rows: Sequence[Row]) -> dict[Key, Published]:
    return {
        (row["agency"], row["entity"], row["reference"]): Published(
            row["content"], row["revision"], row["area"], row["withdrawn"]
        )
        for row in rows
    }
