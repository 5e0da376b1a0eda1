"""A place's own past says how many incidents are to be expected."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policy.facts import CaseFact
from policy.matches import repeat_matches, weigh
from policy.months import end_of
from policy.past import is_usual, tail
from policy.rulebook import shipped_rules
from tests.policy.factory import place, told

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


QUIETER = (date(2025, 3, 10), date(2025, 7, 23), date(2025, 9, 22), date(2026, 1, 8))
"""A past that is usual enough for three in March, until a week more without any has lengthened it."""


@example(subject="uprn/source", days=[*QUIETER, date(2026, 3, 16), date(2026, 3, 23), date(2026, 3, 24)], later=7)
@given(
    subject=st.sampled_from(("uprn/source", "address/occurred", "street/source")),
    days=st.lists(st.dates(date(2025, 3, 1), date(2026, 3, 31)), min_size=3, max_size=14),
    later=st.integers(1, 120),
)
def test_that_time_goes_by_and_nothing_happens_never_raises_an_alert(
    subject: str, days: list[date], later: int
) -> None:
    case = place(subject, [told(f"police:{number}", f"{day}") for number, day in enumerate(days)])
    assert raising(case, max(days) + timedelta(days=later)) <= raising(case, max(days))


def raising(case: CaseFact, day: date) -> set[str]:
    """The rules that would raise an alert on a day."""
    rules = shipped_rules().for_area("any")
    weighed = weigh(case, rules, end_of(day))
    return {match.name for match in repeat_matches(weighed, rules, day) if match.raises}
