"""The National Grid: OSTN15 to the centimetre, and no point where there is no grid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.grid import to_wgs84, to_wgs84_many
from schemas.errors import Unfit

ORDNANCE_SURVEY_TEST_POINTS = [
    (91492.146, 11318.804, 49.92226393730, -6.29977752014),
    (170370.718, 11572.405, 49.96006137820, -5.20304609998),
    (250359.811, 62016.569, 50.43885825610, -4.10864563561),
    (449816.371, 75335.861, 50.57563665000, -1.29782277240),
    (530624.974, 178388.464, 51.48936564950, -0.11992557180),
]


@pytest.mark.parametrize(("easting", "northing", "latitude", "longitude"), ORDNANCE_SURVEY_TEST_POINTS)
def test_ordnance_surveys_test_points_are_met_to_the_millimetre(
    easting: float, northing: float, latitude: float, longitude: float
) -> None:
    assert to_wgs84(easting, northing) == pytest.approx((latitude, longitude), abs=1e-8)


@pytest.mark.parametrize("point", [(0.0, 0.0), (9e9, 1.0), (float("nan"), 1.0), (-533581.0, 182292.0)])
def test_a_point_off_the_grid_is_unfit_and_names_its_columns(point: tuple[float, float]) -> None:
    with pytest.raises(Unfit) as caught:
        to_wgs84(*point, field="x, y")
    assert caught.value.field == "x, y"


@given(st.lists(st.tuples(st.integers(525_000, 545_000), st.integers(170_000, 195_000)), max_size=20))
def test_many_points_at_once_are_the_same_as_one_by_one(points: list[tuple[int, int]]) -> None:
    together = to_wgs84_many([east for east, _ in points], [north for _, north in points])
    assert together == [to_wgs84(*point) for point in points]


def test_one_bad_point_among_many_does_not_spoil_the_others() -> None:
    assert [point is None for point in to_wgs84_many([0, 533581], [0, 182292])] == [True, False]
