"""Reads the .avsc files: one named type a file, resolved into self-contained schemas."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

Schema = dict[str, Any]
"""A parsed Avro schema as JSON objects."""

NAMESPACE = "wardlink"


@cache
def declared() -> dict[str, Schema]:
    """Every type as its file declares it, by full name (`wardlink.Report`)."""
    folder = files("schemas") / "avro"
    schemas = [json.loads(file.read_text("utf-8")) for file in sorted(folder.iterdir(), key=lambda file: file.name)]
    return {f"{schema['namespace']}.{schema['name']}": schema for schema in schemas}


@cache
def load(name: str) -> Schema:
    """The self-contained schema of one type (`Report`): each named type is written out where it is first used."""
    seen: set[str] = set()
    schema: Schema = _inline(f"{NAMESPACE}.{name}", seen)
    return schema


def _inline(part: Any, seen: set[str]) -> Any:
    if isinstance(part, str):
        if part in seen or part not in declared():
            return part
        seen.add(part)
        return _inline(declared()[part], seen)
    if isinstance(part, list):
        return [_inline(branch, seen) for branch in part]
    return {key: _inline_value(key, value, seen) for key, value in part.items()}


def _inline_value(key: str, value: Any, seen: set[str]) -> Any:
    if key == "fields":
        return [{**member, "type": _inline(member["type"], seen)} for member in value]
    if key in ("type", "items", "values"):
        return _inline(value, seen)
    return value
