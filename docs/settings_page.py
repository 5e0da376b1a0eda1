"""docs/settings.md, printed from the settings themselves; their meaning stands here, and a missing one is an error."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from wardlink.settings import DEFAULT_CONFIG, PREFIX, Settings

_HEAD = f"""# Settings

Printed from the code by `python -m docs`. Every setting is an environment variable or a line of a TOML file:
`{DEFAULT_CONFIG}` in the working folder, or the file that `{PREFIX}CONFIG` names. The environment wins; an empty
variable counts as not set; a name that is no setting is refused. Where Kafka, PostgreSQL or the registry is not set, it
is the one of the embedded stack that runs in `{PREFIX}HOME`.

```toml
home = "/srv/wardlink"

[kafka]
bootstrap = "kafka.example:9093"
security_protocol = "SASL_SSL"
```
"""

MEANINGS: Mapping[str, str] = {
    "home": "Folder of the embedded stack: its data, logs and state, and the keyring",
    "cache": "Folder where Kafka's files are kept once fetched; else the user's cache folder",
    "keyring": "Folder of the keyring; else `keyring` in the home",
    "keyring_public": "Folder to hand the keyring's public half out to, for roles that may seal and not open",
    "keyring_passphrase_file": "File that holds the passphrase of backups; else it is asked for",
    "directory": "File of who is who (YAML): teams, places, mailboxes, cover; without one, alerts go to agencies only",
    "model": "File of a linking model of your own, as `wardlink model learn` writes it; else the one that ships",
    "gazetteer": "File of a gazetteer as `wardlink gazetteer import` keeps it: which property an address means",
    "agreements": "File of the sharing agreements (YAML); without one, nobody but the owner of a report is told",
    "rules": "File of the alert rules (YAML); else those that are shipped",
    "demo": "This is a demo on invented people: no backup of the keyring is asked for",
    "kafka_bootstrap": "HOST:PORT of Kafka, several with commas",
    "kafka_security_protocol": "How clients connect",
    "kafka_sasl_mechanism": "How they log in, where the protocol begins with SASL",
    "kafka_username": "Their name",
    "kafka_password": "Their password",
    "kafka_ca_file": "PEM file of the authorities that signed Kafka's certificate; else the system's",
    "postgres_owner_dsn": "Connection string of wardlink_owner: migrations, backups",
    "postgres_writer_dsn": "Of wardlink_writer: the roles, `ingest`, `geography`, `status`",
    "postgres_reader_dsn": "Of wardlink_reader, which sees only what is shared with a reader: the read commands",
    "postgres_keys_dsn": "Of wardlink_keykeeper, in the database of the reports' keys: `resolve`, the read commands",
    "postgres_registry_dsn": "Of wardlink_registry: the embedded stack's own schema registry, backups",
    "registry_url": "Base URL of a schema registry's Confluent interface; Apicurio's ends with `/apis/ccompat/v7`",
    "registry_listen": "HOST:PORT on which our own registry listens outside of the embedded stack",
    "topics_partitions": "Partitions of every topic; fixed when the topics are created",
    "topics_replication": "Copies of every partition; 3 on a cluster of three nodes or more",
    "push_listen": "HOST:PORT on which the service for partners listens outside of the embedded stack",
    "push_max_body": "Bytes that a partner may send at once",
    "push_max_items": "Events in one batch",
    "push_items_per_minute": "Events and questions of one partner in a minute, in each copy of the service",
    "stack_roles": "Whether `wardlink up` starts the roles too, or only Kafka and PostgreSQL",
    "stack_workers": "Processes of `resolve` that `wardlink up` starts",
    "stack_kafka_port": "Loopback port of the embedded Kafka; 0 is a free one",
    "stack_postgres_port": "Loopback port of the embedded PostgreSQL; 0 is none, only a Unix socket",
    "stack_registry_port": "Loopback port of the embedded registry; 0 is a free one",
    "stack_push_port": "Loopback port of the embedded service for partners; 0 is a free one",
    "stack_kafka_heap_mb": "Memory of the embedded Kafka in MB",
    "collect_file": "File that says what is collected, from where and when (YAML): [collecting](collecting.md)",
    "collect_accounts": (
        "How to log in there, by the names that the file uses: `password`, or `key_file` and `passphrase`, for SFTP; "
        "`access_key`, `secret_key`, `endpoint`, `region` for S3-compatible storage"
    ),
}


def text() -> str:
    """The whole page."""
    return "\n".join((_HEAD, *_table(), ""))


def names() -> tuple[str, ...]:
    """Every environment variable that is a setting."""
    return (f"{PREFIX}CONFIG", *(f"{PREFIX}{name.upper()}" for name, _ in _fields()))


def _table() -> Iterator[str]:
    yield "| variable | in TOML | default | meaning |"
    yield "|---|---|---|---|"
    yield f"| `{PREFIX}CONFIG` | | `{DEFAULT_CONFIG}` if there is one | Path of the TOML file |"
    for name, field in _fields():
        line = _in_toml(name)
        yield f"| `{PREFIX}{name.upper()}` | `{line}` | {_default(field)} | {MEANINGS[name]}{_choices(field)} |"


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            for inner, each in field.annotation.model_fields.items():
                yield f"{name}_{inner}", each
        else:
            yield name, field


def _in_toml(name: str) -> str:
    group, _, member = name.partition("_")
    return f"[{group}] {member}" if name not in Settings.model_fields else name


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if value in (None, "", {}):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _choices(field: FieldInfo) -> str:
    if get_origin(field.annotation) is not Literal:
        return ""
    return ": " + ", ".join(f"`{choice}`" for choice in get_args(field.annotation))
