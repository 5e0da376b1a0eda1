"""The demonstration's own home: its settings, and how to begin anew.

Nothing of a council's own is ever touched: a home that holds something else, or settings that point to servers, keys
or partners outside the home, are refused.
"""

import json
import shutil
from importlib.resources import files
from pathlib import Path

from schemas.errors import Refused
from wardlink.settings import Settings, load
from wardlink.stack.control import stop
from wardlink.stack.home import make_ready

DEFAULT_HOME = Path(".wardlink") / "demo"
CONFIG = "wardlink.toml"
"""In the home: the same settings for commands that come after the demonstration (WARDLINK_CONFIG)."""

PAGE = "demo.html"

_MARK = "demonstration"
_OWN = ("kafka", "postgres", "keyring", "alerts", "log", "borough", "played.json", _MARK, CONFIG, PAGE)


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


def page_file(settings: Settings) -> Path:
    """The page to pass round."""
    return settings.folders.root / PAGE


def begin(settings: Settings) -> None:
    """Makes the home ready: whatever an earlier demonstration left there is stopped and removed.

    Refused where the home holds anything else.
    """
    root = settings.folders.root
    is_ours = any((root / mark).exists() for mark in (_MARK, "played.json"))
    if not is_ours and any((root / name).exists() for name in _OWN):
        raise Refused(f"{root} holds something else than a demonstration: set WARDLINK_HOME to a new folder")
    if is_ours:
        stop(settings)
        _remove(root)
    make_ready(settings.folders)
    (root / _MARK).write_text("Made by `wardlink demo`, which removes what is here when it is called again.\n", "utf-8")
    _write_config(settings)


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


def _write_config(settings: Settings) -> None:
    lines = (
        "# Made by `wardlink demo`, for the commands that come after it: export WARDLINK_CONFIG=<this file>",
        f"home = {json.dumps(str(settings.folders.root))}",
        f"agreements = {json.dumps(str(settings.agreements))}",
        f"directory = {json.dumps(str(settings.directory))}",
        "demo = true",
    )
    config_file(settings).write_text("\n".join(lines) + "\n", "utf-8")
