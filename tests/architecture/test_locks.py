"""The lock files: everything pinned with its hashes, no host named, run time and development of one mind."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>\S+?)( ; .*)? \\$")


def packages(lock: str) -> dict[str, tuple[str, ...]]:
    """Each pinned package with its markers: its hashes."""
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if line.startswith("    --hash=sha256:"):
            found[name] += (line.strip(" \\"),)
        else:
            assert PINNED.match(line), line
            name = line.removesuffix(" \\")
            found[name] = ()
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_hashes(lock: str) -> None:
    found = packages(lock)
    assert len(found) > 50
    assert [name for name, hashes in found.items() if not hashes] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text("utf-8")


def test_run_time_is_what_development_has_tried() -> None:
    def bare(lock: str) -> dict[str, tuple[str, ...]]:
        return {line.split(" ; ")[0]: hashes for line, hashes in packages(lock).items()}

    development = bare("requirements-dev.lock")
    assert {name: hashes for name, hashes in bare("requirements.lock").items() if development.get(name) != hashes} == {}
