"""Cross-validation by people: each part of the people linked by a model that was trained on the others alone."""

from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from linkage.measures import measure
from linkage.rows.index import RowIndex
from linkage.rows.model import model_of
from linkage.rows.training import train

Texts = Mapping[str, str | None]
Figures = dict[str, float]


def cross_validate(
    profile: Mapping[str, Any],
    texts: Sequence[Texts],
    labels: Sequence[str],
    folds: int,
    with_labels: bool,
    seed: int,
    tell: Callable[[str], None],
) -> list[Figures]:
    """The figures of each part. `with_labels`: whether training sees the others' labels."""
    parts = [_part(label, folds, seed) for label in labels]
    found = []
    for part in range(folds):
        tell(f"part {part + 1} of {folds}")
        known = [place for place, each in enumerate(parts) if each != part]
        unknown = [place for place, each in enumerate(parts) if each == part]
        given = [labels[place] for place in known] if with_labels else None
        content = train(profile, [texts[place] for place in known], given, seed, tell)
        found.append(_figures(content, [texts[place] for place in unknown], [labels[place] for place in unknown]))
    return found


def _part(label: str, folds: int, seed: int) -> int:
    return int.from_bytes(blake2b(f"{seed}/{label}".encode(), digest_size=4).digest()) % folds


def _figures(content: Mapping[str, Any], texts: Sequence[Texts], labels: Sequence[str]) -> Figures:
    index = RowIndex(model_of(content))
    for place, each in enumerate(texts):
        index.put(str(place), each)
    clusters = {row: str(number) for number, members in enumerate(index.partition()) for row in members}
    found = measure(clusters, {str(place): label for place, label in enumerate(labels)})
    return {
        "rows": len(texts),
        "pair_precision": round(found.pairs.precision, 4),
        "pair_recall": round(found.pairs.recall, 4),
        "pair_f1": round(found.pairs.f1, 4),
        "b_cubed_f1": round(found.b_cubed.f1, 4),
        "whole_f1": round(found.whole.f1, 4),
        "largest": found.largest,
        "candidates_per_row": round(index.blocks.compared / max(1, len(texts)), 2),
    }
