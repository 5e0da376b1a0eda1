"""Single values of geography files: codes, numbers and points, or None where the file says nothing usable."""

import re
from collections.abc import Iterable, Mapping
from math import nan

from connectors.geography.columns import Columns
from connectors.geography.points import is_british
from connectors.grid import Point, to_wgs84_many

_CODE = re.compile(r"[ENSW]\d{8}|95[A-Z]{2}\d{2}[A-Z]\d")
"""A GSS code, or the older kind of Northern Ireland's small areas."""

_PSEUDO = "99999999"
"""The digits of the codes that stand for "not in this country" in postcode directories."""


def code(text: str) -> str | None:
    """A code of the Office for National Statistics in upper case; None for anything else and for pseudo codes."""
    upper = text.strip().upper()
    return upper if _CODE.fullmatch(upper) and not upper.endswith(_PSEUDO) else None


def reference_number(text: str, digits: int) -> str | None:
    """A UPRN (up to 12 digits) or USRN (up to 8) as text without leading zeros; None for anything else."""
    bare = text.strip().lstrip("0")
    return bare if bare.isascii() and bare.isdigit() and len(bare) <= digits else None


def points(rows: Iterable[Mapping[str, str]], columns: Columns) -> list[Point | None]:
    """The rows' points in WGS84, from the National Grid where the file has no degrees; None where unusable."""
    if columns.has("latitude", "longitude"):
        degrees = ((_number(row, columns, "latitude"), _number(row, columns, "longitude")) for row in rows)
        return [point if is_british(point) else None for point in degrees]
    if not columns.has("easting", "northing"):
        return [None for _ in rows]
    metres = [(_number(row, columns, "easting"), _number(row, columns, "northing")) for row in rows]
    converted = to_wgs84_many([easting for easting, _ in metres], [northing for _, northing in metres])
    return [point if point and is_british(point) else None for point in converted]


def _number(row: Mapping[str, str], columns: Columns, role: str) -> float:
    try:
        return float(columns.value(row, role))
    except ValueError:
        return nan
