"""What the doctor says of the keyring's backup and of the roles."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.database import connect
from store.routes import Addressed, write_routes
from store.settings import StoreSettings
from streams.health import Health, health_file
from vault.backup import verify_backup, write_backup
from vault.keyring import Keyring
from wardlink.checks import alerts_reach_somebody, keyring_is_backed_up, roles_can_work
from wardlink.keyring_files import keyring_path
from wardlink.settings import Settings, load
from wardlink.stack.home import make_ready
from wardlink.stack.process import identify
from wardlink.stack.state import ProcessState, StackState, write_state

PASSPHRASE = "a passphrase of many words"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = load(home=tmp_path / "home")
    make_ready(made.folders)
    return made


def keep(settings: Settings, *areas: str) -> Keyring:
    ring = Keyring.create()
    for area in areas:
        ring = ring.with_area(area, datetime.now(UTC))
    ring.save(keyring_path(settings))
    return ring


def test_a_home_without_a_keyring_needs_no_backup(settings: Settings) -> None:
    assert keyring_is_backed_up(settings).level == "ok"


def test_a_keyring_without_a_verified_backup_is_a_warning(settings: Settings) -> None:
    keep(settings, "E09000012")
    finding = keyring_is_backed_up(settings)
    assert finding.level == "warn"
    assert "wardlink keyring backup" in finding.remedy


@pytest.mark.parametrize(("days", "level"), [(1, "ok"), (89, "ok"), (91, "warn")])
def test_a_verified_backup_grows_stale_after_ninety_days(
    settings: Settings, tmp_path: Path, days: int, level: str
) -> None:
    keep(settings, "E09000012")
    path, backup = keyring_path(settings), tmp_path / "ring.bak"
    write_backup(path, backup, PASSPHRASE)
    verify_backup(path, backup, PASSPHRASE, datetime.now(UTC) - timedelta(days=days))
    assert keyring_is_backed_up(settings).level == level


def test_a_backup_without_a_new_areas_key_is_a_warning(settings: Settings, tmp_path: Path) -> None:
    ring = keep(settings, "E09000012")
    path, backup = keyring_path(settings), tmp_path / "ring.bak"
    write_backup(path, backup, PASSPHRASE)
    verify_backup(path, backup, PASSPHRASE, datetime.now(UTC))
    ring.with_area("E09000019", datetime.now(UTC)).save(path)
    assert "some areas" in keyring_is_backed_up(settings).message


def test_a_role_that_has_stopped_is_a_failure_with_its_remedy(settings: Settings) -> None:
    process = ProcessState("resolve-1", "running", identify(os.getpid()))
    write_state(settings.folders, StackState(status="ready", supervisor=identify(1), processes=(process,)))
    assert roles_can_work(settings).level == "ok"
    Health(health_file(settings.folders.run, "resolve-1")).waiting("Kafka is away")
    assert roles_can_work(settings).level == "warn"
    Health(health_file(settings.folders.run, "resolve-1")).stopped("asb.updates[3] is another topic: move it")
    finding = roles_can_work(settings)
    assert finding.level == "fail"
    assert "move it" in finding.remedy


def test_without_a_directory_it_is_said_that_alerts_go_to_nobody_by_name(settings: Settings) -> None:
    found = alerts_reach_somebody(settings)
    assert (found.level, "WARDLINK_DIRECTORY" in found.remedy) == ("warn", True)


def test_an_alert_that_reaches_nobody_is_an_alarm_with_its_remedy(
    tmp_path: Path, database: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "directory.yaml"
    path.write_text("agencies: [{agency: police, duty: duty@police.example}]")
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", database.writer_dsn)
    settings = load(home=tmp_path / "home", directory=path)
    assert alerts_reach_somebody(settings).level == "ok"
    lost = Addressed(
        area="E09000012", alert_id="a", recipient="fire", role="caseworker", directory="d", trouble="add fire"
    )
    with connect(database.writer_dsn, "test") as session:
        session.execute(
            """
            INSERT INTO alert (area, alert_id, case_id, recipient, role, rule, rule_source, state, version, reason,
                report_ids, agencies, restricted, agreements, shadow, held, raised_at, changed_at)
            VALUES ('E09000012', 'a', 'c', 'fire', 'caseworker', 'r', 's', 'RAISED', 1, '', '{}', '{}', false, '{}',
                false, '', now(), now())
            """
        )
        write_routes(session, [lost])
    found = alerts_reach_somebody(settings)
    assert (found.level, found.message, found.remedy) == ("fail", "1 alert(s) reach nobody", "add fire")
