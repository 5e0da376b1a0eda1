"""Reading landlords' lists of homes, as they really come."""

from datetime import date
from pathlib import Path

import pytest

from connectors.stock import StockTally, read_homes
from schemas.errors import Refused
from store.stock import Home, Tenure

TODAY = date(2026, 5, 1)


def read(folder: Path, text: str, name: str = "homes.csv") -> tuple[list[Home], StockTally]:
    (folder / name).write_text(text, "utf-8")
    tally = StockTally()
    return list(read_homes(folder / name, TODAY, tally)), tally


def test_columns_are_found_by_what_landlords_call_them(tmp_path: Path) -> None:
    text = (
        "Property UPRN,Tenure Type,Block Name,Parent UPRN,Units in Block,Acquired\n"
        "000100000000012,General Needs,Example  Court,100000000001,40,31/03/2019\n"
        "100000000013,LEASEHOLDER,,,,\n"
    )
    homes, tally = read(tmp_path, text)
    assert homes == [
        Home("100000000012", date(2019, 3, 31), Tenure.SOCIAL_RENT, "Example Court", "100000000001", 40),
        Home("100000000013", None, Tenure.LEASEHOLD),
    ]
    assert (tally.read, tally.homes, tally.unknown_tenures) == (2, 2, 0)


def test_what_cannot_be_used_is_counted_by_its_reason(tmp_path: Path) -> None:
    text = (
        "UPRN,Tenure,From,To\n"
        "1,secure,2019-03-31,\n"
        "1,secure,,\n"
        "tbc,secure,,\n"
        "2,secure,soon,\n"
        "3,secure,2019-03-31,2026-05-01\n"
        "4,secure,2019-03-31,2026-05-02\n"
        "5,squat,,\n"
        "6,secure\n"
    )
    homes, tally = read(tmp_path, text)
    assert [(home.uprn, home.tenure) for home in homes] == [
        ("1", Tenure.SOCIAL_RENT),
        ("4", Tenure.SOCIAL_RENT),
        ("5", Tenure.OTHER),
    ]
    assert tally.left_out == {
        "UPRN stands twice": 1,
        "UPRN is none": 1,
        "From is no date": 1,
        "home is no longer held": 1,
        "row has another number of columns than the header": 1,
    }
    assert (tally.read, tally.homes, tally.unknown_tenures) == (8, 3, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,rent\nx,1\n", "found 2 columns without UPRN"),
        ("", "found an empty file"),
        ("UPRN\ntbc\n", "none of its 1 rows is a home with a UPRN"),
    ],
)
def test_what_is_no_list_of_homes_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Refused, match="a list of homes: CSV with the column UPRN") as refusal:
        read(tmp_path, text)
    assert told in str(refusal.value)
