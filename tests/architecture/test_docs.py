"""The docs cannot drift: printed pages are fresh, and whatever the others cite exists."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from docs import commands_page, pages, settings_page
from tests.architecture.composed import ROOT
from wardlink.cli import build

WRITTEN = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if path.parent != ROOT / "docs" or path.name not in pages.PAGES
)
PAGES = [*WRITTEN, *(ROOT / "docs" / name for name in pages.PAGES)]
FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HOST = re.compile(r"\b[a-z]+://(?P<host>[^\s/`'\"<>)]*)")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|Users|tmp)/[\w.-]+")
OURS = re.compile(r"(?:^|\.example|^127\.0\.0\.1|^localhost|^[a-z]+)(?::\d+)?$")
"""Hosts that a page may name: none, an example, this machine, or a service of docker-compose.yml."""


def pages_by_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


each_page = pytest.mark.parametrize("path", PAGES, ids=pages_by_name)
each_written = pytest.mark.parametrize("path", WRITTEN, ids=pages_by_name)


@pytest.mark.parametrize("name", pages.PAGES)
def test_a_page_that_is_printed_from_code_is_fresh(name: str) -> None:
    assert pages.is_fresh(name, pages.PAGES[name]()), "run `make docs`, then commit what it wrote"


def test_every_command_and_every_setting_is_on_its_page() -> None:
    told = (ROOT / "docs" / "commands.md").read_text("utf-8")
    words = [" ".join(words) for words, _ in commands_page.commands()]
    assert {"up", "ingest", "keyring backup", "geography import"} <= set(words)
    assert [each for each in words if f"## wardlink {each}\n" not in told] == []
    settings = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [each for each in settings_page.names() if f"`{each}`" not in settings] == []
    assert set(settings_page.MEANINGS) == {name.removeprefix("WARDLINK_").lower() for name in settings_page.names()} - {
        "config"
    }


def test_the_readme_names_the_two_commands_to_begin_with() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in readme
    assert "make test" in readme


@each_page
def test_a_page_names_no_outside_host_and_no_folder_of_a_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [found["host"] for found in HOST.finditer(text) if not OURS.search(found["host"].rpartition("@")[2])] == []
    assert MACHINE.findall(text) == []


def test_the_search_for_hosts_and_folders_finds_what_is_planted() -> None:
    hosts = {"https://outside.invalid/simple": False, "http://registry:8080/apis": True, "https://db.example/x": True}
    for url, allowed in hosts.items():
        found = HOST.search(url)
        assert found is not None
        assert bool(OURS.search(found["host"])) is allowed
    assert MACHINE.findall("see /home/ada/x and a/home/b") == ["/home/ada"]


@each_page
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(FENCE.sub("", path.read_text("utf-8"))):
        file, _, anchor = target.partition("#")
        aim = path.parent / file if file else path
        assert aim.exists(), target
        assert not anchor or anchor in anchors(aim), target


def anchors(path: Path) -> set[str]:
    """The anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@each_written
def test_every_command_that_a_page_cites_exists_with_its_options(path: Path) -> None:
    for line in cited(path.read_text("utf-8")):
        assert trouble_with(line) == "", line


@each_written
def test_every_setting_that_a_page_cites_exists(path: Path) -> None:
    named = set(re.findall(r"WARDLINK_[A-Z_]*[A-Z]", path.read_text("utf-8")))
    assert named - set(settings_page.names()) == set()


def cited(text: str) -> Iterator[str]:
    """Every call of `wardlink` in fenced lines and in code spans."""
    fenced = [line for block in FENCE.findall(text) for line in block.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    for line in (*fenced, *spans):
        found = re.search(r"(?:^|[\s/$])wardlink ((?:[a-z]|--help).*)$", line.split(" #")[0].strip())
        if found and not line.strip().startswith("#"):
            yield found[1].split(" | ")[0].split(" > ")[0]


def trouble_with(line: str) -> str:
    """What is wrong with a cited call; empty when the command and its options exist."""
    words = [word for word in line.split() if word not in {"…", "\\"}]
    command = tree()
    while words and hasattr(command, "commands"):
        inner = command.commands.get(words[0])
        if inner is None:
            return "" if words[0] == "--help" else f"no command {words[0]}"
        command, words = inner, words[1:]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    wrong = [word for word in words if word.startswith("-") and word.split("=")[0] not in known]
    return f"no option {wrong[0]}" if wrong else ""


@cache
def tree() -> Any:
    """The command line."""
    return typer.main.get_command(build())


def test_the_check_of_citations_knows_wrong_ones() -> None:
    text = "Say `wardlink up --detach`, `.venv/bin/wardlink keyring` or:\n```\n$ wardlink frobnicate now  # no\n```\n"
    assert list(cited(text)) == ["frobnicate now", "up --detach", "keyring"]
    assert trouble_with("up --detach --workers 2") == ""
    assert trouble_with("up --sideways") == "no option --sideways"
    assert trouble_with("frobnicate now") == "no command frobnicate"
