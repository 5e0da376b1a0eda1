"""The built wheel is whole: installed elsewhere, every room finds its files in it."""

import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.architecture.composed import ROOT

LOADS = """
import sys
from importlib import import_module
from pathlib import Path

target = Path(sys.argv[1])

from connectors.sources import find
from linkage.model import load_model
from policy.rulebook import shipped_rules
from policy.agreement import load_agreements
from schemas import avro_files, released
from schemas.codes import rows, shipped
from store.migrate import migrations
from store.queries import load
from wardlink.stack.jars import locked_archives

for room in sys.argv[2:]:
    assert Path(import_module(room).__file__).is_relative_to(target), room
assert avro_files.load("Report")["name"] == "Report"
assert released.NAMES
assert load_model().version
assert shipped_rules().for_area("E09000012") != shipped_rules().for_area("E09000001")
assert shipped()
assert list(rows("nsir"))
assert load_agreements(target / "policy" / "agreements" / "demo.yaml").all
assert load("position")["advance_position"]
assert migrations("main")
assert find("table", "nyc-311-2024").name
assert locked_archives()
print("all found")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the files of this repository."""
    folder = tmp_path_factory.mktemp("wheel")
    run("-m", "hatchling", "build", "-t", "wheel", "-d", str(folder), cwd=ROOT)
    return next(folder.glob("wardlink-*.whl"))


def run(*words: str, cwd: Path) -> str:
    done = subprocess.run((sys.executable, *words), cwd=cwd, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rooms() -> list[str]:
    """The packages that pyproject.toml lists."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed: list[str] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return listed


def test_every_file_of_every_room_is_in_it(wheel: Path) -> None:
    tracked = subprocess.run(
        ("git", "ls-files", *rooms()), cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    assert tracked
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {Path(name).parts[0] for name in held if ".dist-info" not in name} == set(rooms())
    assert [name for name in tracked if name not in held and (ROOT / name).exists()] == []


def test_installed_elsewhere_every_room_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "installed"
    run("-m", "uv", "pip", "install", "-q", "--offline", "--no-deps", "--target", str(target), str(wheel), cwd=tmp_path)
    script = tmp_path / "loads.py"
    script.write_text(f"import sys\nsys.path[:0] = [sys.argv[1], {sysconfig.get_path('purelib')!r}]\n{LOADS}", "utf-8")
    assert run("-I", "-S", str(script), str(target), *rooms(), cwd=tmp_path) == "all found\n"


def test_it_brings_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("entry_points.txt"))
        assert "wardlink = wardlink.cli:main" in archive.read(name).decode()
