"""Average linkage in whole numbers, against the plainest way of doing it."""

from fractions import Fraction
from itertools import combinations
from math import log2
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from linkage.clustering import agglomerate


@st.composite
def matrices(draw: st.DrawFn) -> list[list[int]]:
    size = draw(st.integers(1, 9))
    weights = [[0] * size for _ in range(size)]
    for one, other in combinations(range(size), 2):
        weights[one][other] = weights[other][one] = draw(st.sampled_from([-5, -2, 0, 1, 2, 2, 3, 7]))
    return weights


def plainly(weights: list[list[int]], cut: int, rise: int = 0, most: int = 0) -> list[list[int]]:
    clusters = [[item] for item in range(len(weights))]
    while len(clusters) > 1:
        clusters.sort()
        pairs = [(one, other) for one, other in combinations(clusters, 2) if not most or len(one + other) <= most]
        if not pairs:
            break
        averages = [
            Fraction(sum(weights[a][b] for a in one for b in other), len(one) * len(other))
            - rise * int(log2(min(len(one), len(other))))
            for one, other in pairs
        ]
        best = max(averages)
        if best < cut:
            break
        one, other = pairs[averages.index(best)]
        clusters = [cluster for cluster in clusters if cluster not in (one, other)] + [sorted(one + other)]
    return sorted(clusters)


@given(weights=matrices(), cut=st.integers(-3, 4), rise=st.integers(0, 2), most=st.integers(0, 9))
def test_clusters_are_those_of_the_plainest_way_ties_included(
    weights: list[list[int]], cut: int, rise: int, most: int
) -> None:
    expected = plainly(weights, cut, rise, most)
    assert agglomerate([list(row) for row in weights], cut, (), rise, most) == expected
    assert not most or max(map(len, expected)) <= max(1, most)


def test_two_clusters_of_which_much_is_known_need_more_to_join() -> None:
    weights = [[3 if one // 2 == other // 2 else 1 for other in range(4)] for one in range(4)]
    assert agglomerate([list(row) for row in weights], 1) == [[0, 1, 2, 3]]
    assert agglomerate([list(row) for row in weights], 1, (), 1) == [[0, 1], [2, 3]]


def test_averages_of_many_items_in_millibits_are_compared_exactly() -> None:
    random, size = Random(5), 36
    weights = [[0] * size for _ in range(size)]
    for one, other in combinations(range(size), 2):
        weights[one][other] = weights[other][one] = random.choice([-20_000, -1, 0, 1, 2, 3_333, 19_999, 20_000])
    expected = plainly(weights, -2_000)
    assert agglomerate([list(row) for row in weights], -2_000) == expected


def test_what_must_be_together_starts_together() -> None:
    apart = [[0, -9, -9], [-9, 0, -9], [-9, -9, 0]]
    assert agglomerate(apart, 0, [[0, 2]]) == [[0, 2], [1]]
