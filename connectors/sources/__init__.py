"""One short file for each feed; one source never imports another. This page names those that come along.

A file that is added later (`wardlink connector new`) is found by its name: `parks-patrol` is parks_patrol.py, whose
`SOURCE` is its class.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from connectors.contract import Source
from schemas.errors import Refused

NAMES = ("noiseworks", "open311", "police-uk", "sdm", "table")
"""What `wardlink ingest` takes for SOURCE, besides those that were added."""

_MARK = "\nSOURCE = "


def names() -> tuple[str, ...]:
    """All names of sources, those that were added among them."""
    return tuple(sorted((*NAMES, *_added())))


def find(name: str, profile: str | None = None) -> Source:
    """The source of this name; `profile` is the name or path of a profile, which only `table` has.

    Raises Refused for a name that is none, and for a profile where there is none to have, or one is missing.
    """
    if name not in names():
        raise Refused(f"there is no source {name}: it is one of {', '.join(names())}")
    if (profile is not None) != (name == "table"):
        raise Refused(
            "--profile belongs to the source table, which needs it: `wardlink ingest table FILE --profile NAME`"
        )
    makers: dict[str, Callable[[], Source]] = {
        "noiseworks": lambda: _made("noiseworks", "NoiseWorks"),
        "open311": lambda: _made("open311", "Open311"),
        "police-uk": lambda: _made("police_uk", "PoliceUk"),
        "sdm": lambda: _made("sdm", "Sdm"),
        "table": lambda: _made("table", "Table", profile),
    }
    return makers.get(name, lambda: _made(name.replace("-", "_"), "SOURCE"))()


def _made(module: str, kind: str, profile: str | None = None) -> Source:
    """Imported only when asked for: a source may need libraries that the others do not."""
    maker = getattr(import_module(f"connectors.sources.{module}"), kind)
    source: Source = maker() if profile is None else maker.of(profile)
    return source


def _added() -> list[str]:
    """The files of this folder that say that they are a source."""
    found = sorted(Path(__file__).parent.glob("*.py"))
    return [file.stem.replace("_", "-") for file in found if _MARK in file.read_text("utf-8")]
