"""How Faust's consumer hands batches out: what each knows when the agent takes it, which is in another order."""

from types import SimpleNamespace
from typing import Any

from faust.types import TP

from connectors.kafka import KafkaSettings
from streams.app import RoleSettings, _Held, _transport
from streams.batches import RecordBatch

REPORTS, UPDATES = TP("asb.reports", 3), TP("asb.updates", 3)
LATE = TP("asb.backfill", 3)
SETTINGS = RoleSettings(
    consumer="handing-out",
    topics=(REPORTS.topic, UPDATES.topic, LATE.topic),
    late=(LATE.topic,),
    kafka=KafkaSettings(bootstrap="127.0.0.1:1"),
    data_folder="",
)


def consumer(waiting: dict[TP, int], ends: dict[TP, int]) -> Any:
    """One that holds partitions claimed at offset 0, with so many records fetched and the log known to end there."""
    made: Any = _transport(None, SETTINGS, None).Consumer  # type: ignore[arg-type]
    one = made.__new__(made)
    one.highwater = ends.get
    one.held = {(tp.topic, tp.partition): _Held(next=0, epoch=1) for tp in ends}
    for tp, number in waiting.items():
        for offset in range(number):
            one.held[tp.topic, tp.partition].waiting.append(
                SimpleNamespace(offset=offset, timestamp=0, timestamp_type=0)
            )
    return one


def handed_out(one: Any, tp: TP) -> RecordBatch:
    batch: RecordBatch = one._next_event(tp).batch
    return batch


def test_the_last_batch_taken_knows_that_nothing_more_comes_whichever_was_handed_out_last() -> None:
    one = consumer({REPORTS: 5, UPDATES: 2}, {REPORTS: 5, UPDATES: 2})
    reports, updates = handed_out(one, REPORTS), handed_out(one, UPDATES)
    assert one.taken(updates).more
    assert not one.taken(reports).more


def test_more_comes_while_the_log_is_known_to_go_on() -> None:
    one = consumer({REPORTS: 5}, {REPORTS: 9, UPDATES: 0})
    assert one.taken(handed_out(one, REPORTS)).more


def test_late_records_are_never_waited_for_and_never_wait() -> None:
    one = consumer({REPORTS: 5, LATE: 3}, {REPORTS: 5, LATE: 30})
    late = handed_out(one, LATE)
    assert not one.taken(handed_out(one, REPORTS)).more
    assert not one.taken(late).more


def test_a_batch_of_an_assignment_that_is_over_moves_nothing() -> None:
    one = consumer({REPORTS: 5}, {REPORTS: 5})
    batch = handed_out(one, REPORTS)
    one.held[REPORTS.topic, REPORTS.partition] = _Held(next=0, epoch=2, end=5)
    assert one.taken(batch).more
