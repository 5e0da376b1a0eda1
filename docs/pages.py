"""Which pages are printed from code, and by which function."""

from collections.abc import Callable, Mapping
from pathlib import Path

from docs import commands_page, settings_page, topology_page

FOLDER = Path(__file__).parent

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page.text,
    "settings.md": settings_page.text,
    "topology.md": topology_page.text,
}


def write() -> tuple[str, ...]:
    """Writes every page that has changed; returns their names."""
    changed = tuple(name for name, text in PAGES.items() if not is_fresh(name, text()))
    for name in changed:
        (FOLDER / name).write_text(PAGES[name](), "utf-8")
    return changed


def is_fresh(name: str, text: str) -> bool:
    """Whether the page in the repository says this."""
    path = FOLDER / name
    return path.is_file() and path.read_text("utf-8") == text
