"""Figures as people read them."""

from collections.abc import Mapping
from datetime import datetime

from quality.scorecard import Cell, Line

LABELS: Mapping[bool, str] = {True: "falls short", False: "as agreed"}
"""What is said beside a colour, which nobody need see."""


def share(percent: float | None) -> str:
    """A share of 100, never rounded up to all of it.

    >>> share(99.999), share(100.0), share(None), share(0.0)
    ('99.9 %', '100 %', '–', '0 %')
    """
    if percent is None:
        return "–"
    if percent in (0.0, 100.0):
        return f"{percent:.0f} %"
    return f"{min(max(percent, 0.1), 99.9):.1f} %"


def agreed(line: Line) -> str:
    """The share that was agreed; what is for information has none."""
    return "for information" if line.result.agreed is None else f"{line.result.agreed:g} %"


def change(cell: Cell) -> str:
    """Percentage points since the windows before."""
    return "" if cell.change is None else f"{cell.change:+.1f}"


def day(moment: datetime | None) -> str:
    """Date and time of day in UTC."""
    return "never" if moment is None else f"{moment:%d %b %Y %H:%M}"


def ids(line: Line, most: int) -> str:
    """So many ids of those that may be shown, and how many more there are."""
    shown = line.failing[:most]
    more = line.score.failed - len(shown)
    if not shown:
        return f"{more:,}, not named here"
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
