"""The outcome as one HTML page that asks nobody for anything: no script, no font, no picture, no link outwards."""

from pathlib import Path

from wardlink.demo.outcome import Outcome


def write_page(path: Path, outcome: Outcome) -> None:
    """Writes the page."""
    path.write_text("<!doctype html>\n" + "\n".join(line.says for line in outcome.lines), "utf-8")
