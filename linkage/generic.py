"""Values that stand for nobody, read once from `models/generic.yaml` and `models/common_words.txt`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True, slots=True, kw_only=True)
class Generic:
    """The lists of generic values, all in the spelling of standardised features."""

    titles: frozenset[str]
    names: frozenset[str]
    particles: frozenset[str]
    suffixes: Mapping[str, str]
    birth_dates: frozenset[str]
    telephones: frozenset[str]
    telephone_prefixes: tuple[str, ...]
    email_names: frozenset[str]
    words: frozenset[str]


@cache
def generic() -> Generic:
    """The lists that ship with the package."""
    folder = files("linkage") / "models"
    lists = yaml.safe_load((folder / "generic.yaml").read_text("utf-8"))
    return Generic(
        titles=frozenset(lists["titles"]),
        names=frozenset(lists["names"]),
        particles=frozenset(lists["particles"]),
        suffixes=dict(lists["suffixes"]),
        birth_dates=frozenset(lists["birth_dates"]),
        telephones=frozenset(lists["telephones"]),
        telephone_prefixes=tuple(lists["telephone_prefixes"]),
        email_names=frozenset(lists["email_names"]),
        words=frozenset((folder / "common_words.txt").read_text("utf-8").split()),
    )
