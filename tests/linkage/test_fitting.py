"""Weights are found again from data that known weights made."""

import numpy as np
import pytest

from linkage.rows.fitting import count_weights, fit_weights

SIZES = (4, 3)
M = (np.array([0.0, 0.7, 0.2, 0.1]), np.array([0.3, 0.6, 0.1]))
U = (np.array([0.0, 0.1, 0.2, 0.7]), np.array([0.3, 0.1, 0.6]))
PAIRS = 60_000


def drawn(shares: tuple[np.ndarray, ...], seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.stack([chance.choice(len(each), PAIRS, p=each) for each in shares], axis=1).astype(np.uint8)


def known(column: int, level: int) -> float:
    m, u = M[column], U[column]
    return float(np.log2(m[level] / m[1:].sum() / (u[level] / u[1:].sum())))


LEVELS = [(column, level) for column, size in enumerate(SIZES) for level in range(1, size)]


@pytest.mark.parametrize(("column", "level"), LEVELS)
def test_known_m_and_u_are_recovered_by_counting(column: int, level: int) -> None:
    weights = count_weights(drawn(M, 1), drawn(U, 2), SIZES)
    assert weights[column][0] == 0
    assert weights[column][level] == pytest.approx(known(column, level), abs=0.1)


def test_known_m_and_u_are_recovered_by_regression() -> None:
    levels = np.vstack([drawn(M, 1), drawn(U, 2)])
    is_match = np.repeat([True, False], PAIRS)
    prior, weights = fit_weights(levels, is_match, np.where(is_match, 1.0, 8.0), SIZES, 0.1)
    assert prior + weights[0][1] == pytest.approx(-3 + known(0, 1), abs=0.1)
    assert [weights[1][level] for level in (1, 2)] == pytest.approx([known(1, 1), known(1, 2)], abs=0.1)


def test_what_two_comparisons_say_twice_counts_once() -> None:
    one = drawn(M, 1)[:, :1], drawn(U, 2)[:, :1]
    levels = np.vstack([np.hstack([each, each]) for each in one])
    _, weights = fit_weights(levels, np.repeat([True, False], PAIRS), np.ones(2 * PAIRS), (4, 4), 0.1)
    span = weights[0][1] + weights[1][1] - weights[0][3] - weights[1][3]
    assert span == pytest.approx(known(0, 1) - known(0, 3), abs=0.15)
