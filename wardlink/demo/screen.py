"""What the terminal shows: each of the seven as soon as it is known; at the end how right it is and where to go on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap

from rich.console import Console

from simulation.evaluate import PairScore
from wardlink.demo.lines import NAMES, Line
from wardlink.demo.outcome import Outcome

WIDTH = 100
_LABEL = 5

BY_UPRN_ALONE = (
    "A place counts as the same only by its property number (UPRN), which many reports leave out; incidents are found "
    "also by the spot, the hour and the words."
)
"""Why places have so low a recall."""


def show_line(line: Line, console: Console) -> None:
    """One of the seven: whom it is for, what is so, and how one knows."""
    number = [*NAMES].index(line.name) + 1
    _say(console, "")
    _say(console, f"{_mark(line)} {number} {line.audience} (as {line.reader})", "bold" if line.holds else "bold red")
    _wrapped(console, line.says, "    ", "    ", "bold")
    for label, text in line.details:
        _wrapped(console, f"{label}: {text}", " " * _LABEL + "· ", " " * (_LABEL + 2))
    for part in line.untrue:
        _wrapped(console, f"UNTRUE: {part}", "    ", "    ", "bold red")


def show_end(outcome: Outcome, console: Console, page: Path, next_steps: Sequence[tuple[str, str]]) -> None:
    """The figures, whatever of the seven is untrue in the end, the page, and what to try next."""
    borough = outcome.borough
    last = borough.day(borough.days - 1)
    _say(console, "")
    _say(console, f"{borough.area_name}, {borough.days} days to {last:%d %B %Y}: invented people, real stack", "bold")
    _show_figures(outcome, console)
    _show_accuracy(outcome.accuracy, console)
    _say(console, "")
    true = sum(line.holds for line in outcome.lines)
    _say(console, f"{true} of the {len(outcome.lines)} are true.", "bold" if outcome.is_true else "bold red")
    for line in outcome.lines:
        for part in line.untrue:
            _say(console, f"✗ {line.audience}: not so: {part}", "bold red")
    _say(console, f"As a page to pass round, without a network: {page}")
    _say(console, "")
    _say(console, "Where to go next", "bold")
    for what, command in next_steps:
        _say(console, f"  {command}   # {what}")


def _show_figures(outcome: Outcome, console: Console) -> None:
    totals, figures, alerts = outcome.totals, outcome.figures, outcome.alerting
    _say(
        console,
        f"     {totals['reports']:,} reports → {totals['incidents']:,} incidents → {totals['cases']:,} cases → "
        f"{alerts.standing:,} alerts standing",
    )
    _say(
        console,
        f"     {alerts.per_week:,.1f} new alerts a week; {alerts.true:.0%} of those that stand are true; "
        f"{alerts.problems:.0%} of {alerts.must:,} problems that somebody must know of were told",
    )
    _say(
        console,
        f"     {figures['records']:,} records, with corrections and updates, in {figures['seconds']:.1f} s from file "
        f"to alert: {figures['records_per_second']:,.0f}/s on {figures['processors']} processors",
    )


def _show_accuracy(accuracy: Mapping[str, PairScore], console: Console) -> None:
    _say(console, "")
    _say(console, "How right it is, held against the truth in pairs of reports", "bold")
    _say(console, f"     {'':<16}{'precision':>10}{'recall':>10}{'F1':>10}", "dim")
    for name, score in accuracy.items():
        shares = f"{score.precision:>10.1%}{score.recall:>10.1%}{score.f1:>10.1%}"
        counts = f"{score.right:,} right of {score.found:,} said to be the same, {score.true:,} are"
        _say(console, f"     {'same ' + name.removesuffix('s'):<16}{shares}   {counts}")
    _wrapped(console, BY_UPRN_ALONE, "     ", "     ", "dim")


def _mark(line: Line) -> str:
    return "✓" if line.holds else "✗"


def _wrapped(console: Console, text: str, first: str, later: str, style: str = "") -> None:
    for line in wrap(text, WIDTH, initial_indent=first, subsequent_indent=later):
        _say(console, line, style)


def _say(console: Console, line: str, style: str = "") -> None:
    """One line as it is, however long: commands must be copied whole."""
    console.print(line.rstrip(), style=style or None, highlight=False, markup=False, soft_wrap=True)
