"""Settings: the one place that reads the environment.

Every setting is an environment variable (`WARDLINK_KAFKA_BOOTSTRAP`) or a line of a TOML file (`bootstrap` in `[kafka]`
of `wardlink.toml`, or of the file that WARDLINK_CONFIG names); the environment wins. Where Kafka, PostgreSQL or the
registry is not set, it is the one of the embedded stack that runs in WARDLINK_HOME.
"""

import os
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from connectors.collect.account import Account, S3Account, SftpAccount
from connectors.kafka import KafkaSettings
from schemas.errors import Refused
from store.settings import StoreSettings
from wardlink.stack.home import Home
from wardlink.stack.state import StackState, read_state

PREFIX = "WARDLINK_"
DEFAULT_CONFIG = "wardlink.toml"

DsnName = Literal["owner_dsn", "writer_dsn", "reader_dsn", "keys_dsn", "registry_dsn"]
DSN_NAMES: tuple[DsnName, ...] = ("owner_dsn", "writer_dsn", "reader_dsn", "keys_dsn", "registry_dsn")


def _is_libpq_uri(dsn: SecretStr) -> SecretStr:
    if dsn.get_secret_value() and urlsplit(dsn.get_secret_value()).scheme not in {"postgresql", "postgres"}:
        raise ValueError("must look like postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    return dsn


def _is_host_and_port(address: str) -> str:
    for server in filter(None, address.split(",")):
        host, _, port = server.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError("must look like HOST:PORT (several with commas)")
    return address


def _is_web_address(url: str) -> str:
    if url and urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError("must begin with http:// or https://")
    return url.rstrip("/")


def _is_sealed_address(url: str) -> str:
    """Personal data go through it, so it is encrypted; on this machine alone it need not be."""
    host = urlsplit(_is_web_address(url)).hostname
    if url.startswith("http://") and host not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("must begin with https://")
    return url.rstrip("/")


Dsn = Annotated[SecretStr, AfterValidator(_is_libpq_uri)]
Address = Annotated[str, AfterValidator(_is_host_and_port)]
Port = Annotated[int, Field(ge=0, le=65535)]


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KafkaGroup(_Group):
    """An external Kafka."""

    bootstrap: Address = ""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"] = "SCRAM-SHA-512"
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _login_is_complete(self) -> "KafkaGroup":
        if self.security_protocol.startswith("SASL_") and not (self.username and self.password.get_secret_value()):
            raise ValueError("username and password must be set beside a SASL_ security_protocol")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise ValueError("ca_file must name a file of PEM certificates")
        return self


class PostgresGroup(_Group):
    """An external PostgreSQL: a connection string for each database role that this process needs."""

    owner_dsn: Dsn = SecretStr("")
    writer_dsn: Dsn = SecretStr("")
    reader_dsn: Dsn = SecretStr("")
    keys_dsn: Dsn = SecretStr("")
    registry_dsn: Dsn = SecretStr("")

    @property
    def is_set(self) -> bool:
        """Whether any of them is set."""
        return any(getattr(self, name).get_secret_value() for name in DSN_NAMES)


class RegistryGroup(_Group):
    """The schema registry: where it is, and where our own one listens outside the embedded stack."""

    url: Annotated[str, AfterValidator(_is_web_address)] = ""
    listen: Address = "127.0.0.1:8081"


class TopicsGroup(_Group):
    """Numbers that are fixed when the topics are created."""

    partitions: int = Field(default=12, ge=1, le=1000)
    replication: int = Field(default=1, ge=1, le=9)


class PushGroup(_Group):
    """The service that partner systems push to: where it listens outside the embedded stack, and its limits."""

    listen: Address = "127.0.0.1:8084"
    max_body: int = Field(default=5_000_000, ge=1_000, le=100_000_000)
    max_items: int = Field(default=1_000, ge=1, le=10_000)
    items_per_minute: int = Field(default=6_000, ge=1)


class StackGroup(_Group):
    """The embedded stack; port 0 means a free one (for PostgreSQL: none, only its Unix socket)."""

    roles: bool = True
    """False: only Kafka and PostgreSQL, for trying things out."""
    workers: int = Field(default=1, ge=1, le=64)
    kafka_port: Port = 0
    postgres_port: Port = 0
    registry_port: Port = 0
    push_port: Port = 0
    kafka_heap_mb: int = Field(default=512, ge=256)


class CollectAccount(_Group):
    """How to log in to one place: SFTP by password or key_file, S3-compatible storage by access_key and secret_key."""

    password: SecretStr = SecretStr("")
    key_file: Path | None = None
    passphrase: SecretStr = SecretStr("")
    access_key: str = ""
    secret_key: SecretStr = SecretStr("")
    endpoint: Annotated[str, AfterValidator(_is_sealed_address)] = ""
    region: str = ""

    @model_validator(mode="after")
    def _is_one_of_either(self) -> "CollectAccount":
        ways = [bool(self.password.get_secret_value()), self.key_file is not None, bool(self.access_key)]
        if sum(ways) != 1:
            raise ValueError("must have either password, or key_file, or access_key and secret_key")
        if bool(self.access_key) != bool(self.secret_key.get_secret_value()):
            raise ValueError("access_key and secret_key belong together: set both")
        if self.access_key and not (self.endpoint or self.region):
            raise ValueError("endpoint or region must be set beside access_key")
        return self


class CollectGroup(_Group):
    """What is collected on schedules, and how to log in where it comes from."""

    file: Path | None = None
    accounts: dict[str, CollectAccount] = Field(default_factory=dict)


class Settings(BaseSettings):
    """Everything that can be set. Immutable; printing it shows no password."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Path(".wardlink")
    cache: Path | None = None
    keyring: Path | None = None
    keyring_public: Path | None = None
    keyring_passphrase_file: Path | None = None
    agreements: Path | None = None
    rules: Path | None = None
    directory: Path | None = None
    gazetteer: Path | None = None
    model: Path | None = None
    demo: bool = False
    kafka: KafkaGroup = KafkaGroup()
    postgres: PostgresGroup = PostgresGroup()
    registry: RegistryGroup = RegistryGroup()
    topics: TopicsGroup = TopicsGroup()
    push: PushGroup = PushGroup()
    stack: StackGroup = StackGroup()
    collect: CollectGroup = CollectGroup()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the TOML file; .env files and folders of secrets are not read."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _config_file())

    @property
    def folders(self) -> Home:
        """The layout of WARDLINK_HOME, absolute."""
        return Home(self.home.expanduser().absolute())

    @property
    def cache_folder(self) -> Path:
        """Where Kafka's files are kept once fetched: WARDLINK_CACHE, else the user's cache folder."""
        return (self.cache or _user_cache()).expanduser().absolute()

    @property
    def keyring_folder(self) -> Path:
        """Where the keyring lies: WARDLINK_KEYRING, else in WARDLINK_HOME."""
        return (self.keyring or self.folders.root / "keyring").expanduser().absolute()


def load(**given: Any) -> Settings:
    """The settings of this process; `given` wins over everything. Refused names the setting that is wrong."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise Refused(_explain(error)) from None
    except SettingsError as error:
        field = str(error).partition('field "')[2].partition('"')[0]
        raise Refused(f"{PREFIX}{field.upper()}: what is written as JSON in it is none: mend it") from None
    except TOMLDecodeError as error:
        raise Refused(f"{_config_file()} is not TOML ({error}): mend it") from None


def kafka_settings(settings: Settings) -> KafkaSettings:
    """Where Kafka is; Refused when none is set and the embedded stack is down."""
    kafka = settings.kafka
    if kafka.bootstrap:
        return KafkaSettings(
            bootstrap=kafka.bootstrap,
            security_protocol=kafka.security_protocol,
            sasl_mechanism=kafka.sasl_mechanism,
            username=kafka.username,
            password=kafka.password.get_secret_value(),
            ca_file=None if kafka.ca_file is None else str(kafka.ca_file),
        )
    return KafkaSettings(_embedded(settings).bootstrap or _refuse("Kafka", "KAFKA_BOOTSTRAP"))


def store_settings(settings: Settings, *needed: DsnName) -> StoreSettings:
    """Where PostgreSQL is; Refused when one of the `needed` connection strings (all, if none is named) is not set."""
    store = _external_store(settings) if settings.postgres.is_set else _embedded(settings).store or StoreSettings()
    for name in needed or DSN_NAMES:
        if not getattr(store, name):
            _refuse("PostgreSQL", f"POSTGRES_{name.upper()}")
    return store


def registry_url(settings: Settings) -> str:
    """The schema registry's base URL, without a slash at its end; Refused when there is none."""
    return settings.registry.url or _embedded(settings).registry_url or _refuse("the schema registry", "REGISTRY_URL")


def registry_listen(settings: Settings) -> tuple[str, int]:
    """Host and port on which our own registry serves: the embedded stack's choice, else WARDLINK_REGISTRY_LISTEN."""
    address = _embedded(settings).registry_url.removeprefix("http://") or settings.registry.listen
    host, _, port = address.rpartition(":")
    return host, int(port)


def push_url(settings: Settings) -> str:
    """Where the push service answers on this machine: the embedded stack's choice, else WARDLINK_PUSH_LISTEN."""
    return _embedded(settings).push_url or f"http://{settings.push.listen}"


def push_listen(settings: Settings) -> tuple[str, int]:
    """Host and port on which the push service listens."""
    host, _, port = push_url(settings).removeprefix("http://").rpartition(":")
    return host, int(port)


def collect_accounts(settings: Settings) -> dict[str, Account]:
    """How to log in to the places that files are collected from, by the names that the declaration uses."""
    return {name: _account(given) for name, given in settings.collect.accounts.items()}


def _account(given: CollectAccount) -> Account:
    if given.access_key:
        return S3Account(given.access_key, given.secret_key.get_secret_value(), given.endpoint, given.region)
    return SftpAccount(given.password.get_secret_value(), given.key_file, given.passphrase.get_secret_value())


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment of the stack's own processes: ours, with the same home, agreements, directory, gazetteer, model
    and whether it is a demonstration, wherever they were given.
    """
    given = {f"{PREFIX}HOME": str(settings.folders.root), f"{PREFIX}DEMO": str(settings.demo).lower()}
    for name in ("agreements", "directory", "gazetteer", "model"):
        if (path := getattr(settings, name)) is not None:
            given[PREFIX + name.upper()] = str(path.expanduser().absolute())
    return {**os.environ, **given, "PYTHONUNBUFFERED": "1"}


def _external_store(settings: Settings) -> StoreSettings:
    return StoreSettings(**{name: getattr(settings.postgres, name).get_secret_value() for name in DSN_NAMES})


def _embedded(settings: Settings) -> StackState:
    state = read_state(settings.folders)
    return state if state.is_up else StackState()


def _refuse(what: str, variable: str) -> NoReturn:
    raise Refused(
        f"{what} is not set and no embedded stack is running: start one with `wardlink up`, "
        f"or set {PREFIX}{variable} for your own"
    )


def _explain(error: ValidationError) -> str:
    """Names each setting and its rule, never its value: the value may be a password."""
    troubles = (f"{_variable(trouble['loc'])}: {trouble['msg']}" for trouble in error.errors(include_input=False))
    return "; ".join(troubles) + " (set it in the environment or in wardlink.toml)"


def _variable(location: tuple[int | str, ...]) -> str:
    return PREFIX + "_".join(str(part).upper() for part in location)


def _config_file() -> Path | None:
    named = os.environ.get(f"{PREFIX}CONFIG")
    path = Path(named or DEFAULT_CONFIG)
    if named and not path.is_file():
        raise Refused(f"{PREFIX}CONFIG names {path}, which is not a file: mend the path or unset it")
    return path if path.is_file() else None


def _user_cache() -> Path:
    """The user's cache folder (XDG Base Directory Specification); works also for a user without a home folder."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "wardlink"
