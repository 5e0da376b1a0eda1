"""Models: which comparisons count for how much, which pairs are compared, and where the thresholds lie.

A model is a readable file, `models/<version>.yaml`, frozen once it is released: weights, frequencies and stop lists
never follow the live data, or the same reports in another order would link differently. Weights are written in bits
and held as whole millibits, so that sums do not depend on their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from linkage.levels import INCIDENT_LEVELS, PERSON_LEVELS
from schemas.errors import Refused

CURRENT = "2026-11-borough"
MILLIBITS = 1000
VETO = -1_000_000_000
"""What a vetoed pair weighs: more than all else in a component of any size can outweigh."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HOUR = 3_600_000_000
_Yaml = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Level:
    """One outcome of a comparison, what it weighs, and how a person would say it."""

    name: str
    millibits: int
    says: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing that is compared; `levels` are in the order of linkage.levels."""

    name: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Veto:
    """A pair is never put together where every clause holds; a clause holds at any of its (comparison, level)s."""

    name: str
    says: str
    clauses: tuple[frozenset[tuple[str, str]], ...]


_COUNTS = ("limit", "most")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bands and the settings of clustering, in millibits; `limit` and `most` count nodes.

    A component of more than `limit` is not clustered by averages; a cluster of more than `most` (0: of any number) is
    made by nobody but judgements. `rise` is added to the cut for each doubling of the smaller of two clusters: the
    more is known of both, the more must say that they are one. A vetoed pair counts for the negative of `veto` in an
    average, 0: it keeps two clusters apart whatever else agrees.
    """

    certain: int
    possible: int
    weak: int
    cut: int
    ceiling: int
    clip: int
    limit: int
    rise: int = 0
    most: int = 0
    veto: int = 0

    def clipped(self, weight: int) -> int:
        """What a pair of that weight counts for in an average."""
        if weight == VETO:
            return -self.veto or VETO
        return max(-self.clip, min(self.clip, weight))


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Pairs that agree on all `parts`, and whose times are at most `within` microseconds apart, are compared.

    `rarity` (millibits): the rule is left out for names commoner than that.
    """

    name: str
    parts: tuple[str, ...]
    within: int | None = None
    rarity: int = 0


@dataclass(frozen=True, slots=True)
class GraphModel:
    """The model of one graph."""

    prior: int
    thresholds: Thresholds
    comparisons: tuple[Comparison, ...]
    vetoes: tuple[Veto, ...]
    blocking: tuple[BlockingRule, ...]
    stop: Mapping[str, frozenset[str]]

    def band(self, weight: int) -> str:
        """`certain`, `possible` or `apart`."""
        if weight >= self.thresholds.certain:
            return "certain"
        return "possible" if weight >= self.thresholds.possible else "apart"


@dataclass(frozen=True, slots=True)
class Names:
    """Frozen frequencies of names, in bearers of 100,000 people, and the forms of one name."""

    given: Mapping[str, int]
    family: Mapping[str, int]
    rare_below: Mapping[str, int]
    common_from: Mapping[str, int]
    aliases: Mapping[str, tuple[int, ...]]
    alias_groups: int


@dataclass(frozen=True, slots=True)
class Model:
    """A released model; `related` holds the pairs of categories that agencies confuse."""

    version: str
    person: GraphModel
    incident: GraphModel
    names: Names
    related: frozenset[frozenset[str]]


@cache
def load_model(version: str | None = None) -> Model:
    """The model of that version, by default the current one. Refused for a version that does not ship."""
    wanted = version or CURRENT
    file = files("linkage") / "models" / f"{wanted}.yaml"
    if not file.is_file():
        raise Refused(f"model: no version {wanted} ships with this release (choose one of {', '.join(versions())})")
    return parse_model(file.read_text("utf-8"))


def versions() -> tuple[str, ...]:
    """The versions that ship, sorted."""
    names = (file.name for file in (files("linkage") / "models").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.startswith("20")))


def parse_model(text: str) -> Model:
    """The model that a file's text describes. Refused, naming the place, where it leaves something out."""
    content = yaml.load(text, _LOADER)  # noqa: S506 - either loader is a safe one
    return Model(
        version=content["version"],
        person=_graph("person", content["person"], PERSON_LEVELS),
        incident=_graph("incident", content["incident"], INCIDENT_LEVELS),
        names=_names(content["names"], content["aliases"]),
        related=frozenset(
            frozenset((left, right)) for group in content["related_categories"] for left in group for right in group
        ),
    )


def _graph(name: str, content: _Yaml, levels: Mapping[str, Sequence[str]]) -> GraphModel:
    comparisons = tuple(_comparison(f"{name}.{key}", key, each, levels) for key, each in content["comparisons"].items())
    known = frozenset((comparison.name, level.name) for comparison in comparisons for level in comparison.levels)
    return GraphModel(
        prior=_millibits(content["prior"]),
        thresholds=_thresholds(content["thresholds"]),
        comparisons=comparisons,
        vetoes=tuple(read_veto(key, each, known) for key, each in content["vetoes"].items()),
        blocking=tuple(_rule(key, each) for key, each in content["blocking"].items()),
        stop={key: frozenset(map(str, values)) for key, values in content["stop"].items()},
    )


def _comparison(place: str, name: str, content: _Yaml, levels: Mapping[str, Sequence[str]]) -> Comparison:
    if name not in levels:
        raise Refused(f"model: {place} is no comparison (one of {', '.join(levels)})")
    if set(content) != set(levels[name]):
        odd = ", ".join(sorted(set(content) ^ set(levels[name])))
        raise Refused(f"model: {place} must weigh each of its levels once, see {odd}")
    return Comparison(name, tuple(_level(level, content[level]) for level in levels[name]))


def _level(name: str, content: _Yaml) -> Level:
    return Level(name, _millibits(content["bits"]), content["says"])


def _thresholds(content: _Yaml) -> Thresholds:
    thresholds = thresholds_of(content)
    if thresholds.weak < thresholds.possible or thresholds.ceiling < thresholds.weak:
        raise Refused("model: thresholds must rise from possible over weak to ceiling")
    return thresholds


def thresholds_of(content: _Yaml) -> Thresholds:
    """A file's thresholds: bits, and counts of nodes."""
    return Thresholds(**{key: int(value) if key in _COUNTS else _millibits(value) for key, value in content.items()})


def read_veto(name: str, content: _Yaml, known: frozenset[tuple[str, str]]) -> Veto:
    """A file's veto. Refused where it names a (comparison, level) that is not known."""
    clauses = tuple(
        frozenset((comparison, level) for comparison, levels in clause.items() for level in levels)
        for clause in content["all"]
    )
    if not all(clause <= known for clause in clauses):
        raise Refused(f"model: the veto {name} names a level that no comparison has")
    return Veto(name, content["says"], clauses)


def _rule(name: str, content: _Yaml) -> BlockingRule:
    within = int(content["hours"] * _HOUR) if "hours" in content else None
    return BlockingRule(name, tuple(content["parts"]), within, _millibits(content.get("rarity", 0)))


def _names(content: _Yaml, groups: Sequence[Sequence[str]]) -> Names:
    aliases: dict[str, tuple[int, ...]] = {}
    for number, group in enumerate(groups):
        for name in group:
            aliases[name] = (*aliases.get(name, ()), number)
    return Names(
        given=content["given"],
        family=content["family"],
        rare_below=content["rare_below"],
        common_from=content["common_from"],
        aliases=aliases,
        alias_groups=len(groups),
    )


def _millibits(bits: float) -> int:
    return round(bits * MILLIBITS)
