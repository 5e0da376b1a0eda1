"""A demonstration's home: begun anew each time, and never where anything else lies."""

from pathlib import Path

import pytest

from schemas.errors import Refused
from wardlink.demo.home import begin, config_file, demo_settings, page_file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_what_an_earlier_demonstration_left_is_removed_and_the_rest_is_not(home: Path) -> None:
    settings = demo_settings()
    begin(settings)
    page_file(settings).write_text("seven lines", "utf-8")
    (home / "borough").mkdir()
    (home / "notes.txt").write_text("the user's own", "utf-8")
    begin(settings)
    assert not page_file(settings).exists()
    assert not (home / "borough").exists()
    assert config_file(settings).exists()
    assert (home / "notes.txt").read_text("utf-8") == "the user's own"


def test_a_home_that_holds_something_else_is_refused_and_left_alone(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    with pytest.raises(Refused, match="something else than a demonstration"):
        begin(demo_settings())
    assert [path.name for path in home.iterdir()] == ["postgres"]


def test_settings_that_point_outside_are_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDLINK_KAFKA_BOOTSTRAP", "broker:9092")
    with pytest.raises(Refused, match="WARDLINK_KAFKA_BOOTSTRAP"):
        demo_settings()
