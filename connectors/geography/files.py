"""Recognises open geography files by what they hold, not by their names, and reads them.

| kind       | a file of this kind has                                                              |
|------------|--------------------------------------------------------------------------------------|
| boundaries | GeoJSON features whose properties hold an LSOA, ward or local authority code          |
| uprns      | a UPRN column, and a parent, point, LSOA or local authority                           |
| postcodes  | a postcode column, and an LSOA or local authority                                     |
| lsoas      | an LSOA column, and a ward or local authority                                         |
| wards      | a ward column, and a local authority                                                  |

A table with columns that only reports, cases or people have is none of them.
"""

import csv
import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from connectors.files import Member, columns_of, describe, head, members, refuse
from connectors.geography.columns import CODE_POINT_OPEN, Columns, columns_of_records, find_columns
from connectors.geography.geojson import first_properties, read_boundaries
from connectors.geography.source import Lookup, Tally
from connectors.geography.tabular import read_table
from connectors.postcodes import normalise
from schemas.errors import Refused
from store.geography import GeographyRow, Kind

EXPECTS = (
    "boundaries as GeoJSON with LSOA, ward or local authority codes, or a CSV table that gives UPRNs, postcodes, "
    "LSOAs or wards their codes"
)

_ENDINGS = (".csv", ".csv.gz", ".geojson", ".geojson.gz", ".json", ".json.gz")
_POINT = ("latitude", "easting")
_LSOA = ("lsoa21", "lsoa11", "lsoa")


def find_lookups(path: Path, vintage: int = 0) -> tuple[list[Lookup], list[str]]:
    """The geography files of a path, which may be a folder or a zip, and the names of other files that lie in it.

    `vintage` counts for files that do not say it themselves. Raises Refused when nothing in the path is geography.
    """
    found: list[Lookup] = []
    others: list[str] = []
    refusals: list[Refused] = []
    for member in members(path, lambda name: name.lower().endswith(_ENDINGS)):
        try:
            found.append(recognise(member, vintage))
        except Refused as refusal:
            refusals.append(refusal)
            others.append(member.name)
    if not found:
        raise refusals[0] if refusals else refuse(path, EXPECTS, "no file that ends in .csv, .geojson or .json")
    return found, others


def recognise(member: Member, vintage: int = 0) -> Lookup:
    """What the file holds. Raises Refused, with what was found, when that is no geography."""
    beginning = head(member)
    if describe(beginning) == "JSON":
        columns = find_columns(first_properties(member, EXPECTS))
        return _lookup(member, columns, _kind_of_boundaries(columns), vintage, "features without such codes")
    if _is_code_point_open(beginning):
        member = _with_header(member)
    header = columns_of(member, EXPECTS)
    if columns_of_records(header):
        raise refuse(member.name, EXPECTS, "a table of reports, cases or people")
    columns = find_columns(header)
    return _lookup(member, columns, _kind_of_table(columns), vintage, describe(beginning))


def read_rows(lookup: Lookup, tally: Tally) -> Iterator[GeographyRow]:
    """The places of a file; `tally` hears of them. Raises Refused where it breaks off or has no usable place."""
    if lookup.kind.table == "boundary":
        yield from read_boundaries(lookup, tally)
    else:
        yield from read_table(lookup, tally)
    if not tally.places:
        reasons = ", ".join(f"{count} × {reason}" for reason, count in tally.rejected.most_common(3))
        raise refuse(lookup.member.name, f"{lookup.kind} with valid codes", reasons or "a file without rows")


def digest(member: Member) -> str:
    """SHA-256 of the file's (unpacked) content, hexadecimal."""
    hashed = hashlib.sha256()
    with member.open() as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            hashed.update(block)
    return hashed.hexdigest()


def _lookup(member: Member, columns: Columns, kind: Kind | None, vintage: int, found: str) -> Lookup:
    if kind is None:
        roles = ", ".join(columns.by_role)
        raise refuse(member.name, EXPECTS, f"{found}, of which these can be used: {roles}" if roles else found)
    return Lookup(member, kind, _vintage_of(kind, columns) or vintage, columns)


def _kind_of_boundaries(columns: Columns) -> Kind | None:
    if columns.has_any(*_LSOA):
        return Kind.LSOA_BOUNDARIES
    if columns.has("ward"):
        return Kind.WARD_BOUNDARIES
    return Kind.LAD_BOUNDARIES if columns.has("lad") else None


def _kind_of_table(columns: Columns) -> Kind | None:
    if columns.has("uprn"):
        return Kind.UPRNS if columns.has_any("parent_uprn", "lad", *_POINT, *_LSOA) else None
    if columns.has("postcode"):
        return Kind.POSTCODES if columns.has_any("lad", *_LSOA) else None
    if columns.has_any(*_LSOA):
        return Kind.LSOAS if columns.has_any("ward", "lad") else None
    return Kind.WARDS if columns.has("ward", "lad") else None


def _vintage_of(kind: Kind, columns: Columns) -> int:
    """The year in the name of the column that the kind is about."""
    if kind in (Kind.LSOA_BOUNDARIES, Kind.LSOAS):
        return max(columns.year(role) for role in _LSOA)
    return columns.year("ward" if kind in (Kind.WARD_BOUNDARIES, Kind.WARDS) else "lad")


def _is_code_point_open(beginning: bytes) -> bool:
    """Whether the first line is already a row of Code-Point Open."""
    first = next(csv.reader([beginning.decode("utf-8-sig", "replace").split("\n", 1)[0]]), [])
    return len(first) == len(CODE_POINT_OPEN) and normalise(first[0]) is not None


def _with_header(member: Member) -> Member:
    def open_with_header() -> BinaryIO:
        with member.open() as stream:
            return cast(BinaryIO, BytesIO(",".join(CODE_POINT_OPEN).encode() + b"\n" + stream.read()))

    return Member(member.name, open_with_header)
