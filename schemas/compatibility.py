"""Whether two versions of a schema may live side by side, and whether a schema is fit to be released.

FULL_TRANSITIVE: every version reads what every other version wrote. avro.compatibility knows the rules of schema
resolution (Avro specification 1.12, "Schema Resolution"); what it does not look at is checked here: logical types, enum
symbols that would silently become the default, and documentation.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException

from schemas import avro_files, released
from schemas.avro_files import Schema

Problems = tuple[str, ...]
"""One sentence for each problem; empty means fit."""

_NAMED = ("record", "enum", "fixed")
_PRECISION = ("precision", "scale")


def compatible(new: Schema, old: Schema) -> Problems:
    """Why two versions cannot both be in use: each must read the other (FULL)."""
    return (*_backward(new, old), *_forward(new, old), *_logical_changes(new, old))


def _backward(new: Schema, old: Schema) -> Problems:
    unreadable = (f"cannot read what is stored: {problem}" for problem in _unreadable(new, old))
    return (*unreadable, *_lost_symbols(new, old))


def _forward(new: Schema, old: Schema) -> Problems:
    return tuple(f"cannot be read by what is running: {problem}" for problem in _unreadable(old, new))


LEVELS = ("NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE")
"""How strictly versions are held together, in the words of Confluent's registry."""


def fits(level: str, new: Schema, versions: Sequence[Schema]) -> Problems:
    """Why a new version may not stand beside the others (oldest first) at one of LEVELS."""
    held = versions if level.endswith("_TRANSITIVE") else versions[-1:]
    return tuple(problem for old in held for problem in _fits_one(level.removesuffix("_TRANSITIVE"), new, old))


def _fits_one(level: str, new: Schema, old: Schema) -> Problems:
    match level:
        case "NONE":
            return ()
        case "BACKWARD":
            return (*_backward(new, old), *_logical_changes(new, old))
        case "FORWARD":
            return (*_forward(new, old), *_logical_changes(new, old))
        case _:
            return compatible(new, old)


def is_schema(schema: Any) -> Problems:
    """Why this is not an Avro schema at all."""
    try:
        avro.schema.parse(json.dumps(schema))
    except AvroException as error:
        return (f"is not a valid Avro schema: {error}",)
    return ()


def well_made(schema: Schema) -> Problems:
    """What a schema of ours lacks: a doc for each type and field, a default symbol for each enum."""
    return tuple(problem for name, part in _named_types(schema).items() for problem in _unfinished(name, part))


def check_released() -> Problems:
    """Every problem of the schemas in use: how they are made, and FULL_TRANSITIVE against all released versions."""
    return tuple(f"{name}: {problem}" for name in released.NAMES for problem in _check(name))


def _check(name: str) -> Iterator[str]:
    schema = avro_files.load(name)
    yield from well_made(schema)
    for number, old in enumerate(released.versions(name), start=1):
        yield from (f"against v{number} {problem}" for problem in compatible(schema, old))


def _unreadable(reader: Schema, writer: Schema) -> Problems:
    """At most one sentence: avro.compatibility tells rules, names and places as three sets."""
    checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
    result = checker.get_compatibility(_parse(reader), _parse(writer))
    if result.compatibility is SchemaCompatibilityType.compatible:
        return ()
    rules = sorted({rule.value.replace("_", " ") for rule in result.incompatibilities})
    return (f"{', '.join(rules)} ({', '.join(sorted(result.messages))}) at {', '.join(sorted(result.locations))}",)


def _parse(schema: Schema) -> avro.schema.Schema:
    return avro.schema.parse(json.dumps(schema))


def _logical_changes(new: Schema, old: Schema) -> list[str]:
    before, after = dict(_logical_types(old, "")), dict(_logical_types(new, ""))
    return [
        f"changes the logical type at {place or '/'}: {before[place] or 'none'} became {after[place] or 'none'}"
        for place in before
        if place in after and before[place] != after[place]
    ]


def _logical_types(part: Any, place: str) -> Iterator[tuple[str, str]]:
    """(place, logical type with precision and scale; empty for none) of every type in a schema."""
    if isinstance(part, list):
        for branch in part:
            yield from _logical_types(branch, f"{place}|{_type_name(branch)}")
        return
    yield place, _logical_type(part)
    if isinstance(part, dict):
        yield from _inner_logical_types(part, place)


def _inner_logical_types(part: Schema, place: str) -> Iterator[tuple[str, str]]:
    for member in part.get("fields", ()):
        yield from _logical_types(member["type"], f"{place}/{member['name']}")
    for key in ("items", "values"):
        if key in part:
            yield from _logical_types(part[key], f"{place}/{key}")


def _type_name(branch: Any) -> str:
    """The name of a union's branch; a logical type is part of the value, not of the name."""
    if isinstance(branch, dict):
        return str(branch["name"] if branch["type"] in _NAMED else branch["type"])
    return str(branch)


def _logical_type(part: Any) -> str:
    if not isinstance(part, dict) or "logicalType" not in part:
        return ""
    return " ".join([part["logicalType"], *(f"{key}={part[key]}" for key in _PRECISION if key in part)])


def _lost_symbols(new: Schema, old: Schema) -> list[str]:
    after = _named_types(new)
    return [
        f"drops the symbol {symbol} of {name}: stored values would silently become the default"
        for name, part in _named_types(old).items()
        if part["type"] == "enum" and name in after
        for symbol in part["symbols"]
        if symbol not in after[name].get("symbols", ())
    ]


def _unfinished(name: str, part: Schema) -> Iterator[str]:
    if not part.get("doc"):
        yield f"{name} has no doc"
    if part["type"] == "enum" and part.get("default") not in part["symbols"]:
        yield f"the enum {name} has no default among its symbols"
    for member in part.get("fields", ()):
        if not member.get("doc"):
            yield f"the field {name}.{member['name']} has no doc"


def _named_types(schema: Schema) -> dict[str, Schema]:
    """Every named type that is written out in a schema, by full name."""
    return dict(_walk_names(schema, ""))


def _walk_names(part: Any, namespace: str) -> Iterator[tuple[str, Schema]]:
    """A type without a namespace is in that of the type around it (Avro specification, "Names")."""
    if isinstance(part, list):
        for branch in part:
            yield from _walk_names(branch, namespace)
    if not isinstance(part, dict):
        return
    if part.get("type") in _NAMED:
        name = _full_name(part, namespace)
        namespace = name.rpartition(".")[0]
        yield name, part
    for inner in (*(member["type"] for member in part.get("fields", ())), part.get("items"), part.get("values")):
        yield from _walk_names(inner, namespace)


def _full_name(part: Schema, namespace: str) -> str:
    name, namespace = str(part["name"]), part.get("namespace", namespace)
    return name if "." in name or not namespace else f"{namespace}.{name}"
