"""A new source from a template, with its tests: in a checkout of the repository, where both belong."""

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

import connectors
from connectors import sources
from connectors.contract import Sector
from connectors.mapping import profile as profiles
from schemas.errors import Refused

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
_OF_SECTOR = {
    Sector.POLICE: {"codes": "NSIR", "regime": "DPA_2018_PART_3"},
    Sector.HOUSING: {"codes": "HOUSEMARK", "regime": "UK_GDPR"},
    Sector.COUNCIL: {"codes": "OPEN311", "regime": "UK_GDPR"},
}
"""The code list and the part of data protection law that a sector's agencies use."""


@dataclass(frozen=True, slots=True)
class Made:
    """The files of a new source."""

    source: Path
    test: Path


def checkout() -> Path:
    """The checkout that this code runs from; Refused where it is installed without its tests."""
    root = Path(connectors.__file__).resolve().parents[1]
    if not (root / "tests" / "connectors" / "conformance.py").is_file():
        raise Refused(
            "this Wardlink is installed without its tests: get a checkout of the repository, run `make install` there, "
            "and repeat it with .venv/bin/wardlink. A CSV file needs no code, only a profile (docs/connectors.md)"
        )
    return root


def make(root: Path, name: str, sector: Sector) -> Made:
    """Writes the source and its test; Refused for a name that is none or taken, before anything is written."""
    _check(name)
    module = name.replace("-", "_")
    made = Made(
        source=root / "connectors" / "sources" / f"{module}.py",
        test=root / "tests" / "connectors" / f"test_{module}.py",
    )
    for path in (made.source, made.test):
        if path.exists():
            raise Refused(f"{path.relative_to(root)} is there already: choose another name, or remove it")
    words = {
        "name": name,
        "module": module,
        "kind": "".join(word.capitalize() for word in name.split("-")),
        "title": name.replace("-", " ").capitalize(),
        "agency": f"{name}-agency",
        "sector": sector.name,
        **_OF_SECTOR[sector],
    }
    made.source.write_text(_filled("source.py.txt", words), "utf-8")
    made.test.write_text(_filled("test_source.py.txt", words), "utf-8")
    return made


def _check(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise Refused("a source's name is of small letters and digits with hyphens between, such as parks-patrol")
    if name in (*sources.names(), *profiles.shipped()):
        raise Refused(f"there is a source or profile {name} already: choose another name")


def _filled(template: str, words: dict[str, str]) -> str:
    text = (files("connectors") / "templates" / template).read_text("utf-8")
    return Template(text).substitute(words)
