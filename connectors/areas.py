"""The area of a report: where the row says that it happened, by the imported lookup; never by claim alone.

| the lookup says                               | with `--area X`                 | without        |
|-----------------------------------------------|---------------------------------|----------------|
| the row lies in X                             | X                               | X              |
| the row lies in another area                  | not asked for                   | that area      |
| nothing; X is in the lookup, and the row says where it was | unplaced (statistics: not asked for) | unplaced |
| nothing, otherwise                            | X, the default                  | unplaced       |

Unplaced is `unplaced:AGENCY`: stored and counted, never linked or alerted. Public statistics that nobody could place
belong to `force:AGENCY`.

A place that states an address and no property is that property of a gazetteer which the address means, if there is one
and nothing else that the row says of the place contradicts it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

from connectors.geography.placing import Placement
from connectors.grid import Point
from schemas.records import Lsoa, Place
from schemas.vocabulary import Kind, PlaceRole

_REMEMBERED = 1 << 16
_BY_WEIGHT = {role: weight for weight, role in enumerate((PlaceRole.SOURCE, PlaceRole.OCCURRED, PlaceRole.AFFECTED))}


class Lookup(Protocol):
    """What is needed of the imported geography (connectors.geography.placing.Geography)."""

    def place(self, uprn: str | None, lsoa: Lsoa | None, point: Point | None, postcode: str | None) -> Placement | None:
        """Where this evidence lies; None when it lies in nothing that was imported."""
        ...


FindUprn = Callable[[str, str | None], str | None]
"""The property that an address (and its postcode, where known) means; None where that cannot be told."""

POSTCODE_UNCERTAINTY_M = 100.0
"""Metres within which the addresses of a postcode lie around its centroid, in towns: a unit has about 15 of them (ONS
Postcode Products), so its centroid is no one's front door.
"""


@dataclass(frozen=True, slots=True)
class Settled:
    """A report's area, its LSOA, and its places as the lookup completes them.

    `disagrees`: what the row says of a place contradicts itself. `point_trouble` says why a stated point was not used.
    """

    area: str
    lsoa: Lsoa | None
    open_places: tuple[Place, ...]
    places: tuple[Place, ...]
    disagrees: bool = False
    point_trouble: str | None = None


class Areas:
    """Settles areas for one reading. `known` are the areas of the lookup, `asked` is the user's `--area`."""

    def __init__(
        self, lookup: Lookup | None, known: frozenset[str], asked: str | None, find_uprn: FindUprn | None = None
    ) -> None:
        self._known = known
        self._asked = asked
        self._look_up = lru_cache(_REMEMBERED)(lookup.place) if lookup and known else None
        self._find_uprn = lru_cache(_REMEMBERED)(find_uprn) if find_uprn else None

    def fallback(self, agency: str, kind: Kind = Kind.OPERATIONAL) -> str:
        """The area of a record that says nothing of where it belongs."""
        return self._asked or _nowhere(agency, kind)

    def covers(self, agency: str, area: str) -> bool:
        """Whether this reading speaks of that area: all, or only the asked one and what could not be placed."""
        return self._asked is None or area in (self._asked, _nowhere(agency, Kind.OPERATIONAL))

    def settle(
        self, agency: str, kind: Kind, open_places: tuple[Place, ...], places: tuple[Place, ...]
    ) -> Settled | None:
        """The area by the places of a report; None when the user asked for another area."""
        stated, placements = self._placed(open_places + places)
        decided = _first(stated, placements)
        area = self._decide(agency, kind, decided, stated)
        if area is None:
            return None
        completed = tuple(map(_complete, stated, placements))
        count = len(open_places)
        lsoa = decided.lsoa if decided else None
        return Settled(
            area,
            lsoa or _stated_lsoa(stated),
            completed[:count],
            completed[count:],
            any(found.disagreement for found in placements if found),
            next((found.point_trouble for found in placements if found and found.point_trouble), None),
        )

    def _decide(self, agency: str, kind: Kind, decided: Placement | None, stated: Sequence[Place]) -> str | None:
        if decided is not None:
            return decided.area if self._asked in (None, decided.area) else None
        if self._asked is None or not (self._asked in self._known and any(map(_says_where, stated))):
            return self.fallback(agency, kind)
        return None if kind is Kind.PUBLIC_STATISTICS else _nowhere(agency, kind)

    def _placed(self, stated: tuple[Place, ...]) -> tuple[tuple[Place, ...], tuple[Placement | None, ...]]:
        """Each place with its property, as far as its address tells it, and where it lies."""
        found = [self._by_address(place) or (place, self._placement(place)) for place in stated]
        return tuple(place for place, _ in found), tuple(placement for _, placement in found)

    def _by_address(self, place: Place) -> tuple[Place, Placement | None] | None:
        """A place with the property that its address means, unless it says something else of where it is."""
        if self._find_uprn is None or place.uprn is not None or place.address is None:
            return None
        uprn = self._find_uprn(place.address, place.postcode)
        if uprn is None:
            return None
        matched = replace(place, uprn=uprn)
        placement = self._placement(matched)
        return None if placement is not None and placement.disagreement else (matched, placement)

    def _placement(self, place: Place) -> Placement | None:
        return self._look_up(place.uprn, place.lsoa, _point(place), place.postcode) if self._look_up else None


def _nowhere(agency: str, kind: Kind) -> str:
    return f"force:{agency}" if kind is Kind.PUBLIC_STATISTICS else f"unplaced:{agency}"


def _first(places: Sequence[Place], placements: Sequence[Placement | None]) -> Placement | None:
    """What the lookup says of the first place by role that it knows."""
    known = [(_BY_WEIGHT.get(place.role, 3), found) for place, found in zip(places, placements, strict=True) if found]
    return min(known, key=lambda one: one[0])[1] if known else None


def _stated_lsoa(places: Sequence[Place]) -> Lsoa | None:
    stated = [place for place in places if place.lsoa]
    return min(stated, key=lambda place: _BY_WEIGHT.get(place.role, 3)).lsoa if stated else None


def _says_where(place: Place) -> bool:
    return bool(place.uprn or place.lsoa or place.postcode or place.latitude is not None)


def _point(place: Place) -> Point | None:
    if place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude


def _complete(place: Place, found: Placement | None) -> Place:
    """The place with what the lookup adds; what the source stated stands, but for a point that cannot be right."""
    if found is None:
        return place
    known = found.uprn_row
    return replace(
        _pointed(place, found),
        parent_uprn=place.parent_uprn or (known.parent_uprn if known else None),
        usrn=place.usrn or (known.usrn if known else None),
        lsoa=found.lsoa or place.lsoa,
        ward=place.ward or found.ward,
        property_type=known.property_type if known else place.property_type,
    )


def _pointed(place: Place, found: Placement) -> Place:
    """The place with the property's point, else its postcode's, where it states none that can be used."""
    if found.point is None or (place.latitude is not None and found.point_trouble is None):
        return place
    latitude, longitude = found.point
    is_property = found.uprn_row is not None and found.uprn_row.point is not None
    uncertainty = None if is_property else POSTCODE_UNCERTAINTY_M
    return replace(place, latitude=latitude, longitude=longitude, uncertainty_m=uncertainty)
