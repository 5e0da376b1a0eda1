"""Grid metres to degrees: the one file of this room that knows the conversion library (OSTN15, exact to 0.1 m)."""

from collections.abc import Sequence

from convertbng.cutil import convert_osgb36_to_ll

Degrees = tuple[float, float]
"""WGS84 latitude and longitude, to a ten-centimetre."""


def to_degrees(points: Sequence[tuple[int, int]]) -> list[Degrees]:
    """Latitude and longitude of points of the British National Grid (easting, northing), in order."""
    eastings, northings = [float(east) for east, _ in points], [float(north) for _, north in points]
    longitudes, latitudes = convert_osgb36_to_ll(eastings, northings)
    pairs = zip(latitudes.tolist(), longitudes.tolist(), strict=True)
    return [(round(latitude, 6), round(longitude, 6)) for latitude, longitude in pairs]
