"""What a Kafka that does not let us in says of it, told by the setting to mend; on a real broker."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors import topics_admin
from connectors.kafka import KafkaSettings
from connectors.publish import Publisher
from connectors.topics_admin import cluster_id
from schemas.errors import Refused, Unavailable
from schemas.topics import REPORTS_HOUSING
from tests.conftest import RealStack
from tests.connectors.secured_kafka import PASSWORD, SecuredKafka, secured_kafka, write_certificate
from tests.connectors.test_publishing import REPORT, Ids
from wardlink.stack import ports

WRONG = "never-to-be-echoed"


@pytest.fixture(scope="module")
def kafka(stack: RealStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    with secured_kafka(tmp_path_factory.mktemp("secured"), stack.kafka_server.class_path) as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shut out is shut out: what takes ten seconds of trying again takes a third of one here."""
    monkeypatch.setattr(topics_admin, "_BOOTSTRAP_MS", 300)


@pytest.fixture
def other_certificate(tmp_path: Path) -> str:
    write_certificate(tmp_path / "keys.pem", tmp_path / "other.pem", "localhost")
    return str(tmp_path / "other.pem")


def refusal_of(settings: KafkaSettings) -> str:
    with pytest.raises(Refused) as refused:
        cluster_id(settings)
    assert refused.value.__cause__ is None or WRONG not in str(refused.value.__cause__)
    return str(refused.value)


def test_the_right_password_and_certificate_let_in(kafka: SecuredKafka) -> None:
    assert cluster_id(kafka.by_password) == cluster_id(kafka.by_tls) != ""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("login", [{"password": WRONG}, {"username": WRONG}, {"username": WRONG, "password": WRONG}])
def test_a_wrong_login_is_refused_by_the_names_of_its_settings_and_never_echoed(
    kafka: SecuredKafka, login: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        told = refusal_of(replace(kafka.by_password, **login))  # type: ignore[arg-type]
    assert "WARDLINK_KAFKA_USERNAME, WARDLINK_KAFKA_PASSWORD" in told
    assert not any(secret in told + caplog.text for secret in (WRONG, PASSWORD))


def test_a_publisher_with_a_wrong_password_is_refused_and_does_not_wait(kafka: SecuredKafka) -> None:
    with (
        Publisher(replace(kafka.by_password, password=WRONG), Ids()) as publisher,
        pytest.raises(Refused, match="WARDLINK_KAFKA_PASSWORD"),
    ):
        publisher.send(REPORTS_HOUSING, REPORT.area, REPORT, "m-1", 0)


@pytest.mark.usefixtures("impatient")
def test_a_mechanism_that_the_broker_does_not_speak_is_refused_by_name(kafka: SecuredKafka) -> None:
    told = refusal_of(replace(kafka.by_password, sasl_mechanism="SCRAM-SHA-512"))
    assert "WARDLINK_KAFKA_SASL_MECHANISM" in told


@pytest.mark.usefixtures("impatient")
def test_a_certificate_of_another_authority_is_refused_by_the_file_to_mend(
    kafka: SecuredKafka, other_certificate: str
) -> None:
    assert "WARDLINK_KAFKA_CA_FILE" in refusal_of(replace(kafka.by_tls, ca_file=other_certificate))
    assert "WARDLINK_KAFKA_CA_FILE" in refusal_of(replace(kafka.by_tls, ca_file=None))


@pytest.mark.usefixtures("impatient")
def test_a_certificate_for_another_host_is_refused_by_the_address_to_mend(kafka: SecuredKafka) -> None:
    told = refusal_of(replace(kafka.by_tls, bootstrap=f"{ports.LOOPBACK}:{kafka.tls_port}"))
    assert "WARDLINK_KAFKA_BOOTSTRAP" in told


@pytest.mark.usefixtures("impatient")
def test_tls_towards_a_listener_without_it_is_refused_by_the_protocol_to_mend(kafka: SecuredKafka) -> None:
    told = refusal_of(replace(kafka.by_tls, bootstrap=f"localhost:{kafka.sasl_port}"))
    assert "WARDLINK_KAFKA_SECURITY_PROTOCOL" in told


@pytest.mark.usefixtures("impatient")
def test_a_password_towards_a_listener_without_any_is_refused_by_the_protocol_to_mend(kafka: SecuredKafka) -> None:
    told = refusal_of(replace(kafka.by_password, bootstrap=kafka.bootstrap))
    assert "WARDLINK_KAFKA_SECURITY_PROTOCOL" in told


@pytest.mark.usefixtures("impatient")
def test_plain_talk_towards_a_listener_of_tls_is_refused_by_the_protocol_to_mend(kafka: SecuredKafka) -> None:
    told = refusal_of(replace(kafka.by_tls, security_protocol="PLAINTEXT"))
    assert "WARDLINK_KAFKA_SECURITY_PROTOCOL" in told


@pytest.mark.usefixtures("impatient")
def test_a_kafka_that_is_not_there_is_away(kafka: SecuredKafka) -> None:
    nobody = f"{ports.LOOPBACK}:{ports.choose(0, '')}"
    with pytest.raises(Unavailable, match="Kafka is away"):
        cluster_id(replace(kafka.by_password, bootstrap=nobody))
