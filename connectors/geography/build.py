"""From imported rows to tables: read each row once, then complete what it leaves open from codes and boundaries."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from connectors.geography.census import Census, Key, Votes
from connectors.geography.shapes import Shapes
from connectors.geography.tables import NONE, Numbers, Table
from connectors.postcodes import number
from store.geography_rows import Boundary, PostcodeRow, UprnRow


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes whose numbers the tables hold, and how often an LSOA's number met that of an authority or a ward."""

    lsoas: Numbers[Key] = field(default_factory=Numbers)
    wards: Numbers[str] = field(default_factory=Numbers)
    lads: Numbers[str] = field(default_factory=Numbers)
    classes: Numbers[str] = field(default_factory=Numbers)
    met_lads: Counter[tuple[int, int]] = field(default_factory=Counter)
    met_wards: Counter[tuple[int, int]] = field(default_factory=Counter)

    def lad_votes(self) -> Votes:
        """How many places of an LSOA lie in a local authority."""
        return _votes(self.met_lads, self.lsoas, self.lads)

    def ward_votes(self) -> Votes:
        """How many places of an LSOA lie in a ward."""
        return _votes(self.met_wards, self.lsoas, self.wards)

    def meet(self, lsoas: "array[int]", table: Table) -> None:
        """Counts every row of the table as a vote on where its LSOA lies."""
        self.met_lads.update(zip(lsoas, table.lads, strict=True))
        self.met_wards.update(zip(lsoas, table.wards, strict=True))


def read_postcodes(rows: Iterable[PostcodeRow], codes: Codes) -> Table:
    """The postcodes' table with the newest LSOA of each; every row is a vote on where its LSOAs lie."""
    table, older = Table(), array("i")
    for row in rows:
        newest = _number(row.lsoa21, 2021, codes)
        older.append(_number(row.lsoa11, 2011, codes))
        _add(table, number(row.postcode), row, older[-1] if newest == NONE else newest, codes)
    codes.meet(table.lsoas, table)
    codes.meet(older, table)
    table.tidy()
    return table


def read_uprns(rows: Iterable[UprnRow], codes: Codes) -> Table:
    """The properties' table with parents, streets and classes; every row is a vote on where its LSOA lies."""
    table = Table()
    for row in rows:
        _add(table, int(row.uprn), row, _number(row.lsoa_code, row.lsoa_vintage, codes), codes)
        table.parents.append(NONE if row.parent_uprn is None else int(row.parent_uprn))
        table.usrns.append(NONE if row.usrn is None else int(row.usrn))
        table.classes.append(codes.classes.of(row.classification))
    codes.meet(table.lsoas, table)
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
    vague = {number_ for number_, (_, vintage) in enumerate(codes.lsoas.known()) if not vintage}
    rows = [row for row, number_ in enumerate(table.lsoas) if number_ in vague] if vague else []
    around = dict(_around(table, rows, census.shapes))
    for row in rows:
        lsoa, found = codes.lsoas[table.lsoas[row]], around.get(row)
        told = (found.code, found.vintage) if found and found.code == lsoa[0] else None
        table.lsoas[row] = codes.lsoas.of(told or census.settle(lsoa, table.point(row)))


def _located(table: Table, column: "array[int]", shapes: Shapes) -> Iterator[tuple[int, Boundary]]:
    """The rows whose column is not known, with the boundary around their point."""
    return _around(table, [row for row, number_ in enumerate(column) if number_ == NONE], shapes)


def _around(table: Table, rows: Iterable[int], shapes: Shapes) -> Iterator[tuple[int, Boundary]]:
    placed = [(row, point) for row in rows if (point := table.point(row))] if len(shapes) else []
    found = shapes.first_at([point for _, point in placed])
    return ((row, boundary) for (row, _), boundary in zip(placed, found, strict=True) if boundary)


def _fill(table: Table, column: "array[int]", codes: Codes, of_lsoa: Callable[[Key], int]) -> None:
    for row in [row for row, number_ in enumerate(column) if number_ == NONE] if NONE in column else ():
        if table.lsoas[row] != NONE:
            column[row] = of_lsoa(codes.lsoas[table.lsoas[row]])


def _add(table: Table, key: int, row: PostcodeRow | UprnRow, lsoa: int, codes: Codes) -> None:
    table.add(key, row.latitude, row.longitude, lsoa, codes.wards.of(row.ward), codes.lads.of(row.lad))


def _number(code: str | None, vintage: int, codes: Codes) -> int:
    return codes.lsoas.of((code, vintage)) if code else NONE


def _votes(met: Counter[tuple[int, int]], lsoas: Numbers[Key], codes: Numbers[str]) -> Votes:
    return Counter(
        {(lsoas[one], codes[other]): count for (one, other), count in met.items() if NONE not in (one, other)}
    )
