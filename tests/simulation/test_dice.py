"""Chance is the same everywhere, and falls as it should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.dice import Dice, Wheel


def test_the_same_key_throws_the_same_on_every_machine_and_python() -> None:
    dice = Dice(7, "golden")
    assert [dice.below(1000) for _ in range(6)] == [21, 4, 104, 980, 359, 35]
    assert Dice(7, "golden").arrivals(50.0) == 33


def test_keys_are_told_apart_by_their_parts() -> None:
    assert [Dice(1, "23").below(10**9)] != [Dice(12, "3").below(10**9)]


@given(items=st.lists(st.integers(), max_size=20), count=st.integers(0, 25), seed=st.integers())
def test_some_items_are_as_many_as_asked_or_all_and_none_twice(items: list[int], count: int, seed: int) -> None:
    places = Dice(seed).some(range(len(items)), count)
    assert len(places) == min(count, len(items))
    assert len(set(places)) == len(places)


@given(low=st.integers(-50, 50), width=st.integers(0, 50), seed=st.integers())
def test_a_number_between_two_others_lies_between_them(low: int, width: int, seed: int) -> None:
    dice = Dice(seed)
    assert all(low <= dice.between(low, low + width) <= low + width for _ in range(20))
    assert all(low <= dice.skewed(low, low + width) <= low + width for _ in range(20))


def test_a_wheel_gives_each_item_its_share() -> None:
    wheel, dice = Wheel([("often", 3), ("never", 0), ("rarely", 1)]), Dice("wheel")
    drawn = [dice.spin(wheel) for _ in range(4000)]
    assert set(drawn) == {"often", "rarely"}
    assert drawn.count("often") == pytest.approx(3000, abs=150)


@pytest.mark.parametrize("mean", [0.3, 4.0, 95.0])
def test_arrivals_have_the_mean_and_spread_of_a_poisson_process(mean: float) -> None:
    dice = Dice("arrivals", str(mean))
    counts = [dice.arrivals(mean) for _ in range(3000)]
    average = sum(counts) / len(counts)
    spread = sum((count - average) ** 2 for count in counts) / len(counts)
    assert average == pytest.approx(mean, rel=0.08)
    assert spread == pytest.approx(mean, rel=0.15)
