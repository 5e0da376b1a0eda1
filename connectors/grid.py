"""The British National Grid (OSGB36) to WGS84, with Ordnance Survey's OSTN15 transformation.

A plain Helmert shift is up to 5 m wrong, which is the wrong side of a party wall; OSTN15 is right to 0.1 m.
"""

import math
from collections.abc import Sequence

from convertbng.cutil import convert_osgb36_to_ll

from schemas.errors import Unfit

Point = tuple[float, float]
"""WGS84 latitude and longitude in degrees."""


def to_wgs84(easting: float, northing: float, field: str = "easting, northing") -> Point:
    """(latitude, longitude) of a grid point in metres; Unfit where the grid does not reach."""
    [point] = to_wgs84_many([easting], [northing])
    if point is None:
        raise Unfit(field, "is no point of the British National Grid", "give metres of EPSG:27700, or leave it empty")
    return point


def to_wgs84_many(eastings: Sequence[float], northings: Sequence[float]) -> list[Point | None]:
    """One point for each pair, in order, in one call; None where the grid does not reach."""
    longitudes, latitudes = convert_osgb36_to_ll(eastings, northings)
    return [
        None if math.isnan(latitude) else (latitude, longitude)
        for latitude, longitude in zip(latitudes.tolist(), longitudes.tolist(), strict=True)
    ]
