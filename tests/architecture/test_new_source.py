"""docs/new-source.md, followed word by word in a copy of the checkout: template, source, tests, a dry run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.composed import ROOT
from tests.connectors.laws import LAWS

PAGE = (ROOT / "docs" / "new-source.md").read_text("utf-8")
COPIED = (
    "schemas", "linkage", "policy", "vault", "store", "connectors", "streams", "wardlink", "tests/connectors",
    "pyproject.toml",
)  # fmt: skip


def block(after: str) -> str:
    """The first fenced block of the page after some words."""
    found = re.search(r"^```\w*\n(.*?)^```", PAGE[PAGE.index(after) :], re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a source's author works on."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, copy / name)
        else:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "conftest.py"):
        if (ROOT / "tests" / name).is_file():
            shutil.copy(ROOT / "tests" / name, copy / "tests" / name)
    for name in ("command_line.py",):
        shutil.copy(ROOT / "tests" / name, copy / "tests" / name)
    return copy


def run(checkout: Path, *words: str) -> str:
    """Runs a module of the copy; returns what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "WARDLINK_HOME": str(checkout / "home")}
    command = (sys.executable, "-m", *words)
    done = subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def hold_to_the_laws(checkout: Path) -> str:
    words = ("pytest", "tests/connectors/test_parks_patrol.py", "-q", "-m", "not long", "-p", "no:cacheprovider")
    return run(checkout, *words, "-k", "not bounded and not ten_thousand")


def test_the_page_is_followed_from_the_template_to_a_dry_run(checkout: Path) -> None:
    command = block("## 1 Begin").split()
    assert command[:3] == ["wardlink", "connector", "new"]
    told = run(checkout, *command)
    source, test = (checkout / name for name in re.findall(r"^(\S+\.py) ", told, re.MULTILINE))
    assert "passed" in hold_to_the_laws(checkout)

    source.write_text(block("Then change `connectors/sources/parks_patrol.py`"), "utf-8")
    test.write_text(block("Change `tests/connectors/test_parks_patrol.py`"), "utf-8")
    kept = hold_to_the_laws(checkout)
    assert "sources by laws" in kept
    assert "FAIL" not in kept

    (checkout / "handset.log").write_text(block("lines such as these"), "utf-8")
    printed = run(checkout, *block("## 4 Try it").split())
    assert counts(printed) == counts(block("for the five lines above"))
    assert "One report is one sighting." in printed


def counts(table: str) -> dict[str, str]:
    """The counts of a closing table by their words."""
    return dict(re.findall(r"^ (\w[\w ]*?) {3,}(\d+) *$", table, re.MULTILINE))


def test_a_new_source_is_under_a_hundred_lines() -> None:
    source = block("Then change `connectors/sources/parks_patrol.py`")
    assert len(source.splitlines()) < 100
    template = (ROOT / "connectors" / "templates" / "source.py.txt").read_text("utf-8")
    assert len(template.splitlines()) < 100


def test_what_the_page_writes_passes_the_checks(checkout: Path) -> None:
    written = {
        "connectors/sources/parks_patrol.py": "Then change `connectors",
        "tests/connectors/test_parks_patrol.py": "Change `tests/connectors",
    }
    for name, after in written.items():
        (checkout / name).write_text(block(after), "utf-8")
    run(checkout, "ruff", "check", *written)
    run(checkout, "ruff", "format", "--check", *written)
    run(checkout, "mypy", "--strict", "connectors/sources/parks_patrol.py")


def test_what_the_template_writes_passes_the_checks(checkout: Path) -> None:
    run(checkout, "wardlink", "connector", "new", "dog-wardens", "--sector", "police")
    written = ("connectors/sources/dog_wardens.py", "tests/connectors/test_dog_wardens.py")
    run(checkout, "ruff", "check", *written)
    run(checkout, "ruff", "format", "--check", *written)


def test_the_page_names_every_law() -> None:
    assert dict(re.findall(r"^\| ([a-zBOM ]+?) \| (.+?) \|$", PAGE[PAGE.index("## The laws") :], re.MULTILINE)) == {
        "law": "what it promises",
        **LAWS,
    }
