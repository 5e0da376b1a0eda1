"""Schemas may change only so that every version reads every other; the released ones are held to it."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from schemas import avro_files, released
from schemas.avro_files import Schema
from schemas.compatibility import LEVELS, check_released, compatible, fits, is_schema, well_made
from schemas.errors import Unfit
from schemas.records import Moment, Monitoring, Person, ReportDetail

KINDS = {"type": "enum", "name": "Kind", "doc": "d", "symbols": ["UNKNOWN", "NOISE"], "default": "UNKNOWN"}
AT = {"type": "long", "logicalType": "timestamp-micros"}


def sighting(*more: dict[str, Any], kinds: Schema = KINDS, at: Any = AT) -> Schema:
    members = [
        {"name": "at", "type": at, "doc": "d"},
        {"name": "kind", "type": kinds, "doc": "d", "default": "UNKNOWN"},
        {"name": "place", "type": ["null", "string"], "doc": "d", "default": None},
    ]
    return {"type": "record", "name": "Sighting", "namespace": "wardlink", "doc": "d", "fields": [*members, *more]}


def kinds(*symbols: str, **more: Any) -> Schema:
    return {**KINDS, "symbols": list(symbols), **more}


OLD = sighting()


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        sighting({"name": "note", "type": "string", "doc": "d", "default": ""}),
        sighting(kinds=kinds("UNKNOWN", "NOISE", "LITTER")),
        sighting(kinds=kinds("NOISE", "UNKNOWN")),
        sighting({"name": "seen", "type": ["null", AT], "doc": "d", "default": None}),
        {**OLD, "doc": "another word for it"},
    ],
)
def test_what_only_adds_is_compatible(new: Schema) -> None:
    assert compatible(new, OLD) == ()
    assert compatible(OLD, OLD) == ()


def without_kind_default() -> Schema:
    new = copy.deepcopy(OLD)
    del new["fields"][1]["type"]["default"]
    return new


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        (sighting({"name": "note", "type": "string", "doc": "d"}), "cannot read what is stored: reader field missing"),
        ({**OLD, "fields": OLD["fields"][1:]}, "cannot be read by what is running: reader field missing"),
        ({**OLD, "name": "Observation"}, "name mismatch"),
        (sighting(at="string"), "type mismatch"),
        (sighting(at="long"), "changes the logical type at /at: timestamp-micros became none"),
        (sighting(at={**AT, "logicalType": "timestamp-millis"}), "timestamp-micros became timestamp-millis"),
        (sighting(kinds=kinds("UNKNOWN")), "drops the symbol NOISE of wardlink.Kind"),
    ],
)
def test_what_breaks_a_reader_is_told(new: Schema, problem: str) -> None:
    assert problem in " ".join(compatible(new, OLD))


def test_a_new_symbol_breaks_readers_that_have_no_default() -> None:
    problems = compatible(sighting(kinds=kinds("UNKNOWN", "NOISE", "LITTER")), without_kind_default())
    assert "cannot be read by what is running: missing enum symbols" in " ".join(problems)


@pytest.mark.parametrize(("before", "after"), [("precision=9 scale=2", "precision=9 scale=3")])
def test_the_scale_of_decimals_is_looked_at(before: str, after: str) -> None:
    def decimals(scale: int) -> Schema:
        return sighting(at={"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": scale})

    assert compatible(decimals(3), decimals(2)) == (
        f"changes the logical type at /at: decimal {before} became decimal {after}",
    )


def test_logical_types_are_looked_at_in_arrays_maps_and_unions() -> None:
    def nested(at: Any) -> Schema:
        deep = {"type": "array", "items": {"type": "map", "values": ["null", at]}}
        return sighting({"name": "seen", "type": deep, "doc": "d", "default": []})

    assert compatible(nested("long"), nested(AT)) == (
        "changes the logical type at /seen/items/values|long: timestamp-micros became none",
    )


NEEDS_NOTE = sighting({"name": "note", "type": "string", "doc": "d"})
"""Older data lack its note; older readers pass over it."""


@pytest.mark.parametrize(
    ("level", "accepted"),
    [
        ("NONE", True),
        ("BACKWARD", False),
        ("BACKWARD_TRANSITIVE", False),
        ("FORWARD", True),
        ("FORWARD_TRANSITIVE", True),
        ("FULL", False),
        ("FULL_TRANSITIVE", False),
    ],
)
def test_each_level_looks_its_own_way(level: str, accepted: bool) -> None:
    assert (fits(level, NEEDS_NOTE, [OLD]) == ()) is accepted


@pytest.mark.parametrize("level", [level for level in LEVELS if level != "NONE"])
def test_only_transitive_levels_look_at_all_versions(level: str) -> None:
    clashing = sighting(at="string")
    assert (fits(level, OLD, [clashing, OLD]) == ()) is not level.endswith("_TRANSITIVE")


@pytest.mark.parametrize("level", LEVELS)
def test_a_first_version_fits_at_every_level(level: str) -> None:
    assert fits(level, OLD, []) == ()


def test_a_schema_without_doc_or_enum_default_is_not_well_made() -> None:
    bare = {"type": "record", "name": "X", "fields": [{"name": "kind", "type": kinds("A", doc="", default="B")}]}
    assert set(well_made(bare)) == {
        "X has no doc",
        "the field X.kind has no doc",
        "Kind has no doc",
        "the enum Kind has no default among its symbols",
    }
    assert well_made(OLD) == ()


@pytest.mark.parametrize("schema", [7, {"type": "recrod"}, {"type": "enum", "name": "X"}, "nothing"])
def test_what_is_no_schema_is_told(schema: Any) -> None:
    assert is_schema(schema) != ()


def test_every_schema_of_ours_is_valid_and_well_made() -> None:
    for name, schema in avro_files.declared().items():
        whole = avro_files.load(name.removeprefix("wardlink."))
        assert is_schema(whole) == well_made(whole) == well_made(schema) == ()


def test_the_schemas_in_use_fit_every_released_version() -> None:
    assert check_released() == ()


def test_every_record_is_released_as_it_is_in_use() -> None:
    """If this fails after a change of a schema: `wardlink schema release` writes the next version."""
    assert released.unreleased() == ()
    assert all(released.versions(name) for name in released.NAMES)


def test_a_change_that_breaks_a_released_version_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    load = avro_files.load

    def changed(name: str) -> Schema:
        text = json.dumps(load(name))
        return json.loads(text.replace("timestamp-micros", "timestamp-millis")) if name == "Command" else load(name)

    monkeypatch.setattr(avro_files, "load", changed)
    problems = check_released()
    assert [problem.split(": ")[0] for problem in problems] == ["Command"]
    assert "timestamp-micros became timestamp-millis" in problems[0]
    assert [(name, number) for name, number, _ in released.unreleased()] == [("Command", 2)]


@pytest.fixture
def second_version(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if Monitoring had lost a field since its first version."""
    older = copy.deepcopy(avro_files.load("Monitoring"))
    older["fields"].append({"name": "height", "type": ["null", "string"], "doc": "d", "default": None})
    monkeypatch.setattr(released, "versions", lambda name: (older, avro_files.load(name)))
    released._current_version.cache_clear()
    yield
    released._current_version.cache_clear()


PARTS = (
    ReportDetail(persons=(Person(full_name="A"),), narrative="n"),
    Monitoring(age_band="30-39"),
)


@pytest.mark.parametrize("part", PARTS)
def test_a_sealed_part_survives_packing(part: Any) -> None:
    assert released.unpack(type(part), released.pack(part)) == part


@pytest.mark.usefixtures("second_version")
def test_a_part_packed_by_an_older_version_is_read_by_its_own_schema() -> None:
    packed = b"\x00\x00\x00\x00\x01" + b"\x00" * 5
    assert released.pack(Monitoring()) == b"\x00\x00\x00\x00\x02" + b"\x00" * 4
    assert released.unpack(Monitoring, packed) == Monitoring()


@pytest.mark.parametrize("number", [0, 99])
def test_a_part_of_an_unknown_version_is_unfit(number: int) -> None:
    packed = b"\x00" + number.to_bytes(4) + b"\x00" * 4
    with pytest.raises(Unfit, match=f"version {number}"):
        released.unpack(Monitoring, packed)


@pytest.mark.parametrize("packed", [b"", b"junk", b"\x00\x00\x00\x00\x01\xff\xff"])
def test_what_was_never_packed_is_unfit(packed: bytes) -> None:
    with pytest.raises(Unfit):
        released.unpack(Monitoring, packed)


def test_a_file_is_written_as_it_is_read() -> None:
    schema = avro_files.load(Moment.__name__)
    assert json.loads(released.as_text(schema)) == schema
