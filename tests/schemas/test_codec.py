"""Records and Avro files say the same, and every record survives the way to bytes and back."""

import copy
import io
from dataclasses import MISSING, asdict, fields, is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import avro_files, records, vocabulary
from schemas.avro_files import Schema
from schemas.codec import codec, frame, unframe
from schemas.errors import Unfit
from schemas.records import Moment, Person

RECORDS = [kind for kind in vars(records).values() if is_dataclass(kind) and isinstance(kind, type)]
ENUMS = [kind for kind in vars(vocabulary).values() if isinstance(kind, type) and issubclass(kind, StrEnum)][1:]
DECLARED = avro_files.declared()

INT, LONG = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
SIMPLE = {
    "string": st.text(st.characters(codec="utf-8"), max_size=8),
    "bytes": st.binary(max_size=8),
    "int": INT,
    "long": LONG,
    "double": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "null": st.none(),
}


def any_of(hint: Any, part: Any) -> st.SearchStrategy[Any]:
    """Any value that both an annotation and the Avro type of its field allow."""
    if isinstance(part, list):
        branch = next(branch for branch in part if branch != "null")
        inner = next(inner for inner in get_args(hint) if inner is not type(None))
        return st.none() | any_of(inner, branch)
    if isinstance(part, dict) and part["type"] in ("array", "map"):
        return any_many(hint, part)
    name = part["type"] if isinstance(part, dict) else part
    return any_named(hint) if name in DECLARED else SIMPLE[name]


def any_many(hint: Any, part: Schema) -> st.SearchStrategy[Any]:
    if part["type"] == "map":
        return st.dictionaries(SIMPLE["string"], any_of(get_args(hint)[1], part["values"]), max_size=2)
    return st.lists(any_of(get_args(hint)[0], part["items"]), max_size=2).map(tuple)


def any_named(hint: Any) -> st.SearchStrategy[Any]:
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    hints, schema = get_type_hints(hint), DECLARED[f"wardlink.{hint.__name__}"]
    return st.builds(
        hint, **{member["name"]: any_of(hints[member["name"]], member["type"]) for member in schema["fields"]}
    )


EACH_RECORD = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.__name__) for kind in RECORDS])
EACH_ENUM = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.__name__) for kind in ENUMS])


@EACH_RECORD
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_every_record_survives_the_way_to_bytes_and_back(kind: type[Any], data: st.DataObject) -> None:
    record = data.draw(any_named(kind))
    assert codec(kind).decode(codec(kind).encode(record)) == record


@EACH_RECORD
def test_a_record_has_the_fields_of_its_avro_file_in_their_order(kind: type[Any]) -> None:
    declared = [member["name"] for member in DECLARED[f"wardlink.{kind.__name__}"]["fields"]]
    assert [member.name for member in fields(kind)] == declared


def default_of(member: Any) -> Any:
    """A dataclass field's default as Avro writes it; MISSING where it has none."""
    default = member.default if member.default_factory is MISSING else member.default_factory()
    return list(default) if isinstance(default, tuple) else default


@EACH_RECORD
def test_a_record_has_the_defaults_of_its_avro_file(kind: type[Any]) -> None:
    declared = [member.get("default", MISSING) for member in DECLARED[f"wardlink.{kind.__name__}"]["fields"]]
    assert [default_of(member) for member in fields(kind)] == declared


def avro_type_of(hint: Any) -> Any:
    """The Avro type that an annotation stands for; a width of int and float is the file's choice."""
    simple = {str: "string", bytes: "bytes", int: "long", float: "double", bool: "boolean"}
    if type(None) in get_args(hint):
        return ["null", avro_type_of(get_args(hint)[0])]
    if get_origin(hint) is tuple:
        return {"type": "array", "items": avro_type_of(get_args(hint)[0])}
    if get_origin(hint) is not None:
        return {"type": "map", "values": avro_type_of(get_args(hint)[1])}
    return simple.get(hint) or f"wardlink.{hint.__name__}"


def plain_type(part: Any) -> Any:
    """An Avro type without logical types, int as long."""
    if isinstance(part, list):
        return [plain_type(branch) for branch in part]
    if isinstance(part, dict) and part["type"] not in ("array", "map"):
        return plain_type(part["type"])
    if isinstance(part, dict):
        return {key: value if key == "type" else plain_type(value) for key, value in part.items() if key != "default"}
    return "long" if part == "int" else part


@EACH_RECORD
def test_a_record_has_the_types_of_its_avro_file(kind: type[Any]) -> None:
    declared = {m["name"]: plain_type(m["type"]) for m in DECLARED[f"wardlink.{kind.__name__}"]["fields"]}
    assert {name: avro_type_of(hint) for name, hint in get_type_hints(kind).items()} == declared


@EACH_ENUM
def test_a_vocabulary_is_its_avro_enum_and_begins_with_its_default(kind: type[StrEnum]) -> None:
    declared = DECLARED[f"wardlink.{kind.__name__}"]
    assert [symbol.value for symbol in kind] == declared["symbols"]
    assert next(iter(kind)).value == declared["default"]


def test_every_avro_file_has_its_record_or_vocabulary() -> None:
    assert {f"wardlink.{kind.__name__}" for kind in (*RECORDS, *ENUMS)} == set(DECLARED)


@given(st.integers(0, 2**32 - 1), st.binary(max_size=20))
def test_a_frame_gives_back_its_schema_id_and_body(schema_id: int, body: bytes) -> None:
    assert unframe(frame(schema_id, body)) == (schema_id, body)


def test_a_frame_is_confluents() -> None:
    assert frame(258, b"body") == b"\x00\x00\x00\x01\x02body"


@pytest.mark.parametrize("message", [None, b"", b"\x00\x00\x00\x00", b"\x01\x00\x00\x00\x01body", b'{"json": 1}'])
def test_what_is_no_frame_is_unfit(message: bytes | None) -> None:
    with pytest.raises(Unfit, match="schema id"):
        unframe(message)


@EACH_RECORD
@settings(max_examples=40, deadline=None)
@given(body=st.binary(max_size=60))
def test_foreign_bytes_are_unfit_or_a_record_never_a_crash(kind: type[Any], body: bytes) -> None:
    try:
        decoded = codec(kind).decode(body)
    except Unfit:
        return
    assert isinstance(decoded, kind)


def evolved(name: str, member: dict[str, Any]) -> Schema:
    schema = copy.deepcopy(avro_files.load(name))
    schema["fields"].append(member)
    return schema


def test_a_record_of_an_older_version_gets_the_defaults_of_newer_fields() -> None:
    older = copy.deepcopy(avro_files.load("Person"))
    older["fields"] = [member for member in older["fields"] if member["name"] != "emails"]
    body = io.BytesIO()
    fastavro.schemaless_writer(body, older, asdict(Person(full_name="A", emails=("a@b",))))
    assert codec(Person).decode(body.getvalue(), older) == Person(full_name="A")


def test_a_record_of_a_newer_version_loses_what_is_not_known_here() -> None:
    newer = evolved("Moment", {"name": "clock", "type": ["null", "string"], "doc": "d", "default": None})
    body = codec(Moment).encode(Moment(at=5)) + b"\x00"
    assert codec(Moment).decode(body, newer) == Moment(at=5)


def test_a_symbol_that_is_not_known_here_becomes_the_default() -> None:
    newer = copy.deepcopy(avro_files.load("Person"))
    role = next(member["type"] for member in newer["fields"] if member["name"] == "role")
    role["symbols"] = [*role["symbols"], "FORTUNE_TELLER"]
    body = bytes([2 * (len(role["symbols"]) - 1)]) + codec(Person).encode(Person())[1:]
    assert codec(Person).decode(body, newer) == Person()
