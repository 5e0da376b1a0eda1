"""The doctor's findings: each says how a thing is and what to do about it."""

import os
from pathlib import Path

import pytest

from connectors.kafka import KafkaSettings
from store.settings import StoreSettings
from tests.conftest import RealStack
from wardlink.settings import Settings, load
from wardlink.stack import doctor, ports
from wardlink.stack.doctor import Finding
from wardlink.stack.home import Home, make_ready
from wardlink.stack.process import identify
from wardlink.stack.state import ProcessState, StackState, write_state


@pytest.fixture
def nobody_listens() -> int:
    """A port on which nothing listens."""
    return ports.choose(0, "")


def external(kafka: KafkaSettings, store: StoreSettings) -> Settings:
    """Settings that name an external Kafka and PostgreSQL."""
    return load(kafka={"bootstrap": kafka.bootstrap}, postgres={"writer_dsn": store.writer_dsn})


def test_a_kafka_and_a_postgres_that_run_are_found_to_answer(stack: RealStack) -> None:
    settings = external(stack.kafka, stack.postgres_server.dsns)
    assert doctor.kafka_answers(settings).level == "ok"
    assert doctor.postgres_answers(settings).level == "ok"
    assert doctor.stack_is_up(settings).message == "not needed: Kafka and PostgreSQL are external"


def test_what_does_not_answer_fails_with_the_setting_to_mend(nobody_listens: int) -> None:
    nowhere = f"127.0.0.1:{nobody_listens}"
    settings = external(KafkaSettings(nowhere), StoreSettings(writer_dsn=f"postgresql://wardlink_writer@{nowhere}/x"))
    remedy = "start it, or mend WARDLINK_KAFKA_BOOTSTRAP"
    assert doctor.kafka_answers(settings) == Finding("fail", f"nothing listens at {nowhere}", remedy)
    assert "WARDLINK_POSTGRES_WRITER_DSN" in doctor.postgres_answers(settings).remedy
    settings = load(registry={"url": f"http://{nowhere}"})
    assert "WARDLINK_REGISTRY_URL" in doctor.registry_answers(settings).remedy


def test_a_kafka_is_not_taken_for_a_postgres(stack: RealStack) -> None:
    dsn = f"postgresql://wardlink_writer@{stack.kafka.bootstrap}/x"
    assert doctor.postgres_answers(load(postgres={"writer_dsn": dsn})).level == "fail"


def test_a_check_that_raises_is_a_finding_and_the_others_are_made(tmp_path: Path) -> None:
    findings = list(doctor.examine(load(home=tmp_path / "home")))
    assert [finding.check for finding in findings] == list(doctor.CHECKS)
    kafka = next(finding for finding in findings if finding.check == "Kafka")
    assert kafka.level == "fail"
    assert "`wardlink up`" in kafka.message


@pytest.mark.parametrize(
    ("free", "level"), [(10_000_000_000, "ok"), (4_999_999_999, "warn"), (1_000_000_000, "warn"), (999_999_999, "fail")]
)
def test_the_disk_is_judged_by_what_is_free(free: int, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "free_bytes", lambda _home: free)
    finding = doctor.disk_has_room(load())
    assert finding.level == level
    assert bool(finding.remedy) == (level != "ok")


@pytest.mark.parametrize(
    ("role", "level", "words"),
    [
        (ProcessState("relay", "running"), "ok", "1 processes run"),
        (ProcessState("relay", "running", restarts=2), "warn", "started again: relay (2)"),
        (ProcessState("relay", "waiting", last_exit="exit 1"), "fail", "not running: relay"),
    ],
)
def test_roles_are_judged_by_what_became_of_them(role: ProcessState, level: str, words: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    write_state(home, StackState("ready", supervisor=identify(os.getpid()), processes=(role,)))
    finding = doctor.roles_are_running(load(home=home.root))
    assert (finding.level, finding.message) == (level, words)


def test_a_stack_that_failed_says_of_what(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    make_ready(home)
    write_state(home, StackState("failed", reason="kafka did not start, exit 1"))
    finding = doctor.stack_is_up(load(home=home.root))
    assert (finding.level, finding.message) == ("warn", "failed kafka did not start, exit 1")
