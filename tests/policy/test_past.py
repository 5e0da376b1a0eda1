"""A place's own past says how many incidents are to be expected."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.past import is_usual, tail

TODAY = date(2026, 9, 30)
FIRST = date(2026, 7, 1)


def every(days: int, since: date, until: date = TODAY) -> list[date]:
    return [since + timedelta(days=n) for n in range(0, (until - since).days + 1, days)]


def test_a_pub_with_as_many_as_ever_is_as_usual() -> None:
    assert is_usual(every(10, date(2025, 10, 1)), FIRST, TODAY, one_in=50)


def test_a_pub_with_three_times_as_many_is_not() -> None:
    steady = every(15, date(2025, 10, 1), FIRST)
    assert not is_usual([*steady, *every(4, FIRST)], FIRST, TODAY, one_in=50)


def test_a_quiet_home_with_a_single_incident_long_ago_is_not_used_to_three_in_a_season() -> None:
    assert not is_usual([date(2025, 7, 1), *every(30, FIRST)[:3]], FIRST, TODAY, one_in=50)


@pytest.mark.parametrize("needed", [True, False])
def test_without_a_past_of_a_window_the_count_decides_unless_a_past_is_needed(needed: bool) -> None:
    fresh = every(5, FIRST)
    assert is_usual(fresh, FIRST, TODAY, one_in=50, past_needed=needed) is needed
    young = [FIRST - timedelta(days=20), *fresh]
    assert is_usual(young, FIRST, TODAY, one_in=50, past_needed=needed) is needed


def test_the_chance_is_that_of_the_negative_binomial() -> None:
    """By hand: size 1/2 and probability 1/2 give P(0) = 0.7071, P(1) = 0.1768."""
    assert tail(0, 0, 1.0) == 1
    assert tail(1, 0, 1.0) == pytest.approx(1 - 0.70711, abs=1e-4)
    assert tail(2, 0, 1.0) == pytest.approx(1 - 0.70711 - 0.17678, abs=1e-4)


@given(st.integers(0, 60), st.integers(0, 200), st.floats(0.1, 20))
def test_more_incidents_are_never_likelier_and_a_longer_quiet_past_makes_them_rarer(
    count: int, past: int, windows: float
) -> None:
    assert 0 <= tail(count + 1, past, windows) <= tail(count, past, windows) <= 1
    assert tail(count, past, windows + 1) <= tail(count, past, windows) + 1e-9
    assert tail(count, past + 1, windows) >= tail(count, past, windows) - 1e-9
