"""The live model learns from what caseworkers said of pairs: how far its weights are to be moved.

A word is about a pair that somebody looked at, mostly because the model doubted it. So words tell how much a level
says, and nothing of how many pairs are the same: the prior, the thresholds, the vetoes and what is compared stay. The
weights are not fitted anew but moved, by a logistic regression with a penalty for every move (linkage.rows.fitting):
a level of which few words speak stays where it is. They are moved by whole half bits, at most `MOST`, never past
another level of their comparison, and not at all where a weight is a rule (`RULE`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from linkage.model import MILLIBITS, GraphModel
from linkage.rows.fitting import Levels, Weights, bits_of, fit_moves

ENOUGH = 100
"""Words about the pairs of one graph below which nothing is learnt of it."""
ENOUGH_OF_EACH = 25
"""Words of either verdict below which nothing is learnt."""
MOST = 3.0
"""Bits by which a weight is moved at most at once."""

RULE = -5.0
"""Bits at or below which a weight is a rule rather than evidence, and stays: that the same flat on successive nights is
two incidents, that people of different birth dates are two.
"""

LEAST_GAIN = 0.02
"""Share of the surprise at words that it was not taught by which a model must be better: less comes by chance."""

_STEP = 0.5
_UNMOVED = 10**9
_PENALTY = 2.0
_PARTS = 5
_LN2 = float(np.log(2))

Moved = Mapping[tuple[str, str], tuple[int, int]]
"""Millibits before and after, by (comparison, level)."""


@dataclass(frozen=True, slots=True)
class Word:
    """What was said of one pair: `levels` are the numbers of the pair's levels, in the model's order of comparisons;
    `source` is the same for words that must not be learnt from and judged by at once (the report, as any text).
    """

    levels: tuple[int, ...]
    is_same: bool
    source: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model does on words that it was not taught: bits of surprise a word, and the share that it contradicts
    (said to be the same, and apart for the model; said to be different, and certain).
    """

    surprise: float
    contradicted: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is learnt of one graph: how many words of each verdict there were, figures before and after (None where
    there were too few words), what is moved, and else why nothing is.
    """

    same: int
    different: int
    before: Figures | None = None
    after: Figures | None = None
    moved: Moved | None = None
    why_not: str = ""


def learn(model: GraphModel, words: Sequence[Word]) -> Learnt:
    """What words tell of a model's weights. They only move if words that the model was not taught surprise it less, by
    `LEAST_GAIN`.
    """
    same = sum(word.is_same for word in words)
    different = len(words) - same
    if len(words) < ENOUGH or min(same, different) < ENOUGH_OF_EACH:
        wanted = f"{ENOUGH} words, {ENOUGH_OF_EACH} of either verdict"
        return Learnt(same, different, why_not=f"too few words to learn from: it takes {wanted}")
    before, after = _cross_validated(model, words)
    if after.surprise > (1 - LEAST_GAIN) * before.surprise:
        why_not = "words that it was not taught would surprise it no less"
        return Learnt(same, different, before, after, why_not=why_not)
    return Learnt(same, different, before, after, _moved(model, _taught(model, words)[1]))


def _moved(model: GraphModel, weights: Weights) -> Moved:
    return {
        (comparison.name, level.name): (level.millibits, round(bits * MILLIBITS))
        for comparison, found in zip(model.comparisons, weights, strict=True)
        for level, bits in zip(comparison.levels, found, strict=True)
        if level.millibits != round(bits * MILLIBITS)
    }


def _cross_validated(model: GraphModel, words: Sequence[Word]) -> tuple[Figures, Figures]:
    """(before, after), each word looked at by what the words of other sources taught."""
    parts = [_part(word) for word in words]
    now = _weights_of(model)
    before: list[tuple[float, float]] = []
    after: list[tuple[float, float]] = []
    for part in range(_PARTS):
        taught = [word for word, its in zip(words, parts, strict=True) if its != part]
        asked = [word for word, its in zip(words, parts, strict=True) if its == part]
        shift, weights = _taught(model, taught)
        before += _told(model, now, _shift(model, now, taught), asked)
        after += _told(model, weights, shift, asked)
    return _figures(before), _figures(after)


def _part(word: Word) -> int:
    return blake2b(word.source.encode(), digest_size=4).digest()[0] % _PARTS


def _figures(told: Sequence[tuple[float, float]]) -> Figures:
    surprises, contradictions = zip(*told, strict=True)
    return Figures(float(np.mean(surprises)), float(np.mean(contradictions)))


def _told(model: GraphModel, weights: Weights, shift: float, words: Sequence[Word]) -> Iterator[tuple[float, float]]:
    """(bits of surprise, 1 where it contradicts) of each word; `shift` is how much likelier looked-at pairs are."""
    levels, is_same = _arrays(words)
    bits = bits_of(levels, weights) + model.prior / MILLIBITS
    for weight, same in zip(bits, is_same, strict=True):
        against = -(weight + shift) if same else weight + shift
        band = model.band(round(weight * MILLIBITS))
        yield float(np.logaddexp2(0, against)), float(band == ("apart" if same else "certain"))


def _taught(model: GraphModel, words: Sequence[Word]) -> tuple[float, Weights]:
    """(shift, weights) in bits, moved as far as words say and as is allowed."""
    levels, is_same = _arrays(words)
    now = _weights_of(model)
    _, moves = fit_moves(levels, is_same, now, _PENALTY)
    found = [
        _in_order(before, _moved_by(before, move), _counts(levels[:, number], before))
        for number, (before, move) in enumerate(zip(now, moves, strict=True))
    ]
    return _shift(model, found, words), found


def _moved_by(before: Sequence[float], moves: Sequence[float]) -> list[float]:
    """By the whole steps that words pay for, and no further than is allowed."""
    steps = (int(max(-MOST, min(MOST, move)) / _STEP) * _STEP for move in moves)
    return [bits if bits <= RULE else bits + step for bits, step in zip(before, steps, strict=True)]


def _in_order(before: Sequence[float], after: Sequence[float], counts: Sequence[int]) -> list[float]:
    """No level passes another: where moves would exchange two, both get what most words say (pooling of adjacent
    violators; R. E. Barlow et al., "Statistical Inference under Order Restrictions", 1972), in whole steps.
    """
    pools: list[tuple[float, int, list[int]]] = []
    for level in sorted(range(1, len(before)), key=before.__getitem__):
        pools.append((after[level], counts[level] + 1, [level]))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (low, less, ones), (high, more, others) = pools.pop(-2), pools.pop()
            pools.append(((low * less + high * more) / (less + more), less + more, ones + others))
    pooled = {level: round(bits / _STEP) * _STEP for bits, _, levels in pools if len(levels) > 1 for level in levels}
    return [pooled.get(level, bits) for level, bits in enumerate(after)]


def _counts(levels: NDArray[np.uint8], before: Sequence[float]) -> list[int]:
    """How many words speak of each level; no number of words speaks against a rule."""
    counts = np.bincount(levels, minlength=len(before))
    return [_UNMOVED if bits <= RULE else int(count) for count, bits in zip(counts, before, strict=True)]


def _shift(model: GraphModel, weights: Weights, words: Sequence[Word]) -> float:
    """How many bits likelier pairs that were looked at are than these weights and the model's prior say."""
    levels, is_same = _arrays(words)
    bits = bits_of(levels, weights) + model.prior / MILLIBITS
    low, high = -40.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        expected = float(np.sum(1 / (1 + np.exp(-(bits + middle) * _LN2))))
        low, high = (middle, high) if expected < is_same.sum() else (low, middle)
    return (low + high) / 2


def _weights_of(model: GraphModel) -> Weights:
    return [[level.millibits / MILLIBITS for level in comparison.levels] for comparison in model.comparisons]


def _arrays(words: Sequence[Word]) -> tuple[Levels, NDArray[np.bool_]]:
    return np.array([word.levels for word in words], np.uint8), np.array([word.is_same for word in words], np.bool_)
