"""The versions of each schema that ever left the house: schemas/released/NAME/v1.avsc, v2.avsc, …

A topic's records name their schema by an id of the registry. Sealed parts outlive topics (PostgreSQL keeps them for
years) and have no such id, so they are packed behind the number of their version.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from schemas import avro_files
from schemas.avro_files import Schema
from schemas.codec import codec, frame, unframe
from schemas.errors import Unfit
from schemas.records import AgencyUpdateDetail, Monitoring, ReportDetail
from schemas.topics import TOPICS

Record = TypeVar("Record")

SEALED_PARTS: tuple[type[Any], ...] = (ReportDetail, AgencyUpdateDetail, Monitoring)
"""Records that travel and rest sealed within others."""

NAMES = tuple(dict.fromkeys(record.__name__ for record in (*(topic.record for topic in TOPICS), *SEALED_PARTS)))
"""Every record whose versions are kept."""

_FILE = re.compile(r"v([1-9][0-9]*)\.avsc")


@cache
def versions(name: str) -> tuple[Schema, ...]:
    """The released versions of one record, the first at index 0; self-contained schemas."""
    numbered = dict(_read(name))
    return tuple(numbered[number] for number in range(1, len(numbered) + 1))


def _read(name: str) -> Iterator[tuple[int, Schema]]:
    folder = files("schemas") / "released" / name
    for file in folder.iterdir() if folder.is_dir() else ():
        found = _FILE.fullmatch(file.name)
        if found:
            yield int(found[1]), json.loads(file.read_text("utf-8"))


def unreleased() -> tuple[tuple[str, int, Schema], ...]:
    """(name, next version, schema) of every record whose schema differs from its last released version."""
    current = ((name, avro_files.load(name)) for name in NAMES)
    return tuple(
        (name, len(versions(name)) + 1, schema) for name, schema in current if schema not in versions(name)[-1:]
    )


def as_text(schema: Schema) -> str:
    """The content of a released file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def pack(record: Any) -> bytes:
    """A sealed part as bytes: the wire format, with the number of its version as schema id."""
    kind = type(record)
    return frame(_current_version(kind.__name__), codec(kind).encode(record))


def unpack(kind: type[Record], packed: bytes) -> Record:
    """The record of such bytes, whichever version wrote it; Unfit for anything else."""
    number, body = unframe(packed)
    return codec(kind).decode(body, _written_by(kind.__name__, number))


@cache
def _current_version(name: str) -> int:
    """The released number of the schema in use; while it is not released, the number that it will get."""
    known = versions(name)
    schema = avro_files.load(name)
    return known.index(schema) + 1 if schema in known else len(known) + 1


def _written_by(name: str, number: int) -> Schema:
    if number == _current_version(name):
        return avro_files.load(name)
    if not 1 <= number <= len(versions(name)):
        raise Unfit(name, f"was written by version {number}, which is not known here", "upgrade Wardlink and replay it")
    return versions(name)[number - 1]
