"""The files that ship, as text."""

from importlib.resources import files

from linkage.model import CURRENT


def live_text() -> str:
    """The live model's file."""
    return (files("linkage") / "models" / f"{CURRENT}.yaml").read_text("utf-8")
