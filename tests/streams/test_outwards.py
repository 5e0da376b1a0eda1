"""What leaves: the outbox in order and once marked, alerts to every sink with the same id, ticks for every area."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.sinks.console import ConsoleSink
from connectors.sinks.json_lines import JsonLinesSink
from schemas.codec import codec, frame
from schemas.errors import Unavailable
from schemas.records import Alert, Command, Moment
from schemas.topics import ALERTS, COMMANDS, Topic
from schemas.vocabulary import AlertState, CommandKind
from store.database import Session, connect
from store.outbox import count_unsent, unsent
from store.positions import Fenced, LogBounds
from store.routes import Addressed
from store.settings import StoreSettings
from streams.batches import RecordBatch
from streams.clock import publish_ticks
from streams.deliver import Deliver
from streams.relay import relay_once
from tests.streams.worker import Raw


def alert(number: int = 1, recipient: str = "police") -> Alert:
    return Alert(
        alert_id=f"a{number}",
        message_id=f"alert:a{number}:1",
        area="E09000012",
        recipient=recipient,
        role="caseworker",
        rule="victim_3_in_3_months",
        rule_source="local practice",
        case_id="E09000012-V1",
        state=AlertState.RAISED,
        version=1,
        reason="One victim has 3 incidents in 3 months.",
        at=Moment(at=number),
    )


@dataclass
class Outlet:
    """A publisher that keeps what it is given, or is away."""

    away: bool = False
    sent: list[tuple[str, str, Any, str]] = field(default_factory=list)

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None:
        self.sent.append((topic.name, key, record, message_id))

    def flush(self) -> None:
        if self.away:
            raise Unavailable("Kafka is away")


def fill_outbox(session: Session, count: int) -> None:
    for number in range(1, count + 1):
        session.execute(
            "INSERT INTO outbox (message_id, topic, key, body, event_time) VALUES (%s, %s, %s, %s, %s)",
            (f"alert:a{number}:1", ALERTS.name, "E09000012", codec(Alert).encode(alert(number)), number),
        )


@pytest.fixture
def writer(database: StoreSettings) -> Callable[[], Session]:
    return partial(connect, database.writer_dsn, "test")


def test_the_relay_publishes_in_order_and_marks_after_the_broker(writer: Callable[[], Session]) -> None:
    with writer() as session:
        fill_outbox(session, 3)
        outlet = Outlet()
        assert relay_once(session, outlet) == 3  # type: ignore[arg-type]
        assert [message_id for *_, message_id in outlet.sent] == ["alert:a1:1", "alert:a2:1", "alert:a3:1"]
        assert outlet.sent[0][2] == alert(1)
        assert count_unsent(session) == 0


def test_what_the_broker_did_not_take_stays_in_the_outbox(writer: Callable[[], Session]) -> None:
    with writer() as session:
        fill_outbox(session, 2)
        with pytest.raises(Unavailable):
            relay_once(session, Outlet(away=True))  # type: ignore[arg-type]
        assert [message.message_id for message in unsent(session, 10)] == ["alert:a1:1", "alert:a2:1"]


@dataclass
class Recipient:
    """A sink that keeps alerts, or refuses the first ones."""

    refusals: int = 0
    got: list[Alert] = field(default_factory=list)
    name: str = "test"

    def hand_over(self, alert: Alert, to: Addressed | None = None) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("the recipient is away")
        self.got.append(alert)


def batch(deliver: Deliver, *alerts: Alert, base: int = 0) -> RecordBatch:
    epoch = deliver.claim({0: [ALERTS.name]})[ALERTS.name, 0].epoch
    raws = [Raw(base + place, b"E09000012", frame(1, codec(Alert).encode(each))) for place, each in enumerate(alerts)]
    return RecordBatch(ALERTS.name, 0, epoch, base, base + len(raws), raws)


def deliver_to(writer: Callable[[], Session], *sinks: Recipient) -> Deliver:
    return Deliver(writer, "owner", sinks, lambda: {(ALERTS.name, 0): LogBounds("cluster", "topic", 0, 10**6)})


def test_every_sink_gets_each_alert_once(writer: Callable[[], Session]) -> None:
    first, second = Recipient(), Recipient()
    deliver = deliver_to(writer, first, second)
    deliver.store(batch(deliver, alert(1), alert(2)))
    deliver.store(batch(deliver, alert(2), alert(3), base=2))
    assert [each.alert_id for each in first.got] == [each.alert_id for each in second.got] == ["a1", "a2", "a3"]


def test_a_recipient_that_was_away_gets_the_same_alert_with_the_same_id(writer: Callable[[], Session]) -> None:
    away = Recipient(refusals=1)
    deliver = deliver_to(writer, away)
    given = batch(deliver, alert(1))
    with pytest.raises(Unavailable):
        deliver.store(given)
    deliver.store(given)
    assert [each.message_id for each in away.got] == ["alert:a1:1"]


def test_a_deliverer_that_lost_its_partition_moves_no_position(writer: Callable[[], Session]) -> None:
    recipient = Recipient()
    old = deliver_to(writer, recipient)
    given = batch(old, alert(1))
    deliver_to(writer, Recipient()).claim({0: [ALERTS.name]})
    with pytest.raises(Fenced):
        old.store(given)


def test_json_lines_hold_the_alert_and_nothing_is_appended_twice_by_one_call(tmp_path: Path) -> None:
    JsonLinesSink(tmp_path).hand_over(alert(1, recipient="marsh/lane"))
    lines = (tmp_path / "marsh_lane.jsonl").read_text().splitlines()
    assert [json.loads(line)["message_id"] for line in lines] == ["alert:a1:1"]


def test_json_lines_say_when_the_disk_refuses(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder is wanted")
    with pytest.raises(Unavailable, match="cannot be written"):
        JsonLinesSink(tmp_path / "blocked").hand_over(alert())


def test_the_console_names_case_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleSink().hand_over(alert())
    assert "E09000012-V1" in capsys.readouterr().out


def test_a_tick_goes_to_every_area_with_an_id_that_a_repeat_shares() -> None:
    outlet = Outlet()
    publish_ticks(["E09000012", "E09000019"], 7, outlet)  # type: ignore[arg-type]
    publish_ticks(["E09000012"], 7, outlet)  # type: ignore[arg-type]
    records: list[Command] = [record for _, _, record, _ in outlet.sent]
    assert [(topic, key) for topic, key, *_ in outlet.sent[:2]] == [
        (COMMANDS.name, "E09000012"),
        (COMMANDS.name, "E09000019"),
    ]
    assert records[0].command_kind is CommandKind.TICK
    assert records[0].command_id == records[2].command_id != records[1].command_id
