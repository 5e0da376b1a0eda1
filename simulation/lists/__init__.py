"""Lists of invented things, as data: names with their variants, streets, and what people say happened."""

import csv
from functools import cache
from importlib.resources import files


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one list, by column."""
    text = (files(__package__) / f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def values(name: str, key: str) -> tuple[str, ...]:
    """The values that one row of a two-column list holds, in order; KeyError when it has no such row."""
    column, held = rows(name)[0]
    for row in rows(name):
        if row[column] == key:
            return split(row[held])
    raise KeyError(key)


def split(text: str) -> tuple[str, ...]:
    """The parts of a text that a stroke divides."""
    return tuple(part for part in text.split("|") if part)
