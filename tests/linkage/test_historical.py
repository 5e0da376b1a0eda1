"""The hard benchmark of people, where it lies beside the repository: what the models that ship make of it."""

import csv
import gzip
from pathlib import Path
from random import Random

import pytest

from linkage.measures import measure
from linkage.rows.checking import cross_validate
from linkage.rows.index import RowIndex
from linkage.rows.model import load_profile, load_rows
from linkage.rows.stock import Texts

DATA = Path(__file__).parents[2] / "../shared/data/person_linkage/historical_dev.csv.gz"
pytestmark = pytest.mark.skipif(not DATA.is_file(), reason="the historical benchmark is not beside the repository")


@pytest.fixture(scope="module")
def rows() -> list[Texts]:
    with gzip.open(DATA, "rt", newline="") as file:
        return list(csv.DictReader(file))


def linked(name: str, rows: list[Texts]) -> RowIndex:
    index = RowIndex(load_rows(name))
    for row in rows:
        index.put(row["unique_id"] or "", row)
    return index


def silent(_: str) -> None:
    """Nobody waits."""


def test_two_thousand_rows_are_clustered_alike_in_five_orders_with_rows_withdrawn(rows: list[Texts]) -> None:
    some, others = rows[:2000], rows[2000:2400]
    partition = linked("historical", some).partition()
    for seed in range(5):
        random = Random(seed)
        index = linked("historical", random.sample([*some, *others], 2400))
        index.settle()
        for row in random.sample([*others, *some[:100]], 500):
            index.withdraw(row["unique_id"] or "")
            if random.random() < 0.05:
                index.settle()
        for row in random.sample(some[:100], 100):
            index.put(row["unique_id"] or "", row)
        assert index.partition() == partition


@pytest.mark.parametrize(
    ("name", "pair_f1", "b_cubed_f1"), [("historical", 0.975, 0.978), ("historical-unlabelled", 0.955, 0.96)]
)
@pytest.mark.long
def test_the_models_that_ship_reach_the_bar_on_what_they_learnt_from(
    rows: list[Texts], name: str, pair_f1: float, b_cubed_f1: float
) -> None:
    index = linked(name, rows)
    clusters = {row: members[0] for members in index.partition() for row in members}
    found = measure(clusters, {row["unique_id"] or "": row["cluster"] or "" for row in rows})
    assert found.pairs.f1 >= pair_f1
    assert found.b_cubed.f1 >= b_cubed_f1
    assert found.pairs.precision >= 0.985
    assert found.largest <= 40
    assert index.blocks.compared / len(rows) <= 25


@pytest.mark.parametrize(("labels", "pair_f1", "b_cubed_f1"), [(True, 0.975, 0.978), (False, 0.955, 0.96)])
@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_half_of_the_people_is_found_by_what_the_other_half_taught(
    rows: list[Texts], labels: bool, pair_f1: float, b_cubed_f1: float
) -> None:
    truth = [row["cluster"] or "" for row in rows]
    parts = cross_validate(load_profile("historical"), rows, truth, 2, labels, 1, silent)
    assert sum(part["pair_f1"] for part in parts) / 2 >= pair_f1
    assert sum(part["b_cubed_f1"] for part in parts) / 2 >= b_cubed_f1
