"""What reports and updates of NoiseWorks share: its clock, its cases' places, and how rows hang together."""

from connectors.clocks import ISO, Clock
from connectors.contract import Row
from connectors.grid import to_wgs84
from connectors.mapping import values
from connectors.shelf import Values
from connectors.times import LONDON
from schemas.errors import Unfit
from schemas.records import Place
from schemas.vocabulary import PlaceMethod, PlaceRole

CLOCK = Clock(LONDON, (ISO,))
"""Its times state their offset; London's clock is for exports that lost it."""


def source_places(case: Values) -> tuple[Place, ...]:
    """Where the noise comes from: a property, or a point with a radius, or only a text."""
    uprn, address = values.uprn(case["uprn"], "uprn"), values.clean(case.get("location_cache"))
    easting, northing = values.number(case["easting"], "easting"), values.number(case["northing"], "northing")
    has_point = easting is not None and northing is not None
    if not (uprn or has_point or address):
        return ()
    latitude, longitude = to_wgs84(easting, northing) if easting is not None and northing is not None else (None, None)
    ward = values.clean(case.get("ward"))
    return (
        Place(
            role=PlaceRole.SOURCE,
            method=_method(uprn, has_point),
            uprn=uprn,
            latitude=latitude,
            longitude=longitude,
            uncertainty_m=values.number(case.get("radius"), "radius") if has_point else None,
            ward=ward if ward and ward.startswith("E05") else None,
            address=address,
            postcode=values.postcode_within(address),
        ),
    )


def _method(uprn: str | None, has_point: bool) -> PlaceMethod:
    if uprn:
        return PlaceMethod.STATED_UPRN
    return PlaceMethod.STATED_POINT if has_point else PlaceMethod.STATED_ADDRESS


def only(row: Row, table: str, field: str) -> Values:
    """The related row that a column names; Unfit where the export does not hold it."""
    try:
        [found] = row.related[table]
    except ValueError:
        raise Unfit(field, f"names no single row of {table}.csv", "export all files at one time") from None
    return found


def needed(row: Values, field: str) -> str:
    """The text of a field that must be there; Unfit where it is empty."""
    if (text := values.clean(row[field])) is None:
        raise Unfit(field, "is empty", "export the row with its number")
    return text
