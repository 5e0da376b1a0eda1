"""Settings come from the environment or one file, and never show a password."""

from pathlib import Path

import pytest

from connectors.kafka import KafkaSettings
from schemas.errors import Refused
from store.settings import StoreSettings
from wardlink.settings import kafka_settings, load, registry_listen, registry_url, store_settings
from wardlink.stack.home import Home, make_ready
from wardlink.stack.process import Identity, identify
from wardlink.stack.state import StackState, write_state

SECRET = "correct-horse-battery"
DSN = f"postgresql://wardlink_writer:{SECRET}@db.example:5432/wardlink"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def embedded(folder: Path, supervisor: Identity | None) -> None:
    """Leaves the state file of a stack in a home."""
    home = Home(folder)
    make_ready(home)
    dsns = StoreSettings(**{name: f"{DSN}?{name}" for name in StoreSettings.__slots__})
    state = StackState("ready", "", supervisor, "127.0.0.1:9", dsns, "http://127.0.0.1:8")
    write_state(home, state)


def running() -> Identity:
    """The identity of a process that certainly lives: this one."""
    import os

    identity = identify(os.getpid())
    assert identity is not None
    return identity


def test_the_environment_sets_kafka_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authorities = tmp_path / "ca.pem"
    authorities.touch()
    for name, value in {
        "BOOTSTRAP": "a.example:9093,b.example:9093",
        "SECURITY_PROTOCOL": "SASL_SSL",
        "SASL_MECHANISM": "SCRAM-SHA-256",
        "USERNAME": "resolve",
        "PASSWORD": SECRET,
        "CA_FILE": str(authorities),
    }.items():
        monkeypatch.setenv(f"WARDLINK_KAFKA_{name}", value)
    assert kafka_settings(load()) == KafkaSettings(
        "a.example:9093,b.example:9093", "SASL_SSL", "SCRAM-SHA-256", "resolve", SECRET, str(authorities)
    )


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wardlink.toml").write_text('[topics]\npartitions = 3\nreplication = 2\n[kafka]\nbootstrap = "a:1"\n')
    monkeypatch.setenv("WARDLINK_TOPICS_PARTITIONS", "24")
    settings = load()
    assert (settings.topics.partitions, settings.topics.replication, settings.kafka.bootstrap) == (24, 2, "a:1")


def test_a_file_elsewhere_is_named_by_wardlink_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other.toml").write_text("[stack]\nworkers = 3\n")
    monkeypatch.setenv("WARDLINK_CONFIG", str(tmp_path / "other.toml"))
    assert load().stack.workers == 3


def test_a_named_file_that_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINK_CONFIG", "nowhere.toml")
    with pytest.raises(Refused, match=r"WARDLINK_CONFIG names nowhere\.toml, which is not a file"):
        load()


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wardlink.toml").write_text("[kafka\n")
    with pytest.raises(Refused, match=r"wardlink\.toml is not TOML"):
        load()


def test_a_misspelt_line_of_the_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "wardlink.toml").write_text('[kafka]\nbootstraps = "a:1"\n')
    with pytest.raises(Refused, match="WARDLINK_KAFKA_BOOTSTRAPS"):
        load()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WARDLINK_KAFKA_BOOTSTRAP", "no-port"),
        ("WARDLINK_KAFKA_SECURITY_PROTOCOL", "TLS"),
        ("WARDLINK_KAFKA_SASL_MECHANISM", "GSSAPI"),
        ("WARDLINK_KAFKA_CA_FILE", "missing.pem"),
        ("WARDLINK_POSTGRES_OWNER_DSN", "mysql://db"),
        ("WARDLINK_REGISTRY_URL", "registry.example"),
        ("WARDLINK_TOPICS_PARTITIONS", "0"),
        ("WARDLINK_STACK_KAFKA_PORT", "70000"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Refused) as refusal:
        load()
    group = name.removesuffix("_CA_FILE")
    assert group in str(refusal.value)
    assert f"'{value}'" not in str(refusal.value)


def test_no_message_and_no_printed_settings_show_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINK_KAFKA_PASSWORD", SECRET)
    monkeypatch.setenv("WARDLINK_KAFKA_BOOTSTRAP", "a:1")
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", DSN)
    settings = load()
    printed = f"{settings!r} {settings} {kafka_settings(settings)!r} {store_settings(settings, 'writer_dsn')!r}"
    assert SECRET not in printed
    monkeypatch.setenv("WARDLINK_KAFKA_SECURITY_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", DSN.replace("postgresql", "mysql"))
    with pytest.raises(Refused) as refusal:
        load()
    assert SECRET not in str(refusal.value)
    assert "WARDLINK_POSTGRES_WRITER_DSN" in str(refusal.value)


def test_what_is_not_set_anywhere_is_refused_with_the_remedy() -> None:
    settings = load()
    with pytest.raises(Refused, match="`wardlink up`, or set WARDLINK_KAFKA_BOOTSTRAP"):
        kafka_settings(settings)
    with pytest.raises(Refused, match="WARDLINK_POSTGRES_OWNER_DSN"):
        store_settings(settings)
    with pytest.raises(Refused, match="WARDLINK_REGISTRY_URL"):
        registry_url(settings)


def test_a_role_needs_only_its_own_connection_string(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", DSN)
    settings = load()
    assert store_settings(settings, "writer_dsn") == StoreSettings(writer_dsn=DSN)
    with pytest.raises(Refused, match="WARDLINK_POSTGRES_KEYS_DSN"):
        store_settings(settings, "writer_dsn", "keys_dsn")


def test_what_is_not_set_is_the_running_embedded_stacks(tmp_path: Path) -> None:
    embedded(tmp_path / "home", running())
    settings = load(home=tmp_path / "home")
    assert kafka_settings(settings) == KafkaSettings("127.0.0.1:9")
    assert store_settings(settings).reader_dsn == f"{DSN}?reader_dsn"
    assert registry_url(settings) == "http://127.0.0.1:8"
    assert registry_listen(settings) == ("127.0.0.1", 8)


def test_an_external_service_wins_over_the_embedded_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded(tmp_path / "home", running())
    monkeypatch.setenv("WARDLINK_KAFKA_BOOTSTRAP", "kafka.example:9092")
    monkeypatch.setenv("WARDLINK_REGISTRY_URL", "https://registry.example/apis/ccompat/v7/")
    settings = load(home=tmp_path / "home")
    assert kafka_settings(settings).bootstrap == "kafka.example:9092"
    assert registry_url(settings) == "https://registry.example/apis/ccompat/v7"


def test_a_stack_whose_supervisor_has_gone_is_not_used(tmp_path: Path) -> None:
    embedded(tmp_path / "home", Identity(running().pid, born=1.0))
    with pytest.raises(Refused, match="no embedded stack is running"):
        kafka_settings(load(home=tmp_path / "home"))


def test_clients_are_given_only_what_their_protocol_needs() -> None:
    plain = KafkaSettings("a:1,b:2")
    assert plain.for_kafka_python() == {"bootstrap_servers": ["a:1", "b:2"], "security_protocol": "PLAINTEXT"}
    secure = KafkaSettings("a:1", "SASL_SSL", username="resolve", password=SECRET)
    assert secure.for_kafka_python() == {
        "bootstrap_servers": ["a:1"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "resolve",
        "sasl_plain_password": SECRET,
        "ssl_cafile": None,
    }
    assert secure.for_aiokafka()["ssl_context"].check_hostname
