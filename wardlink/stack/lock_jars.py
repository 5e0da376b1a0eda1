"""Writes kafka.lock anew (`make lock`): what Kafka needs, resolved by jgo, with the SHA-256 of every file."""

import hashlib
import tempfile
from pathlib import Path

from jgo.maven import Dependency

from wardlink.stack.jars import maven_context
from wardlink.stack.kafka import VERSION

WANTED = (f"org.apache.kafka:kafka_2.13:{VERSION}", "org.slf4j:slf4j-simple:1.7.36")
"""The broker, and the smallest logging back-end: Kafka's own dependencies name none."""

LOCK_FILE = Path(__file__).parent / "kafka.lock"


def main() -> None:
    """Resolves, fetches, digests, writes."""
    with tempfile.TemporaryDirectory() as folder:
        lines = sorted(_locked_lines(Path(folder)))
    LOCK_FILE.write_text(f"{_header()}{''.join(lines)}", encoding="utf-8")
    print(f"{LOCK_FILE.name}: {len(lines)} files")


def _header() -> str:
    return f"# What Kafka {VERSION} runs on, as Maven coordinates with SHA-256; `make lock` writes it anew.\n"


def _locked_lines(folder: Path) -> list[str]:
    context = maven_context(folder)
    wanted, needed = context.resolver.resolve([context.create_dependency(coordinates) for coordinates in WANTED])
    return [_line(dependency) for dependency in (*wanted, *needed)]


def _line(dependency: Dependency) -> str:
    digest = hashlib.sha256(dependency.artifact.resolve().read_bytes()).hexdigest()
    return f"{dependency.groupId}:{dependency.artifactId}:{dependency.version} sha256:{digest}\n"


if __name__ == "__main__":
    main()
