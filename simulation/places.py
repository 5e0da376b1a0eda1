"""What a town is made of: properties, small areas, wards and postcodes. Grid metres are OSGB36 (EPSG:27700)."""

from dataclasses import dataclass
from typing import Literal

Landlord = Literal["", "housing", "council", "haven", "weir", "foundry"]
"""Whose property it is: the housing association's, the council's, a smaller landlord's, or none of theirs."""

PlaceKind = Literal["house", "flat", "room", "building", "block", "hostel", "pub", "club", "shop", "square", "site"]
"""`building` is the shell of a house that was converted into flats; `block` and `hostel` are shells too."""

SHELLS: frozenset[PlaceKind] = frozenset(("building", "block", "hostel"))
HOMES: frozenset[PlaceKind] = frozenset(("house", "flat", "room"))


@dataclass(frozen=True, slots=True)
class Place:
    """One property, or one open space, with its number in the (invented) property gazetteer."""

    uprn: str
    parent: str
    """UPRN of the building, empty when there is none."""
    usrn: str
    kind: PlaceKind
    easting: int
    northing: int
    postcode: str
    lsoa: str
    ward: str
    unit: str
    """The part before the building: Flat 3."""
    building: str
    """23, or Juniper House."""
    street: str
    landlord: Landlord

    @property
    def head(self) -> str:
        """Unit, building and street: what one says on the telephone."""
        joint = " " if self.building[:1].isdigit() else ", "
        return ", ".join(part for part in (self.unit, f"{self.building}{joint}{self.street}") if part)

    @property
    def shell(self) -> str:
        """Building and street, without the unit."""
        return f"{self.building}{' ' if self.building[:1].isdigit() else ', '}{self.street}"

    @property
    def address(self) -> str:
        """The whole address on one line."""
        return f"{self.head}, London, {self.postcode}"


@dataclass(frozen=True, slots=True)
class SmallArea:
    """A square that stands for a Lower layer Super Output Area; `west` and `south` are its corner's grid metres."""

    code: str
    name: str
    ward: str
    west: int
    south: int
    side: int

    @property
    def corners(self) -> list[tuple[int, int]]:
        """Its corners in grid metres, against the clock from the south-west."""
        return _corners(self.west, self.south, self.west + self.side, self.south + self.side)


@dataclass(frozen=True, slots=True)
class Ward:
    """A rectangle of small areas."""

    code: str
    name: str
    west: int
    south: int
    east: int
    north: int

    @property
    def corners(self) -> list[tuple[int, int]]:
        """Its corners in grid metres, against the clock from the south-west."""
        return _corners(self.west, self.south, self.east, self.north)


@dataclass(frozen=True, slots=True)
class Postcode:
    """A postcode with its centroid."""

    code: str
    easting: int
    northing: int
    lsoa: str
    ward: str


@dataclass(frozen=True, slots=True)
class Town:
    """Everything with a place. `homes` are in the order in which they stand, so that neighbours have near indices."""

    small_areas: tuple[SmallArea, ...]
    wards: tuple[Ward, ...]
    postcodes: tuple[Postcode, ...]
    places: tuple[Place, ...]
    homes: tuple[Place, ...]
    streets: tuple[tuple[str, str, int, int], ...]
    """Name, USRN, and the easting and northing of the middle: where public statistics snap to."""

    def of_kind(self, *kinds: PlaceKind) -> tuple[Place, ...]:
        """All places of these kinds."""
        return tuple(place for place in self.places if place.kind in kinds)


def _corners(west: int, south: int, east: int, north: int) -> list[tuple[int, int]]:
    return [(west, south), (east, south), (east, north), (west, north)]
