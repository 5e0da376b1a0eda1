"""Learning a model from the duplicates that staff marked: tables by counting, then one regression over all levels.

Staff mark only some duplicates. So the pairs learnt from are those of which at least one request was marked: of these
somebody looked for duplicates. Tables are cross-fitted: the levels of one half of the clusters are found under the
tables of the other, or the weights would trust them too much.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from math import log2
from typing import Any

import numpy as np

from linkage.duplicates.comparing import Laid, paired
from linkage.duplicates.measuring import Marks
from linkage.duplicates.model import DuplicateModel, model_of
from linkage.duplicates.neighbourhood import Neighbourhood
from linkage.duplicates.values import Request
from linkage.rows.fitting import Levels, fit_weights

Pair = tuple[Request, Request]
Content = dict[str, Any]

_DECIMALS = 2
_HALVES = 2


def train(profile: Mapping[str, Any], requests: Sequence[Request], marks: Marks) -> Content:
    """The content of a model file. The same arguments give the same model."""
    recipe = profile["training"]
    pairs = sorted(_pairs(requests, marks, float(profile["within"])), key=lambda pair: (pair[0].id, pair[1].id))
    levels, is_match = _cross_fitted(profile, requests, pairs, marks)
    content = {**_bare(profile), "tables": learn_tables(recipe, requests, pairs, marks)}
    laid = list(model_of(content).laid.items())
    steps = np.hstack([_stepped(levels[:, place], each) for place, (_, each) in enumerate(laid)])
    prior, bits = fit_weights(steps, is_match, _counts(pairs, marks), [2] * steps.shape[1], recipe["penalty"])
    found: Content = {"prior": round(prior, _DECIMALS)}
    place = 0
    for name, each in laid:
        count = len(each.levels) - 1
        gains = np.array([gain[1] for gain in bits[place : place + count]]).reshape(each.chains, -1)
        weights = np.cumsum(gains, axis=1).ravel().tolist()
        found[name] = {level: round(value, _DECIMALS) for level, value in zip(each.levels[1:], weights, strict=True)}
        place += count
    return {**content, "weights": found}


def _stepped(levels: "np.ndarray[Any, np.dtype[np.uint8]]", laid: Laid) -> Levels:
    """A column for each level but the first: whether the pair came so far along its chain.

    The regression weighs the steps from level to level, so its penalty draws each level to the one before it.
    """
    places = np.arange(1, len(laid.levels))
    chain = (places - 1) // ((len(laid.levels) - 1) // laid.chains)
    of_pair = np.where(levels > 0, chain[np.maximum(levels, 1) - 1], -1)
    found: Levels = ((levels[:, None] >= places) & (of_pair[:, None] == chain)).astype(np.uint8)
    return found


def _bare(profile: Mapping[str, Any]) -> Content:
    return {key: value for key, value in profile.items() if key not in ("weights", "tables", "card")}


def _pairs(requests: Sequence[Request], marks: Marks, within: float) -> Iterable[Pair]:
    """Pairs within the distance with a marked request, each once."""
    near = Neighbourhood(requests, within).near
    cluster_of = marks.cluster_of
    for request in requests:
        if request.id in cluster_of:
            for _, other in near(request):
                if other.id not in cluster_of or request.id < other.id:
                    yield (request, other) if request.id < other.id else (other, request)


def _counts(pairs: Sequence[Pair], marks: Marks) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """A pair counts once; the pairs of a large cluster together no more than those of a middling one."""
    sizes = Counter(marks.cluster_of.values())
    found = np.ones(len(pairs))
    for place, (one, other) in enumerate(pairs):
        if _are_one(one, other, marks):
            found[place] = 1 / max(1, sizes[marks.cluster_of[one.id]] - 1)
    return found


def _are_one(one: Request, other: Request, marks: Marks) -> bool:
    cluster = marks.cluster_of.get(one.id)
    return cluster is not None and cluster == marks.cluster_of.get(other.id)


def _cross_fitted(
    profile: Mapping[str, Any], requests: Sequence[Request], pairs: Sequence[Pair], marks: Marks
) -> tuple[Levels, "np.ndarray[Any, np.dtype[np.bool_]]"]:
    halves = [_half(one, other, marks) for one, other in pairs]
    models: list[DuplicateModel] = []
    for half in range(_HALVES):
        others = [pair for pair, its in zip(pairs, halves, strict=True) if its != half]
        tables = learn_tables(profile["training"], requests, others, marks)
        models.append(model_of({**_bare(profile), "tables": tables}))
    levels = np.zeros((len(pairs), len(models[0].laid)), dtype=np.uint8)
    for place, ((one, other), half) in enumerate(zip(pairs, halves, strict=True)):
        both = one.has & other.has
        for column, each in enumerate(models[half].laid.values()):
            if both & each.needs == each.needs:
                levels[place, column] = each.compare(one, other)
    return levels, np.array([_are_one(one, other, marks) for one, other in pairs], dtype=np.bool_)


def _half(one: Request, other: Request, marks: Marks) -> int:
    cluster = marks.cluster_of.get(one.id) or marks.cluster_of[other.id]
    return blake2b(cluster.encode(), digest_size=1).digest()[0] % _HALVES


def learn_tables(
    recipe: Mapping[str, Any], requests: Sequence[Request], pairs: Sequence[Pair], marks: Marks
) -> Content:
    """The tables of a model file."""
    return {
        "words": _word_bits(requests, int(recipe["fewest_requests"])),
        "services": _service_bits(recipe, pairs, marks),
    }


def _word_bits(requests: Sequence[Request], fewest: int) -> Content:
    """log2 of how few descriptions have a word, whole; words of fewer than that many requests are left out."""
    described = [each.words for each in requests if each.words]
    counts = Counter(word for words in described for word in words)
    bits: dict[int, list[str]] = defaultdict(list)
    for word, count in counts.items():
        if count >= fewest:
            bits[round(log2(len(described) / count))].append(word)
    rarest = round(log2(max(1.0, len(described) / fewest)) + 1)
    return {"rarest": rarest, "bits": {each: sorted(words) for each, words in sorted(bits.items())}}


def _service_bits(recipe: Mapping[str, Any], pairs: Sequence[Pair], marks: Marks) -> Content:
    """How much likelier a pair of services is one matter than any pair is; few pairs are drawn to their like."""
    met: Counter[tuple[str, str]] = Counter()
    matched: Counter[tuple[str, str]] = Counter()
    for one, other in pairs:
        services = min(one.service, other.service), max(one.service, other.service)
        met[services] += 1
        matched[services] += _are_one(one, other, marks)
    same, unlike = (_rate(met, matched, alike) for alike in (True, False))
    every, pull = (matched.total() + 1) / (met.total() + 2), float(recipe["service_pull"])
    found = {}
    for services, count in sorted(met.items()):
        rate = same if services[0] == services[1] else unlike
        if count >= recipe["fewest_pairs"]:
            found[paired(*services)] = round(log2((matched[services] + pull * rate) / (count + pull) / every), 1)
    return {
        "same": round(log2(same / every), 1),
        "unlike": round(log2(unlike / every), 1),
        "pairs": found,
    }


def _rate(met: Counter[tuple[str, str]], matched: Counter[tuple[str, str]], alike: bool) -> float:
    """The share that is one matter, of pairs of one service or of two."""
    chosen = [services for services in met if (services[0] == services[1]) is alike]
    return (sum(matched[each] for each in chosen) + 0.5) / (sum(met[each] for each in chosen) + 1)
