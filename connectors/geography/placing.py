"""Which area a row belongs to, from what the row says of its place and what was imported.

The evidence is taken in a fixed order: UPRN, then LSOA code with vintage, then the point in the boundaries, then the
postcode. The first that decides is kept; what contradicts it is flagged, never averaged. A place outside everything
that was imported has no area. Codes are keyed with their vintage, never by name: E01033708 is "Hackney 027G" in 2011
and "Hackney 033C" in 2021.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from connectors.geography.atlas import Atlas, Spot
from connectors.geography.points import metres_between, trouble_with
from connectors.geography.tables import NONE, is_number
from connectors.grid import Point
from schemas.records import Lsoa
from schemas.vocabulary import PropertyType
from store.geography import read_geography
from store.geography_rows import Boundary, LsoaRow, Partnership, PostcodeRow, UprnRow, WardRow
from store.settings import StoreSettings

How = Literal["uprn", "lsoa", "point", "postcode"]
"""The evidence that decided."""

TOLERANCE_M = 250.0
"""Metres that a point may lie from the stated LSOA or property before the two are said to disagree."""


@dataclass(frozen=True, slots=True)
class Property:
    """What the imported lookup knows of a UPRN."""

    uprn: str
    parent_uprn: str | None
    usrn: str | None
    point: Point | None
    lsoa: Lsoa | None
    ward: str | None
    lad: str | None
    property_type: PropertyType


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a row belongs, and how that was decided.

    `lsoa` is the place's own, its vintage 0 where the evidence leaves it open. `uprn_row` is there whenever the stated
    UPRN is known, even if it did not decide. `point` is the best one known: the property's, else the stated one, else
    the postcode's centroid. `disagreement`: other evidence of the row contradicts what decided, beyond the tolerance.
    `point_trouble` says why a stated point was not used (see points.trouble_with).
    """

    area: str
    lad: str
    lsoa: Lsoa | None
    ward: str | None
    how: How
    uprn_row: Property | None = None
    disagreement: bool = False
    point: Point | None = None
    point_trouble: str | None = None


class Geography:
    """The imported lookup, read only; safe to share between threads."""

    __slots__ = ("_atlas", "_by_lsoa", "_tolerance_m")

    def __init__(self, atlas: Atlas, tolerance_m: float = TOLERANCE_M) -> None:
        self._atlas = atlas
        self._tolerance_m = tolerance_m
        self._by_lsoa = {key: Placement(*spot, "lsoa") for key, spot in atlas.lsoa_spots()}

    @classmethod
    def from_rows(
        cls,
        *,
        boundaries: Iterable[Boundary] = (),
        lsoas: Iterable[LsoaRow] = (),
        wards: Iterable[WardRow] = (),
        postcodes: Iterable[PostcodeRow] = (),
        uprns: Iterable[UprnRow] = (),
        partnerships: Iterable[Partnership] = (),
        tolerance_m: float = TOLERANCE_M,
    ) -> "Geography":
        """A lookup made of these rows; of several rows of one key the last counts."""
        return cls(Atlas.build(boundaries, lsoas, wards, postcodes, uprns, partnerships), tolerance_m)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was imported, so that no row can be placed."""
        return not self._atlas.areas

    @property
    def areas(self) -> tuple[Partnership, ...]:
        """All areas that a row can be placed in, by code; a local authority in no partnership is its own area."""
        return self._atlas.areas

    def place(self, uprn: str | None, lsoa: Lsoa | None, point: Point | None, postcode: str | None) -> Placement | None:
        """The area of a row with this evidence; None when nothing of it lies in what was imported.

        `point` is (latitude, longitude) in WGS84 degrees; one that cannot be right is not used (see point_trouble).
        """
        if uprn is None and point is None and postcode is None:
            return self._by_lsoa.get((lsoa.code, lsoa.vintage)) if lsoa else None
        trouble = trouble_with(point) if point else None
        return self._decide(_Evidence(uprn, lsoa, None if trouble else point, postcode, trouble))

    def dwellings(self, parent_uprn: str) -> int | None:
        """How many UPRNs lie below this one and hold none themselves; None when it is no known parent."""
        return self._atlas.dwellings.get(int(parent_uprn)) if is_number(parent_uprn) else None

    def _decide(self, said: "_Evidence") -> Placement | None:
        row = self._atlas.row_of_uprn(said.uprn) if said.uprn else NONE
        known = None if row == NONE else self._property(row)
        by_postcode = self._atlas.at_postcode(said.postcode) if said.postcode else (None, None)
        how, spot = self._first(said, row, by_postcode[0])
        if spot is None:
            return None
        disagrees = self._is_contradicted(how, spot, said, known, by_postcode[0])
        best = (known.point if known else None) or said.point or by_postcode[1]
        return Placement(*spot, how, known, disagrees, best, said.trouble)

    def _first(self, said: "_Evidence", row: int, by_postcode: Spot | None) -> tuple[How, Spot | None]:
        if row != NONE and (spot := self._atlas.of_row(self._atlas.uprns, row)):
            return "uprn", spot
        if said.lsoa and (spot := self._atlas.at_lsoa(said.lsoa, said.point)):
            return "lsoa", spot
        if said.point and (spot := self._atlas.at_point(said.point)):
            return "point", spot
        return "postcode", by_postcode

    def _is_contradicted(
        self, how: How, spot: Spot, said: "_Evidence", known: Property | None, by_postcode: Spot | None
    ) -> bool:
        """Whether evidence that did not decide speaks of somewhere else."""
        if by_postcode and by_postcode.lad != spot.lad:
            return True
        if how == "uprn" and said.lsoa and self._is_elsewhere(said.lsoa, spot, known):
            return True
        if said.point is None or how == "point":
            return False
        if how == "uprn" and known and known.point:
            return metres_between(known.point, said.point) > self._tolerance_m
        return not self._atlas.may_hold(spot, said.point, self._tolerance_m)

    def _is_elsewhere(self, lsoa: Lsoa, spot: Spot, known: Property | None) -> bool:
        """Whether a stated LSOA is not where the property is."""
        point = known.point if known else None
        stated = self._atlas.at_lsoa(lsoa, point)
        if stated is None or stated.lsoa == spot.lsoa:
            return False
        return stated.lad != spot.lad or bool(point and not self._atlas.may_hold(stated, point, self._tolerance_m))

    def _property(self, row: int) -> Property:
        table = self._atlas.uprns
        parent, usrn = table.parents[row], table.usrns[row]
        return Property(
            uprn=str(table.keys[row]),
            parent_uprn=None if parent == NONE else str(parent),
            usrn=None if usrn == NONE else str(usrn),
            point=table.point(row),
            lsoa=self._atlas.lsoa_of(table, row),
            ward=self._atlas.ward_of(table, row),
            lad=self._atlas.codes.lads.code(table.lads[row]),
            property_type=self._atlas.type_of(row),
        )


def load_geography(store: StoreSettings) -> Geography:
    """The lookup as it stands in PostgreSQL, empty when nothing was imported. Raises Unavailable when it is away."""
    with read_geography(store) as rows:
        return Geography.from_rows(
            boundaries=rows.boundaries(),
            lsoas=rows.lsoas(),
            wards=rows.wards(),
            postcodes=rows.postcodes(),
            uprns=rows.uprns(),
            partnerships=rows.partnerships(),
        )


class _Evidence(NamedTuple):
    uprn: str | None
    lsoa: Lsoa | None
    point: Point | None
    postcode: str | None
    trouble: str | None
