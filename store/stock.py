"""Whose homes are whose: the stock of landlords, by the lists that they hand in, with the days on which it holds.

A list is a landlord's whole stock on one day. What it lacks is no longer held from that day on, what it says otherwise
is so from that day on; a second list of the same day takes the place of the first. A list that is older than the newest
is refused, since nobody knows what has changed between.
"""

from collections.abc import Collection, Iterable
from dataclasses import astuple, dataclass
from datetime import date
from enum import StrEnum

from schemas.errors import Refused
from store.database import Row, Session, unavailable_when_away
from store.queries import load

_SQL = load("stock")
_TYPES = ("text", "date", "text", "text", "text", "int4")
_LOCK_CLASS = 7_226_463
_TOO_FEW_TO_JUDGE = 100
_STEPS = (
    "forget_homes_of_the_day",
    "reopen_homes_of_the_day",
    "forget_what_never_began",
    "end_homes",
    "insert_homes",
    "count_list",
)


class Tenure(StrEnum):
    """How a home is held, as the regulator of social housing tells them apart."""

    SOCIAL_RENT = "SOCIAL_RENT"
    AFFORDABLE_RENT = "AFFORDABLE_RENT"
    SUPPORTED = "SUPPORTED"
    TEMPORARY = "TEMPORARY"
    SHARED_OWNERSHIP = "SHARED_OWNERSHIP"
    LEASEHOLD = "LEASEHOLD"
    MARKET_RENT = "MARKET_RENT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Home:
    """One home of a list. `since` is the day from which it is held, where the list says so; `block` names its building,
    `block_uprn` is the building's own UPRN and `block_dwellings` the number of homes in it, whoever holds them.
    """

    uprn: str
    since: date | None
    tenure: Tenure
    block: str | None = None
    block_uprn: str | None = None
    block_dwellings: int | None = None


@dataclass(frozen=True, slots=True)
class StockList:
    """A landlord's list: its code, the day that the list speaks of, where it comes from, and SHA-256 of its bytes."""

    agency: str
    as_of: date
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a list changes: homes that come, that go, that are said otherwise; `held` were held before."""

    added: int
    removed: int
    changed: int
    held: int


@dataclass(frozen=True, slots=True)
class Holding:
    """Who holds a home, and how; from `valid_from` to the day before `valid_to` (None: still)."""

    agency: str
    uprn: str
    tenure: Tenure
    block: str | None
    block_uprn: str | None
    block_dwellings: int | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class BlockHolder:
    """A landlord in a block: how many of its homes it holds, and how many there are in all, where a list says so."""

    agency: str
    homes: int
    dwellings: int | None


def import_list(
    connection: Session, stock_list: StockList, homes: Iterable[Home], accept_removals: bool = False, keep: bool = True
) -> Changes:
    """Takes a list over, all or nothing; with `keep` false it only says what would change.

    Raises Refused for a list older than the newest, and, unless `accept_removals`, for one that lacks more than half of
    what is held. Raises Unavailable when PostgreSQL is away.
    """
    with unavailable_when_away(), connection.transaction(force_rollback=not keep):
        _refuse_an_older_one(connection, stock_list)
        _stage(connection, homes)
        changes = _changes(connection, stock_list.agency)
        if not accept_removals:
            _refuse_a_part(changes)
        _merge(connection, stock_list)
        connection.execute(_SQL["drop_incoming"])
    return changes


def holdings(connection: Session, uprns: Collection[str], day: date) -> dict[str, tuple[Holding, ...]]:
    """Who holds each of these homes on a day; a home that nobody has listed is left out."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["find_holdings"], {"uprns": list(uprns), "day": day}).fetchall()
    found: dict[str, tuple[Holding, ...]] = {}
    for row in rows:
        found[row["uprn"]] = (*found.get(row["uprn"], ()), Holding(**row | {"tenure": Tenure(row["tenure"])}))
    return found


def block_holders(connection: Session, block_uprn: str, day: date) -> tuple[BlockHolder, ...]:
    """Who holds homes in a block on a day, by agency."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["find_block_holders"], {"block_uprn": block_uprn, "day": day}).fetchall()
    return tuple(BlockHolder(**row) for row in rows)


def newest_lists(connection: Session) -> list[Row]:
    """The newest list of each landlord: agency, as_of, source, digest, homes, imported_at."""
    with unavailable_when_away():
        return connection.execute(_SQL["list_lists"]).fetchall()


def _refuse_an_older_one(connection: Session, stock_list: StockList) -> None:
    of = {"agency": stock_list.agency, "class": _LOCK_CLASS}
    connection.execute(_SQL["lock_agency"], of)
    newest = connection.execute(_SQL["find_newest_list"], of).fetchone()
    if newest is not None and newest["as_of"] > stock_list.as_of:
        raise Refused(
            f"--as-of {stock_list.as_of}: a later list of {stock_list.agency} is held, of {newest['as_of']}: "
            "import lists in the order of their days"
        )


def _stage(connection: Session, homes: Iterable[Home]) -> None:
    connection.execute(_SQL["create_incoming"])
    with connection.cursor() as cursor, cursor.copy(_SQL["copy_incoming"]) as copy:
        copy.set_types(_TYPES)
        for home in homes:
            copy.write_row(astuple(home))


def _changes(connection: Session, agency: str) -> Changes:
    row = connection.execute(_SQL["count_changes"], {"agency": agency}).fetchone()
    assert row is not None, "an aggregate always has a row"  # noqa: S101
    return Changes(**row)


def _refuse_a_part(changes: Changes) -> None:
    if changes.removed >= _TOO_FEW_TO_JUDGE and changes.removed * 2 > changes.held:
        raise Refused(
            f"this list lacks {changes.removed} of the {changes.held} homes held, more than half: is it whole? "
            "If it is, repeat with --accept-removals"
        )


def _merge(connection: Session, stock_list: StockList) -> None:
    of = {"agency": stock_list.agency, "as_of": stock_list.as_of}
    row = connection.execute(
        _SQL["insert_list"], of | {"source": stock_list.source, "digest": stock_list.digest}
    ).fetchone()
    assert row is not None, "INSERT … RETURNING always returns its row"  # noqa: S101
    for step in _STEPS:
        connection.execute(_SQL[step], of | {"list_id": row["list_id"]})
