"""The demonstration's page and JSON: they tell what is so and what is not, and the page is fit for everybody."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from simulation.evaluate import PairScore
from simulation.settings import Settings as Borough
from tests.quality.test_page import Outline, contrast
from wardlink.demo.lines import NAMES, Line
from wardlink.demo.measures import Alerting
from wardlink.demo.outcome import Outcome, as_plain
from wardlink.demo.page import page
from wardlink.demo.theatre import in_words

ODD = "<b>odd & 'quoted'</b>"


def lines(**untrue: bool) -> list[Line]:
    return [
        Line(
            name,
            "police/caseworker",
            f"what {name} sees",
            ((f"label of {name}", ODD),),
            {"it is so": not untrue.get(name, False)},
        )
        for name in NAMES
    ]


def outcome(**changes: Any) -> Outcome:
    score = PairScore(true=1_300, found=1_100, right=1_000)
    made: dict[str, Any] = {
        "borough": Borough(days=60, start=date(2026, 9, 17)),
        "lines": lines(),
        "accuracy": {"victims": score},
        "by_tag": {
            "twin": {"victims": score, "incidents": PairScore(0, 0, 0)},
            "nobody": {"victims": PairScore(0, 0, 0), "incidents": PairScore(0, 0, 0)},
            "story_party": {"victims": score, "incidents": score},
        },
        "alerting": Alerting(24.6, 0.932, 0.971, 311, 142, {"police": 200, "council": 111}),
        "totals": {"reports": 4021, "incidents": 3066, "cases": 608},
        "figures": {
            "story_seconds": 19.9,
            "records": 10_468,
            "seconds": 20.1,
            "records_per_second": 520.7,
            "processors": 2,
        },
        "case_id": "E09000012-V1",
        "bond": None,
    }
    return Outcome(**made | changes)


@pytest.mark.parametrize("shown", [outcome(), outcome(lines=lines(trust=True))], ids=["true", "untrue"])
def test_it_asks_nobody_for_anything_and_its_structure_can_be_heard(shown: Outcome) -> None:
    text = page(shown)
    outline = Outline(text)
    assert {"script", "img", "link", "iframe", "form", "object", "svg"} & {tag for tag, _ in outline.tags} == set()
    assert re.findall(r"(?:https?:)?//\w|url\(|@import|@font-face|\bsrc=|\bon\w+=", text) == []
    policy = next(one["content"] for one in outline.all("meta") if one.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    assert outline.all("html") == [{"lang": "en-GB"}]
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert all(inner[0] == "caption" and "thead" in inner and "th" in inner for inner in outline.tables)
    assert all(head.get("scope") in {"col", "row"} for head in outline.all("th"))


def test_every_colour_stands_out_from_its_paper_by_day_by_night_and_in_print() -> None:
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    palettes = [
        dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", rule)) for rule in re.findall(r":root {[^}]+}", page(outcome()))
    ]
    assert len(palettes) == 3
    for colours in palettes:
        for ink in ("ink", "quiet", "bad", "good"):
            assert min(contrast(colours[ink], colours[paper]) for paper in ("paper", "band")) >= 4.5, (ink, colours)


def test_the_seven_are_told_in_order_each_with_whom_it_is_for() -> None:
    text = unescape(page(outcome()))
    places = [text.index(f"{number}. {whom}") for number, whom in enumerate(NAMES.values(), start=1)]
    assert places == sorted(places)
    assert text.count("✓ true") == 7
    assert "7 of these 7 are true" in text
    assert "✗" not in text


def test_what_is_untrue_is_said_in_words_and_by_the_last_word_of_the_json() -> None:
    shown = outcome(lines=lines(trust=True))
    text = unescape(page(shown))
    assert text.count("✓ true") == 6
    assert "✗ not true" in text
    assert "✗ not so: it is so" in text
    assert "6 of these 7 are" in text
    plain = as_plain(shown, {})
    assert not shown.is_true
    assert plain["true"] is False
    assert plain["story"] == {name: name != "trust" for name in NAMES}


def test_what_is_found_out_later_can_make_a_line_untrue() -> None:
    line = lines()[0]
    assert line.and_still("and still", True).holds
    assert line.and_still("and still", False).untrue == ["and still"]


def test_texts_are_escaped_and_figures_are_there() -> None:
    text = page(outcome())
    assert ODD not in text
    for told in ("4,021", "608", "25</b>", "93.2%", "97.1%", "of 142 problems", "76.9%"):
        assert told in text, told


def test_hard_cases_of_which_there_is_no_pair_and_the_story_s_own_are_left_out_of_the_table() -> None:
    text = page(outcome())
    assert '<th scope="row">twin</th>' in text
    assert "nobody</th>" not in text
    assert "party</th>" not in text


def test_the_json_holds_the_seven_and_the_figures() -> None:
    plain = as_plain(outcome(), {"page": "demo.html"})
    assert list(plain["story"]) == [*NAMES]
    assert (plain["alerts_per_week"], plain["alerts_true"], plain["problems_alerted"]) == (24.6, 0.932, 0.971)
    assert plain["accuracy"]["victims"]["precision"] == 0.9091
    assert plain["accuracy_by_tag"]["twin"]["victims"]["recall"] == 0.7692
    assert plain["alerts"] == {"police": 200, "housing": 0, "council": 111}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.09, "90 ms"), (1.84, "1.8 s"), (4 * 3600, "4 h"), (47 * 3600, "47 h"), (5.4 * 86400, "5 days")],
)
def test_spans_are_told_in_the_unit_that_people_would_use(seconds: float, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
