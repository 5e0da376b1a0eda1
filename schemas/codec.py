"""Records to Avro bytes and back, and the wire format that names the schema.

Wire format (Confluent): byte 0 is zero, four bytes big-endian schema id, then the Avro body. Times stay integers
of microseconds: fastavro would build a datetime for each, which costs more than the rest of a record.
"""

import io
import operator
import struct
import types
from collections.abc import Callable
from dataclasses import fields
from enum import StrEnum
from functools import cache
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import fastavro

from schemas import avro_files
from schemas.avro_files import Schema
from schemas.errors import Unfit

Record = TypeVar("Record")
Convert = Callable[[Any], Any]

_HEADER = struct.Struct(">bI")


def frame(schema_id: int, body: bytes) -> bytes:
    """The wire format of an Avro body."""
    return _HEADER.pack(0, schema_id) + body


def unframe(message: bytes | None) -> tuple[int, bytes]:
    """(schema id, Avro body) of a message in wire format; Unfit for anything else."""
    if message is None or len(message) < _HEADER.size or message[0] != 0:
        raise Unfit("message", "does not begin with a schema id", "publish through a connector of Wardlink")
    schema_id: int = _HEADER.unpack_from(message)[1]
    return schema_id, message[_HEADER.size :]


_MOST_WRITERS = 8
"""Schemas of writers that a codec keeps parsed; in a year of releases few are met at once."""


class Codec(Generic[Record]):
    """Encodes and decodes one record type.

    >>> from schemas.records import Moment
    >>> codec = Codec(Moment)
    >>> codec.decode(codec.encode(Moment(at=5, offset_minutes=60)))
    Moment(at=5, offset_minutes=60)
    """

    def __init__(self, record: type[Record]) -> None:
        self.schema: Schema = avro_files.load(record.__name__)
        self._parsed = _parse(self.schema)
        self._writers: list[tuple[Schema, Any]] = []
        hint: Any = record
        self._to_plain = _writer_of(hint)
        self._to_record = _reader_of(hint)

    def encode(self, record: Record) -> bytes:
        """The Avro body of a record."""
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, self._parsed, self._to_plain(record))
        return buffer.getvalue()

    def decode(self, body: bytes, writer: Schema | None = None) -> Record:
        """The record of an Avro body that was written with `writer` (None: with this very schema).

        Raises Unfit for bytes that are no such record.
        """
        try:
            plain = self._read(io.BytesIO(body), writer)
            return cast(Record, self._to_record(plain))
        except (ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError, struct.error) as error:
            name = self.schema["name"]
            raise Unfit(name, "its bytes do not follow their schema", "publish it again") from error

    def _read(self, buffer: io.BytesIO, writer: Schema | None) -> Any:
        parsed = self._parsed if writer is None else self._parsed_writer(writer)
        return fastavro.schemaless_reader(buffer, parsed, None if parsed is self._parsed else self._parsed)

    def _parsed_writer(self, writer: Schema) -> Any:
        """The writer's schema, compared and parsed once; schemas come from caches, so that the same one is the same
        object.
        """
        for known, parsed in self._writers:
            if known is writer:
                return parsed
        parsed = self._parsed if writer == self.schema else _parse(writer)
        self._writers = [(writer, parsed), *self._writers[: _MOST_WRITERS - 1]]
        return parsed


_codecs: dict[type[Any], Codec[Any]] = {}


def codec(record: type[Record]) -> Codec[Record]:
    """The one codec of a record type."""
    if record not in _codecs:
        _codecs[record] = Codec(record)
    return cast(Codec[Record], _codecs[record])


def _parse(schema: Schema) -> Any:
    return fastavro.parse_schema(_without_logical_types(schema), named_schemas={})


def _without_logical_types(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_logical_types(branch) for branch in part]
    if not isinstance(part, dict):
        return part
    if "logicalType" in part:
        return part["type"]
    return {key: _without_logical_types(value) if key != "default" else value for key, value in part.items()}


@cache
def _writer_of(hint: Any) -> Convert:
    """How a value of this annotation becomes what fastavro writes."""
    inner = _inner(hint)
    if inner is not hint:
        return _unless_none(_named(inner, _writer_of(inner)))
    if get_origin(hint) is tuple:
        return _each_into(list, _writer_of(get_args(hint)[0]))
    if hasattr(hint, "__dataclass_fields__"):
        return _writer_of_record(hint)
    return _same


@cache
def _reader_of(hint: Any) -> Convert:
    """How what fastavro reads becomes a value of this annotation."""
    inner = _inner(hint)
    if inner is not hint:
        return _unless_none(_reader_of(inner))
    if get_origin(hint) is tuple:
        return _each_into(tuple, _reader_of(get_args(hint)[0]))
    if hasattr(hint, "__dataclass_fields__"):
        return _reader_of_record(hint)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint._value2member_map_.__getitem__
    return _same


def _writer_of_record(record: Any) -> Convert:
    names = tuple(part.name for part in fields(record))
    values_of = operator.attrgetter(*names)
    converted = _converted(record, _writer_of)

    def write(value: Any) -> dict[str, Any]:
        values = values_of(value)
        plain = dict(zip(names, values if len(names) > 1 else (values,), strict=True))
        for name, convert in converted:
            plain[name] = convert(plain[name])
        return plain

    return write


def _reader_of_record(record: Any) -> Convert:
    converted = _converted(record, _reader_of)

    def read(plain: dict[str, Any]) -> Any:
        for name, convert in converted:
            plain[name] = convert(plain[name])
        return record(**plain)

    return read


def _converted(record: Any, convert_of: Callable[[Any], Convert]) -> tuple[tuple[str, Convert], ...]:
    """The fields of a record that are not written as they stand, with what converts them."""
    hints = get_type_hints(record)
    converts = ((part.name, convert_of(hints[part.name])) for part in fields(record))
    return tuple((name, convert) for name, convert in converts if convert is not _same)


def _inner(hint: Any) -> Any:
    """`X` of `X | None`, else the annotation itself."""
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    return next(branch for branch in get_args(hint) if branch is not type(None))


def _unless_none(convert: Convert) -> Convert:
    if convert is _same:
        return _same
    return lambda value: None if value is None else convert(value)


def _named(hint: Any, convert: Convert) -> Convert:
    """A record in a union is written beside its name, which spares fastavro to look for the branch that fits."""
    if not hasattr(hint, "__dataclass_fields__"):
        return convert
    name = f"{avro_files.NAMESPACE}.{hint.__name__}"
    return lambda value: (name, convert(value))


def _each_into(container: Callable[[Any], Any], convert: Convert) -> Convert:
    if convert is _same:
        return container
    return lambda values: container([convert(value) for value in values])


def _same(value: Any) -> Any:
    return value
