"""Seeded randomness and rings for the tests of the vault."""

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from vault.keyring import Keyring

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HACKNEY, CAMDEN = "E09000012", "E09000007"


@pytest.fixture
def seeded() -> Callable[[int], bytes]:
    return random.Random(7).randbytes


@pytest.fixture(scope="session")
def ring() -> Keyring:
    """A keyring of two areas."""
    return Keyring.create().with_area(HACKNEY, NOON).with_area(CAMDEN, NOON)
