"""What is collected: one feed is one place, or a service, read as one source, on one schedule."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from connectors import sources
from connectors.collect.schedule import Schedule
from connectors.contract import Source


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Sftp:
    """A folder of an SFTP server, which must show one of these host keys (lines such as `ssh-ed25519 AAAA…`).

    A folder that does not begin with a slash begins at the user's own folder there.
    """

    host: str
    port: int
    user: str
    folder: str
    host_keys: tuple[str, ...] = field(repr=False)

    def __str__(self) -> str:
        folder = self.folder if self.folder.startswith("/") else f"/~/{self.folder}"
        return f"sftp://{self.user}@{self.host}:{self.port}{folder}"


@dataclass(frozen=True, slots=True)
class Bucket:
    """The objects right below a prefix of a bucket."""

    name: str
    prefix: str

    def __str__(self) -> str:
        return f"s3://{self.name}/{self.prefix}"


DAYS_BACK = 30
"""Requests of the street service are closed days or weeks after they were made."""


@dataclass(frozen=True, slots=True)
class Address:
    """A service that is asked over the network.

    The first look asks from the day `since` on (None: 90 days back), each later one from `days_back` days before the
    last: so long after it was made, what is closed or corrected is still heard of.
    """

    url: str
    since: date | None = None
    days_back: int = DAYS_BACK

    def __str__(self) -> str:
        return self.url


Where = Folder | Sftp | Bucket | Address

ASKED = ("open311",)
"""The sources that have a service to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One line of what is collected.

    `files` is the pattern of the names that count (`*`, `?`, `[…]`). A file is complete when its marker is there
    (`marker`, with {name} or {stem} in it), or, without a marker, when it has not changed for `unchanged_for`.
    Something new is expected at least every `expected_within`.
    """

    name: str
    where: Where
    account: str | None = None
    source: str
    profile: str | None = None
    agency: str | None = None
    area: str | None = None
    history: bool = False
    files: str = "*"
    marker: str | None = None
    unchanged_for: timedelta = timedelta(seconds=30)
    schedule: Schedule
    expected_within: timedelta | None = None

    def load_source(self) -> Source:
        """The source that its files are read by; Refused when there is none of that name, or its profile is wrong."""
        return sources.find(self.source, self.profile)

    def reads_as(self, source: Source) -> str:
        """Names all that decides what its files become; when that changes, the same bytes are worth another reading."""
        profile = Path(self.profile) if self.profile else None
        own = hashlib.sha256(profile.read_bytes()).hexdigest()[:16] if profile and profile.is_file() else "-"
        return f"{source.name} {source.mapper_version} {own} {self.agency or '-'} {self.area or '-'}"


def fingerprint(host_key: str) -> str:
    """The fingerprint of a host key's line as ssh-keygen prints it; ValueError for a line that is no public key.

    >>> fingerprint("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")
    'SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA'
    """
    kind, _, rest = host_key.strip().partition(" ")
    try:
        blob = base64.b64decode(rest.split()[0] if rest else "", validate=True)
    except binascii.Error:
        blob = b""
    if not kind or blob[4 : 4 + len(kind)] != kind.encode():
        raise ValueError("must be a host key such as `ssh-ed25519 AAAA…` (ssh-keyscan prints it after the host's name)")
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
