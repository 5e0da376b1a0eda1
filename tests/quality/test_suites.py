"""Suites are data: whole, asked of columns that exist, changed for a source or by a partnership's own folder."""

from pathlib import Path

import pytest

from connectors.mapping import profile
from connectors.sources import NAMES
from quality.expectations import Examiner
from quality.rules import Dimension, Rule, Severity
from quality.suites import COMMON, Suite, load_suites
from schemas.errors import Refused
from tests.architecture.composed import ROOT

SHIPPED = load_suites()
FORM = """
name: {name}
version: 3
describes: a suite of a test
"""
RULE = """
rules:
  - id: {id}
    says: It is so
    dimension: {dimension}
    severity: {severity}
    owner: supplier
    {more}
"""


def own(folder: Path, name: str = "police-cad", **more: str) -> Path:
    """A folder with one suite."""
    (folder / f"{name}.yaml").write_text(FORM.format(name=name) + "".join(more.values()), "utf-8")
    return folder


def by_id(suite: Suite) -> dict[str, Rule]:
    return {rule.id: rule for rule in suite.rules}


def test_the_common_suite_asks_in_all_six_dimensions_with_an_owner_and_a_share() -> None:
    rules = SHIPPED.of("any-source").rules
    assert {rule.dimension for rule in rules} == set(Dimension)
    assert len({rule.id for rule in rules}) == len(rules)
    assert all(rule.owner in {"supplier", "partnership"} for rule in rules)
    assert [rule.id for rule in rules if rule.agreed is None and rule.severity is not Severity.INFO] == []


def test_every_shipped_suite_is_of_a_source_that_exists() -> None:
    assert set(SHIPPED.by_name) - {COMMON} <= {*NAMES, *profile.shipped()}


@pytest.mark.parametrize("source", SHIPPED.by_name)
def test_every_rule_of_every_shipped_suite_can_be_asked(source: str) -> None:
    suite = SHIPPED.of(source)
    asked = [rule.id for of in ("reports", "rows", "batches") for rule in Examiner(suite, of).rules]  # type: ignore[arg-type]
    assert sorted(asked) == sorted(rule.id for rule in suite.rules)


def test_the_page_tells_of_every_rule_and_its_share() -> None:
    page = (ROOT / "docs" / "quality.md").read_text("utf-8")
    told = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    shares = {cells[1].strip().strip("`"): cells[4].strip() for cells in told if len(cells) == 7}
    held = {
        rule.id: "information" if rule.agreed is None else f"{rule.agreed:g}" for rule in SHIPPED.of("any-source").rules
    }
    assert shares == held


def test_a_source_adds_rules_leaves_some_out_and_agrees_otherwise() -> None:
    suite = SHIPPED.of("police-uk")
    rules, common = by_id(suite), by_id(SHIPPED.of("any-source"))
    assert "street_named" in rules
    assert "street_named" not in common
    assert "persons" not in rules
    assert suite.left_out["persons"]
    assert (rules["time_of_day"].agreed, common["time_of_day"].agreed) == (0, 95)
    assert rules["time_of_day"].because


def test_a_file_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    more = "agrees:\n  narrative: {agreed: 55, because: agreed with the force in May}\nexpected_every: 12h\n"
    suite = load_suites(own(tmp_path, more=more)).of("police-cad")
    assert by_id(suite)["narrative"].agreed == 55
    assert suite.expected_every is not None
    assert suite.expected_every.total_seconds() == 12 * 3600
    assert suite.label.startswith("common 1 + police-cad 3 (")


def test_another_share_gives_another_label_so_that_windows_are_measured_again(tmp_path: Path) -> None:
    labels = set()
    for agreed in (50, 60):
        more = f"agrees:\n  narrative: {{agreed: {agreed}, because: agreed}}\n"
        labels.add(load_suites(own(tmp_path, more=more)).of("police-cad").label)
    assert len(labels) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("leaves_out: {no_such_rule: why not}\n", "there is no common rule no_such_rule"),
        ("agrees:\n  narrative: {agreed: 101, because: more}\n", "agrees.narrative.agreed"),
        ("agrees:\n  narrative: {agreed: 50}\n", "agrees.narrative.because"),
        ("expected_every: fortnightly\n", "so many days or hours"),
        (RULE.format(id="narrative", dimension="validity", severity="info", more="fact: a:b"), "is a common rule"),
        (RULE.format(id="new", dimension="beauty", severity="info", more="fact: a:b"), "rules.0.dimension"),
        (RULE.format(id="new", dimension="validity", severity="critical", more="fact: a:b"), "needs agreed"),
        (RULE.format(id="new", dimension="validity", severity="info", more="because: nothing"), "fact and expect"),
        ("rules: [not, a, rule", "cannot be read as YAML"),
    ],
)
def test_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        load_suites(own(tmp_path, more=text))


def test_a_file_that_is_called_otherwise_within_is_refused(tmp_path: Path) -> None:
    own(tmp_path, "police-cad").joinpath("police-cad.yaml").rename(tmp_path / "other.yaml")
    with pytest.raises(Refused, match="give both the same name"):
        load_suites(tmp_path)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is no folder"):
        load_suites(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("expectation", "told"),
    [
        ("expect: expect_no_such_thing\n    with: {column: category}", "cannot be asked"),
        ("expect: expect_column_values_to_be_in_set\n    with: {value_set: [1]}", "names no column"),
        ("expect: expect_column_mean_to_be_between\n    with: {column: places, min_value: 0}", "one by one"),
        ("expect: expect_column_values_to_be_between\n    with: {column: places, min_value: a}", "cannot be asked"),
    ],
)
def test_an_expectation_that_cannot_be_asked_of_each_row_is_refused(
    tmp_path: Path, expectation: str, told: str
) -> None:
    rule = RULE.format(id="new", dimension="validity", severity="info", more=expectation)
    suite = load_suites(own(tmp_path, more=rule)).of("police-cad")
    with pytest.raises(Refused, match=told):
        Examiner(suite, "reports")
