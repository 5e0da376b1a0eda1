"""The model file of a profile: which columns, how they compare, what blocks, the learnt weights and tables, the card.

One readable YAML file, frozen once it is promoted. A profile is the same file before anything was learnt: training
adds `weights`, `tables`, `stop` and `card` to it and changes nothing else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from linkage.model import MILLIBITS, Comparison, GraphModel, Level, read_veto, thresholds_of
from linkage.model_text import Content, Shape, read_model, read_text
from linkage.rows import levels
from linkage.rows.comparing import Aliases
from schemas.errors import Refused

LEVELS: Mapping[str, tuple[str, ...]] = {
    "first_name": levels.names_of(levels.Slot),
    "last_name": levels.names_of(levels.Slot),
    "further_names": levels.names_of(levels.Further),
    "date": levels.names_of(levels.Day),
    "postcode": levels.names_of(levels.Postcode),
    "words": levels.names_of(levels.Words),
    "plain": levels.names_of(levels.Plain),
}
"""The kinds of comparison with their levels."""

FIELD_KINDS = ("names", "date", "postcode", "words", "plain")
_SLOTS = 3
BINS = ("common", "usual", "uncommon")
"""What a rarity table calls its values; all others are rare."""

STRENGTHS = ("weak", "likely", "strong")
EQUALS = " = "
"""Between the two texts of an alias."""

DOCS = "docs/linkage.md"
_LIMITS = ("certain", "possible", "weak", "cut", "ceiling", "clip", "limit")
_SHAPE: Shape = {
    "name": str,
    "id": str,
    "fields": {"*": {"kind": str}},
    "comparisons": {"*": {"field": str, "kind": str}},
    "blocking": {"*": {"parts": list}},
    "thresholds": dict.fromkeys(_LIMITS, float),
}
_LEARNT: Shape = {"weights": {"prior": float}}
_TO_TRAIN: Shape = {
    "training": {"seeds": list, "rounds": float, "random_pairs": float, "penalty": float, "fewest_bearers": float}
}


@dataclass(frozen=True, slots=True)
class Field:
    """Columns and how their text is read; `only` are the values it may have, empty for any.

    Names have one column, or three: of the first, the further and the last names; of these a first or last one of fewer
    letters than `shortest` is none.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    leave_out: frozenset[str]
    only: frozenset[str]
    shortest: int


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison: its field's place, its kind, and the edges (bits) of its rarity and alias tables."""

    name: str
    place: int
    kind: str
    rarity: tuple[float, ...]
    alias: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows that agree on all `parts` are compared; in training, blocks of more than `most` of all rows are stopped."""

    name: str
    parts: tuple[str, ...]
    most: float


@dataclass(frozen=True, slots=True)
class Tables:
    """What was learnt from rows, by comparison: each text's bin of rarity, pairs of texts that are variants."""

    rarity: Mapping[str, Mapping[str, int]]
    aliases: Mapping[str, Aliases]


NO_TABLES = Tables({}, {})


@dataclass(frozen=True, slots=True)
class RowModel:
    """A model of the rows of a file; `content` is what its file says."""

    name: str
    fields: tuple[Field, ...]
    compared: tuple[Compared, ...]
    rules: tuple[Rule, ...]
    tables: Tables
    stop: Mapping[str, frozenset[str]]
    graph: GraphModel
    content: Mapping[str, Any]

    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        return tuple(column for field in self.fields for column in field.columns)


@cache
def load_rows(name: str) -> RowModel:
    """The model of that name that ships, or of that path. Refused where there is none."""
    file = files("linkage") / "models" / "rows" / f"{name}.yaml"
    if file.is_file():
        return parse_rows(file.read_text("utf-8"), name)
    path = Path(name)
    if not path.is_file():
        raise Refused(f"--profile {name}: no such model (choose {', '.join(shipped())}, or give a model file's path)")
    return parse_rows(read_text(path, f"--profile {name}"), name)


def load_profile(name: str) -> Content:
    """The content of the profile of that name that ships, or of that path. Refused where there is none."""
    file = files("linkage") / "models" / "profiles" / f"{name}.yaml"
    path, told = Path(name), f"--profile {name}"
    if not file.is_file() and not path.is_file():
        raise Refused(
            f"{told}: no such profile (choose {', '.join(profiles())}, or give the path of a profile of your own)"
        )
    text = file.read_text("utf-8") if file.is_file() else read_text(path, told)
    content = read_model(text, told, {**_SHAPE, **_TO_TRAIN}, DOCS)
    _laid_out(content, told)
    return content


def shipped() -> tuple[str, ...]:
    """The models that ship, sorted."""
    return _names_in("rows")


def profiles() -> tuple[str, ...]:
    """The profiles that ship, sorted."""
    return _names_in("profiles")


def _names_in(folder: str) -> tuple[str, ...]:
    names = (file.name for file in (files("linkage") / "models" / folder).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def parse_rows(text: str, name: str = "model") -> RowModel:
    """The model that a file's text describes. Refused, naming the place, where it is none."""
    return _laid_out(read_model(text, name, {**_SHAPE, **_LEARNT}, DOCS), name)


def _laid_out(content: Content, name: str) -> RowModel:
    """The model of a file's content. Refused where its values are of another form than they must be."""
    try:
        return model_of(content)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Refused(f"{name}: not a model of rows ({type(error).__name__}); see {DOCS}") from None


def model_of(content: Mapping[str, Any]) -> RowModel:
    """The model of a file's content."""
    fields = tuple(_field(name, each) for name, each in content["fields"].items())
    places = {field.name: place for place, field in enumerate(fields)}
    compared = tuple(_compared(name, each, places) for name, each in content["comparisons"].items())
    return RowModel(
        name=content["name"],
        fields=fields,
        compared=compared,
        rules=tuple(_rule(name, each, places) for name, each in content["blocking"].items()),
        tables=_tables(content.get("tables", {"rarity": {}, "aliases": {}})),
        stop={name: frozenset(keys) for name, keys in content.get("stop", {}).items()},
        graph=_graph(content, compared),
        content=content,
    )


def _field(name: str, content: Mapping[str, Any]) -> Field:
    if content["kind"] not in FIELD_KINDS:
        raise Refused(f"model: fields.{name}.kind must be one of {', '.join(FIELD_KINDS)}")
    leave_out, only = frozenset(content.get("leave_out", ())), frozenset(content.get("only", ()))
    return Field(name, content["kind"], _columns(name, content), leave_out, only, int(content.get("shortest", 1)))


def _columns(name: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    columns = content.get("columns", (content.get("column"),))
    fits = "columns" not in content or (content["kind"] == "names" and len(columns) == _SLOTS)
    if not fits or not all(isinstance(column, str) for column in columns):
        raise Refused(
            f"model: fields.{name} needs a column; names may have columns: the first, the further and the last names"
        )
    return tuple(columns)


def _compared(name: str, content: Mapping[str, Any], places: Mapping[str, int]) -> Compared:
    if content["kind"] not in LEVELS or content["field"] not in places:
        raise Refused(f"model: comparisons.{name} must name a field and one of the kinds {', '.join(LEVELS)}")
    rarity, alias = tuple(content.get("rarity", ())), tuple(content.get("alias", ()))
    return Compared(name, places[content["field"]], content["kind"], rarity, alias)


def _rule(name: str, content: Mapping[str, Any], places: Mapping[str, int]) -> Rule:
    if any(part.partition(".")[0] not in places for part in content["parts"]):
        raise Refused(f"model: blocking.{name} has a part of no field (write them as field.what or field.what:letters)")
    return Rule(name, tuple(content["parts"]), float(content.get("most", 1)))


def _tables(content: Mapping[str, Any]) -> Tables:
    rarity = {
        name: {text: number for number, bin_ in enumerate(BINS) for text in bins.get(bin_, ())}
        for name, bins in content["rarity"].items()
    }
    return Tables(rarity, {name: _aliases(each) for name, each in content["aliases"].items()})


def _aliases(content: Mapping[str, Iterable[str]]) -> Aliases:
    return {
        (one, other): number
        for number, strength in enumerate(STRENGTHS, 1)
        for one, _, other in (pair.partition(EQUALS) for pair in content.get(strength, ()))
    }


def _graph(content: Mapping[str, Any], compared: Iterable[Compared]) -> GraphModel:
    weights = content.get("weights", {"prior": 0})
    comparisons = tuple(_weighed(each, weights.get(each.name, {})) for each in compared)
    known = frozenset((each.name, level.name) for each in comparisons for level in each.levels)
    return GraphModel(
        prior=_millibits(weights["prior"]),
        thresholds=thresholds_of(content["thresholds"]),
        comparisons=comparisons,
        vetoes=tuple(read_veto(name, each, known) for name, each in content.get("vetoes", {}).items()),
        blocking=(),
        stop={},
    )


def _weighed(compared: Compared, weights: Mapping[str, float]) -> Comparison:
    """A level that a file leaves out weighs nothing: it was not met in training."""
    says = compared.name.replace("_", " ")
    return Comparison(
        compared.name,
        tuple(
            Level(name, _millibits(weights.get(name, 0)), f"{says}: {name.replace('_', ' ')}")
            for name in LEVELS[compared.kind]
        ),
    )


def _millibits(bits: float) -> int:
    return round(bits * MILLIBITS)
