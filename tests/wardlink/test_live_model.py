"""A live model of one's own: learnt from words, named by WARDLINK_MODEL, refused where it cannot be one."""

from pathlib import Path

import pytest

from linkage.learning import Figures, Learnt
from linkage.model import CURRENT, load_model
from schemas.errors import Refused
from tests.linkage.shipped import live_text
from wardlink.judged import model_file
from wardlink.live_model import live_model
from wardlink.settings import Settings, load

LEARNT = {
    "person": Learnt(80, 40, Figures(0.61, 0.2), Figures(0.5, 0.1), moved={("home", "postcode"): (6000, 4500)}),
    "incident": Learnt(3, 1, why_not="too few words to learn from"),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load(home=tmp_path / "home")


def using(settings: Settings, path: Path) -> Settings:
    return settings.model_copy(update={"model": path})


def test_without_a_file_it_is_the_one_that_ships(settings: Settings) -> None:
    assert live_model(settings) is load_model()


def test_what_was_learnt_is_a_file_that_links_under_a_version_of_its_own(settings: Settings, tmp_path: Path) -> None:
    version, text = model_file(settings, LEARNT, "hackney", "2026-11-23")
    path = tmp_path / "hackney.yaml"
    path.write_text(text, "utf-8")
    model = live_model(using(settings, path))
    assert model.version == version
    assert version.startswith(f"{CURRENT}+hackney-")
    [home] = [each for each in model.person.comparisons if each.name == "home"]
    assert {level.name: level.millibits for level in home.levels}["postcode"] == 4500
    assert "words_same: 80" in text
    assert "too few words" in text


def test_the_same_lesson_has_the_same_version_and_another_has_another(settings: Settings) -> None:
    other = LEARNT | {"person": Learnt(80, 40, moved={("home", "postcode"): (6000, 5500)})}
    versions = [model_file(settings, each, "hackney", None)[0] for each in (LEARNT, LEARNT, other)]
    assert versions[0] == versions[1] != versions[2]


def test_what_learnt_nothing_writes_nothing_and_says_how_many_words_there_are(settings: Settings) -> None:
    with pytest.raises(Refused, match="3 words SAME and 1 DIFFERENT, and too few words"):
        model_file(settings, {"incident": LEARNT["incident"]}, "hackney", None)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is no live model"),
        ("version: x\nperson: {}\n", "is no live model"),
        ("a: [", "is no live model"),
        (live_text(), f"bears the version {CURRENT} of a model that ships"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_one_is_refused_by_the_setting(
    settings: Settings, tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "model.yaml"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(Refused, match=rf"WARDLINK_MODEL \(.*\): {said}"):
        live_model(using(settings, path))
