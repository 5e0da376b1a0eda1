"""From imported rows to tables: read each row once, then complete what it leaves open from codes and boundaries."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from connectors.geography_census import Census, Key, Votes
from connectors.geography_shapes import Shapes
from connectors.geography_tables import NONE, Numbers, Table
from connectors.postcodes import number
from store.geography_rows import Boundary, PostcodeRow, UprnRow


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes whose numbers the tables hold, and how often an LSOA met a local authority or a ward."""

    lsoas: Numbers[Key] = field(default_factory=Numbers)
    wards: Numbers[str] = field(default_factory=Numbers)
    lads: Numbers[str] = field(default_factory=Numbers)
    lad_votes: Votes = field(default_factory=Counter)
    ward_votes: Votes = field(default_factory=Counter)


def read_postcodes(rows: Iterable[PostcodeRow], codes: Codes) -> Table:
    """The postcodes' table; every row is also a vote on where its LSOAs lie, in both vintages."""
    table = Table()
    for row in rows:
        newest = _keyed(row.lsoa21, 2021) or _keyed(row.lsoa11, 2011)
        _add(table, number(row.postcode), row, newest, codes)
        for lsoa in (_keyed(row.lsoa21, 2021), _keyed(row.lsoa11, 2011)):
            _vote(lsoa, row, codes)
    table.tidy()
    return table


def read_uprns(rows: Iterable[UprnRow], codes: Codes) -> Table:
    """The properties' table with parents and streets; every row is also a vote on where its LSOA lies."""
    table = Table()
    for row in rows:
        lsoa = _keyed(row.lsoa_code, row.lsoa_vintage)
        _add(table, int(row.uprn), row, lsoa, codes)
        _vote(lsoa, row, codes)
        table.parents.append(NONE if row.parent_uprn is None else int(row.parent_uprn))
        table.usrns.append(NONE if row.usrn is None else int(row.usrn))
    table.tidy()
    return table


def complete(table: Table, codes: Codes, census: Census, wards: Shapes, lads: Shapes) -> None:
    """Settles vintages, then fills in what rows leave open: from the boundaries around their point, from their LSOA."""
    _settle(table, codes, census)
    for row, found in _located(table, table.lsoas, census.shapes):
        table.lsoas[row] = codes.lsoas.of((found.code, found.vintage))
    _fill(table, table.lads, codes, lambda lsoa: codes.lads.of(census.lad(lsoa)))
    for row, found in _located(table, table.lads, lads):
        table.lads[row] = codes.lads.of(found.code)
    for row, found in _located(table, table.wards, wards):
        table.wards[row] = codes.wards.of(found.code)
    _fill(table, table.wards, codes, lambda lsoa: codes.wards.of(census.ward(lsoa)))


def _settle(table: Table, codes: Codes, census: Census) -> None:
    for row, number_ in enumerate(table.lsoas):
        if number_ != NONE and not codes.lsoas[number_][1]:
            table.lsoas[row] = codes.lsoas.of(census.settle(codes.lsoas[number_], table.point(row)))


def _located(table: Table, column: "array[int]", shapes: Shapes) -> Iterator[tuple[int, Boundary]]:
    rows = table.open_rows(column)
    points = [(table.latitudes[row], table.longitudes[row]) for row in rows]
    for row, found in zip(rows, shapes.first_at(points), strict=True):
        if found is not None:
            yield row, found


def _fill(table: Table, column: "array[int]", codes: Codes, of_lsoa: Callable[[Key], int]) -> None:
    for row, known in enumerate(column):
        if known == NONE and table.lsoas[row] != NONE:
            column[row] = of_lsoa(codes.lsoas[table.lsoas[row]])


def _add(table: Table, key: int, row: PostcodeRow | UprnRow, lsoa: Key | None, codes: Codes) -> None:
    table.add(key, row.latitude, row.longitude, codes.lsoas.of(lsoa), codes.wards.of(row.ward), codes.lads.of(row.lad))


def _vote(lsoa: Key | None, row: PostcodeRow | UprnRow, codes: Codes) -> None:
    if lsoa and row.lad:
        codes.lad_votes[lsoa, row.lad] += 1
    if lsoa and row.ward:
        codes.ward_votes[lsoa, row.ward] += 1


def _keyed(code: str | None, vintage: int) -> Key | None:
    return (code, vintage) if code else None
