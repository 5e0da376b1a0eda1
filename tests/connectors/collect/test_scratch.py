"""Private copies: nobody else can read them, and none outlives its reading, also when the process is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.collect.scratch import Copy, Scratch
from schemas.errors import Unavailable

KILLED = """
import sys, time
from pathlib import Path
from connectors.collect.scratch import Scratch
scratch = Scratch(Path(sys.argv[1]))
with scratch.copy_of("june.csv") as copy:
    copy.write(b"personal")
    copy.end(0)
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_copy_is_private_bears_the_file_s_name_and_time_and_goes(tmp_path: Path) -> None:
    with Scratch(tmp_path / "scratch") as scratch, scratch.copy_of("2018-10 Ærø.csv") as copy:
        for block in (b"a" * 10, b"b" * 5):
            copy.write(block)
        copy.end(1_717_406_100_000_000)
        assert copy.size == 15
        assert copy.path.name == "2018-10 Ærø.csv"
        assert copy.path.read_bytes() == b"a" * 10 + b"b" * 5
        assert copy.path.stat().st_mode & 0o777 == 0o600
        assert copy.path.stat().st_mtime == 1_717_406_100
        for folder in (copy.path.parent, copy.path.parent.parent, tmp_path / "scratch"):
            assert folder.stat().st_mode & 0o777 == 0o700
        path = copy.path
    assert not path.exists()
    assert [one.name for one in (tmp_path / "scratch").iterdir()] == [".lock"]


def test_a_copy_goes_also_when_its_reading_fails(tmp_path: Path) -> None:
    with Scratch(tmp_path) as scratch:
        with pytest.raises(ZeroDivisionError), scratch.copy_of("june.csv") as copy:
            copy.write(b"x" * (1 // 0))
        assert not copy.path.exists()


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_holds_is_not(tmp_path: Path) -> None:
    command = (sys.executable, "-c", KILLED, str(tmp_path))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline() == "written\n"
        with Scratch(tmp_path):
            assert len(list(tmp_path.rglob("june.csv"))) == 1
        process.kill()
    assert len(list(tmp_path.rglob("june.csv"))) == 1
    with Scratch(tmp_path):
        assert list(tmp_path.rglob("june.csv")) == []


def test_a_full_disk_is_waited_for() -> None:
    with open("/dev/full", "wb", buffering=0) as full:
        copy = Copy(Path("/dev/full"), full, lambda: None)
        with pytest.raises(Unavailable, match="free some space"):
            copy.write(b"x")


def test_copying_can_be_broken_off(tmp_path: Path) -> None:
    def stop() -> None:
        raise Unavailable("it was told to stop")

    with Scratch(tmp_path, stop) as scratch, scratch.copy_of("june.csv") as copy:
        with pytest.raises(Unavailable, match="told to stop"):
            copy.write(b"x")
        assert copy.path.stat().st_size == 0


@pytest.mark.parametrize("label", ["x" * 300 + ".csv.gz", "é" * 200 + ".zip", "back\\slash.csv"])
def test_every_name_finds_a_copy_with_its_ending(tmp_path: Path, label: str) -> None:
    with Scratch(tmp_path) as scratch, scratch.copy_of(label) as copy:
        assert copy.path.suffix == Path(label).suffix
        assert len(os.fsencode(copy.path.name)) <= 255
