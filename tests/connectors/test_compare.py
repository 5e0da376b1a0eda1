"""What a reading changes: any order of readings, and any repetition of them, ends in the same state."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from connectors.compare import Change, Found, compare
from store.connector_state import Published

FOUND = Found(b"content", "E09000012", 100)
HELD = Published(b"content", 100, "E09000012")

contents = st.sampled_from([b"a", b"b", b"c"])
areas = st.sampled_from(["E09000012", "unplaced:homes"])
founds = st.builds(Found, contents, areas, st.integers(1, 5), st.booleans())


def test_what_is_new_is_published_and_what_was_never_there_is_not_withdrawn() -> None:
    assert compare(FOUND, None).change is Change.NEW
    assert compare(replace(FOUND, withdrawn=True), None).change is Change.UNCHANGED


def test_what_is_equal_is_unchanged_even_when_it_was_collected_later() -> None:
    assert compare(replace(FOUND, revision=999), HELD) == compare(FOUND, HELD)
    assert compare(FOUND, HELD).change is Change.UNCHANGED


def test_another_content_of_the_same_version_gets_the_next_revision() -> None:
    step = compare(replace(FOUND, content=b"other"), HELD)
    assert (step.change, step.state.revision) == (Change.REVISED, 101)


def test_a_former_state_that_is_read_late_changes_nothing() -> None:
    assert compare(replace(FOUND, content=b"former", revision=99), HELD).change is Change.UNCHANGED
    assert compare(replace(FOUND, content=b"former", revision=99), HELD, again=True).change is Change.REVISED


def test_another_area_is_a_move_also_for_an_old_reading() -> None:
    step = compare(replace(FOUND, area="E09000007", revision=50), HELD)
    assert (step.change, step.state.area, step.state.revision) == (Change.MOVED, "E09000007", 101)


def test_what_was_withdrawn_comes_back_as_a_revision() -> None:
    gone = replace(HELD, withdrawn=True, revision=150)
    assert compare(replace(FOUND, revision=200), gone).change is Change.REVISED
    assert compare(replace(FOUND, withdrawn=True), HELD).change is Change.WITHDRAWN


@given(st.lists(founds, max_size=12))
def test_every_change_has_a_greater_revision_than_the_last(readings: list[Found]) -> None:
    held: Published | None = None
    for found in readings:
        step = compare(found, held)
        if step.change is not Change.UNCHANGED:
            assert held is None or step.state.revision > held.revision
            held = step.state


@given(founds, st.none() | st.builds(Published, contents, st.integers(1, 5), areas, st.booleans()))
def test_reading_twice_changes_nothing_the_second_time(found: Found, held: Published | None) -> None:
    first = compare(found, held)
    state = held if first.change is Change.UNCHANGED else first.state
    assert compare(found, state).change is Change.UNCHANGED
