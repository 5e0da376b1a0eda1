"""From a row's texts to a request. What cannot be read is missing, and weighs nothing."""

from collections.abc import Mapping
from datetime import datetime

from linkage.duplicates.values import Has, Request, address_of, site_of, words_of
from linkage.names import fold

Texts = Mapping[str, str | None]
_DAY_MINUTES = 1440


def read_request(row: Texts, columns: Mapping[str, str]) -> Request:
    """The request of a row; `columns` names the column of each field."""

    def text(field: str) -> str:
        return (row.get(columns.get(field, "")) or "").strip()

    minute = minute_of(text("time"))
    point = point_of(text("latitude"), text("longitude"))
    site, stretch = site_of(text("site"))
    address, street = address_of(text("address"))
    described = text("text")
    words, origin = words_of(described), fold(text("origin"))
    return Request(
        has=_has(point, minute, site, address, words, origin),
        id=text("id"),
        minute=minute,
        latitude=point[0] if point else 0.0,
        longitude=point[1] if point else 0.0,
        service=fold(text("service")),
        site=site,
        stretch=stretch,
        address=address,
        street=street,
        words=words,
        text=" ".join(fold(described).split()),
        origin=origin,
    )


def _has(
    point: tuple[float, float] | None, minute: int, site: str, address: str, words: frozenset[str], origin: str
) -> int:
    fields = (
        (point, Has.POINT),
        (minute, Has.TIME),
        (site, Has.SITE),
        (address, Has.ADDRESS),
        (words, Has.WORDS),
        (origin, Has.ORIGIN),
    )
    return Has.SERVICE | sum(bit for value, bit in fields if value)


def minute_of(text: str) -> int:
    """Minutes since 1 January of year 1 of an ISO time, its offset ignored; 0 where it is none."""
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return told.toordinal() * _DAY_MINUTES + told.hour * 60 + told.minute


def point_of(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Degrees; None where either is no number, out of range, or both are nought."""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        return None
    is_point = -90 <= north <= 90 and -180 <= east <= 180 and (north, east) != (0.0, 0.0)
    return (north, east) if is_point else None
