"""Reports whose points are within reach find each other, wherever the edges of the cells lie between them."""

from hypothesis import example, given
from hypothesis import strategies as st

from linkage.blocking_incidents import REACH_EAST, REACH_NORTH, cells
from linkage.values import Point

MIDDLE: Point = (51.550655, -0.06465)
"""It lies so near the middle of its cell that its reach overlaps the cells on both sides."""

points = st.tuples(st.floats(49.0, 61.0), st.floats(-9.0, 2.5))
shares = st.floats(-0.999, 0.999)


@given(points, shares, shares)
@example(MIDDLE, -0.11, 0.008)
@example((51.5508, -0.06465), 0.0, 0.0)
def test_a_point_reaches_the_cell_of_every_point_within_reach(mine: Point, north: float, east: float) -> None:
    theirs = (mine[0] + north * REACH_NORTH, mine[1] + east * REACH_EAST)
    own, _ = cells((theirs,))
    _, reached = cells((mine,))
    assert set(own) <= set(reached)


@given(points)
@example(MIDDLE)
def test_a_point_reaches_its_own_cell(mine: Point) -> None:
    own, reached = cells((mine,))
    assert set(own) <= set(reached)
