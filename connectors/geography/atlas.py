"""All that was imported, in memory: properties, postcodes, LSOAs and boundaries, each telling its local authority."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from connectors.geography.build import Codes, complete, read_postcodes, read_uprns
from connectors.geography.census import Census, Key, as_record
from connectors.geography.shapes import Shapes, spot
from connectors.geography.tables import NONE, Table, dwellings_below, is_number
from connectors.grid import Point
from connectors.postcodes import normalise, number
from schemas.codes import shipped
from schemas.records import Lsoa
from schemas.vocabulary import PropertyType
from store.geography_rows import Boundary, LsoaRow, Partnership, PostcodeRow, UprnRow, WardRow

_MAY_BE_SHELLS = frozenset({PropertyType.UNKNOWN, PropertyType.HOME})


class Spot(NamedTuple):
    """Where a piece of evidence lies."""

    area: str
    lad: str
    lsoa: Lsoa | None
    ward: str | None


@dataclass(frozen=True, slots=True)
class Atlas:
    """The imported lookup, read only: each question is about one piece of evidence; `Geography` weighs the answers."""

    wards: Shapes
    lads: Shapes
    census: Census
    codes: Codes
    postcodes: Table
    uprns: Table
    dwellings: Mapping[int, int]
    areas: tuple[Partnership, ...]
    area_of_lad: Mapping[str, str]
    lad_of_ward: Mapping[str, str]

    @classmethod
    def build(
        cls,
        boundaries: Iterable[Boundary],
        lsoas: Iterable[LsoaRow],
        wards: Iterable[WardRow],
        postcodes: Iterable[PostcodeRow],
        uprns: Iterable[UprnRow],
        partnerships: Iterable[Partnership],
    ) -> "Atlas":
        """Reads each row once; of several of one key the last counts."""
        codes, shapes = Codes(), list(boundaries)
        layers = {layer: Shapes(row for row in shapes if row.layer == layer) for layer in ("lsoa", "ward", "lad")}
        tables = read_postcodes(postcodes, codes), read_uprns(uprns, codes)
        census = Census.build(lsoas, layers["lsoa"], layers["lad"], codes.lad_votes(), codes.ward_votes())
        for table in tables:
            complete(table, codes, census, layers["ward"], layers["lad"])
        lad_of_ward = {row.code: row.lad for row in chain[Boundary | WardRow](layers["ward"].rows, wards) if row.lad}
        drawn = (row.code for row in layers["lad"].rows)
        known = {*census.lads.values(), *codes.lads.known(), *lad_of_ward.values(), *drawn}
        areas = _areas(partnerships, known)
        return cls(
            wards=layers["ward"],
            lads=layers["lad"],
            census=census,
            codes=codes,
            postcodes=tables[0],
            uprns=tables[1],
            dwellings=dwellings_below(tables[1].keys, tables[1].parents),
            areas=areas,
            area_of_lad={lad: partnership.area for partnership in areas for lad in partnership.lads},
            lad_of_ward=lad_of_ward,
        )

    def at_lsoa(self, lsoa: Lsoa, point: Point | None) -> Spot | None:
        """An LSOA's authority; `point` helps only to settle a vintage that is not stated."""
        return self._of_lsoa(self.census.settle((lsoa.code, lsoa.vintage), point), None)

    def at_point(self, point: Point) -> Spot | None:
        """What the boundaries say: the LSOA's authority, else the authority's own boundary, else the ward's."""
        where = spot(point)
        wards = self.wards.at(where)
        ward = wards[0].code if wards else None
        for found in self.census.shapes.at(where):
            if told := self._of_lsoa((found.code, found.vintage), ward):
                return told
        lads = self.lads.at(where)
        lad = lads[0].code if lads else self.lad_of_ward.get(ward or "")
        return self._spot(lad, None, ward)

    def at_postcode(self, postcode: str) -> tuple[Spot | None, Point | None]:
        """A postcode's authority and centroid, whatever its spelling."""
        normal = normalise(postcode)
        row = NONE if normal is None else self.postcodes.find(number(normal))
        return (None, None) if row == NONE else (self.of_row(self.postcodes, row), self.postcodes.point(row))

    def row_of_uprn(self, uprn: str) -> int:
        """The property's row in `uprns`; NONE when it is not known or is no UPRN."""
        return self.uprns.find(int(uprn)) if is_number(uprn) else NONE

    def of_row(self, table: Table, row: int) -> Spot | None:
        """Where a row of a table lies."""
        return self._spot(self.codes.lads.code(table.lads[row]), self.lsoa_of(table, row), self.ward_of(table, row))

    def lsoa_of(self, table: Table, row: int) -> Lsoa | None:
        """A row's LSOA."""
        lsoa = self.codes.lsoas.code(table.lsoas[row])
        return None if lsoa is None else as_record(lsoa)

    def ward_of(self, table: Table, row: int) -> str | None:
        """A row's ward."""
        return self.codes.wards.code(table.wards[row])

    def type_of(self, row: int) -> PropertyType:
        """What the property of that row is: by its class, but one that others lie below is no home of its own."""
        blpu_class = self.codes.classes.code(self.uprns.classes[row])
        stated = shipped().property_type(blpu_class) if blpu_class else PropertyType.UNKNOWN
        is_shell = stated in _MAY_BE_SHELLS and self.uprns.keys[row] in self.dwellings
        return PropertyType.BUILDING if is_shell else stated

    def may_hold(self, found: Spot, point: Point, tolerance_m: float) -> bool:
        """Whether the point may lie in the found LSOA, or where its boundary is not known, in its authority."""
        lsoa = found.lsoa
        if lsoa and (years := self._drawn(lsoa)):
            return any(self.census.shapes.is_near(lsoa.code, year, point, tolerance_m) for year in years)
        if drawn := self.lads.vintages(found.lad):
            return self.lads.is_near(found.lad, drawn[0], point, tolerance_m)
        other = self.at_point(point)
        return other is None or other.lad == found.lad

    def lsoa_spots(self) -> Iterator[tuple[Key, Spot]]:
        """Every LSOA whose authority is decided by its code and vintage alone; vintage 0 where the row states none."""
        for key in {(code, year) for code, vintage in self.census.lads for year in (0, vintage)}:
            if told := self._of_lsoa(self.census.settle(key, None), None):
                yield key, told

    def _drawn(self, lsoa: Lsoa) -> tuple[int, ...]:
        years = self.census.shapes.vintages(lsoa.code)
        return tuple(year for year in years if lsoa.vintage in (0, year))

    def _of_lsoa(self, lsoa: Key, ward: str | None) -> Spot | None:
        return self._spot(self.census.lad(lsoa), as_record(lsoa), ward or self.census.ward(lsoa))

    def _spot(self, lad: str | None, lsoa: Lsoa | None, ward: str | None) -> Spot | None:
        return None if lad is None else Spot(self.area_of_lad[lad], lad, lsoa, ward)


def _areas(partnerships: Iterable[Partnership], lads: Iterable[str]) -> tuple[Partnership, ...]:
    """The partnerships, and each authority that is in none as an area of its own; by code."""
    given = [partnership for partnership in partnerships if partnership.lads]
    taken = {lad for partnership in given for lad in partnership.lads}
    alone = [Partnership(lad, "", (lad,)) for lad in set(lads) - taken]
    return tuple(sorted((*given, *alone)))
