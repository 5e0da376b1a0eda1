"""Reads boundaries from GeoJSON (RFC 7946): local authorities, LSOAs and wards.

Coordinates are WGS84 degrees, longitude first; those in metres of the National Grid, which portals also offer, are
converted. A ring that crosses itself is mended, a feature without an area left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry import shape

from connectors.files import Member, refuse
from connectors.geography.points import is_british
from connectors.geography.source import Lookup, Tally
from connectors.geography.values import code
from connectors.grid import to_wgs84_many
from store.geography import Kind
from store.geography_rows import Boundary

_LAYERS = {Kind.LSOA_BOUNDARIES: "lsoa", Kind.WARD_BOUNDARIES: "ward", Kind.LAD_BOUNDARIES: "lad"}
_POLYGONS = ("Polygon", "MultiPolygon")
_OFF_THE_GRID = (0.0, 0.0)
_LSOA_ROLES = ("lsoa21", "lsoa11", "lsoa")


def first_properties(member: Member, expects: str) -> list[str]:
    """The names of the first feature's properties. Raises Refused for what is no GeoJSON with features."""
    features = _features(member, expects)
    return list(features[0].get("properties") or {})


def read_boundaries(lookup: Lookup, tally: Tally) -> Iterator[Boundary]:
    """The usable features of a file. Raises Refused when their coordinates are in no system that is known."""
    layer, role = _LAYERS[lookup.kind], _role(lookup)
    for feature in _features(lookup.member, "GeoJSON"):
        said = {name: str(value or "") for name, value in (feature.get("properties") or {}).items()}
        own, area = code(_say(lookup, said, role)), _area(feature.get("geometry"))
        if own is None or area is None:
            tally.rejected[f"no valid {layer} code" if own is None else "no polygon"] += 1
            continue
        lad = own if layer == "lad" else code(_say(lookup, said, "lad"))
        tally.places += 1
        tally.see_lad(lad, _say(lookup, said, "lad_name"))
        name = _say(lookup, said, f"{role}_name")
        yield Boundary(layer, lookup.vintage, own, name, None if layer == "lad" else lad, _stored(area, lookup))


def _features(member: Member, expects: str) -> Sequence[Mapping[str, Any]]:
    with member.open() as stream:
        try:
            document = orjson.loads(stream.read())
        except orjson.JSONDecodeError:
            raise refuse(member.name, expects, "JSON that breaks off or is damaged") from None
    kind = document.get("type") if isinstance(document, dict) else None
    features = document.get("features") if kind == "FeatureCollection" else None
    if not features or not all(isinstance(feature, dict) for feature in features):
        raise refuse(
            member.name, expects, f"JSON of the type {kind}" if kind == "Topology" else "JSON without features"
        )
    return list(features)


def _role(lookup: Lookup) -> str:
    roles = _LSOA_ROLES if lookup.kind is Kind.LSOA_BOUNDARIES else (_LAYERS[lookup.kind],)
    return next(role for role in roles if lookup.columns.has(role))


def _say(lookup: Lookup, said: Mapping[str, str], role: str) -> str:
    column = lookup.columns.by_role.get(role)
    return said.get(column, "").strip() if column else ""


def _area(geometry: Any) -> Any:
    """The polygons of a feature, mended; None when there are none."""
    try:
        drawn = shape(geometry) if geometry else None
    except (AttributeError, KeyError, TypeError, ValueError, shapely.errors.ShapelyError):
        return None
    if drawn is None or drawn.is_empty:
        return None
    flat = shapely.force_2d(drawn)
    if flat.is_valid:
        return flat if flat.geom_type in _POLYGONS else None
    polygons = [part for part in shapely.get_parts(shapely.make_valid(flat)) if part.geom_type in _POLYGONS]
    return shapely.union_all(polygons) if polygons else None


def _stored(area: Any, lookup: Lookup) -> bytes:
    west, south, east, north = area.bounds
    if max(abs(west), abs(east)) > 180:
        area = shapely.transform(area, _from_grid)
        west, south, east, north = area.bounds
    if not (is_british((south, west)) and is_british((north, east))):
        raise refuse(lookup.member.name, "coordinates in WGS84 (longitude first) or the National Grid", "others")
    return bytes(shapely.to_wkb(area))


def _from_grid(metres: "np.ndarray[Any, np.dtype[np.float64]]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    found = to_wgs84_many(metres[:, 0].tolist(), metres[:, 1].tolist())
    return np.array([(point[1], point[0]) if point else _OFF_THE_GRID for point in found])
