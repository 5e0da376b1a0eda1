"""Clusters held against the truth."""

import pytest

from linkage.measures import measure

TRUTH = {"a1": "a", "a2": "a", "a3": "a", "b1": "b", "b2": "b", "c1": "c"}


def test_the_truth_itself_is_perfect() -> None:
    found = measure(TRUTH, TRUTH)
    assert (found.pairs.f1, found.b_cubed.f1, found.whole.f1, found.largest) == (1, 1, 1, 3)


def test_figures_are_those_reckoned_by_hand() -> None:
    found = measure({"a1": "x", "a2": "x", "b1": "x", "a3": "y", "b2": "z", "c1": "w"}, TRUTH)
    assert (found.pairs.precision, found.pairs.recall) == pytest.approx((1 / 3, 1 / 4))
    assert found.b_cubed.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)
    assert found.b_cubed.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 / 2 + 1 / 2 + 1) / 6)
    assert (found.whole.precision, found.whole.recall) == pytest.approx((1 / 4, 1 / 3))


def test_rows_without_a_cluster_stand_alone_and_unknown_rows_are_left_out() -> None:
    found = measure({"a1": "x", "a2": "x", "zz": "x"}, TRUTH)
    assert (found.pairs.precision, found.pairs.recall) == pytest.approx((1, 1 / 4))


def test_a_tag_measures_the_pairs_that_touch_its_rows() -> None:
    clusters = {"a1": "x", "a2": "x", "b1": "x", "a3": "x", "b2": "b", "c1": "c"}
    found = measure(clusters, TRUTH, {"b1", "c1"})
    assert (found.rows, found.people, found.clusters) == (2, 2, 2)
    assert (found.pairs.precision, found.pairs.recall) == (0, 0)
    assert found.whole.recall == 0.5
