"""How far each partition has been read, and by whom: claimed once a generation, moved by compare-and-swap.

A worker claims a partition number for all its topics at once (epoch + 1). Whoever holds an older epoch, or did not
start from the stored offset, changes nothing: its batch is rolled back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from schemas.errors import Refused
from store.database import Row, Session, unavailable_when_away
from store.queries import load

_CLAIM_WAIT = "2s"
"""How long a claim waits for the row of an owner that was stopped inside its transaction."""


@dataclass(frozen=True, slots=True)
class LogBounds:
    """What Kafka says of one partition: whose it is, and the offsets it still holds (`first` up to before `end`)."""

    cluster_id: str
    topic_id: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A partition that is ours: where to go on, and the epoch that proves it."""

    next_offset: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Step:
    """The move of one partition's position that a batch makes: from `base` to `next` under `epoch`."""

    consumer: str
    topic: str
    partition: int
    epoch: int
    base: int
    next: int


class Fenced(Exception):
    """The position is not where this batch began, or another worker has claimed it: nothing was written."""


def claim(
    connection: Session, consumer: str, owner: str, partition: int, logs: Mapping[str, LogBounds]
) -> dict[str, Claim]:
    """Claims one partition number for all topics of `logs` in one transaction; returns the claim of each topic.

    Ends the sessions of a former owner that holds the rows for longer than two seconds (a stopped process).
    Raises Refused when a stored position does not fit the log: nothing may be skipped silently.
    """
    with unavailable_when_away():
        try:
            return _claim(connection, consumer, owner, partition, logs)
        except psycopg.errors.LockNotAvailable:
            _end_former_owners(connection, consumer, owner, partition)
            return _claim(connection, consumer, owner, partition, logs)


def advance(cursor: "psycopg.Cursor[Row]", step: Step) -> None:
    """Moves the position inside the caller's transaction; raises Fenced when it is no longer the caller's to move."""
    cursor.execute(
        load("position")["advance_position"],
        {
            "consumer": step.consumer,
            "topic": step.topic,
            "partition": step.partition,
            "epoch": step.epoch,
            "base": step.base,
            "next": step.next,
        },
    )
    if cursor.rowcount != 1:
        raise Fenced(f"{step.topic}[{step.partition}] is not at {step.base} in epoch {step.epoch}")


def already_done(connection: Session, step: Step) -> bool:
    """Whether the step was committed though its answer was lost."""
    with unavailable_when_away():
        row = connection.execute(
            load("position")["read_position"],
            {"consumer": step.consumer, "topic": step.topic, "partition": step.partition},
        ).fetchone()
    return row is not None and row["epoch"] == step.epoch and row["next_offset"] == step.next


def holds(connection: Session, consumer: str, epochs: Mapping[tuple[str, int], int]) -> bool:
    """Whether partitions (topic, number) are still held by these claims: nobody has claimed or moved them since."""
    with unavailable_when_away():
        rows = connection.execute(load("position")["read_epochs"], {"consumer": consumer}).fetchall()
    stored = {(row["topic"], row["partition"]): row["epoch"] for row in rows}
    return all(stored.get(where) == epoch for where, epoch in epochs.items())


def positions(connection: Session) -> Sequence[Row]:
    """All positions: consumer, topic, partition, cluster_id, topic_id, next_offset, epoch, owner."""
    with unavailable_when_away():
        return connection.execute(load("position")["list_positions"]).fetchall()


def move(connection: Session, consumer: str, topic: str, partition: int, log: LogBounds, to: int) -> None:
    """Moves a position by the operator's word and adopts the log's identity; its worker is fenced and starts again."""
    with unavailable_when_away():
        connection.execute(
            load("position")["move_position"],
            {
                "consumer": consumer,
                "topic": topic,
                "partition": partition,
                "cluster_id": log.cluster_id,
                "topic_id": log.topic_id,
                "next": to,
                "owner": "operator",
            },
        )


def _claim(
    connection: Session, consumer: str, owner: str, partition: int, logs: Mapping[str, LogBounds]
) -> dict[str, Claim]:
    with connection.transaction():
        connection.execute(f"SET LOCAL lock_timeout = '{_CLAIM_WAIT}'")
        held = connection.execute(
            load("position")["lock_positions"],
            {"consumer": consumer, "partition": partition, "topics": list(logs)},
        ).fetchall()
        for row in held:
            check_fits(row, partition, logs[row["topic"]])
        return {topic: _claim_one(connection, consumer, owner, topic, partition, logs[topic]) for topic in sorted(logs)}


def _claim_one(connection: Session, consumer: str, owner: str, topic: str, partition: int, log: LogBounds) -> Claim:
    row = connection.execute(
        load("position")["claim_position"],
        {
            "consumer": consumer,
            "topic": topic,
            "partition": partition,
            "cluster_id": log.cluster_id,
            "topic_id": log.topic_id,
            "start": log.first,
            "owner": owner,
        },
    ).fetchone()
    assert row is not None, "INSERT .. RETURNING always returns its row"  # noqa: S101
    return Claim(row["next_offset"], row["epoch"])


def check_fits(row: Row, partition: int, log: LogBounds) -> None:
    """Raises Refused, with the remedy, when a stored position cannot be a place in this log."""
    where = f"{row['topic']}[{partition}]"
    remedy = f"see 'wardlink positions list', then 'wardlink positions move {row['topic']} {partition}"
    if (row["cluster_id"], row["topic_id"]) != (log.cluster_id, log.topic_id):
        raise Refused(f"{where} is another topic than the one read so far (recreated?): {remedy} --to beginning'")
    if row["next_offset"] > log.end:
        raise Refused(f"{where} ends at {log.end}, before the stored position {row['next_offset']}: {remedy} --to end'")
    if row["next_offset"] < log.first:
        raise Refused(
            f"{where} begins at {log.first}, after the stored position {row['next_offset']}: "
            f"{log.first - row['next_offset']} records are gone by retention; ingest their sources with --again, "
            f"{remedy} --to beginning'"
        )


def _end_former_owners(connection: Session, consumer: str, owner: str, partition: int) -> None:
    rows = connection.execute(
        load("position")["owners_of"], {"consumer": consumer, "partition": partition, "owner": owner}
    ).fetchall()
    connection.execute(load("position")["end_sessions_of"], ([row["owner"] for row in rows],))
