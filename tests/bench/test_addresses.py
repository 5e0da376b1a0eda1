"""What the bench of addresses calls right."""

from pathlib import Path

import pytest

from bench.addresses import Asked, Bench
from simulation.layout import lay_out
from simulation.settings import Settings

PLACES = lay_out(Settings(homes=400)).places
FLAT = next(place for place in PLACES if place.unit.startswith("Flat") and place.parent)
HOUSE = next(place for place in PLACES if not place.unit and not place.parent)


@pytest.mark.parametrize(
    ("asked", "uprn", "is_right"),
    [
        (Asked(FLAT, FLAT.address, ""), FLAT.uprn, True),
        (Asked(FLAT, FLAT.address, ""), FLAT.parent, False),
        (Asked(FLAT, FLAT.shell, ""), FLAT.parent, True),
        (Asked(FLAT, FLAT.shell, ""), HOUSE.uprn, False),
        (Asked(HOUSE, HOUSE.address, ""), HOUSE.uprn, True),
        (Asked(HOUSE, HOUSE.address, ""), None, False),
    ],
)
def test_right_is_what_the_text_describes_or_its_building_where_it_names_no_flat(
    asked: Asked, uprn: str | None, is_right: bool
) -> None:
    assert asked.is_right(uprn) is is_right


def test_what_is_written_down_is_mostly_found_and_seldom_where_it_is_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("bench.addresses.HOMES", 2_000)
    bench = Bench(tmp_path)
    asked = bench.asked("default", 1, 600)
    score = bench.ours(asked, with_postcode=True)
    assert score.right > 0.95
    assert score.precision > 0.98
    assert bench.falsely(asked, with_postcode=True) < 0.1
