"""The servers that every other test relies on."""

import uuid
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from store.settings import StoreSettings
from tests.conftest import RealStack
from wardlink.stack.kafka import Kafka


def test_no_role_is_a_superuser_or_may_make_roles_or_databases(stack: RealStack) -> None:
    with psycopg.connect(stack.superuser_dsn) as connection:
        rows = connection.execute(
            "SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
            " FROM pg_roles WHERE rolname LIKE 'wardlink%'"
        ).fetchall()
    assert dict(rows) == {
        "wardlink_owner": False,
        "wardlink_writer": False,
        "wardlink_reader": False,
        "wardlink_keykeeper": False,
        "wardlink_registry": False,
    }


def test_each_role_logs_in_to_its_own_database_only(stack: RealStack) -> None:
    settings = stack.empty_database()
    assert _database_of(settings.keys_dsn) == conninfo_to_dict(settings.keys_dsn)["dbname"]
    assert _database_of(settings.reader_dsn) == conninfo_to_dict(settings.owner_dsn)["dbname"]
    keys = str(conninfo_to_dict(settings.keys_dsn)["dbname"])
    for dsn in (settings.owner_dsn, settings.writer_dsn, settings.reader_dsn, settings.registry_dsn):
        assert _is_refused(dsn, keys)


def test_a_wrong_password_is_refused_also_on_the_socket(stack: RealStack) -> None:
    settings = stack.empty_database()
    try:
        psycopg.connect(settings.owner_dsn, password="wrong").close()
    except psycopg.OperationalError as error:
        assert "password authentication failed" in str(error)  # noqa: PT017
    else:
        raise AssertionError("a wrong password was let in")


def test_the_server_listens_on_no_port(stack: RealStack) -> None:
    with psycopg.connect(stack.superuser_dsn) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_failed_statement_leaves_no_value_in_the_servers_log(stack: RealStack) -> None:
    with psycopg.connect(stack.superuser_dsn) as connection:
        connection.execute("CREATE TEMPORARY TABLE person (name text UNIQUE CHECK (name <> 'Canary Planted'))")
        for name in ("Canary Twice", "Canary Twice", "Canary Planted"):
            try:
                with connection.transaction():
                    connection.execute("INSERT INTO person VALUES (%s)", (name,))
            except psycopg.IntegrityError:
                continue
    log = stack.postgres_server.log.read_text()
    assert "violates check constraint" in log
    assert "Canary" not in log


def test_a_fresh_database_has_every_migration(database: StoreSettings) -> None:
    with psycopg.connect(database.owner_dsn) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables is not None
    assert tables[0] > 1


def test_a_cluster_id_that_begins_with_a_dash_is_no_option(
    stack: RealStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=0xF8 << 120))
    kafka = Kafka(tmp_path, tmp_path / "log", stack.kafka_server.class_path)
    kafka.prepare()
    assert "cluster.id=-AAAAAAAAAAAAAAAAAAAAA" in (tmp_path / "data" / "meta.properties").read_text()


def _database_of(dsn: str) -> str:
    with psycopg.connect(dsn) as connection:
        row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None
    return str(row[0])


def _is_refused(dsn: str, database: str) -> bool:
    try:
        psycopg.connect(dsn, dbname=database).close()
    except psycopg.OperationalError as error:
        return "permission denied" in str(error)
    return False
