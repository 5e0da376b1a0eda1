"""Which area holds which local authority: an authority is its own area until a partnership takes it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from psycopg import Connection

from schemas.errors import Refused
from store.database import Row
from store.queries import load

_SQL = load("geography")
_AREA = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,39}")
_LAD = re.compile(r"[ENSW]\d{8}")


@dataclass(frozen=True, slots=True)
class Move:
    """A local authority that went from one area to another."""

    lad: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Moves:
    """What changed; `with_records` are the areas concerned that hold reports, which stay where they are."""

    moves: tuple[Move, ...]
    with_records: tuple[str, ...]


NO_MOVES = Moves((), ())


def note_lads(connection: "Connection[Row]", names: Mapping[str, str]) -> None:
    """Makes each local authority that is new its own area; keeps its name where one is given."""
    connection.execute(_SQL["note_lads"], {"lads": list(names), "names": list(names.values())})


def add_to_partnership(connection: "Connection[Row]", area: str, name: str, lads: Iterable[str]) -> Moves:
    """Adds local authorities to an area, and names it where a name is given. Raises Refused for what is no code."""
    held = {lad for lad, holder in _areas(connection).items() if holder == area}
    return set_partnership(connection, area, name, held | set(lads))


def set_partnership(connection: "Connection[Row]", area: str, name: str, lads: Iterable[str]) -> Moves:
    """Makes an area hold exactly these local authorities; one that it held before is its own area again.

    Call it in a transaction. Raises Refused for what is no code.
    """
    wanted = sorted(set(lads))
    _check(area, wanted)
    before = _areas(connection)
    arguments = {"area": area, "name": name, "lads": wanted}
    for step in ("name_partnership", "join_lads", "own_area_of_left_lads", "leave_lads", "drop_empty_partnerships"):
        connection.execute(_SQL[step], arguments)
    return _moves(connection, before, _areas(connection))


def _check(area: str, lads: list[str]) -> None:
    wrong = [lad for lad in lads if not _LAD.fullmatch(lad)]
    if wrong or not lads:
        raise Refused(f"{', '.join(wrong) or 'nothing'} is no local authority code: give GSS codes such as E09000012")
    if not _AREA.fullmatch(area):
        raise Refused("an area's code has 2 to 40 letters, digits or hyphens: choose another")
    if _LAD.fullmatch(area) and area not in lads:
        raise Refused(f"area {area} has the code of a local authority that it would not hold: choose another code")


def _areas(connection: "Connection[Row]") -> dict[str, str]:
    return {row["lad"]: row["area"] for row in connection.execute(_SQL["read_lad_areas"]).fetchall()}


def _moves(connection: "Connection[Row]", before: Mapping[str, str], after: Mapping[str, str]) -> Moves:
    moves = tuple(Move(lad, before[lad], area) for lad, area in after.items() if lad in before and before[lad] != area)
    concerned = sorted({area for move in moves for area in (move.before, move.after)})
    rows = connection.execute(_SQL["areas_with_records"], {"areas": concerned}).fetchall()
    return Moves(moves, tuple(row["area"] for row in rows))
