"""A real Kafka that lets in by password (SASL) or over TLS only, with a certificate made for the occasion."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from connectors.kafka import KafkaSettings
from tests.conftest import wait_until
from wardlink.stack import ports
from wardlink.stack.kafka import Kafka
from wardlink.stack.process import spawn

USER, PASSWORD = "resolve", "the right password"
_MODULE = "org.apache.kafka.common.security.plain.PlainLoginModule"


@dataclass(slots=True)
class SecuredKafka(Kafka):
    """A broker with two listeners more: one asks for a password, one speaks TLS."""

    sasl_port: int = field(default_factory=lambda: ports.choose(0, ""))
    tls_port: int = field(default_factory=lambda: ports.choose(0, ""))

    @property
    def certificate(self) -> Path:
        """What clients of the TLS listener must trust."""
        return self.folder / "certificate.pem"

    @property
    def by_password(self) -> KafkaSettings:
        """How to log in."""
        return KafkaSettings(f"{ports.LOOPBACK}:{self.sasl_port}", "SASL_PLAINTEXT", "PLAIN", USER, PASSWORD)

    @property
    def by_tls(self) -> KafkaSettings:
        """How to connect over TLS."""
        return KafkaSettings(f"localhost:{self.tls_port}", "SSL", ca_file=str(self.certificate))

    def _properties(self, data: Path) -> dict[str, object]:
        plain = Kafka._properties(self, data)
        more = f",SASL://{ports.LOOPBACK}:{self.sasl_port},TLS://localhost:{self.tls_port}"
        jaas = f'{_MODULE} required username="broker" password="x" user_broker="x" user_{USER}="{PASSWORD}";'
        keys = self.folder / "keys.pem"
        if not keys.exists():
            write_certificate(keys, self.certificate, "localhost")
        return plain | {
            "listeners": f"{plain['listeners']}{more}",
            "advertised.listeners": f"{plain['advertised.listeners']}{more}",
            "listener.security.protocol.map": f"{plain['listener.security.protocol.map']},SASL:SASL_PLAINTEXT,TLS:SSL",
            "sasl.enabled.mechanisms": "PLAIN",
            "listener.name.sasl.plain.sasl.jaas.config": jaas,
            "listener.name.tls.ssl.keystore.type": "PEM",
            "listener.name.tls.ssl.keystore.location": keys,
        }


@contextmanager
def secured_kafka(folder: Path, class_path: str) -> Iterator[SecuredKafka]:
    """Starts it, and kills it at the end."""
    server = SecuredKafka(folder, folder / "kafka.log", class_path)
    server.prepare()
    process = spawn(server.command())
    try:
        wait_until(server.is_ready, f"the secured Kafka is ready (see {server.log})")
        yield server
    finally:
        process.kill()
        process.wait(timeout=60)


def write_certificate(keys: Path, certificate: Path, host: str) -> None:
    """A new private key with a certificate of its own for a host; `keys` gets both, `certificate` what may be shown."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    shown = made.public_bytes(Encoding.PEM)
    certificate.write_bytes(shown)
    keys.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + shown)
