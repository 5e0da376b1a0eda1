"""The live model moves its weights as far as words about pairs say, and no further."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.learning import ENOUGH, ENOUGH_OF_EACH, MOST, RULE, Word, learn
from linkage.model import GraphModel, load_model, parse_model
from linkage.model_text import reweighed
from schemas.errors import Refused
from tests.linkage.shipped import live_text

MODEL = load_model().person
_DOUBTFUL = 6
"""Bits: whoever looks at pairs looks at those that weigh little either way."""


def words(count: int, moves: dict[tuple[str, str], float], seed: int = 1, model: GraphModel = MODEL) -> list[Word]:
    """What people say of doubtful pairs where some levels tell otherwise than the model has it."""
    chance = np.random.default_rng(seed)
    said: list[Word] = []
    while len(said) < count:
        levels = tuple(int(chance.integers(len(each.levels))) for each in model.comparisons)
        chosen = [(each.name, each.levels[level]) for each, level in zip(model.comparisons, levels, strict=True)]
        bits = (model.prior + sum(level.millibits for _, level in chosen)) / 1000
        bits += sum(moves.get((name, level.name), 0) for name, level in chosen)
        if abs(bits) < _DOUBTFUL:
            said.append(Word(levels, bool(chance.random() < 1 / (1 + 2**-bits)), f"police:{len(said)}"))
    return said


def moved_by(said: list[Word]) -> dict[tuple[str, str], float]:
    return {key: (after - before) / 1000 for key, (before, after) in (learn(MODEL, said).moved or {}).items()}


def test_what_words_say_of_a_level_is_learnt() -> None:
    found = moved_by(words(4000, {("home", "postcode"): -3, ("given", "alias"): 2}))
    assert found[("home", "postcode")] <= -1.5
    assert found[("given", "alias")] >= 1
    others = [bits for key, bits in found.items() if key not in {("home", "postcode"), ("given", "alias")}]
    assert max(map(abs, others), default=0) <= 1.5


def test_fewer_words_move_less() -> None:
    many, few = (moved_by(words(count, {("home", "postcode"): -3})) for count in (4000, 300))
    assert many[("home", "postcode")] <= few.get(("home", "postcode"), 0) <= 0


@pytest.mark.parametrize("seed", range(2, 8))
def test_words_that_agree_with_the_model_move_nothing(seed: int) -> None:
    found = learn(MODEL, words(600, {}, seed))
    assert found.moved is None
    assert "surprise it no less" in found.why_not
    assert found.before is not None


@pytest.mark.parametrize(("same", "different"), [(ENOUGH, ENOUGH_OF_EACH - 1), (10, 10), (0, 0)])
def test_too_few_words_teach_nothing(same: int, different: int) -> None:
    levels = (0,) * len(MODEL.comparisons)
    found = learn(MODEL, [Word(levels, number < same, str(number)) for number in range(same + different)])
    assert (found.same, found.different, found.moved, found.before) == (same, different, None, None)
    assert f"{ENOUGH} words" in found.why_not


@settings(max_examples=10)
@given(st.dictionaries(
    st.sampled_from([(each.name, level.name) for each in MODEL.comparisons for level in each.levels[1:]]),
    st.floats(-12, 12), max_size=8), st.integers(0, 99),
)  # fmt: skip
def test_no_level_passes_another_no_rule_moves_and_no_move_is_great(
    moves: dict[tuple[str, str], float], seed: int
) -> None:
    moved = learn(MODEL, words(400, moves, seed)).moved or {}
    for comparison in MODEL.comparisons:
        levels = sorted(comparison.levels[1:], key=lambda level: level.millibits)
        after = [moved.get((comparison.name, level.name), (0, level.millibits))[1] for level in levels]
        assert after == sorted(after)
    for before, after_ in moved.values():
        assert before / 1000 > RULE
        assert after_ % 500 == 0
        assert abs(after_ - before) <= 1000 * (MOST + 1)
    assert not any(level == "missing" for _, level in moved)


def test_a_learnt_model_is_the_old_one_with_other_weights_a_version_and_a_card() -> None:
    bits = {("person", "home", "postcode"): 4.5, ("incident", "time", "minutes"): 5.0}
    text = reweighed(live_text(), "2026-11-borough+hackney-1a2b3c", {"learnt_from": "2026-11-borough"}, bits)
    before, after = load_model(), parse_model(text)
    assert after.version == "2026-11-borough+hackney-1a2b3c"
    assert (after.names, after.related, after.incident.vetoes) == (before.names, before.related, before.incident.vetoes)
    for graph in ("person", "incident"):
        old, new = getattr(before, graph), getattr(after, graph)
        assert (old.prior, old.thresholds, old.blocking, old.stop) == (
            new.prior,
            new.thresholds,
            new.blocking,
            new.stop,
        )
        for mine, its in zip(old.comparisons, new.comparisons, strict=True):
            for one, other in zip(mine.levels, its.levels, strict=True):
                expected = bits.get((graph, mine.name, one.name), one.millibits / 1000)
                assert (other.name, other.says, other.millibits / 1000) == (one.name, one.says, expected)
    assert text.count("#") == live_text().count("#")


def test_a_model_that_learnt_before_learns_again_with_one_card() -> None:
    first = reweighed(live_text(), "a", {"learnt_from": "x", "person": {"words_same": 3}}, {})
    second = reweighed(first, "b", {"learnt_from": "a"}, {})
    assert second.count("card:") == 1
    assert "words_same" not in second
    assert parse_model(second).version == "b"


def test_a_weight_that_stands_otherwise_is_named() -> None:
    with pytest.raises(Refused, match=r"person\.home\.moon"):
        reweighed(live_text(), "a", {}, {("person", "home", "moon"): 1.0})
