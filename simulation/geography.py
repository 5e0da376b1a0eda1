"""Writes the lookup of the invented town: properties, postcodes, small areas and wards, in open formats."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulation.grid import Degrees, to_degrees
from simulation.places import PlaceKind, Town
from simulation.settings import Settings
from simulation.tables import write_table

UPRN = (
    "uprn",
    "parent_uprn",
    "usrn",
    "easting",
    "northing",
    "lat",
    "lon",
    "postcode",
    "lsoa_code",
    "ward_code",
    "lad_code",
    "address",
    "classification",
)
POSTCODE = (
    "postcode",
    "positional_quality",
    "easting",
    "northing",
    "lat",
    "lon",
    "lad_code",
    "ward_code",
    "ward_name",
    "lsoa21_code",
    "lsoa21_name",
    "lsoa11_code",
    "lsoa11_name",
)
WARD_OF_SMALL_AREA = (
    "LSOA21CD",
    "LSOA21NM",
    "WD_bestfit",
    "WD_name",
    "postcodes_in_best_ward",
    "postcodes_in_lsoa",
)

_CLASSIFICATIONS: Mapping[PlaceKind, str] = {
    "house": "RD04",
    "flat": "RD06",
    "room": "RH02",
    "building": "PP",
    "block": "PP",
    "hostel": "RH01",
    "pub": "CR06",
    "club": "CL06",
    "shop": "CR08",
    "square": "LP02",
    "site": "LD01",
}
"""Basic Land and Property Unit classes (GeoPlace's scheme)."""


def write_geography(settings: Settings, town: Town, folder: Path) -> list[Path]:
    """Five files that `wardlink geography import` takes."""
    return [
        _write_properties(settings, town, folder / "uprn.csv"),
        _write_postcodes(settings, town, folder / "postcodes.csv"),
        _write_small_areas(settings, town, folder / "lsoa.geojson"),
        _write_wards(town, folder / "wards.geojson"),
        _write_wards_of_small_areas(town, folder / "lsoa_to_ward.csv"),
    ]


def _write_properties(settings: Settings, town: Town, path: Path) -> Path:
    points = to_degrees([(place.easting, place.northing) for place in town.places])
    rows = (
        (
            place.uprn,
            place.parent,
            place.usrn,
            place.easting,
            place.northing,
            *_shown(point),
            place.postcode,
            place.lsoa,
            place.ward,
            settings.area,
            place.address,
            _CLASSIFICATIONS[place.kind],
        )
        for place, point in zip(town.places, points, strict=True)
    )
    return write_table(path, UPRN, rows)


def _write_postcodes(settings: Settings, town: Town, path: Path) -> Path:
    points = to_degrees([(postcode.easting, postcode.northing) for postcode in town.postcodes])
    wards = {ward.code: ward.name for ward in town.wards}
    areas = {area.code: area.name for area in town.small_areas}
    rows = (
        (
            postcode.code,
            10,
            postcode.easting,
            postcode.northing,
            *_shown(point),
            settings.area,
            postcode.ward,
            wards[postcode.ward],
            *(postcode.lsoa, areas[postcode.lsoa]) * 2,
        )
        for postcode, point in zip(town.postcodes, points, strict=True)
    )
    return write_table(path, POSTCODE, rows)


def _write_small_areas(settings: Settings, town: Town, path: Path) -> Path:
    shapes = (
        ({"LSOA21CD": area.code, "LSOA21NM": area.name, "LAD22CD": settings.area}, area.corners)
        for area in town.small_areas
    )
    return _write_shapes(path, shapes)


def _write_wards(town: Town, path: Path) -> Path:
    return _write_shapes(path, (({"WD_CD": ward.code, "WD_NM": ward.name}, ward.corners) for ward in town.wards))


def _write_wards_of_small_areas(town: Town, path: Path) -> Path:
    names = {ward.code: ward.name for ward in town.wards}
    postcodes = Counter(postcode.lsoa for postcode in town.postcodes)
    rows = (
        (area.code, area.name, area.ward, names[area.ward], postcodes[area.code], postcodes[area.code])
        for area in town.small_areas
    )
    return write_table(path, WARD_OF_SMALL_AREA, rows)


def _write_shapes(path: Path, shapes: Iterable[tuple[dict[str, str], list[tuple[int, int]]]]) -> Path:
    features = [_feature(properties, corners) for properties, corners in shapes]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def _feature(properties: dict[str, str], corners: list[tuple[int, int]]) -> dict[str, Any]:
    """A polygon; its ring runs against the clock and ends where it began (RFC 7946, section 3.1.6)."""
    ring = [[longitude, latitude] for latitude, longitude in to_degrees([*corners, corners[0]])]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _shown(point: Degrees) -> tuple[str, str]:
    return f"{point[0]:.6f}", f"{point[1]:.6f}"
