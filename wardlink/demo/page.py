"""The outcome as one HTML page that asks nobody for anything: no script, no font, no picture, no link outwards."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template

from wardlink.demo.outcome import Outcome, Scores
from wardlink.demo.screen import BY_UPRN_ALONE

_STORY = "story_"
"""How the simulation tags the reports of the story: the seven lines tell of them."""


def write_page(path: Path, outcome: Outcome) -> None:
    """Writes the page, in UTF-8."""
    path.write_text(page(outcome), "utf-8")


def page(outcome: Outcome) -> str:
    """The whole page."""
    borough = outcome.borough
    return _template().render(
        outcome=outcome,
        borough=borough,
        last=borough.day(borough.days - 1),
        figures=outcome.figures,
        holding=sum(line.holds for line in outcome.lines),
        numbers=_numbers(outcome),
        hard=_hard(outcome.by_tag),
        by_uprn_alone=BY_UPRN_ALONE,
    )


def _numbers(outcome: Outcome) -> list[tuple[str, str]]:
    """The large figures, each with its words."""
    totals, alerts = outcome.totals, outcome.alerting
    return [
        (f"{totals['reports']:,}", "reports"),
        (f"{totals['incidents']:,}", "incidents that they tell of"),
        (f"{totals['cases']:,}", "cases of several incidents"),
        (f"{alerts.per_week:,.0f}", "new alerts a week, for all agencies together"),
        (_share(alerts.true), "of the alerts that stand are true"),
        (_share(alerts.problems), f"of {alerts.must:,} problems that somebody must know of were told"),
    ]


def _hard(by_tag: Mapping[str, Scores]) -> Mapping[str, Scores]:
    """The hard cases of which there is any pair."""
    return {
        tag: scores
        for tag, scores in by_tag.items()
        if not tag.startswith(_STORY) and any(score.true or score.found for score in scores.values())
    }


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(share=_share, day=_day)
    return environment.from_string((files("wardlink") / "demo" / "templates" / "page.html").read_text("utf-8"))


def _share(part: float) -> str:
    """100% only where it is all."""
    return f"{part:.0%}" if part in (0, 1) else f"{min(part, 0.999):.1%}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
