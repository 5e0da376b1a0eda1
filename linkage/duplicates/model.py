"""The model file of a city's requests: columns, comparisons, learnt weights and tables, bands, and the card.

One readable YAML file, frozen once it is released. Training changes `weights`, `tables` and `card` and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from linkage.duplicates.comparing import Laid, Tables, lay_out
from linkage.duplicates.values import Request
from linkage.model import MILLIBITS, Comparison, GraphModel, Level, Thresholds
from linkage.model_text import Content, Shape, read_model, read_text
from linkage.scoring import Comparing, Scorer
from schemas.errors import Refused

DOCS = "docs/duplicates.md"
_SHAPE: Shape = {
    "name": str,
    "columns": {},
    "thresholds": {"certain": float, "possible": float},
    "comparisons": {"*": {"kind": str}},
}
_COLUMNS = ("id", "time", "service", "latitude", "longitude")
"""What every profile must name a column for."""


@dataclass(frozen=True, slots=True)
class DuplicateModel:
    """A model; `content` is what its file says, `laid` its comparisons by name, `lift` what an earlier
    request gains after the first two places (millibits).
    """

    name: str
    columns: Mapping[str, str]
    truth: Mapping[str, str]
    graph: GraphModel
    laid: Mapping[str, Laid]
    lift: int
    content: Content

    def scorer(self) -> Scorer[Request]:
        """What weighs pairs of requests."""
        return Scorer(
            self.graph,
            Comparing(
                functions={name: each.compare for name, each in self.laid.items()},
                needs={name: each.needs for name, each in self.laid.items()},
                either=0,
            ),
        )


@cache
def load_duplicates(name: str) -> DuplicateModel:
    """The model of that name that ships, or of that path. Refused where there is none."""
    return parse_duplicates(_text(name))


def load_content(name: str) -> Content:
    """What the file of that name, or of that path, says: a model, or a profile before training."""
    return _content(_text(name))


def shipped() -> tuple[str, ...]:
    """The models that ship, sorted."""
    names = (file.name for file in (files("linkage") / "models" / "duplicates").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def _text(name: str) -> str:
    file = files("linkage") / "models" / "duplicates" / f"{name}.yaml"
    if file.is_file():
        return file.read_text("utf-8")
    path = Path(name)
    if not path.is_file():
        raise Refused(f"--profile {name}: no such model (choose {', '.join(shipped())}, or give a model file's path)")
    return read_text(path, f"--profile {name}")


def parse_duplicates(text: str) -> DuplicateModel:
    """The model that a file's text describes. Refused, naming the place, where it is none."""
    content = _content(text)
    try:
        return model_of(content)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        raise Refused(f"model: not a model of duplicates ({type(error).__name__}); see {DOCS}") from None


def _content(text: str) -> Content:
    return read_model(text, "model", _SHAPE, DOCS)


def model_of(content: Content) -> DuplicateModel:
    """The model of a file's content. A model without weights ranks nothing, but is laid out for training."""
    columns = dict(content["columns"])
    missing = [field for field in _COLUMNS if field not in columns]
    if missing:
        raise Refused(f"model: columns must name {', '.join(missing)}")
    tables = tables_of(content.get("tables") or {})
    laid = {name: lay_out(name, each, tables) for name, each in content["comparisons"].items()}
    return DuplicateModel(
        name=content["name"],
        columns=columns,
        truth=dict(content.get("truth") or {}),
        graph=_graph(content, laid),
        laid=laid,
        lift=_millibits(content.get("earlier", 0)),
        content=content,
    )


def tables_of(content: Content) -> Tables:
    """The learnt tables of a file."""
    words, services = content.get("words") or {}, content.get("services") or {}
    return Tables(
        words={word: float(bits) for bits, group in (words.get("bits") or {}).items() for word in group},
        rarest=float(words.get("rarest", 0)),
        services={pair: float(bits) for pair, bits in (services.get("pairs") or {}).items()},
        same=float(services.get("same", 0)),
        unlike=float(services.get("unlike", 0)),
    )


def _graph(content: Content, laid: Mapping[str, Laid]) -> GraphModel:
    weights = content.get("weights") or {"prior": 0}
    certain, possible = (_millibits(content["thresholds"][band]) for band in ("certain", "possible"))
    if certain < possible:
        raise Refused("model: thresholds must rise from possible to certain")
    return GraphModel(
        prior=_millibits(weights["prior"]),
        thresholds=Thresholds(certain, possible, possible, possible, certain, certain, limit=1),
        comparisons=tuple(_weighed(name, each.levels, weights.get(name) or {}) for name, each in laid.items()),
        vetoes=(),
        blocking=(),
        stop={},
    )


def _weighed(name: str, levels: tuple[str, ...], weights: Mapping[str, float]) -> Comparison:
    """A level that a file leaves out weighs nothing: it was not met in training."""
    odd = sorted(set(weights) - set(levels))
    if odd:
        raise Refused(f"model: weights.{name} has levels that the comparison has not: {', '.join(odd)}")
    return Comparison(
        name,
        tuple(
            Level(level, _millibits(weights.get(level, 0)), f"{name}: {level.replace('_', ' ')}") for level in levels
        ),
    )


def _millibits(bits: float) -> int:
    return round(bits * MILLIBITS)
