"""The scorecard adds up, says what falls short, and puts the worst first."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality import words
from quality.rules import Dimension
from quality.scorecard import Outcome, Score, Scorecard, scorecard
from quality.spans import in_words, span, window_width
from schemas.errors import Refused
from store.quality_rows import Result


def outcome(
    rule: str = "rule",
    checked: int = 100,
    passed: int = 100,
    source: str = "log",
    agency: str = "police",
    dimension: str = "validity",
    severity: str = "warning",
    agreed: float | None = 95.0,
    failing: tuple[str, ...] = (),
) -> Outcome:
    result = Result(
        rule=rule,
        says=f"{rule} holds",
        dimension=dimension,
        severity=severity,
        owner="supplier",
        agreed=agreed,
        because=None,
        checked=checked,
        passed=passed,
        failing=[("area", one) for one in failing],
    )
    return Outcome(source, agency, result)


_OUTCOMES = st.lists(
    st.builds(
        lambda rule, source, agency, checked, failed: outcome(
            rule, checked, checked - min(failed, checked), source, agency
        ),
        rule=st.sampled_from(("one", "two")),
        source=st.sampled_from(("log", "cad")),
        agency=st.sampled_from(("police", "housing")),
        checked=st.integers(0, 50),
        failed=st.integers(0, 50),
    ),
    max_size=12,
)


@given(_OUTCOMES)
def test_nothing_is_lost_between_outcomes_cells_and_lines(outcomes: list[Outcome]) -> None:
    card = scorecard(outcomes)
    wanted = (sum(one.result.checked for one in outcomes), sum(one.result.passed for one in outcomes))
    for scores in ([cell.score for cell in card.cells], [line.score for line in card.lines]):
        assert (sum(one.checked for one in scores), sum(one.passed for one in scores)) == wanted
    assert sum(cell.short for cell in card.cells) == len(card.short)


@given(_OUTCOMES)
def test_what_falls_short_comes_before_what_does_not_and_then_the_lesser_share(outcomes: list[Outcome]) -> None:
    card = scorecard(outcomes)
    shown = [(not cell.short, 101.0 if cell.score.percent is None else cell.score.percent) for cell in card.cells]
    assert shown == sorted(shown)


def test_the_graver_comes_before_the_lesser_share() -> None:
    card = scorecard(
        [
            outcome("mild", passed=10, dimension="accuracy"),
            outcome("grave", passed=90, dimension="completeness", severity="critical"),
            outcome("told", passed=1, severity="info", agreed=None, dimension="timeliness"),
        ]
    )
    assert [line.result.rule for line in card.lines] == ["grave", "mild", "told"]
    assert [cell.dimension for cell in card.cells] == ["completeness", "accuracy", "timeliness"]


@pytest.mark.parametrize(
    ("checked", "passed", "agreed", "short"),
    [(100, 95, 95, False), (100, 94, 95, True), (0, 0, 100, False), (10, 0, None, False), (10, 0, 0, False)],
)
def test_falling_short_is_passing_fewer_than_agreed(
    checked: int, passed: int, agreed: float | None, short: bool
) -> None:
    assert Score(checked, passed).falls_short_of(agreed) is short


def test_a_source_of_several_agencies_is_one_line_that_tells_them_apart() -> None:
    [line] = scorecard([outcome(passed=80, failing=("a:1",)), outcome(agency="housing", passed=100)]).lines
    assert (line.score.checked, line.score.passed) == (200, 180)
    assert {agency: score.passed for agency, score in line.by_agency.items()} == {"police": 80, "housing": 100}
    assert (line.failing, line.more) == (("a:1",), 19)


def test_the_change_is_in_points_since_the_windows_before() -> None:
    card = scorecard([outcome(passed=90)], [outcome(passed=97)])
    [cell] = card.cells
    assert words.change(cell) == "-7.0"
    [cell] = scorecard([outcome()]).cells
    assert (cell.change, words.change(cell)) == (None, "")


def test_a_cell_is_found_by_source_and_dimension() -> None:
    card: Scorecard = scorecard([outcome()])
    found = card.cell("log", Dimension.VALIDITY.value)
    assert found is not None
    assert card.cell("log", Dimension.ACCURACY.value) is None


@given(st.integers(1, 10**6), st.data())
def test_a_share_is_never_rounded_to_all_or_nothing(checked: int, data: st.DataObject) -> None:
    passed = data.draw(st.integers(0, checked))
    shown = words.share(Score(checked, passed).percent)
    assert (shown == "100 %") == (passed == checked)
    assert (shown == "0 %") == (passed == 0)


@pytest.mark.parametrize("text", ["7", "d", "0d", "-1d", "1w", "7 d", ""])
def test_a_window_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="--window: must be so many days or hours"):
        window_width(text)


def test_stretches_are_read_and_told() -> None:
    assert (span("7d"), span("36h")) == (timedelta(days=7), timedelta(hours=36))
    assert [in_words(span(text)) for text in ("1h", "36h", "62d")] == ["1 h", "36 h", "62 days"]
    assert in_words(None) == "not stated"
