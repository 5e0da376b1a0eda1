"""Raw records to records of the language: the schema that wrote them, and the key that they must bear."""

from collections.abc import Callable
from typing import Any

from schemas.avro_files import Schema
from schemas.codec import codec, unframe
from schemas.errors import Unfit
from schemas.records import Report
from schemas.topics import BY_NAME
from streams.batches import RawRecord

SchemaOf = Callable[[int], Schema]
"""The writer's schema by its id (the registry's client, which caches); Unavailable while the registry is away."""


def decode(topic: str, raw: RawRecord, schema_of: SchemaOf) -> Any:
    """The record of one raw record of an inbound topic.

    Raises Unfit for what cannot be decoded, or whose key is not its area.
    """
    schema_id, body = unframe(raw.value)
    record: Any = codec(BY_NAME[topic].record).decode(body, schema_of(schema_id))
    if raw.key is None or raw.key.decode("utf-8", "replace") != record.area:
        raise Unfit("key", "is not the record's area", "publish through a connector of Wardlink")
    if isinstance(record, Report) and record.report_id != f"{record.agency}:{record.reference}":
        raise Unfit("report_id", "is not agency and reference", "publish through a connector of Wardlink")
    return record


def area_of(raw: RawRecord) -> str:
    """The area that a record claims by its key, for the quarantine of what cannot be decoded."""
    key = (raw.key or b"").decode("utf-8", "replace")
    return key if key.isprintable() and 0 < len(key) <= 100 else "unplaced:unknown"
