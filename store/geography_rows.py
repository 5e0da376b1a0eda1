"""Rows of the geography tables, one named tuple for each table: COPY takes them as they are.

A `vintage` is the year of the boundaries or of the release, 0 where nobody said it. Codes are those of the Office for
National Statistics (GSS). Points are WGS84 degrees.
"""

from typing import NamedTuple


class Boundary(NamedTuple):
    """A polygon (`shape`, WKB) of `layer` "lad", "lsoa" or "ward"; `lad` is its authority where its file says so."""

    layer: str
    vintage: int
    code: str
    name: str
    lad: str | None
    shape: bytes


class LsoaRow(NamedTuple):
    """A Lower layer Super Output Area of one census (`vintage`), the authority it lies in and its best-fit ward."""

    vintage: int
    code: str
    name: str
    lad: str | None
    ward: str | None


class WardRow(NamedTuple):
    """A ward and the authority that it belongs to."""

    vintage: int
    code: str
    name: str
    lad: str | None


class PostcodeRow(NamedTuple):
    """A postcode in upper case with one space, its centroid and what it lies in."""

    vintage: int
    postcode: str
    latitude: float | None = None
    longitude: float | None = None
    lad: str | None = None
    ward: str | None = None
    lsoa21: str | None = None
    lsoa11: str | None = None


class UprnRow(NamedTuple):
    """A property: UPRNs are text of up to 12 digits without leading zeros; `usrn` is its street's number."""

    vintage: int
    uprn: str
    parent_uprn: str | None = None
    usrn: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    postcode: str | None = None
    lsoa_code: str | None = None
    lsoa_vintage: int = 0
    ward: str | None = None
    lad: str | None = None
    classification: str | None = None
    address: str | None = None


class Partnership(NamedTuple):
    """A community safety partnership: the area that is the unit of sharing, and the local authorities it holds."""

    area: str
    name: str
    lads: tuple[str, ...]
