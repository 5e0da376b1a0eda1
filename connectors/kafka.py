"""Where Kafka is and how to log in, given by the caller to whatever speaks to it."""

import ssl
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """A cluster: `bootstrap` is HOST:PORT, several with commas; the password is never shown."""

    bootstrap: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: str | None = None

    @property
    def servers(self) -> list[str]:
        """The bootstrap servers one by one."""
        return self.bootstrap.split(",")

    @property
    def encrypted(self) -> bool:
        """Whether connections are TLS."""
        return self.security_protocol in {"SSL", "SASL_SSL"}

    @property
    def authenticated(self) -> bool:
        """Whether connections log in by SASL."""
        return self.security_protocol.startswith("SASL_")

    def for_kafka_python(self) -> dict[str, Any]:
        """Keyword arguments of every client class of kafka-python."""
        return self._common() | ({"ssl_cafile": self.ca_file} if self.encrypted else {})

    def for_aiokafka(self) -> dict[str, Any]:
        """Keyword arguments of every client class of aiokafka."""
        return self._common() | ({"ssl_context": self.tls()} if self.encrypted else {})

    def tls(self) -> ssl.SSLContext:
        """A context that trusts `ca_file`, or the system's authorities when there is none."""
        return ssl.create_default_context(cafile=self.ca_file)

    def _common(self) -> dict[str, Any]:
        return {"bootstrap_servers": self.servers, "security_protocol": self.security_protocol} | self._login()

    def _login(self) -> dict[str, Any]:
        if not self.authenticated:
            return {}
        return {
            "sasl_mechanism": self.sasl_mechanism,
            "sasl_plain_username": self.username,
            "sasl_plain_password": self.password,
        }
