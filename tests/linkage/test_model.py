"""Models: readable files that say all that they must."""

from importlib.resources import files

import pytest

from linkage.model import CURRENT, load_model, parse_model, versions
from schemas.errors import Refused

TEXT = (files("linkage") / "models" / f"{CURRENT}.yaml").read_text("utf-8")


def test_every_version_loads_under_its_own_name() -> None:
    assert CURRENT in versions()
    assert [load_model(version).version for version in versions()] == list(versions())


def test_the_current_model_is_the_default() -> None:
    assert load_model() is load_model()
    assert load_model().version == CURRENT


def test_an_unknown_version_is_refused_with_those_that_ship() -> None:
    with pytest.raises(Refused, match=CURRENT):
        load_model("1999-01")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("      exact_rare: {bits: 9.5", "      exact_uncommon: {bits: 9.5", "exact_rare"),
        ("    telephone:\n      mobile", "    fax:\n      mobile", "person.fax is no comparison"),
        ("        - {given: [differs]}", "        - {given: [clashes]}", "household"),
        ("    weak: 3 ", "    weak: 0.1 ", "thresholds must rise"),
    ],
)
def test_a_model_that_leaves_something_out_is_refused_by_place(old: str, new: str, complaint: str) -> None:
    assert old in TEXT
    with pytest.raises(Refused, match=complaint):
        parse_model(TEXT.replace(old, new, 1))


def test_weights_are_whole_millibits_and_every_level_has_words() -> None:
    for graph in (load_model().person, load_model().incident):
        for comparison in graph.comparisons:
            assert all(isinstance(level.millibits, int) and level.says for level in comparison.levels)
