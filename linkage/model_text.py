"""The text of a model file: what it says, or where it is none; never with a word of what stands in it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from schemas.errors import Refused

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_EACH = "*"
"""In a shape: of every key."""

_HEAD_LINE = re.compile(r"^version: .*")
_GRAPH_LINE = re.compile(r"(\w+):$")
_COMPARISON_LINE = re.compile(r" {4}(\w+):$")
_LEVEL_LINE = re.compile(r"( {6}(\w+): \{bits: )-?[\d.]+(?=,)")

_KINDS = {str: "a text", list: "a list", float: "a number"}

Content = Mapping[str, Any]
Shape = Mapping[str, Any]
"""What must be there: for each key a type, or the shape of the mapping below it."""


def read_model(text: str, name: str, shape: Shape, docs: str) -> Content:
    """The content of a model's text. Refused where it is no YAML, or lacks the shape; `name` is the file's for people,
    `docs` the page that tells of it.
    """
    try:
        content = yaml.load(text, _LOADER)  # noqa: S506 - either loader is a safe one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "its text"
        raise Refused(f"{name}: {place} is not YAML; mend it there, or begin with a copy from {docs}") from None
    check(content, name, shape, docs)
    return dict(content)


def read_text(path: Path, name: str) -> str:
    """The text of a file. Refused where it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Refused(f"{name}: cannot be read; give a file in UTF-8") from None


def written(content: Content) -> str:
    """The file's text of a model's content."""
    return str(
        yaml.dump(
            dict(content), Dumper=_DUMPER, sort_keys=False, default_flow_style=None, width=120, allow_unicode=True
        )
    )


def reweighed(text: str, version: str, card: Content, bits: Mapping[tuple[str, str, str], float]) -> str:
    """The text of a live model with another version, card, and bits by (graph, comparison, level); all else, remarks
    too, stays as it is. Refused where a weight does not stand as it does in the models that ship.
    """
    lines = [
        _HEAD_LINE.sub(lambda _: f"version: {version}\n{written({'card': card}).rstrip()}", line)
        for line in _uncarded(text)
    ]
    graph = comparison = ""
    left = dict(bits)
    for number, line in enumerate(lines):
        if found := _GRAPH_LINE.match(line):
            graph = found[1]
        elif found := _COMPARISON_LINE.match(line):
            comparison = found[1]
        elif (found := _LEVEL_LINE.match(line)) and (key := (graph, comparison, found[2])) in left:
            lines[number] = f"{found[1]}{left.pop(key):g}{line[found.end() :]}"
    if left:
        raise Refused(
            f"model: {'.'.join(min(left))} does not stand in a line of its own; write it as the models that ship do"
        )
    return "\n".join(lines) + "\n"


def _uncarded(text: str) -> Iterator[str]:
    """The lines of a model without the card that it may have."""
    in_card = False
    for line in text.splitlines():
        in_card = line == "card:" or (in_card and line.startswith((" ", "-")))
        if not in_card:
            yield line


def check(content: Any, name: str, shape: Shape, docs: str) -> None:
    """Refused, naming the key, where a model's content lacks the shape."""
    trouble = next(_troubles(content, shape, ""), None)
    if trouble:
        raise Refused(f"{name}: {trouble}; see {docs}")


def _troubles(content: Any, shape: Shape, path: str) -> Iterator[str]:
    if not isinstance(content, Mapping):
        yield f"{path or 'the file'} must have keys with values below it"
        return
    for key, wanted in shape.items():
        for each in content if key == _EACH else (key,):
            place = f"{path}.{each}" if path else str(each)
            if each not in content:
                yield f"{place} is missing"
            elif isinstance(wanted, Mapping):
                yield from _troubles(content[each], wanted, place)
            elif not _is(content[each], wanted):
                yield f"{place} must be {_KINDS[wanted]}"


def _is(value: Any, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, wanted)
