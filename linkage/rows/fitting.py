"""Weights from levels: Fellegi and Sunter's log ratios by counting, and a logistic regression by Newton's method.

I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage" (1969). The regression weighs levels jointly, so what
two comparisons say twice counts once; its weights are log odds like theirs, and are written in bits.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.uint8]
"""One row a pair, one column a comparison; level 0 is missing and weighs nothing."""

Weights = list[list[float]]
"""Bits by comparison and level."""

_SMOOTHING = 0.5
_STEPS = 40
_ENOUGH = 1e-7
_LN2 = float(np.log(2))


def count_weights(matched: Levels, random: Levels, sizes: Sequence[int]) -> Weights:
    """log2 m/u of each level: how often pairs of one cluster are at it, over how often random pairs are."""
    return [_ratios(matched[:, column], random[:, column], size) for column, size in enumerate(sizes)]


def _ratios(matched: NDArray[np.uint8], random: NDArray[np.uint8], size: int) -> list[float]:
    m, u = _shares(matched, size), _shares(random, size)
    return [0.0, *(float(bits) for bits in np.log2(m / u))]


def _shares(levels: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """Of what is not missing."""
    counts = np.bincount(levels, minlength=size)[1:] + _SMOOTHING
    return np.asarray(counts / counts.sum(), dtype=np.float64)


def fit_weights(
    levels: Levels, is_match: NDArray[np.bool_], counts: NDArray[np.float64], sizes: Sequence[int], penalty: float
) -> tuple[float, Weights]:
    """(prior, weights) in bits: the regression's optimum under half the penalty times the squares of its weights.

    `counts` says how many times each pair counts.
    """
    distinct, totals, matches = _gathered(levels, is_match, counts)
    bits = _newton(_design(distinct, sizes), totals, matches, penalty, np.zeros(len(distinct))) / _LN2
    return float(bits[0]), _by_comparison(bits, sizes)


def fit_moves(levels: Levels, is_match: NDArray[np.bool_], weights: Weights, penalty: float) -> tuple[float, Weights]:
    """(shift, moves) in bits: how far known weights are to be moved, and all pairs together, to say what was said.

    The regression of `fit_weights`, in which the penalty is on the moves: where little is said little moves.
    """
    sizes = [len(each) for each in weights]
    distinct, totals, matches = _gathered(levels, is_match, np.ones(len(levels)))
    known = bits_of(distinct, weights) * _LN2
    bits = _newton(_design(distinct, sizes), totals, matches, penalty, known) / _LN2
    return float(bits[0]), _by_comparison(bits, sizes)


def bits_of(levels: Levels, weights: Weights) -> NDArray[np.float64]:
    """What pairs of these levels weigh, without a prior."""
    columns = [np.asarray(each)[levels[:, number]] for number, each in enumerate(weights)]
    return np.asarray(np.sum(columns, axis=0), dtype=np.float64)


def _by_comparison(bits: NDArray[np.float64], sizes: Sequence[int]) -> Weights:
    found, place = [], 1
    for size in sizes:
        found.append([0.0, *(float(value) for value in bits[place : place + size - 1])])
        place += size - 1
    return found


def _gathered(
    levels: Levels, is_match: NDArray[np.bool_], counts: NDArray[np.float64]
) -> tuple[Levels, NDArray[np.float64], NDArray[np.float64]]:
    """Pairs of equal levels as one: (levels, how many, how many of them match)."""
    distinct, place = np.unique(levels, axis=0, return_inverse=True)
    place = place.ravel()
    totals, matches = np.bincount(place, counts), np.bincount(place, counts * is_match)
    return distinct, totals.astype(np.float64), matches.astype(np.float64)


def _design(levels: Levels, sizes: Sequence[int]) -> NDArray[np.float64]:
    """A column of ones and one for each level but the missing ones."""
    columns = [np.ones((len(levels), 1))]
    columns += [np.eye(size)[levels[:, number]][:, 1:] for number, size in enumerate(sizes)]
    return np.hstack(columns)


def _newton(
    design: NDArray[np.float64],
    totals: NDArray[np.float64],
    matches: NDArray[np.float64],
    penalty: float,
    known: NDArray[np.float64],
) -> NDArray[np.float64]:
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    weights = np.zeros(design.shape[1])
    weights[0] = np.log((matches.sum() + 1) / (totals.sum() - matches.sum() + 1))
    loss = _loss(design, weights, totals, matches, ridge, known)
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(known + design @ weights)))
        slope = design.T @ (matches - totals * chance) - ridge * weights
        bend = (design * (totals * chance * (1 - chance))[:, None]).T @ design + np.diag(ridge) + _firm(design)
        step = np.linalg.solve(bend, slope)
        while (now := _loss(design, weights + step, totals, matches, ridge, known)) > loss and np.abs(
            step
        ).max() > _ENOUGH:
            step = step / 2
        if loss - now < _ENOUGH * abs(now):
            break
        weights, loss = weights + step, now
    return np.asarray(weights, dtype=np.float64)


def _firm(design: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keeps the bend solvable without a penalty, where a level never occurs."""
    return np.eye(design.shape[1]) * 1e-9


def _loss(
    design: NDArray[np.float64],
    weights: NDArray[np.float64],
    totals: NDArray[np.float64],
    matches: NDArray[np.float64],
    ridge: NDArray[np.float64],
    known: NDArray[np.float64],
) -> float:
    score = known + design @ weights
    return float(totals @ np.logaddexp(0, score) - matches @ score + 0.5 * ridge @ weights**2)
