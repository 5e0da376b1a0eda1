"""A borough's reports in random orders, some told twice, some taken back and told again: the same partition, each byte.

In short a few hundred reports in a few orders; in long (`make test-long`) over 20,000 reports in twenty.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

import pytest

from linkage import partition
from linkage.changes import Change, Put, Withdraw
from linkage.index import AreaIndex
from linkage.model import load_model
from linkage.standardise import standardise
from schemas.vocabulary import Operation
from simulation.borough import Settings
from tests.linkage.simulated import simulated

FEW, MANY = Settings(days=20, homes=1_000), Settings(days=365, homes=9_000)


@cache
def changes_of(settings: Settings, folder: Path) -> Sequence[Change]:
    return [
        Withdraw(report.report_id, report.revision)
        if report.operation is Operation.WITHDRAW
        else Put(standardise(report, detail))
        for report, detail in simulated(folder, settings).reports
    ]


def partition_of(changes: Sequence[Change], sizes: Iterator[int]) -> bytes:
    """Incidents and persons after these changes, taken in batches of these sizes."""
    index, start = AreaIndex(FEW.area, load_model(), b"not very secret"), 0
    while start < len(changes):
        index.apply(changes[start : (start := start + next(sizes))])
    return json.dumps([partition.incidents(index), partition.persons(index)]).encode()


def disturbed(changes: Sequence[Change], random: Random) -> list[Change]:
    """The same state by another way: a tenth comes twice, of a tenth the last word is taken back and told again."""
    last = {one.features.report_id: one for one in changes if isinstance(one, Put)}
    for one in changes:
        if isinstance(one, Withdraw):
            last.pop(one.report_id, None)
    found = [*changes, *random.sample(changes, len(changes) // 10)]
    for one in random.sample(sorted(last.values(), key=lambda put: put.features.report_id), len(last) // 10):
        revision = one.features.revision
        found.append(Withdraw(one.features.report_id, revision + 1))
        found.append(Put(one.features._replace(revision=revision + 2)))
    random.shuffle(found)
    return found


def batch_sizes(random: Random) -> Iterator[int]:
    while True:
        yield random.choice([1, 1, 2, 10, 100, 1_000])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("borough")


@pytest.mark.parametrize(
    ("settings", "orders"),
    [pytest.param(FEW, 3, id="few"), pytest.param(MANY, 20, id="many", marks=[pytest.mark.long])],
)
@pytest.mark.timeout(3_600)
def test_every_order_gives_the_same_partition(settings: Settings, orders: int, folder: Path) -> None:
    changes = changes_of(settings, folder / str(settings.homes))
    expected = partition_of(changes, iter([len(changes)]))
    assert len(changes) > (20_000 if settings is MANY else 300)
    for seed in range(orders):
        random = Random(seed)
        assert partition_of(disturbed(changes, random), batch_sizes(random)) == expected, seed
