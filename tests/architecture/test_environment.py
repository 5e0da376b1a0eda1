"""The environment is read in one file, so that a page of settings is the whole truth."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("schemas", "linkage", "policy", "vault", "store", "connectors", "streams", "simulation", "wardlink")
READS = {"environ", "environb", "getenv", "getenvb"}


def reads_of_the_environment(source: str) -> list[int]:
    """Lines on which a module names the environment, as an attribute or by import."""
    nodes = ast.walk(ast.parse(source))
    return [
        node.lineno
        for node in nodes
        if (isinstance(node, ast.Attribute) and node.attr in READS)
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and READS & {name.name for name in node.names})
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_only_the_settings_read_the_environment(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / room).rglob("*.py")
        if path != ROOT / "wardlink" / "settings.py"
        for line in reads_of_the_environment(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_settings_do_read_it() -> None:
    source = (ROOT / "wardlink" / "settings.py").read_text("utf-8")
    assert reads_of_the_environment(source)
    assert reads_of_the_environment("from os import getenv")
