"""Scores in pairs: against counting every pair, and what each of them promises."""

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from simulation.evaluate import PairScore, score

THINGS = st.integers(0, 11)
TRUTH = st.dictionaries(THINGS, st.sampled_from("abcd"), max_size=12)
FOUND = st.dictionaries(THINGS, st.sampled_from([None, 1, 2, 3]), max_size=12)


def by_every_pair(found: Mapping[int, int | None], truth: Mapping[int, str]) -> PairScore:
    """The same the long way round."""
    pairs = list(combinations(sorted(truth), 2))
    true = {pair for pair in pairs if truth[pair[0]] == truth[pair[1]]}
    said = {pair for pair in pairs if found.get(pair[0]) is not None and found.get(pair[0]) == found.get(pair[1])}
    return PairScore(true=len(true), found=len(said), right=len(true & said))


@given(FOUND, TRUTH)
def test_a_score_counts_every_pair_of_what_the_truth_names(
    found: Mapping[int, int | None], truth: Mapping[int, str]
) -> None:
    assert score(found, truth) == by_every_pair(found, truth)


@given(TRUTH)
def test_the_truth_itself_scores_full(truth: Mapping[int, str]) -> None:
    full = score(truth, truth)
    assert (full.precision, full.recall, full.f1) == (1.0, 1.0, 1.0)


@given(FOUND, TRUTH)
def test_shares_lie_between_none_and_all_and_f1_between_the_two(
    found: Mapping[int, int | None], truth: Mapping[int, str]
) -> None:
    result = score(found, truth)
    low, high = sorted((result.precision, result.recall))
    assert 0 <= low <= high <= 1
    assert result.right == 0 or low - 1e-9 <= result.f1 <= high + 1e-9


def test_what_was_lost_costs_recall_and_not_precision() -> None:
    truth = {"a": 1, "b": 1, "c": 1}
    assert score({"a": "x", "b": "x"}, truth) == PairScore(true=3, found=1, right=1)


def test_things_that_belong_to_no_group_are_not_one_group() -> None:
    assert score({"a": None, "b": None}, {"a": 1, "b": 1}) == PairScore(true=1, found=0, right=0)


def test_what_the_truth_does_not_name_is_left_out() -> None:
    assert score({"a": "x", "b": "x", "anonymous": "x"}, {"a": 1, "b": 2}) == PairScore(true=0, found=1, right=0)
