"""The demonstration's own home: its settings, what was played there, and how to begin anew.

Nothing of a council's own is ever touched: a home that holds something else, or settings that point to servers, keys
or partners outside the home, are refused.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from schemas.errors import Refused
from wardlink.settings import Settings, load
from wardlink.stack.control import stop
from wardlink.stack.home import make_ready

DEFAULT_HOME = Path(".wardlink") / "demo"
CONFIG = "wardlink.toml"
"""In the home: the same settings for commands that come after the demonstration (WARDLINK_CONFIG)."""

_PLAYED = "played.json"
_OWN = ("kafka", "postgres", "keyring", "alerts", "log", "borough", _PLAYED, CONFIG)


@dataclass(frozen=True, slots=True)
class Played:
    """What was played in a home: the borough's settings, and the figures of its playing; none until it has ended."""

    borough: Mapping[str, Any]
    figures: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether it was played to its end."""
        return bool(self.figures)


def demo_settings() -> Settings:
    """The settings of a demonstration: WARDLINK_HOME, or a folder below the present one; the shipped demo
    agreements and directory.

    Refused where the user's settings point outside such a home.
    """
    given = load()
    _refuse_what_lies_outside(given)
    home = given.home if "home" in given.model_fields_set else DEFAULT_HOME
    agreements, directory = (Path(str(files("policy") / kind / "demo.yaml")) for kind in ("agreements", "directories"))
    return load(home=home, demo=True, agreements=agreements, directory=directory)


def borough_folder(settings: Settings) -> Path:
    """Where the agencies' files, and the truth, are written."""
    return settings.folders.root / "borough"


def config_file(settings: Settings) -> Path:
    """The settings file for commands that come after the demonstration."""
    return settings.folders.root / CONFIG


def begin(settings: Settings, borough: Mapping[str, Any], once: bool) -> Played | None:
    """Makes the home ready for a borough. Returns what was played there, if it was this very borough, to its end.

    Otherwise, and if it shall be played but once, whatever an earlier demonstration left is stopped and removed.
    Refused where the home holds anything else.
    """
    root = settings.folders.root
    before = _read(root / _PLAYED)
    if before is None and any((root / name).exists() for name in _OWN):
        raise Refused(f"{root} holds something else than a demonstration: set WARDLINK_HOME to a new folder")
    if before and not once and before.is_whole and before.borough == borough:
        return before
    if before:
        stop(settings)
        _remove(root)
    make_ready(settings.folders)
    _write(root / _PLAYED, Played(borough))
    _write_config(settings)
    return None


def note_figures(settings: Settings, borough: Mapping[str, Any], figures: Mapping[str, Any]) -> None:
    """Notes that the borough was played to its end."""
    _write(settings.folders.root / _PLAYED, Played(borough, figures))


def _refuse_what_lies_outside(given: Settings) -> None:
    outside = {
        "WARDLINK_KAFKA_BOOTSTRAP": given.kafka.bootstrap,
        "WARDLINK_POSTGRES_…_DSN": given.postgres.is_set,
        "WARDLINK_REGISTRY_URL": given.registry.url,
        "WARDLINK_KEYRING": given.keyring,
    }
    if named := [name for name, value in outside.items() if value]:
        raise Refused(
            f"a demonstration runs on a stack, keys and recipients of its own: unset {', '.join(named)} (in the "
            "environment or wardlink.toml), or call it from another folder"
        )


def _remove(root: Path) -> None:
    for name in _OWN:
        path = root / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _read(path: Path) -> Played | None:
    try:
        content = json.loads(path.read_text("utf-8"))
        return Played(content["borough"], content["figures"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return Played({})


def _write(path: Path, played: Played) -> None:
    path.write_text(json.dumps(asdict(played), indent=1) + "\n", "utf-8")


def _write_config(settings: Settings) -> None:
    lines = (
        "# Made by `wardlink demo`, for the commands that come after it: export WARDLINK_CONFIG=<this file>",
        f"home = {json.dumps(str(settings.folders.root))}",
        f"agreements = {json.dumps(str(settings.agreements))}",
        f"directory = {json.dumps(str(settings.directory))}",
        "demo = true",
    )
    config_file(settings).write_text("\n".join(lines) + "\n", "utf-8")
