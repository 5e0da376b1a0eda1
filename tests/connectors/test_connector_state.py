"""The connector's state in PostgreSQL: what is kept, found, missed and counted."""

from collections.abc import Iterator

import pytest

from store.connector_state import Begun, ConnectorState, Key, Published
from store.database import connect
from store.settings import StoreSettings


def key(number: int, entity: str = "report", agency: str = "noise") -> Key:
    return (agency, entity, f"C-{number}")


def published(number: int, withdrawn: bool = False) -> Published:
    return Published(number.to_bytes(16, "big"), number, f"area-{number % 3}", withdrawn)


@pytest.fixture
def state(database: StoreSettings) -> Iterator[ConnectorState]:
    with connect(database.writer_dsn, "test") as connection:
        yield ConnectorState(connection, "noiseworks")


def test_what_is_saved_is_found_and_the_last_word_counts(state: ConnectorState) -> None:
    everything = {key(number): published(number) for number in range(3_000)}
    state.save(everything)
    state.save({key(7): published(8, withdrawn=True)})
    found = state.find([*everything, key(-1)])
    assert found == everything | {key(7): published(8, withdrawn=True)}
    assert state.find([]) == {}


def test_one_source_does_not_see_another_s(state: ConnectorState, database: StoreSettings) -> None:
    state.save({key(1): published(1)})
    with connect(database.writer_dsn, "test") as connection:
        assert ConnectorState(connection, "police-uk").find([key(1)]) == {}


def test_a_batch_keeps_the_time_of_its_first_reading_until_it_is_renewed(state: ConnectorState) -> None:
    assert state.look_up_batch("b") is None
    assert state.newest_batch("noise") == 0
    assert state.begin_batch("b", "noise", 100) == Begun(100, finished=False)
    state.finish_batch("b", 150)
    assert state.begin_batch("b", "noise", 200) == Begun(100, finished=True)
    state.begin_batch("c", "noise", 300)
    assert (state.newest_batch("noise"), state.newest_batch("other")) == (300, 0)
    assert state.renew_batch("b", 400) == state.look_up_batch("b") == Begun(400, finished=False)
    assert state.newest_batch("noise") == 400


def test_a_snapshot_misses_what_it_has_not_seen(state: ConnectorState) -> None:
    state.save({key(number): published(number) for number in range(5)})
    state.save({key(5): published(5, withdrawn=True), key(6, "quarantine"): published(6)})
    state.save({key(7, agency="other"): published(7), key(1, "update"): published(1)})
    state.begin_snapshot()
    state.note_seen([key(0), key(1), key(2)])
    state.note_seen([key(3)])
    assert state.unseen("noise") == {key(4): published(4), key(1, "update"): published(1)}
    assert state.count_held("noise") == 6
    state.begin_snapshot()
    assert len(state.unseen("noise")) == 6


def test_what_lies_in_quarantine_is_known_by_its_reference_until_it_is_settled(state: ConnectorState) -> None:
    state.save({key(1, "unfit"): published(1), key(2, "unfit"): published(2), key(3): published(3)})
    state.save({key(2, "unfit"): published(3, withdrawn=True)})
    assert state.open_failures() == {key(1, "unfit"): published(1)}
    assert state.count_held("noise") == 1


def test_periods_are_kept_with_their_layout(state: ConnectorState) -> None:
    state.save({}, [("cleveland", "2018-10", "csv"), ("cleveland", "2018-10", "json")])
    state.save({}, [("cleveland", "2018-10", "csv")])
    assert state.periods() == {("cleveland", "2018-10", "csv"), ("cleveland", "2018-10", "json")}
