"""Addresses by the model of councils' errors: on request, the same in every run, and never of the story's people."""

import sys
from pathlib import Path

import pytest

from schemas.errors import Refused
from simulation.addresses import Gazetteer, gazetteers
from simulation.borough import Settings, build
from simulation.write import write
from tests.simulation.reading import Written, digest

BY_MODEL = Settings(homes=600, days=10, address_errors=True)


def test_there_is_no_gazetteer_unless_asked_for() -> None:
    settings = Settings(homes=300, days=7)
    assert gazetteers(settings, build(settings).town, "police", "haven") == {"police": None, "haven": None}


def test_it_is_refused_with_a_remedy_where_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "address_errors", None)
    with pytest.raises(Refused, match="install it, or leave address errors off"):
        Gazetteer(BY_MODEL, build(BY_MODEL).town, "police")


class TestByTheModel:
    """Where the package is installed."""

    @pytest.fixture(autouse=True)
    def needs_the_package(self) -> None:
        pytest.importorskip("address_errors", reason="address-errors is not installed")

    def test_most_addresses_are_right_some_are_wrong_and_agencies_differ(self) -> None:
        town = build(BY_MODEL).town
        one, other = (Gazetteer(BY_MODEL, town, agency) for agency in ("police", "haven"))
        wrong = [place for place in town.homes if one.written(place).is_wrong]
        assert 0.02 < len(wrong) / len(town.homes) < 0.5
        assert any(one.written(place) != other.written(place) for place in town.homes)
        assert all(one.written(place).text for place in town.places)

    def test_equal_settings_write_equal_bytes(self, tmp_path: Path) -> None:
        for name in ("one", "other"):
            write(build(BY_MODEL), tmp_path / name)
        assert digest(tmp_path / "one") == digest(tmp_path / "other")
        assert Written(tmp_path / "one").tagged("address_slip")

    def test_the_storys_people_live_where_they_live(self, tmp_path: Path) -> None:
        write(build(BY_MODEL), tmp_path)
        written = Written(tmp_path)
        staged = {(row["agency"], row["reference"]) for row in written.truth("story") if row["story"] != "party"}
        assert staged
        assert not staged & written.tagged("address_slip")
