"""Where models of rows are found: by path, promoted in this home, or shipped."""

from pathlib import Path

from linkage.rows.model import RowModel, load_rows
from wardlink.settings import load


def promoted(name: str) -> Path:
    """Where a promoted model of that name lies."""
    return load().home / "models" / "rows" / f"{name}.yaml"


def find_model(name: str) -> RowModel:
    """The model of that name (promoted here, else shipped) or of that path. Refused where there is none."""
    path = promoted(name)
    return load_rows(str(path) if path.is_file() else name)
