"""Deliveries beside the one before: which columns came and went, and with which delivery one is compared."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quality.drift import Drift, drifts
from store.quality_rows import MeasuredBatch

START = datetime(2026, 12, 28, tzinfo=UTC)
OLD = ("id", "made", "kind", "where", "school")
NEW = ("id", "made", "kind", "where", "channel")
OTHER = ("incident", "opened", "grade")


def batch(
    number: int, columns: Sequence[str], source: str = "log", agency: str = "city", **counts: int
) -> MeasuredBatch:
    return MeasuredBatch(f"b{number}", agency, source, tuple(columns), (), counts, START + timedelta(hours=number))


def told(*batches: MeasuredBatch, since: datetime = START) -> list[Drift]:
    return list(drifts(batches, since))


def test_the_first_delivery_of_a_source_is_compared_with_nothing() -> None:
    [first] = told(batch(0, OLD))
    assert (first.changed, first.added, first.dropped) == (None, (), ())


def test_columns_that_came_and_went_are_named() -> None:
    _, second, third = told(batch(0, OLD), batch(1, NEW), batch(2, NEW))
    assert (second.changed, second.added, second.dropped) == (True, ("channel",), ("school",))
    assert third.changed is False


def test_a_new_source_with_mostly_the_same_columns_is_the_new_layout_of_another() -> None:
    _, second = told(batch(0, OLD, "log-2016"), batch(1, NEW, "log-2024"))
    assert (second.added, second.dropped) == (("channel",), ("school",))


def test_another_kind_of_source_is_no_new_layout_nor_is_another_agencys() -> None:
    _, second, third = told(batch(0, OLD), batch(1, OTHER, "cad"), batch(2, NEW, "log-2024", agency="borough"))
    assert (second.changed, third.changed) == (None, None)


def test_a_delivery_before_the_window_is_compared_with_and_not_told() -> None:
    [only] = told(batch(0, OLD), batch(5, NEW), since=START + timedelta(hours=1))
    assert only.changed


def test_a_delivery_of_which_nothing_could_be_read_is_passed_over() -> None:
    _, empty, third = told(batch(0, OLD), batch(1, ()), batch(2, OLD))
    assert (empty.changed, third.changed) == (None, False)


def test_unknown_codes_are_worth_telling_and_a_quiet_delivery_is_not() -> None:
    quiet, odd = told(batch(0, OLD), batch(1, OLD, unknown_codes=2))
    assert (quiet.is_worth_telling(()), odd.is_worth_telling(())) == (False, True)
    assert odd.as_row()["unknown_codes"] == 2


def test_a_change_is_worth_telling_of_sources_that_should_be_steady() -> None:
    _, changed = told(batch(0, OLD), batch(1, NEW))
    assert (changed.is_worth_telling({"log"}), changed.is_worth_telling({"cad"})) == (True, False)


@given(st.sets(st.sampled_from("abcdef"), min_size=1), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_what_came_and_went_makes_the_one_of_the_other(before: set[str], after: set[str]) -> None:
    _, second = told(batch(0, sorted(before)), batch(1, sorted(after)))
    assert (before | set(second.added)) - set(second.dropped) == after
    assert second.changed is (before != after)
