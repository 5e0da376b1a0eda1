"""The report as one HTML page that asks nobody for anything: no script, no font, no picture, no link outwards."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from quality import words
from quality.report import Report
from quality.rules import Dimension
from quality.spans import in_words


def page(report: Report) -> str:
    """The whole page, in UTF-8."""
    return _template().render(report=report, card=report.card, dimensions=list(Dimension)).lstrip()


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.update(
        share=words.share,
        agreed=words.agreed,
        change=words.change,
        day=words.day,
        in_words=in_words,
        label=lambda short: words.LABELS[bool(short)],
    )
    return environment.from_string((files("quality") / "templates" / "report.html").read_text("utf-8"))
