"""What is learnt by counting: how rare texts are, which of them are variants of one, which blocks are too full.

Variants come from clusters: two different values that meet in one cluster far more often than by chance, in the
clusters of at least two people. No dictionary of nicknames, places or spellings is needed, whatever the community.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from math import log2
from typing import Any

from linkage.rows.blocking import RowBlocks
from linkage.rows.model import BINS, EQUALS, STRENGTHS, Compared, RowModel, model_of
from linkage.rows.values import Row

Groups = Sequence[Sequence[Row]]
Content = dict[str, Any]

_SUPPORT = 2
_FEWEST = 20
"""No block of so few rows is stopped."""


def learn_rarity(rows: Sequence[Row], compared: Iterable[Compared]) -> Content:
    """The rarity tables of a model file: the texts of each bin but the rarest, sorted."""
    return {each.name: _bins(Counter(_rated_texts(rows, each)), each.rarity) for each in compared if each.rarity}


def _rated_texts(rows: Iterable[Row], compared: Compared) -> Iterable[str]:
    values = (row.values[compared.place] for row in rows if row.values[compared.place] is not None)
    if compared.kind == "first_name":
        return (name.first.text for name in values if name.first)
    if compared.kind == "last_name":
        return (name.last.text for name in values if name.last)
    if compared.kind == "further_names":
        return (each.text for name in values for each in name.further)
    return (value.text for value in values)


def _bins(counts: Counter[str], edges: Sequence[float]) -> Content:
    total = sum(counts.values())
    found: Content = {name: [] for name in BINS[: len(edges)]}
    for text, count in sorted(counts.items()):
        number = bisect(edges, log2(total / count))
        if number < len(edges):
            found[BINS[number]].append(text)
    return found


_SOURCES: Mapping[str, Callable[[Any], str | None]] = {
    "first_name": lambda name: name.first.text if name.first and not name.single else None,
    "last_name": lambda name: name.last.text if name.last and not name.single else None,
    "postcode": lambda postcode: postcode.district,
    "words": lambda value: value.text,
}


def learn_aliases(groups: Groups, compared: Iterable[Compared]) -> Content:
    """The alias tables of a model file: the pairs of each strength as "one = other", sorted."""
    return {each.name: _aliases(groups, each) for each in compared if each.alias}


def _aliases(groups: Groups, compared: Compared) -> Content:
    source = _SOURCES[compared.kind]
    totals: Counter[str] = Counter()
    met: Counter[tuple[str, str]] = Counter()
    support: Counter[tuple[str, str]] = Counter()
    pairs = 0
    for group in groups:
        counts = Counter(text for text in (_text(row, compared.place, source) for row in group) if text)
        totals.update(counts)
        pairs += sum(counts.values()) * (sum(counts.values()) - 1) // 2
        for pair in combinations(sorted(counts), 2):
            met[pair] += counts[pair[0]] * counts[pair[1]]
            support[pair] += 1
    found: Content = {name: [] for name in STRENGTHS[: len(compared.alias)]}
    for (one, other), mass in sorted(met.items()):
        supporters = support[one, other]
        if supporters < _SUPPORT:
            continue
        chance = 2 * totals[one] * totals[other] / totals.total() ** 2
        number = bisect(compared.alias, log2(mass / pairs * (supporters - 0.5) / supporters / chance))
        if number:
            found[STRENGTHS[number - 1]].append(f"{one}{EQUALS}{other}")
    return found


def _text(row: Row, place: int, source: Callable[[Any], str | None]) -> str | None:
    value = row.values[place]
    return None if value is None else source(value)


def learn_stop(rows: Sequence[Row], model: RowModel) -> Content:
    """The blocks that hold more than their rule's share of the rows, sorted, by rule."""
    blocks = RowBlocks(model)
    found = {}
    for rule in model.rules:
        most = max(_FEWEST, rule.most * len(rows))
        counts = Counter(key for row in rows for key in set(blocks.words_of(row, rule)))
        full = sorted(key for key, count in counts.items() if count > most)
        if full:
            found[rule.name] = full
    return found


def withhold(content: Content, groups: Groups, fewest: int) -> Content:
    """The content without the values, in whatever table, that are of fewer people than that."""
    model = model_of(content)
    bearers = {each.name: _bearers(groups, each) for each in model.compared}
    tables = {
        kind: {name: _withheld(each, bearers[name], fewest) for name, each in table.items()}
        for kind, table in content["tables"].items()
    }
    blocks = RowBlocks(model)
    rules = {rule.name: rule for rule in model.rules}
    stop = {}
    for name, keys in content["stop"].items():
        met = Counter(
            key for group in groups for key in {key for row in group for key in blocks.words_of(row, rules[name])}
        )
        stop[name] = [key for key in keys if met[key] >= fewest]
    return {**content, "tables": tables, "stop": stop}


def _bearers(groups: Groups, compared: Compared) -> Counter[str]:
    """How many people each text is of, as a rarity table or an alias table has it."""
    source = _SOURCES.get(compared.kind)
    found: Counter[str] = Counter()
    for group in groups:
        texts = set(_rated_texts(group, compared))
        if source is not None:
            texts |= {text for text in (_text(row, compared.place, source) for row in group) if text}
        found.update(texts)
    return found


def _withheld(table: Content, bearers: Counter[str], fewest: int) -> Content:
    return {
        name: [text for text in texts if all(bearers[each] >= fewest for each in text.split(EQUALS))]
        for name, texts in table.items()
    }
