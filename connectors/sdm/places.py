"""Locations of the Standard Data Model as places, and as the addresses of persons."""

from connectors.grid import to_wgs84
from connectors.mapping import values
from connectors.mapping.spots import method_of, on_earth
from connectors.sdm.document import Resource
from schemas.records import Place
from schemas.vocabulary import PlaceMethod, PlaceRole

_LINES = ("unitNumber", "buildingName", "buildingNumber", "street", "locationArea", "cityOrTown", "county")
_LAST_RESORT = ("mapLocation", "mapLocationAdditionalDetails", "addressDescription")


def place(location: Resource, role: PlaceRole) -> Place | None:
    """The place of a location; None where it says nothing of where it is. Unfit for numbers that are none."""
    uprn, point, address = uprn_of(location), _point(location), address_of(location)
    postcode = postcode_of(location)
    method = method_of(uprn, point, address, postcode)
    if method is PlaceMethod.UNKNOWN:
        return None
    latitude, longitude = point or (None, None)
    return Place(
        role=role,
        method=method,
        uprn=uprn,
        latitude=latitude,
        longitude=longitude,
        address=address,
        postcode=postcode,
    )


def uprn_of(location: Resource) -> str | None:
    """The property number, without its leading zeros."""
    return values.uprn(location.text("locationUPRN"), "locationUPRN")


def address_of(location: Resource) -> str | None:
    """The address on one line: a house number goes before its street; else what the reporter wrote of the place."""
    parts = [location.text(name) for name in _LINES]
    unit, building, number, street, *rest = parts
    road = " ".join(part for part in (number, street) if part)
    written = ", ".join(part for part in (unit, building, road, *rest) if part)
    return written or next((text for name in _LAST_RESORT if (text := location.text(name))), None)


def postcode_of(location: Resource) -> str | None:
    """The postcode, stated or within the address."""
    return values.postcode(location.text("postcode")) or values.postcode_within(address_of(location))


def _point(location: Resource) -> tuple[float, float] | None:
    latitude, longitude = (_number(location, f"location{name}") for name in ("Latitude", "Longitude"))
    if latitude and longitude is not None:
        return on_earth((latitude, longitude), "locationLatitude, locationLongitude")
    easting, northing = (_number(location, f"location{name}") for name in ("Easting", "Northing"))
    return to_wgs84(easting, northing, "locationEasting, locationNorthing") if easting and northing else None


def _number(location: Resource, attribute: str) -> float | None:
    return values.number(location.text(attribute), attribute)
