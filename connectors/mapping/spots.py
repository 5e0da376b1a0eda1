"""The places of a row in their roles."""

from collections.abc import Iterable, Mapping

from connectors.grid import Point, to_wgs84
from connectors.mapping import values
from connectors.mapping.people import holds, text_of
from connectors.mapping.profile_parts import PlaceOf
from schemas.errors import Unfit
from schemas.records import Place
from schemas.vocabulary import PlaceMethod

Values = Mapping[str, str]


def places_of(row: Values, parts: Iterable[PlaceOf]) -> tuple[Place, ...]:
    """One place for each part of the profile that the row says anything of. Raises Unfit, naming the column."""
    places = (_place(row, part) for part in parts if holds(row, part.when))
    return tuple(place for place in places if place.method is not PlaceMethod.UNKNOWN)


def _place(row: Values, part: PlaceOf) -> Place:
    uprn = values.uprn(row.get(part.uprn or ""), part.uprn or "")
    point, address = _point(row, part), text_of(row, part.address, ", ")
    postcode = values.postcode(row.get(part.postcode or "")) or values.postcode_within(address)
    latitude, longitude = point or (None, None)
    return Place(
        role=part.role,
        method=method_of(uprn, point, address, postcode, part.point_method),
        uprn=uprn,
        parent_uprn=values.uprn(row.get(part.parent_uprn or ""), part.parent_uprn or ""),
        usrn=values.clean(row.get(part.usrn or "")),
        latitude=latitude,
        longitude=longitude,
        uncertainty_m=_uncertainty(row, part) if point else None,
        ward=values.clean(row.get(part.ward or "")),
        address=address,
        postcode=postcode,
    )


def method_of(
    uprn: str | None,
    point: Point | None,
    address: str | None,
    postcode: str | None,
    by_point: PlaceMethod = PlaceMethod.STATED_POINT,
) -> PlaceMethod:
    """How a place is known best; UNKNOWN where it is not."""
    ways = (
        (uprn, PlaceMethod.STATED_UPRN),
        (point, by_point),
        (address, PlaceMethod.STATED_ADDRESS),
        (postcode, PlaceMethod.POSTCODE_CENTROID),
    )
    return next((method for stated, method in ways if stated), PlaceMethod.UNKNOWN)


def _point(row: Values, part: PlaceOf) -> Point | None:
    degrees = _pair(row, part.latitude, part.longitude)
    if degrees is not None:
        return on_earth(degrees, f"{part.latitude}, {part.longitude}")
    metres = _pair(row, part.easting, part.northing)
    return to_wgs84(*metres, field=f"{part.easting}, {part.northing}") if metres else None


def _pair(row: Values, first: str | None, second: str | None) -> tuple[float, float] | None:
    """Two numbers, or None: also for nought and nought, with which systems write that they know no point."""
    if first is None or second is None:
        return None
    one, other = values.number(row.get(first), first), values.number(row.get(second), second)
    return None if one is None or other is None or (one, other) == (0, 0) else (one, other)


def on_earth(point: Point, field: str) -> Point:
    """The point in degrees; Unfit where it cannot be one."""
    latitude, longitude = point
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Unfit(field, "is no point on Earth", "give degrees of WGS84, or leave them empty")
    return point


def _uncertainty(row: Values, part: PlaceOf) -> float | None:
    if isinstance(part.uncertainty_m, str):
        return values.number(row.get(part.uncertainty_m), part.uncertainty_m)
    return part.uncertainty_m
