"""Fixtures of a filled database."""

import pytest

from store.settings import StoreSettings
from tests.quality.filled import Filled


@pytest.fixture
def filled(database: StoreSettings) -> Filled:
    """A fresh database, a worker of resolve, and keys."""
    return Filled(database)
