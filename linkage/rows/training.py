"""Training a profile from rows alone, or from rows with labels.

Without labels: seed clusters of strict agreement; then, for some rounds, alias tables and log ratios from the
engine's own clusters; last one logistic refit on those clusters as if they were the truth. With labels the truth
takes their place, and the refit is all there is. Aliases are cross-fitted: the weights of one half of the people are
learnt under the aliases of the other, or they would trust the tables too much.
"""

from collections.abc import Callable, Mapping, Sequence
from math import log2
from typing import Any

import numpy as np

from linkage.rows.fitting import Weights, count_weights, fit_weights
from linkage.rows.model import LEVELS, model_of
from linkage.rows.stock import (
    Content,
    Pairs,
    Places,
    Stock,
    Texts,
    candidates,
    cross_fitted,
    groups_of,
    levels_of,
    link,
    pairs_within,
    random_pairs,
    stock_of,
    with_aliases,
)
from linkage.rows.tables import withhold

Tell = Callable[[str], None]

_DECIMALS = 2
_OTHER_HALF = 2.0
"""Pairs across the halves are left out; those that are not of one person count this often instead."""


def train(
    profile: Mapping[str, Any], texts: Sequence[Texts], labels: Sequence[str] | None, seed: int, tell: Tell
) -> Content:
    """The content of a model file. `labels` name each row's person; the same arguments give the same model."""
    tell(f"counting {len(texts):,} rows")
    stock = stock_of(profile, texts)
    groups = _own_groups(stock, seed, tell) if labels is None else _labelled(stock, labels)
    content = _refitted(stock, groups, seed, tell)
    if labels is None:
        content["thresholds"] = {**content["thresholds"], **content["training"]["own_thresholds"]}
    rows = stock.rows()
    people = [[rows[place] for place in places] for places in _members(groups)]
    return withhold(content, people, content["training"]["fewest_bearers"])


def _labelled(stock: Stock, labels: Sequence[str]) -> Places:
    """Each distinct row's person: that of the first row that says it."""
    numbers: dict[str, int] = {}
    groups = np.zeros(len(stock.texts), dtype=np.int64)
    for seat, label in zip(reversed(stock.seats.tolist()), reversed(labels), strict=True):
        groups[seat] = numbers.setdefault(label, len(numbers))
    return groups


def _own_groups(stock: Stock, seed: int, tell: Tell) -> Places:
    recipe = stock.base["training"]
    groups = _seeds(stock, recipe["seeds"])
    for number in range(1, recipe["rounds"] + 1):
        tell(f"round {number} of {recipe['rounds']}: {len(set(groups.tolist())):,} clusters")
        content = _counted(stock, groups, seed)
        groups = groups_of(link(content, stock.texts).partition(), len(stock.texts))
    return groups


def _seeds(stock: Stock, agreements: Sequence[Sequence[str]]) -> Places:
    """Clusters of rows that agree exactly on every part of one of the lists."""
    numbers = list(range(len(stock.texts)))

    def root(place: int) -> int:
        while numbers[place] != place:
            numbers[place] = numbers[numbers[place]]
            place = numbers[place]
        return place

    fields = model_of(stock.base).fields
    place_of = {field.name: place for place, field in enumerate(fields)}
    rows = stock.rows()
    for wanted in agreements:
        met: dict[tuple[str, ...], int] = {}
        for place, row in enumerate(rows):
            values = [row.values[place_of[name]] for name in wanted]
            if all(value is not None for value in values):
                first = met.setdefault(tuple(value.text for value in values), place)
                numbers[root(place)] = root(first)
    return np.array([root(place) for place in numbers], dtype=np.int64)


def _counted(stock: Stock, groups: Places, seed: int) -> Content:
    """Fellegi and Sunter's weights of the groups."""
    recipe, rows = stock.base["training"], len(stock.texts)
    inside = pairs_within(_members(groups))
    _, matched = cross_fitted(stock, groups, inside, seed)
    content = with_aliases(stock, groups)
    apart = levels_of(content, stock.texts, random_pairs(rows, recipe["random_pairs"], seed))
    prior = log2(len(inside) / (rows * (rows - 1) / 2))
    return _weighed(content, prior, count_weights(matched, apart, stock.sizes))


def _members(groups: Places) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for place, group in enumerate(groups.tolist()):
        found.setdefault(group, []).append(place)
    return list(found.values())


def _refitted(stock: Stock, groups: Places, seed: int, tell: Tell) -> Content:
    """The regression on the candidates, and again with the pairs that clustering asks for under its weights."""
    tell("finding the pairs to compare")
    pairs = candidates(stock)
    tell(f"weighing {len(pairs):,} pairs")
    content = _fitted(stock, groups, pairs, seed)
    tell("linking by these weights")
    components = [[int(place) for place in members] for members in link(content, stock.texts).components()]
    every = np.unique(np.vstack([pairs, pairs_within(components)]), axis=0)
    tell(f"weighing {len(every):,} pairs")
    return _fitted(stock, groups, every, seed)


def _fitted(stock: Stock, groups: Places, pairs: Pairs, seed: int) -> Content:
    kept, levels = cross_fitted(stock, groups, pairs, seed)
    is_match = groups[kept[:, 0]] == groups[kept[:, 1]]
    counts = np.where(is_match, 1.0, _OTHER_HALF)
    prior, weights = fit_weights(levels, is_match, counts, stock.sizes, stock.base["training"]["penalty"])
    return _weighed(with_aliases(stock, groups), prior, weights)


def _weighed(content: Content, prior: float, weights: Weights) -> Content:
    found: dict[str, Any] = {"prior": round(prior, _DECIMALS)}
    for (name, each), bits in zip(content["comparisons"].items(), weights, strict=True):
        levels = LEVELS[each["kind"]][1:]
        found[name] = {level: round(value, _DECIMALS) for level, value in zip(levels, bits[1:], strict=True)}
    return {**content, "weights": found}
