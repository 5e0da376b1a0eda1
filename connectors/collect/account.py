"""How to log in to the places that files come from; made of the settings, never written down elsewhere."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SftpAccount:
    """How to log in to an SFTP server: a password, or the file of a private key with its passphrase, if any."""

    password: str = field(default="", repr=False)
    key_file: Path | None = None
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class S3Account:
    """How to reach S3-compatible storage. An empty endpoint is that of AWS for the region."""

    access_key: str
    secret_key: str = field(repr=False)
    endpoint: str = ""
    region: str = ""


Account = SftpAccount | S3Account
