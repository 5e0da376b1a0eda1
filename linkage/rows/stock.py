"""Rows to train on: each distinct row once, its candidates, and the levels of pairs under tables still open."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.nodes import Node
from linkage.postings import Postings
from linkage.rows.blocking import RowBlocks
from linkage.rows.fitting import Levels
from linkage.rows.index import RowIndex, row_comparing
from linkage.rows.model import LEVELS, RowModel, model_of
from linkage.rows.reading import Reader
from linkage.rows.tables import learn_aliases, learn_rarity, learn_stop
from linkage.rows.values import Row

Texts = Mapping[str, str | None]
Content = dict[str, Any]
Places = NDArray[np.int64]
Pairs = NDArray[np.int64]
"""Two columns: the places of two rows, the smaller first."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Distinct rows. `seats` has the place of each row that was given; `base` the content without weights."""

    base: Content
    texts: tuple[Texts, ...]
    seats: Places
    sizes: tuple[int, ...]

    def rows(self) -> list[Row]:
        """The rows, read anew."""
        return read_rows(model_of(self.base), self.texts)


def stock_of(profile: Mapping[str, Any], given: Sequence[Texts]) -> Stock:
    """The rows of a file with what counting alone can tell: rarity and stop list."""
    kept = {key: value for key, value in profile.items() if key not in ("weights", "tables", "stop", "card")}
    bare = model_of(kept)
    rows = read_rows(bare, given)
    base = {
        **kept,
        "stop": learn_stop(rows, bare),
        "tables": {"rarity": learn_rarity(rows, bare.compared), "aliases": {}},
    }
    places: dict[str, int] = {}
    seats = np.array([places.setdefault(row.text(), len(places)) for row in rows], dtype=np.int64)
    first = np.unique(seats, return_index=True)[1]
    texts = tuple(given[number] for number in first)
    return Stock(base, texts, seats, tuple(len(LEVELS[each.kind]) for each in bare.compared))


def read_rows(model: RowModel, texts: Iterable[Texts]) -> list[Row]:
    """Rows of one reader."""
    reader = Reader(model)
    return [reader.row(each) for each in texts]


def with_aliases(stock: Stock, groups: Places, chosen: NDArray[np.bool_] | None = None) -> Content:
    """The content with the alias tables of the groups, or of the chosen rows' only."""
    rows = stock.rows()
    gathered: dict[int, list[Row]] = {}
    for place, group in enumerate(groups.tolist()):
        if chosen is None or chosen[place]:
            gathered.setdefault(group, []).append(rows[place])
    aliases = learn_aliases(list(gathered.values()), model_of(stock.base).compared)
    return {**stock.base, "tables": {**stock.base["tables"], "aliases": aliases}}


def candidates(stock: Stock) -> Pairs:
    """The pairs that share a block."""
    blocks = RowBlocks(model_of(stock.base))
    postings: Postings[Row] = Postings()
    found: list[tuple[int, int]] = []
    for place, row in enumerate(stock.rows()):
        node = Node(row, b"")
        node.cluster = place
        found += [(other.cluster, place) for other in postings.file(node, blocks.keys(row))]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def pairs_within(groups: Iterable[Sequence[int]]) -> Pairs:
    """Every pair of each group."""
    found = [pair for group in groups for pair in combinations(sorted(group), 2)]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def random_pairs(rows: int, wanted: int, seed: int) -> Pairs:
    """Pairs at random, distinct in themselves."""
    drawn = np.sort(np.random.default_rng(seed).integers(0, rows, size=(wanted, 2)), axis=1)
    return np.asarray(drawn[drawn[:, 0] < drawn[:, 1]], dtype=np.int64)


def levels_of(content: Content, texts: Sequence[Texts], pairs: Pairs) -> Levels:
    """The levels of pairs under a content's tables."""
    model = model_of(content)
    rows, comparing = read_rows(model, texts), row_comparing(model)
    left, right = [rows[place] for place in pairs[:, 0]], [rows[place] for place in pairs[:, 1]]
    found = np.zeros((len(pairs), len(model.compared)), dtype=np.uint8)
    for column, each in enumerate(model.compared):
        compare, need = comparing.functions[each.name], comparing.needs[each.name]
        found[:, column] = [
            compare(one, other) if one.has & other.has & need else 0 for one, other in zip(left, right, strict=True)
        ]
    return found


def halves_of(groups: Places, seed: int) -> Places:
    """0 or 1 for each row, the same for all of one group."""
    halves = {
        group: blake2b(f"{seed}:{group}".encode(), digest_size=1).digest()[0] & 1 for group in set(groups.tolist())
    }
    return np.array([halves[group] for group in groups.tolist()], dtype=np.int64)


def cross_fitted(stock: Stock, groups: Places, pairs: Pairs, seed: int) -> tuple[Pairs, Levels]:
    """The pairs within each half of the groups, with their levels under the aliases of the other half."""
    halves = halves_of(groups, seed)
    kept, levels = [], []
    for half in (0, 1):
        inside = pairs[(halves[pairs[:, 0]] == half) & (halves[pairs[:, 1]] == half)]
        content = with_aliases(stock, groups, halves != half)
        kept.append(inside)
        levels.append(levels_of(content, stock.texts, inside))
    return np.vstack(kept), np.vstack(levels)


def link(content: Content, texts: Sequence[Texts]) -> RowIndex:
    """The rows linked, by their places."""
    index = RowIndex(model_of(content))
    for place, each in enumerate(texts):
        index.put(str(place), each)
    index.settle()
    return index


def groups_of(partition: Iterable[Iterable[str]], rows: int) -> Places:
    """Each row's cluster by number."""
    groups = np.zeros(rows, dtype=np.int64)
    for number, members in enumerate(partition):
        groups[[int(member) for member in members]] = number
    return groups
