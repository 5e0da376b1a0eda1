"""Boundaries in memory: which polygons hold a point, and how far a point lies outside one."""

from collections.abc import Iterable, Sequence
from typing import Any

import shapely

from connectors.geography.points import metres_between
from connectors.grid import Point
from store.geography_rows import Boundary

_LINE_M = 20.0
"""Metres to which boundaries are generalised (the Office for National Statistics' BGC series): no line is finer."""

_SAME_SHARE = 0.01
"""Two boundaries are the same when the area that only one of them holds is at most this share of either."""


def spot(point: Point) -> shapely.Point:
    """The point as the boundaries take it: longitude first."""
    return shapely.Point(point[1], point[0])


class Shapes:
    """The boundaries of one layer, read only. Of several that hold a point the newest comes first, then the smallest
    code, so a point on a shared border always has the same answer.
    """

    __slots__ = ("_order", "_rows", "_shapes", "_tree", "_vintages")

    def __init__(self, boundaries: Iterable[Boundary]) -> None:
        self._rows: Sequence[Boundary] = sorted(boundaries, key=lambda row: (-row.vintage, row.code))
        self._shapes: Any = shapely.from_wkb([row.shape for row in self._rows])
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)
        self._order = {(row.code, row.vintage): place for place, row in enumerate(self._rows)}
        self._vintages: dict[str, tuple[int, ...]] = {}
        for row in self._rows:
            self._vintages[row.code] = (*self._vintages.get(row.code, ()), row.vintage)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Sequence[Boundary]:
        """The boundaries, newest first, then by code."""
        return self._rows

    def at(self, spot: shapely.Point) -> list[Boundary]:
        """The boundaries that hold the spot, their borders included, in order; see `spot`."""
        places = self._tree.query(spot, "intersects").tolist()
        return [self._rows[place] for place in sorted(places)]

    def first_at(self, points: Sequence[Point]) -> list[Boundary | None]:
        """For each point the first boundary that holds it; in one pass, for many points."""
        found: list[int | None] = [None] * len(points)
        if self._rows and points:
            which, places = self._tree.query(shapely.points([(lon, lat) for lat, lon in points]), "intersects")
            for index, place in zip(which.tolist(), places.tolist(), strict=True):
                best = found[index]
                found[index] = place if best is None else min(best, place)
        return [None if place is None else self._rows[place] for place in found]

    def vintages(self, code: str) -> tuple[int, ...]:
        """The vintages in which the code has a boundary, newest first."""
        return self._vintages.get(code, ())

    def holds(self, code: str, vintage: int, point: Point) -> bool:
        """Whether the boundary is known and holds the point."""
        place = self._order.get((code, vintage))
        return place is not None and bool(shapely.intersects_xy(self._shapes[place], point[1], point[0]))

    def is_near(self, code: str, vintage: int, point: Point, tolerance_m: float) -> bool:
        """Whether a known boundary holds the point or ends within `tolerance_m` metres of it."""
        return self.holds(code, vintage, point) or self._metres_outside(code, vintage, point) <= tolerance_m

    def vintage_at(self, code: str, vintages: Sequence[int], point: Point) -> int:
        """The first vintage whose boundary of the code holds the point, else the first that ends close to it; or 0."""
        drawn = [year for year in vintages if (code, year) in self._order]
        holding = next((year for year in drawn if self.holds(code, year, point)), 0)
        return holding or next((year for year in drawn if self.is_near(code, year, point, _LINE_M)), 0)

    def are_same(self, code: str, one: int, other: int) -> bool:
        """Whether the boundaries of a code in two vintages are known and the same but for the line's thickness."""
        if not {one, other}.issubset(self.vintages(code)):
            return False
        left, right = self._shapes[self._order[code, one]], self._shapes[self._order[code, other]]
        apart = shapely.area(shapely.symmetric_difference(left, right))
        return bool(apart <= _SAME_SHARE * min(shapely.area(left), shapely.area(right)))

    def centre(self, row: Boundary) -> Point:
        """A point that surely lies within the boundary."""
        inner = shapely.point_on_surface(self._shapes[self._order[row.code, row.vintage]])
        return inner.y, inner.x

    def _metres_outside(self, code: str, vintage: int, point: Point) -> float:
        shape = self._shapes[self._order[code, vintage]]
        line = shapely.shortest_line(shape, spot(point))
        (west, south), (east, north) = shapely.get_coordinates(line).tolist()
        return metres_between((south, west), (north, east))
