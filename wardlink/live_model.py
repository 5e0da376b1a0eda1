"""The live model in force: the one that ships, or a file of the partnership's own (`WARDLINK_MODEL`)."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml

from linkage.model import CURRENT, Model, load_model, parse_model, versions
from linkage.model_text import read_text
from schemas.errors import Refused
from wardlink.settings import Settings


def live_model(settings: Settings) -> Model:
    """The model in force. Refused for a file that is no live model, or that bears the version of one that ships."""
    return _read(settings.model.expanduser()) if settings.model else load_model()


def live_text(settings: Settings) -> str:
    """The text of the model in force."""
    if settings.model:
        return read_text(settings.model.expanduser(), _named(settings.model))
    return (files("linkage") / "models" / f"{CURRENT}.yaml").read_text("utf-8")


def _named(path: Path) -> str:
    return f"WARDLINK_MODEL ({path})"


@cache
def _read(path: Path) -> Model:
    name = _named(path)
    try:
        model = parse_model(read_text(path, name))
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(
            f"{name}: is no live model ({type(error).__name__} while reading it); give a file that "
            "`wardlink model learn` wrote, or a copy of one that ships"
        ) from None
    if model.version in versions():
        raise Refused(
            f"{name}: bears the version {model.version} of a model that ships, and every link names its model's "
            "version; give the file a version of its own"
        )
    return model
