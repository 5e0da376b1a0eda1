"""The yardstick: a plain Faust agent that does nothing with each record, reading the very bytes that resolve reads.

    python -m bench.noop BOOTSTRAP GROUP RECORDS FOLDER

Its settings: stream buffer 4096, 500 records a poll, raw bytes, no table, no web server. It prints
one JSON line.
"""

import json
import os
import sys
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

import faust
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from bench.load import TOPICS, Published
from bench.stack import Stack
from schemas.errors import Unavailable
from wardlink.settings import kafka_settings

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class NoopRun:
    """Seconds from the first record to the last."""

    records: int
    seconds: float


def run(stack: Stack, load: Published) -> NoopRun:
    """Reads a published load from its first record to its last, in a process of its own."""
    group = f"noop-{next(_NUMBERS)}"
    _begin_at(stack, group, load)
    bootstrap = kafka_settings(stack.settings).bootstrap
    folder = stack.settings.folders.run / "noop"
    found = json.loads(stack.measure("bench.noop", bootstrap, group, str(load.records), str(folder)))
    if (found["records"], found["size"]) != (load.records, load.size):
        raise Unavailable("the no-op agent did not read the same bytes: run the bench again")
    return NoopRun(load.records, found["seconds"])


def _begin_at(stack: Stack, group: str, load: Published) -> None:
    """The group's committed offsets: where the load begins."""
    consumer = KafkaConsumer(
        **kafka_settings(stack.settings).for_kafka_python(), group_id=group, enable_auto_commit=False
    )
    places = {TopicPartition(*place): offset for place, offset in load.began.items()}
    consumer.assign(list(places))
    consumer.commit({place: OffsetAndMetadata(offset, "", -1) for place, offset in places.items()})
    consumer.close()


def _main(bootstrap: str, group: str, records: str, folder: str) -> None:
    app = faust.App(
        group,
        broker=f"kafka://{bootstrap}",
        store="memory://",
        datadir=folder,
        web_enabled=False,
        table_standby_replicas=0,
        topic_disable_leader=True,
        topic_allow_declare=False,
        broker_max_poll_records=500,
        stream_buffer_maxsize=4096,
    )
    topic = app.topic(*TOPICS, value_serializer="raw", key_serializer="raw")
    wanted = int(records)

    @app.agent(topic)
    async def do_nothing(stream: Any) -> None:
        seen, size, began = 0, 0, 0.0
        async for value in stream:
            if not seen:
                began = time.perf_counter()
            seen += 1
            size += len(value)
            if seen == wanted:
                seconds = time.perf_counter() - began
                print(f'\n{{"records": {seen}, "size": {size}, "seconds": {seconds}}}', flush=True)
                os._exit(0)

    faust.Worker(app, loglevel="error", redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    _main(*sys.argv[1:])
