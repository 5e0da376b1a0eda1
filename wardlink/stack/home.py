"""The layout of WARDLINK_HOME, and what must hold before anything is started in it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import Refused

NEEDED_BYTES = 1_000_000_000
"""Free space below which the stack is not started: Kafka and PostgreSQL both stop hard on a full disk."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folders and files of one embedded stack."""

    root: Path

    @property
    def run(self) -> Path:
        """State and lock of the running stack."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        """One log file for each process."""
        return self.root / "log"

    @property
    def kafka(self) -> Path:
        """Kafka's configuration and data."""
        return self.root / "kafka"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data and the passwords of its roles."""
        return self.root / "postgres"

    @property
    def state(self) -> Path:
        """What is running now (stack.json); readable by its owner only, since it holds the DSNs."""
        return self.run / "stack.json"

    @property
    def lock(self) -> Path:
        """Held by the supervisor for as long as it lives."""
        return self.run / "lock"

    def log_of(self, process: str) -> Path:
        """The log file of one process."""
        return self.log / f"{process}.log"


def make_ready(home: Home) -> None:
    """Creates the folders; Refused when they cannot be written or the disk is nearly full."""
    try:
        _make_folders(home)
    except OSError as error:
        raise Refused(
            f"WARDLINK_HOME {home.root} cannot be written ({error.strerror}): "
            "set WARDLINK_HOME to a folder that you own"
        ) from error
    check_space(home)


def check_space(home: Home) -> None:
    """Refused when less than NEEDED_BYTES are free below the home."""
    free = free_bytes(home)
    if free < NEEDED_BYTES:
        raise Refused(
            f"only {free // 1_000_000} MB are free at {home.root}, {NEEDED_BYTES // 1_000_000} MB are needed: "
            "free some space, or set WARDLINK_HOME to a folder on another disk"
        )


def free_bytes(home: Home) -> int:
    """Bytes free on the disk of the home, or of its nearest parent that exists."""
    existing = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    return shutil.disk_usage(existing).free


def _make_folders(home: Home) -> None:
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for folder in (home.run, home.log):
        folder.mkdir(mode=0o700, exist_ok=True)
    for folder in (home.kafka, home.postgres):
        folder.mkdir(exist_ok=True)
    if not os.access(home.run, os.W_OK):
        raise PermissionError(13, "Permission denied", str(home.run))


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Holds the lock of the home; Refused when another supervisor holds it. The kernel frees it if we are killed."""
    with home.lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"a stack is already running in {home.root}: stop it with `wardlink down`, "
                "or set WARDLINK_HOME to another folder"
            ) from None
        yield
