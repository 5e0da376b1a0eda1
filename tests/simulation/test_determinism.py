"""Equal settings give equal bytes; nothing depends on the process, its hash seed or its language."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from schemas.errors import Refused
from simulation.borough import Settings, build
from simulation.feeds import ALL
from simulation.write import write
from tests.simulation.reading import digest

SMALL = Settings(homes=300, days=10, feeds=ALL, faults=3)

SCRIPT = """
from pathlib import Path
from simulation.borough import Settings, build
from simulation.feeds import ALL
from simulation.write import write
write(build(Settings(homes=300, days=10, feeds=ALL, faults=3)), Path({!r}))
"""


def test_two_builds_write_the_same_bytes(tmp_path: Path) -> None:
    world = build(SMALL)
    for name in ("one", "other"):
        write(world, tmp_path / name)
    write(build(SMALL), tmp_path / "third")
    assert digest(tmp_path / "one") == digest(tmp_path / "other") == digest(tmp_path / "third")


@pytest.mark.parametrize(("hash_seed", "zone"), [("1", "Asia/Tokyo"), ("2", "America/New_York")])
def test_another_process_writes_the_same_bytes(tmp_path: Path, hash_seed: str, zone: str) -> None:
    write(build(SMALL), tmp_path / "here")
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": "C"}
    script = SCRIPT.format(str(tmp_path / "there"))
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, cwd=Path(__file__).parents[2])
    assert digest(tmp_path / "here") == digest(tmp_path / "there")


def test_another_seed_is_another_borough(tmp_path: Path) -> None:
    for seed in (7, 8):
        write(build(Settings(seed=seed, homes=300, days=7)), tmp_path / str(seed))
    assert digest(tmp_path / "7") != digest(tmp_path / "8")


def test_a_longer_run_begins_as_a_shorter_one() -> None:
    """What happens on a day does not depend on how many days follow, but for the fixed story."""
    short = next(build(Settings(homes=600, days=10)).days())
    long = next(build(Settings(homes=600, days=20)).days())
    kept = [[(t.at, t.agency, t.incident.id) for t in day if not t.incident.story] for day in (short, long)]
    assert kept[0] == kept[1] != []


def test_two_towns_of_one_run_share_no_code_and_no_place() -> None:
    one, other = (build(Settings(homes=300, days=7, town=town, area=f"E0{town}")).town for town in (0, 1))
    for of in ("uprn", "postcode", "lsoa", "ward", "usrn"):
        assert not {getattr(p, of) for p in one.places} & {getattr(p, of) for p in other.places}
    assert not {(p.easting, p.northing) for p in one.places} & {(p.easting, p.northing) for p in other.places}


@pytest.mark.parametrize(
    "wrong",
    [
        {"days": 6},
        {"homes": 20},
        {"town": 300},
        {"activity": 0.0},
        {"snapshot_every": 0},
        {"faults": -1},
        {"feeds": ("police-cad", "housing", "noiseworks", "pigeon-post")},
        {"feeds": ("police-cad", "sdm")},
    ],
)
def test_a_borough_that_cannot_be_is_refused_with_a_remedy(wrong: dict[str, object]) -> None:
    with pytest.raises(Refused, match="give"):
        Settings(start=date(2026, 10, 1), **wrong)  # type: ignore[arg-type]
