"""Kafka's Java archives: fetched once from the Maven repository by jgo, checked against kafka.lock, kept in a cache."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.errors import Refused, Unavailable

if TYPE_CHECKING:
    from jgo.maven import MavenContext

Progress = Callable[[str], None]

_AT_A_TIME = 8


@dataclass(frozen=True, slots=True)
class Archive:
    """One file: its Maven coordinates and the SHA-256 that it must have."""

    group: str
    artifact: str
    version: str
    digest: str

    @property
    def file_name(self) -> str:
        """Its name in the class path."""
        return f"{self.artifact}-{self.version}.jar"


def locked_archives() -> tuple[Archive, ...]:
    """What kafka.lock lists."""
    lines = (files("wardlink") / "stack" / "kafka.lock").read_text("utf-8").splitlines()
    return tuple(_archive(line) for line in lines if line and not line.startswith("#"))


def class_path(cache: Path, progress: Progress) -> str:
    """Java's class path for Kafka, its files fetched if the cache does not hold them.

    Raises Unavailable when they cannot be fetched, Refused when one is not what kafka.lock says or the cache cannot
    be written. Two processes may fetch at the same time: each fills a folder of its own, the first to end is kept.
    """
    archives = locked_archives()
    folder = cache / f"kafka-{_digest_of(archives)[:12]}"
    if not folder.is_dir():
        progress(f"fetching Kafka: {len(archives)} files, 45 MB, once")
        _fill(folder, archives)
    return f"{folder}/*"


def _archive(line: str) -> Archive:
    coordinates, digest = line.split()
    group, artifact, version = coordinates.split(":")
    return Archive(group, artifact, version, digest.removeprefix("sha256:"))


def _digest_of(archives: tuple[Archive, ...]) -> str:
    return hashlib.sha256("".join(archive.digest for archive in archives).encode()).hexdigest()


def _fill(folder: Path, archives: tuple[Archive, ...]) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="kafka-", dir=folder.parent))
    except OSError as error:
        raise Refused(
            f"the cache {folder.parent} cannot be written ({error.strerror}): set WARDLINK_CACHE to a folder you own"
        ) from error
    try:
        _fetch(archives, draft)
        _keep(draft / "jars", folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fetch(archives: tuple[Archive, ...], draft: Path) -> None:
    fetch_one = _fetcher(draft)
    (draft / "jars").mkdir()
    with ThreadPoolExecutor(_AT_A_TIME) as executor:
        for archive, path in zip(archives, executor.map(fetch_one, archives), strict=True):
            _check(archive, path)
            path.rename(draft / "jars" / archive.file_name)


def maven_context(folder: Path) -> "MavenContext":
    """jgo's access to the Maven repository (the user's mirror, if jgo is told of one), keeping files in a folder."""
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    repositories = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    return MavenContext(repo_cache=folder, local_repos=[], remote_repos=repositories, timeout=60)


def _fetcher(draft: Path) -> Callable[[Archive], Path]:
    context = maven_context(draft / "maven")

    def fetch_one(archive: Archive) -> Path:
        component = context.project(archive.group, archive.artifact).at_version(archive.version)
        try:
            return Path(component.artifact().resolve())
        except (OSError, RuntimeError) as error:  # requests' errors are OSErrors; jgo's own are RuntimeErrors
            raise Unavailable(
                f"Kafka's file {archive.file_name} cannot be fetched ({type(error).__name__}): check the network and "
                "HTTPS_PROXY; behind a mirror, name it as `central` under [repositories] in ~/.config/jgo.conf"
            ) from error

    return fetch_one


def _check(archive: Archive, path: Path) -> None:
    if hashlib.sha256(path.read_bytes()).hexdigest() != archive.digest:
        raise Refused(
            f"{archive.file_name} is not the file that kafka.lock names (its SHA-256 differs): "
            "do not trust the mirror that it came from; fetch it again from another"
        )


def _keep(jars: Path, folder: Path) -> None:
    jars.chmod(0o755)
    try:
        os.rename(jars, folder)
    except OSError:
        if not folder.is_dir():  # otherwise another process was first, and its files have passed the same check
            raise
