"""Each landlord's list of homes is one that `wardlink stock import` takes whole."""

from datetime import date
from pathlib import Path

import pytest

from connectors.stock import StockTally, read_homes
from simulation.borough import Settings, build
from simulation.feeds import ALL
from simulation.holdings import write_stock
from simulation.places import Town

LANDLORDS = ("housing", "council", "haven", "weir", "foundry")


@pytest.fixture(scope="module")
def town() -> Town:
    return build(Settings(homes=1500, days=7, feeds=ALL)).town


@pytest.mark.parametrize("landlord", LANDLORDS)
def test_a_list_holds_the_landlords_homes_and_no_others(town: Town, tmp_path: Path, landlord: str) -> None:
    [path] = [path for path in write_stock(town, tmp_path) if path.stem == landlord]
    tally = StockTally()
    read = list(read_homes(path, date(2026, 10, 1), tally))
    assert {home.uprn for home in read} == {home.uprn for home in town.homes if home.landlord == landlord}
    assert (tally.read, tally.unknown_tenures) == (len(read), 0)


def test_a_block_says_how_many_homes_are_in_it(town: Town, tmp_path: Path) -> None:
    [path] = [path for path in write_stock(town, tmp_path) if path.stem == "housing"]
    inside: dict[str, int] = {}
    for place in town.homes:
        inside[place.parent] = inside.get(place.parent, 0) + 1
    blocks = {home.block_uprn: home.block_dwellings for home in read_homes(path, date(2026, 10, 1), StockTally())}
    assert blocks.pop(None, None) is None
    assert blocks == {uprn: inside[uprn] for uprn in blocks if uprn is not None}
    assert max(inside[uprn] for uprn in blocks if uprn) > 40
