"""Which requests are compared: those of the same or the eight adjacent cells of a grid as wide as the distance asked.

Cells are of equal latitude; their width in longitude is that of the row of cells farthest from the equator, so a
neighbour is never missed. A request without a point is compared with those of its address.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from heapq import nsmallest
from math import cos, floor, hypot, radians

from linkage.duplicates.values import Has, Request

METRES_PER_DEGREE = 111_320.0
_NARROWEST = 0.05
"""Beyond 87 degrees north or south nobody reports; there the grid is as fine as here."""


def metres(one: Request, other: Request) -> float:
    """Distance on a locally flat earth, right within a metre over a kilometre."""
    north = one.latitude - other.latitude
    east = (one.longitude - other.longitude) * cos(radians((one.latitude + other.latitude) / 2))
    return hypot(north, east) * METRES_PER_DEGREE


class Neighbourhood:
    """Requests by cell and by address."""

    __slots__ = ("_addresses", "_cells", "_east", "_north", "_within")

    def __init__(self, requests: Iterable[Request], within: float) -> None:
        """`within` is in metres."""
        held = list(requests)
        farthest = max((abs(each.latitude) for each in held if each.has & Has.POINT), default=0.0)
        self._within = within
        self._north = within / METRES_PER_DEGREE
        self._east = self._north / max(_NARROWEST, cos(radians(min(90.0, farthest + self._north))))
        self._cells: dict[tuple[int, int], list[Request]] = {}
        self._addresses: dict[str, list[Request]] = {}
        for each in held:
            if each.has & Has.POINT:
                self._cells.setdefault(self._cell(each), []).append(each)
            elif each.address:
                self._addresses.setdefault(each.address, []).append(each)

    def near(self, request: Request) -> Iterator[tuple[float, Request]]:
        """(metres, request) of each other request within the distance; 0 metres at one address without a point."""
        if not request.has & Has.POINT:
            for other in self._addresses.get(request.address, ()):
                if other is not request:
                    yield 0.0, other
            return
        row, column = self._cell(request)
        for cell in ((row + north, column + east) for north in (-1, 0, 1) for east in (-1, 0, 1)):
            for other in self._cells.get(cell, ()):
                if other is not request and (apart := metres(request, other)) <= self._within:
                    yield apart, other

    def _cell(self, request: Request) -> tuple[int, int]:
        return floor(request.latitude / self._north), floor(request.longitude / self._east)


NEAREST = 16
"""So many distances make a crowd."""


def with_crowds(requests: Iterable[Request], within: float) -> list[Request]:
    """The requests, each with its distances to the nearest sixteen of its service within so many metres."""
    held = list(requests)
    near = Neighbourhood(held, within).near
    return [
        replace(each, crowd=tuple(nsmallest(NEAREST, (apart for apart, other in near(each) if _is_like(each, other)))))
        for each in held
    ]


def _is_like(one: Request, other: Request) -> bool:
    return bool(one.has & other.has & Has.POINT) and one.service == other.service
