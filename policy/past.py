"""Is it more than a place's own past would lead one to expect?

Incidents of a place are taken as a Poisson process whose rate nobody knows and the past tells something of: with the
prior of Jeffreys, the number in one further window is negative binomial with size 1/2 + the past's count and
probability b/(b + 1), where b is the past's length in windows (Höhle and Riebler, "The R-package surveillance", 2005,
`algo.bayes`; Gelman et al., Bayesian Data Analysis, section 2.6). The past begins with the place's first incident,
which is not counted: that it began then says nothing of how often.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

_LEAST_WINDOWS = 1.0
"""A past that is shorter tells too little: then the count alone decides."""


def is_usual(days: Iterable[date], first: date, last: date, one_in: int, past_needed: bool = False) -> bool:
    """Whether as many incidents as there are from `first` to `last`, the last one's day, happen by chance more than
    once in `one_in` windows, by what came before; where the past is shorter than the window, whether one is needed.
    `days` are those of all incidents.
    """
    ordered = sorted(days)
    past = [day for day in ordered if day < first]
    if not past:
        return past_needed
    windows = (first - past[0]).days / ((last - first).days + 1)
    if windows < _LEAST_WINDOWS:
        return past_needed
    return tail(len(ordered) - len(past), len(past) - 1, round(windows, 2)) * one_in > 1


@lru_cache(maxsize=65_536)
def tail(count: int, past: int, windows: float) -> float:
    """The chance of `count` incidents or more in one window, after `past` incidents in so many windows."""
    size, stays = past + 0.5, windows / (windows + 1)
    term, below = stays**size, 0.0
    for number in range(count):
        below += term
        term *= (number + size) / (number + 1) * (1 - stays)
    return max(0.0, 1 - below)
