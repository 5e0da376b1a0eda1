"""From a report's publishing to the arrival of its alert, when nothing else is under way.

Victims told of twice are stored; the third report of each is published alone, by the product's own publisher, and
makes the rule "three in three months" true. The clock runs from before `send` to the alert's arrival at a consumer.
"""

import csv
import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from bench.stack import Stack
from bench.towns import END, MemoryState
from connectors import sources
from connectors.publish import Publisher
from connectors.reading import Desk, read_path
from connectors.registry import Registry
from connectors.topics_admin import end_offsets
from schemas.codec import codec, unframe
from schemas.errors import Unavailable
from schemas.records import Alert, Report
from schemas.topics import ALERTS, Topic
from vault.keyring import PublicRing
from wardlink.settings import kafka_settings, registry_url

_A_SECOND = 20
_PATIENCE = 30.0
_GIVEN = ("Ambra", "Bertil", "Corin", "Dorrit", "Edmar", "Fenna", "Gorm", "Hesper", "Ivo", "Jessamy")
_HEADS, _MIDDLES, _TAILS = ("Bar", "Dol", "Fen", "Gar", "Hum"), ("ab", "em", "ig", "or"), ("ley", "thwaite", "sby")
_DAYS_BEFORE = (40, 20, 0)


@dataclass(frozen=True, slots=True)
class Sent:
    """One report as the publisher takes it."""

    topic: Topic
    key: str
    record: Report
    message_id: str
    time_micros: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from before `send` to the alert's arrival, of so many victims."""

    victims: int
    p50_ms: float
    p99_ms: float


@dataclass(slots=True)
class _Kept:
    """An outlet that keeps the reports."""

    kept: list[Sent] = field(default_factory=list)

    def send(self, topic: Topic, key: str, record: Any, message_id: str, time_micros: int) -> None:
        """Keeps a report; the word of the batch's end is left out."""
        if isinstance(record, Report):
            self.kept.append(Sent(topic, key, record, message_id, time_micros))

    def flush(self) -> None:
        """Nothing is on its way."""


def tell(ring: PublicRing, areas: Sequence[str], victims: int, folder: Path) -> tuple[list[Sent], list[Sent]]:
    """The first two reports of each victim, and the third; written as a police log and read by its connector."""
    before, third = _Kept(), _Kept()
    for number, area in enumerate(areas):
        some = range(number, victims, len(areas))
        for outlet, times, now in ((before, (0, 1), END), (third, (2,), END + 3_600_000_000)):
            path = folder / f"{area}-{times[0]}.csv"
            _write_log(path, [_row(victim, which) for victim in some for which in times])
            source = sources.find("table", "police-cad")
            read_path(Desk(source, MemoryState(), outlet, ring, partial(int, now), None, "police", area), path)
    return before.kept, third.kept


def send_all(stack: Stack, reports: Sequence[Sent]) -> None:
    """Publishes reports without looking at the clock."""
    with _publisher(stack) as publisher:
        for each in reports:
            publisher.send(each.topic, each.key, each.record, each.message_id, each.time_micros)
        publisher.flush()


def measure(stack: Stack, thirds: Sequence[Sent]) -> Latency:
    """Publishes the third reports one by one, steadily, and hears when each one's alert comes."""
    ear = _Ear(stack, {each.record.report_id for each in thirds})
    gc.freeze()
    ear.start()
    sent_at = dict(_send_steadily(stack, thirds))
    if not ear.heard_all.wait(_PATIENCE):
        raise Unavailable(f"{len(ear.missing)} of {len(thirds)} third reports brought no alert in {_PATIENCE:.0f} s")
    ear.join()
    took = [(ear.heard_at[report_id] - sent) * 1000 for report_id, sent in sent_at.items()]
    cuts = quantiles(took, n=100, method="inclusive")
    return Latency(len(took), cuts[49], cuts[98])


def _send_steadily(stack: Stack, thirds: Sequence[Sent]) -> Iterator[tuple[str, float]]:
    """(report id, when it was handed to the publisher), at _A_SECOND; each is acknowledged before the next."""
    with _publisher(stack) as publisher:
        due = time.perf_counter() + 1
        for each in thirds:
            time.sleep(max(0.0, due - time.perf_counter()))
            due += 1 / _A_SECOND
            at = time.perf_counter()
            publisher.send(each.topic, each.key, each.record, each.message_id, each.time_micros)
            publisher.flush()
            yield each.record.report_id, at


class _Ear(Thread):
    """Hears alerts: when the first one that rests on each report arrived (perf_counter)."""

    def __init__(self, stack: Stack, missing: set[str]) -> None:
        super().__init__(daemon=True)
        kafka = kafka_settings(stack.settings)
        self.missing = missing
        self.heard_at: dict[str, float] = {}
        self.heard_all = Event()
        self._consumer = KafkaConsumer(**kafka.for_kafka_python(), enable_auto_commit=False)
        ends = end_offsets(kafka, [ALERTS.name])
        self._consumer.assign([TopicPartition(*place) for place in ends])
        for place, offset in ends.items():
            self._consumer.seek(TopicPartition(*place), offset)

    def run(self) -> None:
        """Listens until every report was heard of."""
        while self.missing:
            polled, at = self._consumer.poll(100), time.perf_counter()
            for record in (record for records in polled.values() for record in records):
                self._hear(codec(Alert).decode(unframe(record.value)[1]), at)
        self._consumer.close()
        self.heard_all.set()

    def _hear(self, alert: Alert, at: float) -> None:
        for report_id in self.missing.intersection(alert.report_ids):
            self.heard_at[report_id] = at
            self.missing.discard(report_id)


def _publisher(stack: Stack) -> Publisher:
    return Publisher(kafka_settings(stack.settings), Registry(registry_url(stack.settings)))


def _write_log(path: Path, rows: Sequence[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _row(victim: int, which: int) -> dict[str, str]:
    """One row of a police log: a neighbour's noise, told by its victim at home, whom nothing links to another."""
    when = datetime.fromtimestamp(END / 1e6, UTC) - timedelta(days=_DAYS_BEFORE[which], minutes=victim + 60)
    family = _HEADS[victim % 5] + _MIDDLES[victim // 5 % 4] + _TAILS[victim // 20 % 3]
    return {
        "incident_no": f"BENCH {victim}/{which}",
        "opened_at": when.strftime("%d/%m/%Y %H:%M:%S"),
        "opening_code": "Noise",
        "caller_ref": f"BENCH-{victim}",
        "caller_role": "victim",
        "caller_name": f"{_GIVEN[victim // 60 % 10]} {family}",
        "caller_dob": f"{1 + victim % 28:02}/{1 + victim // 28 % 12:02}/{1940 + victim % 50}",
        "caller_phone": f"071{victim * 7_919_993 % 100_000_000:08}",
        "caller_address": f"{1 + victim} Bench Row",
        "caller_postcode": f"ZE{1 + victim // 100} {victim // 10 % 10}AA",
        "narrative": "music through the wall",
    }
