"""Geography in PostgreSQL: imports merge, repeat without effect, keep their vintages, and go in whole or not at all."""

from collections.abc import Iterator

import psycopg
import pytest

from schemas.errors import Refused
from store.database import connect
from store.geography import GeographyRow, Kind, Release, merge, read_geography, write_geography
from store.geography_rows import Boundary, LsoaRow, Partnership, PostcodeRow, UprnRow, WardRow
from store.partnerships import Move, add_to_partnership, note_lads, set_partnership
from store.settings import StoreSettings

UPRNS = Release(Kind.UPRNS, 0, "gazetteer.csv", "a" * 64)


def put(store: StoreSettings, release: Release, *rows: GeographyRow) -> int:
    with write_geography(store) as connection:
        return merge(connection, release, rows)


def uprns(store: StoreSettings) -> list[UprnRow]:
    with read_geography(store) as stored:
        return list(stored.uprns())


def partnerships(store: StoreSettings) -> list[Partnership]:
    with read_geography(store) as stored:
        return stored.partnerships()


def test_what_is_stored_comes_out_as_it_went_in(database: StoreSettings) -> None:
    rows: dict[Kind, GeographyRow] = {
        Kind.LSOA_BOUNDARIES: Boundary("lsoa", 2021, "E01000001", "One", None, b"\x00\x01"),
        Kind.LSOAS: LsoaRow(2011, "E01000001", "One", "E09000001", None),
        Kind.WARDS: WardRow(2023, "E05000001", 'Öst, "1"', "E09000001"),
        Kind.POSTCODES: PostcodeRow(2025, "E8 1EA", 51.5, -0.05, "E09000012", None, "E01000001", None),
        Kind.UPRNS: UprnRow(0, "100", "99", "20400001", 51.5, -0.05, None, "E01000001", 2021, None, "E09000012"),
    }
    for kind, row in rows.items():
        assert put(database, Release(kind, 2021, "s", "d"), row) == 1

    with read_geography(database) as stored:
        found = [*stored.boundaries(), *stored.lsoas(), *stored.wards(), *stored.postcodes(), *stored.uprns()]
    assert found == [*rows.values()]


def test_importing_the_same_again_changes_nothing_and_keeps_its_date(database: StoreSettings) -> None:
    rows = [UprnRow(0, "7", usrn="20400001"), UprnRow(0, "100")]
    assert put(database, UPRNS, *rows) == 2
    with read_geography(database) as stored:
        before = stored.imports()

    assert put(database, UPRNS, *rows) == 0

    with read_geography(database) as stored:
        assert stored.imports() == before
        assert [row.uprn for row in stored.uprns()] == ["7", "100"]


def test_a_later_file_adds_what_it_says_and_leaves_what_it_does_not_say(database: StoreSettings) -> None:
    put(database, UPRNS, UprnRow(0, "100", parent_uprn="99", lad="E09000012", ward="E05000001"))

    assert put(database, Release(Kind.UPRNS, 0, "points", "b"), UprnRow(0, "100", latitude=51.5, longitude=-0.1)) == 1
    assert put(database, Release(Kind.UPRNS, 0, "wards", "c"), UprnRow(0, "100", ward="E05000002")) == 1

    [row] = uprns(database)
    assert (row.parent_uprn, row.lad, row.latitude, row.ward) == ("99", "E09000012", 51.5, "E05000002")


def test_an_old_vintage_stays_and_the_newest_is_believed(database: StoreSettings) -> None:
    for vintage, lad, usrn in ((2024, "E09000012", "1"), (2025, "E09000033", None), (2023, "E09000001", "2")):
        release = Release(Kind.UPRNS, vintage, "release", f"{vintage}")
        put(database, release, UprnRow(vintage, "100", lad=lad, usrn=usrn))

    [row] = uprns(database)
    assert (row.vintage, row.lad, row.usrn) == (2025, "E09000033", "1")
    with read_geography(database) as stored:
        assert [one["vintage"] for one in stored.imports()] == [2024, 2025, 2023]


def test_lsoas_of_one_code_and_two_vintages_stand_side_by_side(database: StoreSettings) -> None:
    rows = [
        LsoaRow(2021, "E01033708", "Hackney 033C", "E09000012", None),
        LsoaRow(2011, "E01033708", "Hackney 027G", "E09000012", None),
    ]
    put(database, Release(Kind.LSOAS, 2021, "lookup", "d"), *rows)

    with read_geography(database) as stored:
        assert [(row.vintage, row.name) for row in stored.lsoas()] == [(2011, "Hackney 027G"), (2021, "Hackney 033C")]


def test_a_key_that_stands_twice_in_a_file_counts_with_its_last_row(database: StoreSettings) -> None:
    put(database, UPRNS, UprnRow(0, "100", usrn="1"), UprnRow(0, "100", usrn="2"))

    assert [row.usrn for row in uprns(database)] == ["2"]


def test_a_file_that_breaks_off_leaves_nothing_behind(database: StoreSettings) -> None:
    def broken() -> Iterator[UprnRow]:
        yield UprnRow(0, "100")
        raise Refused("it breaks off")

    def both_files() -> None:
        with write_geography(database) as connection:
            merge(connection, Release(Kind.WARDS, 2023, "s", "d"), [WardRow(2023, "E05000001", "One", None)])
            merge(connection, UPRNS, broken())

    with pytest.raises(Refused, match="breaks off"):
        both_files()

    with read_geography(database) as stored:
        assert (list(stored.wards()), list(stored.uprns()), stored.imports()) == ([], [], [])


def test_a_local_authority_is_its_own_area_until_a_partnership_takes_it(database: StoreSettings) -> None:
    with write_geography(database) as connection:
        note_lads(connection, {"E09000012": "Hackney", "E09000033": ""})
        assert add_to_partnership(connection, "EAST", "East side", ["E09000012"]).moves == (
            Move("E09000012", "E09000012", "EAST"),
        )
        add_to_partnership(connection, "EAST", "", ["E09000030"])

    assert partnerships(database) == [
        Partnership("E09000033", "", ("E09000033",)),
        Partnership("EAST", "East side", ("E09000012", "E09000030")),
    ]


def test_an_authority_that_leaves_a_partnership_is_its_own_area_again(database: StoreSettings) -> None:
    with write_geography(database) as connection:
        note_lads(connection, {"E09000012": "Hackney"})
        set_partnership(connection, "EAST", "East side", ["E09000012", "E09000030"])
        moves = set_partnership(connection, "EAST", "", ["E09000030"])

    assert moves.moves == (Move("E09000012", "EAST", "E09000012"),)
    assert partnerships(database) == [
        Partnership("E09000012", "Hackney", ("E09000012",)),
        Partnership("EAST", "East side", ("E09000030",)),
    ]


def test_noting_authorities_again_neither_moves_nor_unnames_them(database: StoreSettings) -> None:
    with write_geography(database) as connection:
        set_partnership(connection, "EAST", "East side", ["E09000012"])
        for name in ("Hackney", ""):
            note_lads(connection, {"E09000012": name})

    assert partnerships(database) == [Partnership("EAST", "East side", ("E09000012",))]


def test_what_can_be_no_partnership_is_refused(database: StoreSettings) -> None:
    cases = (("EAST", "Hackney"), ("EAST", ""), ("unplaced:police", "E09000012"), ("", "E09000012"))
    for area, lad in (*cases, ("E09000012", "E09000033")):
        with pytest.raises(Refused), write_geography(database) as connection:
            set_partnership(connection, area, "", [lad] if lad else [])

    assert partnerships(database) == []


def test_moves_name_the_areas_that_already_hold_reports(database: StoreSettings) -> None:
    with write_geography(database) as connection:
        note_lads(connection, {"E09000012": "Hackney"})
        connection.execute("INSERT INTO area (area, partition, area_time) VALUES ('E09000012', 3, 0)")
        moves = set_partnership(connection, "EAST", "", ["E09000012"])

    assert moves.with_records == ("E09000012",)


def test_a_reader_reads_and_cannot_write(database: StoreSettings) -> None:
    put(database, UPRNS, UprnRow(0, "100"))

    with read_geography(StoreSettings(reader_dsn=database.reader_dsn)) as stored:
        assert [row.uprn for row in stored.uprns()] == ["100"]
    with connect(database.reader_dsn, "test") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM geography_uprn")
