"""Fixtures: a filled database, and the command line in this very process, for Great Expectations loads slowly."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from store.settings import StoreSettings
from tests.quality.filled import Filled
from wardlink.cli import main


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture
def filled(database: StoreSettings) -> Filled:
    """A fresh database, a worker of resolve, and keys."""
    return Filled(database)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Calls `wardlink WORDS…` by its entry point, in a home without a stack; keywords are its environment."""
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))

    def call(*words: str, **environment: str) -> Said:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["wardlink", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return Said(int(ended.value.code or 0), told.out, told.err)

    return call
