"""Loads named SQL: in store/sql/TOPIC.sql each statement stands below a line `-- name: NAME`."""

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def load(topic: str) -> dict[str, str]:
    """The statements of one file by name.

    >>> sorted(load("position"))[:2]
    ['advance_position', 'claim_position']
    """
    text = (files("store") / "sql" / f"{topic}.sql").read_text("utf-8")
    _, *parts = _NAME.split(text)
    return {name: statement.strip() for name, statement in zip(parts[::2], parts[1::2], strict=True)}
