"""Where resolve's time goes: the same work in one process, with its stages wrapped from outside.

    python -m bench.stages

It takes what is published and not stored yet, against the same PostgreSQL, and prints one JSON line. No worker of
resolve may run beside it.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kafka import KafkaConsumer, TopicPartition

import streams.opening
import streams.resolve
from bench.inprocess import claim_all, make_resolve
from bench.load import TOPICS
from bench.meter import Meter
from bench.stack import Stack
from connectors.topics_admin import end_offsets
from linkage.index import AreaIndex
from schemas.records import Report
from schemas.topics import BY_NAME
from store.positions import Claim
from streams.batches import Partition, RecordBatch
from streams.casebook import Casebook
from streams.opening import Desk
from streams.resolve import Resolve
from vault.seal import Opener
from wardlink.settings import Settings, kafka_settings, load

_FETCH_BYTES = 4 * 1024 * 1024
"""Of one partition at once, as Faust asks for."""


def run(stack: Stack) -> dict[str, Any]:
    """Microseconds a report by stage, in a process of its own."""
    found: dict[str, Any] = json.loads(stack.measure("bench.stages"))
    return found


def _main() -> None:
    settings = load()
    resolve = make_resolve(settings)
    first, *batches = _batches(settings, claim_all(settings, resolve))
    resolve.store(resolve.prepare(first))  # warms up: schemas, statements, codecs
    meter, began = Meter(), time.perf_counter()
    _wrap(meter)
    for batch in batches:
        resolve.store(resolve.prepare(batch))
    seconds = time.perf_counter() - began
    reports = sum(len(batch.records) for batch in batches if BY_NAME[batch.topic].record is Report)
    print(json.dumps(_found(meter, batches, reports, seconds)))


def _wrap(meter: Meter) -> None:
    """The stages; what is not named is charged to the function that calls it."""
    meter.note_collections("garbage collection")
    meter.wrap(Resolve, "prepare", "other")
    meter.wrap(Resolve, "store", "other")
    meter.wrap(streams.resolve, "decode", "decode")
    meter.wrap(streams.resolve, "revisions", "look up revisions", waits=True)
    meter.wrap(Opener, "open", "open")
    meter.wrap(streams.opening, "unpack", "open")
    meter.wrap(streams.opening, "standardise", "standardise")
    meter.wrap(streams.opening, "quality_facts", "quality facts")
    meter.wrap(Desk, "seal", "reseal")
    meter.wrap(Desk, "_seal_features", "reseal")
    meter.wrap(AreaIndex, "apply", "link")
    meter.wrap(Casebook, "write_changes", "cases and alerts")
    meter.wrap(streams.resolve, "take", "rows")
    meter.wrap(streams.resolve, "write_keys", "store keys", waits=True)
    meter.wrap(streams.resolve, "write", "store rows", waits=True)


def _batches(settings: Settings, claims: Mapping[Partition, Claim]) -> list[RecordBatch]:
    """All that is not stored yet, one batch for each fetch of a partition, as the role gets it."""
    kafka = kafka_settings(settings)
    consumer = KafkaConsumer(
        **kafka.for_kafka_python(),
        enable_auto_commit=False,
        max_poll_records=1_000_000,
        max_partition_fetch_bytes=_FETCH_BYTES,
    )
    consumer.assign([TopicPartition(*place) for place in claims])
    for place, claim in claims.items():
        consumer.seek(TopicPartition(*place), claim.next_offset)
    left = sum(end_offsets(kafka, TOPICS).values()) - sum(claim.next_offset for claim in claims.values())
    found: list[RecordBatch] = []
    while left:
        for place, records in consumer.poll(1000).items():
            epoch = claims[place.topic, place.partition].epoch
            base, after = records[0].offset, records[-1].offset + 1
            found.append(RecordBatch(place.topic, place.partition, epoch, base, after, records, more=True))
            left -= len(records)
    consumer.close()
    return _with_ends(found)


def _with_ends(batches: Sequence[RecordBatch]) -> list[RecordBatch]:
    """The last batch of each partition number knows that none follows."""
    last = {batch.partition: place for place, batch in enumerate(batches)}
    return [replace(batch, more=last[batch.partition] != place) for place, batch in enumerate(batches)]


def _found(meter: Meter, batches: list[RecordBatch], reports: int, seconds: float) -> dict[str, Any]:
    records = sum(len(batch.records) for batch in batches)
    return {
        "reports": reports,
        "records": records,
        "batches": len(batches),
        "us_per_report": seconds * 1e6 / reports,
        "stages_us": {stage: spent / 1e3 / reports for stage, spent in meter.spent.items()},
    }


if __name__ == "__main__":
    _main()
