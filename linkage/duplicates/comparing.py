"""How two requests compare: a comparison for each kind, symmetric, from two requests to a level; level 0 is missing.

A comparison is laid out by its lines in the model file: their edges make its levels, and name them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.duplicates.neighbourhood import metres
from linkage.duplicates.values import Has, Request
from schemas.errors import Refused

Compare = Callable[[Request, Request], int]
MISSING = "missing"
_MILLIMETRE = 0.001
PAIRED = " + "
"""Between two services."""


@dataclass(frozen=True, slots=True)
class Tables:
    """What was learnt by counting.

    `words`: bits by word, `rarest` those of all others. `services`: bits by pair of services as `paired` writes it,
    `same` and `unlike` those of pairs that were hardly met.
    """

    words: Mapping[str, float]
    rarest: float
    services: Mapping[str, float]
    same: float
    unlike: float


@dataclass(frozen=True, slots=True)
class Laid:
    """A comparison laid out: its level names, what both requests must have, and the function.

    Its levels but the first are `chains` chains of equally many; along a chain they rise, or fall, step by step.
    """

    levels: tuple[str, ...]
    needs: int
    compare: Compare
    chains: int = 1


def paired(one: str, other: str) -> str:
    """The name of a pair of services, whichever comes first."""
    return PAIRED.join(sorted((one, other)))


def lay_out(name: str, content: Mapping[str, Any], tables: Tables) -> Laid:
    """The comparison of a model's lines. Refused for a kind that there is not."""
    make = _KINDS.get(content["kind"])
    if make is None:
        raise Refused(f"model: comparisons.{name}.kind must be one of {', '.join(_KINDS)}")
    return make(content, tables)


def _place(content: Mapping[str, Any], _: Tables) -> Laid:
    """Distance in metres: of one service, and of two."""
    edges = [float(edge) for edge in content["metres"]]
    beyond = 1 + len(edges) + 1

    def compare(left: Request, right: Request) -> int:
        base = 1 if left.service == right.service else beyond
        return base + bisect_left(edges, metres(left, right))

    names = [f"{group}_{step}" for group in ("same_service", "other_service") for step in _steps(edges, "m")]
    return Laid((MISSING, *names), Has.POINT, compare, chains=2)


def _crowd(content: Mapping[str, Any], _: Tables) -> Laid:
    """How many of the service are nearer to the one, and to the other: to whichever has fewer, or (`most`) more.

    So a pair in a crowded street is held against that street, and one in a quiet suburb against the suburb.
    """
    edges = [int(edge) for edge in content["nearer"]]
    choose = max if content["of"] == "most" else min

    def compare(left: Request, right: Request) -> int:
        if left.service != right.service:
            return 0
        apart = metres(left, right) - _MILLIMETRE
        return 1 + bisect_right(edges, choose(bisect_left(left.crowd, apart), bisect_left(right.crowd, apart)))

    return Laid((MISSING, *_floors(edges)), Has.POINT, compare)


def _gap(content: Mapping[str, Any], _: Tables) -> Laid:
    edges = [int(edge) for edge in content["minutes"]]

    def compare(left: Request, right: Request) -> int:
        return 1 + bisect_left(edges, abs(left.minute - right.minute))

    return Laid((MISSING, *_steps(edges, "min")), Has.TIME, compare)


def _services(content: Mapping[str, Any], tables: Tables) -> Laid:
    """By how much likelier staff mark two such services as one than two of any."""
    edges = [float(edge) for edge in content["bits"]]
    levels = {pair: 1 + bisect_right(edges, bits) for pair, bits in tables.services.items()}
    same, unlike = (1 + bisect_right(edges, bits) for bits in (tables.same, tables.unlike))

    def compare(left: Request, right: Request) -> int:
        one, other = left.service, right.service
        return levels.get(paired(one, other), same if one == other else unlike)

    return Laid((MISSING, *_floors(edges)), Has.SERVICE, compare)


def _site(_: Mapping[str, Any], __: Tables) -> Laid:
    def compare(left: Request, right: Request) -> int:
        if left.site == right.site:
            return 3
        return 2 if left.stretch == right.stretch else 1

    return Laid((MISSING, "differs", "same_stretch", "same_site"), Has.SITE, compare)


def _address(_: Mapping[str, Any], __: Tables) -> Laid:
    def compare(left: Request, right: Request) -> int:
        if left.address == right.address:
            return 3
        return 2 if left.street and left.street == right.street else 1

    return Laid((MISSING, "differs", "same_street", "same_address"), Has.ADDRESS, compare)


def _origin(_: Mapping[str, Any], __: Tables) -> Laid:
    def compare(left: Request, right: Request) -> int:
        return 2 if left.origin == right.origin else 1

    return Laid((MISSING, "differs", "same"), Has.ORIGIN, compare)


def _words(content: Mapping[str, Any], tables: Tables) -> Laid:
    """The bits of the words in common: the rarer and the more, the more; of whole descriptions alike, a level each."""
    edges = [float(edge) for edge in content["bits"]]
    whole = len(edges) + 2
    bits, rarest, short = tables.words, tables.rarest, float(content["whole_from"])

    def compare(left: Request, right: Request) -> int:
        shared = left.words & right.words
        total = sum([bits.get(word, rarest) for word in shared])
        if left.text == right.text:
            return whole + (total >= short)
        return 1 + bisect_right(edges, total)

    return Laid((MISSING, *_floors(edges), "same_text_of_few_words", "same_text"), Has.WORDS, compare)


def _overlap(content: Mapping[str, Any], tables: Tables) -> Laid:
    """The share of both descriptions' bits that they have in common (Dice)."""
    edges = [float(edge) for edge in content["shares"]]
    bits, rarest = tables.words, tables.rarest

    def worth(words: frozenset[str]) -> float:
        return sum([bits.get(word, rarest) for word in words])

    def compare(left: Request, right: Request) -> int:
        both = worth(left.words) + worth(right.words)
        return 1 + bisect_right(edges, 2 * worth(left.words & right.words) / both if both else 0.0)

    return Laid((MISSING, *_floors(edges)), Has.WORDS, compare)


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Tables], Laid]] = {
    "place": _place,
    "crowd": _crowd,
    "gap": _gap,
    "services": _services,
    "site": _site,
    "address": _address,
    "origin": _origin,
    "words": _words,
    "overlap": _overlap,
}


def _steps(edges: Sequence[float], unit: str) -> list[str]:
    """Names of the levels up to each edge, and beyond the last."""
    return [*(f"to_{edge:g}_{unit}" for edge in edges), f"over_{edges[-1]:g}_{unit}"]


def _floors(edges: Sequence[float]) -> list[str]:
    """Names of the levels below the first edge, and from each on."""
    return [f"below_{edges[0]:g}", *(f"from_{edge:g}" for edge in edges)]
