"""Whether a point can be one, and how far two points lie apart."""

import math

from connectors.grid import Point

_EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (IUGG)."""

_BRITISH_LATITUDES = (49.0, 61.5)
_BRITISH_LONGITUDES = (-9.5, 2.5)


def trouble_with(point: Point) -> str | None:
    """Why the point cannot be used as evidence, or None when it can.

    "zero": 0, 0 stands for nothing known. "not degrees": not a number, or out of range as grid metres are. "swapped":
    longitude and latitude of a British point have changed places.
    """
    latitude, longitude = point
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return "not degrees"
    if latitude == 0 and longitude == 0:
        return "zero"
    return "swapped" if is_british((longitude, latitude)) else None


def is_british(point: Point) -> bool:
    """Whether the point lies in the box around the United Kingdom."""
    return _within(point[0], _BRITISH_LATITUDES) and _within(point[1], _BRITISH_LONGITUDES)


def metres_between(one: Point, other: Point) -> float:
    """Distance in metres of two points that are near each other (equirectangular: under 0.1 % off within 50 km)."""
    scale = math.cos(math.radians((one[0] + other[0]) / 2))
    north, east = math.radians(other[0] - one[0]), math.radians(other[1] - one[1]) * scale
    return _EARTH_RADIUS_M * math.hypot(north, east)


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]
