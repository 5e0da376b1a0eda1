"""What the collector does while a memory is built, and afterwards."""

import gc
from collections.abc import Iterator

import pytest

from streams.garbage import building_what_lasts


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_nothing_is_collected_while_a_memory_is_built_and_afterwards_what_lasts_is_spared() -> None:
    with building_what_lasts():
        assert not gc.isenabled()
        lasting = [[number] for number in range(10_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(lasting)


def test_collections_go_on_when_building_fails() -> None:
    with pytest.raises(RuntimeError), building_what_lasts():
        raise RuntimeError
    assert gc.isenabled()
