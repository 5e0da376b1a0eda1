"""The page opens offline and is fit for everybody: structure, captions, contrast, phone width; it asks nobody."""

import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from rich.console import Console

from quality.drift import Drift
from quality.page import page
from quality.plain import plain_report
from quality.report import Freshness, Report, Trend
from quality.scorecard import scorecard
from quality.terminal import show_report
from store.quality_rows import MeasuredBatch
from tests.quality.test_scorecard import outcome

AT = datetime(2027, 1, 2, 9, 30, tzinfo=UTC)
ODD = "<b>odd & 'quoted'</b>"
_VOID = {"meta", "br"}


def report(**changes: Any) -> Report:
    batch = MeasuredBatch("b", "police", "log", ("a",), (ODD,), {"unknown_codes": 3}, AT)
    made: dict[str, Any] = {
        "reader": "police/steward",
        "at": AT,
        "opens": AT - timedelta(days=7),
        "closes": AT,
        "suites": {"log": "common 1 (abcd)"},
        "card": scorecard(
            [
                outcome("bad", passed=60, failing=("police:1", "police:2")),
                outcome("bad", passed=90, agency="housing"),
                outcome("good", dimension="accuracy"),
                outcome("none", checked=0, passed=0, dimension="timeliness"),
            ],
            [outcome("bad", passed=70)],
        ),
        "freshness": (
            Freshness(
                source="log",
                agency="police",
                newest=AT,
                expected_every=timedelta(days=1),
                silent=True,
                reports=200,
                delay_median=timedelta(hours=3),
                delay_p95=timedelta(days=9),
            ),
        ),
        "deliveries": (Drift(batch, ("came",), ("went",), changed=True),),
        "quarantine": (
            {"agency": "police", "source": "log", "field": ODD, "rule": "is none", "remedy": "mend", "rows": 1234,
             "newest": AT},
        ),
        "trends": (Trend("log", "validity", AT, 100, 60),),
    }  # fmt: skip
    return Report(**made | changes)


EMPTY = report(opens=None, closes=None, suites={}, card=scorecard([]), freshness=(), deliveries=(), quarantine=())


class Outline(HTMLParser):
    """What the page is made of; fails on tags that do not close in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[int] = []
        self.tables: list[list[str]] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append([])
        elif "table" in self._open:
            self.tables[-1].append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"</{tag}> closes something else"

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


each_page = pytest.mark.parametrize("shown", [report(), EMPTY], ids=["full", "empty"])


@each_page
def test_it_asks_nobody_for_anything(shown: Report) -> None:
    text = page(shown)
    outline = Outline(text)
    assert {"script", "img", "link", "iframe", "form", "object", "svg"} & {tag for tag, _ in outline.tags} == set()
    assert [link["href"] for link in outline.all("a")] == ["#content"]
    assert re.findall(r"(?:https?:)?//\w|url\(|@import|@font-face|\bsrc=|\bon\w+=", text) == []
    policy = next(one["content"] for one in outline.all("meta") if one.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


@each_page
def test_its_structure_can_be_heard(shown: Report) -> None:
    text = page(shown)
    outline = Outline(text)
    assert text.startswith("<!DOCTYPE html>")
    assert outline.all("html") == [{"lang": "en-GB"}]
    assert len(outline.all("title")) == len(outline.all("main")) == 1
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert all(inner[0] == "caption" and "thead" in inner and "th" in inner for inner in outline.tables)
    assert all(head.get("scope") in {"col", "row"} for head in outline.all("th"))
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    regions = [attributes for attributes in outline.all("div") if attributes.get("role") == "region"]
    assert len(regions) == len(outline.tables)
    assert all(one["aria-labelledby"] in ids and one["tabindex"] == "0" for one in regions)


def test_it_fits_a_telephone() -> None:
    text = page(report())
    viewport = next(one["content"] for one in Outline(text).all("meta") if one.get("name") == "viewport")
    assert viewport == "width=device-width, initial-scale=1"
    assert "@media (max-width: 40rem)" in text
    assert "overflow-x: auto" in text
    assert re.findall(r"(?<!max-)(?<!-)width:\s*\d{3,}px", text) == []


def test_every_colour_of_a_text_stands_out_from_its_paper() -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", page(report())))
    papers = [colours["paper"], colours["band"]]
    for ink in ("ink", "quiet", "bad", "good", "link"):
        assert min(contrast(colours[ink], paper) for paper in papers) >= 4.5, ink
    assert min(contrast(colours[ink], colours["bad-paper"]) for ink in ("bad", "quiet", "ink")) >= 4.5


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' relative luminances (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_what_falls_short_is_said_and_not_only_coloured() -> None:
    text = " ".join(page(report()).split())
    assert "1 rules fall short" not in text
    assert "1 rule falls short of what was agreed" in text
    assert "1 rule short" in text
    assert "silent" in text
    assert "housing: 90.0 % of 100, <strong>falls short</strong>" in text


def test_texts_from_outside_are_escaped() -> None:
    text = page(report())
    assert ODD not in text
    assert text.count("&lt;b&gt;odd &amp; &#39;quoted&#39;&lt;/b&gt;") == 2


def test_terminal_and_json_tell_the_same_as_the_page() -> None:
    console = Console(record=True, width=100, file=io.StringIO())
    show_report(report(), console)
    terminal = console.export_text()
    plain = plain_report(report())
    for told in ("75.0 %", "police:1, police:2 and 48 more", "came", "went", "1,234", "silent"):
        assert told in terminal, told
        assert told in page(report()) or told.startswith("police:1"), told
    [bad] = [line for line in plain["rules"] if line["rule"] == "bad"]
    assert (bad["n"], bad["passed"], bad["percent"], bad["falls_short"], bad["more"]) == (200, 150, 75.0, True, 48)
    assert plain["unknown_codes"] == {"log": 3}


def test_a_reader_with_nothing_to_see_is_told_so() -> None:
    console = Console(record=True, width=100, file=io.StringIO())
    show_report(EMPTY, console)
    assert "Nothing measured that police/steward may see" in console.export_text()
    assert "Nothing has been measured that police/steward may see" in page(EMPTY)
