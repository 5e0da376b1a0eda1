"""`wardlink model judged`: does the live model say by itself what caseworkers said?"""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.errors import Refused
from schemas.topics import JUDGEMENTS, REPORTS_POLICE
from schemas.vocabulary import Graph, Verdict
from store.settings import StoreSettings
from tests.streams.reports import keyring_for
from tests.streams.test_judgements import different
from tests.streams.test_resolve import AREA, told
from tests.streams.worker import Worker
from vault.keyring import Keyring
from wardlink.cli import build
from wardlink.judged import Judged, counted, judged, learnt
from wardlink.settings import Settings, load


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=3)


@pytest.fixture
def settings(tmp_path: Path, database: StoreSettings, ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Settings:
    ring.save(tmp_path / "keyring.json")
    monkeypatch.setenv("WARDLINK_KEYRING", str(tmp_path))
    monkeypatch.setenv("WARDLINK_POSTGRES_WRITER_DSN", database.writer_dsn)
    return load(home=tmp_path / "home")


def test_words_about_persons_and_incidents_are_held_against_the_model_alone(
    settings: Settings, database: StoreSettings, ring: Keyring
) -> None:
    worker = Worker(database, ring)
    worker.claim()
    worker.take(REPORTS_POLICE.name, [told(ring, number, days=number) for number in range(1, 4)])
    contradicts, withdrawn = different(worker, "police:1", "police:2"), different(worker, "police:2", "police:3")
    agrees = replace(contradicts, judgement_id="j2", verdict=Verdict.SAME)
    incidents = replace(agrees, judgement_id="j3", graph=Graph.INCIDENT, left="police:1", right="police:3")
    withdrawn = replace(withdrawn, verdict=Verdict.WITHDRAWN)
    worker.take(JUDGEMENTS.name, [contradicts, agrees, incidents, withdrawn])
    words = judged(settings)
    assert counted(words) == {
        ("INCIDENT", "SAME"): {"apart": 1},
        ("PERSON", "DIFFERENT"): {"certain": 1},
        ("PERSON", "SAME"): {"certain": 1},
    }
    assert {(word.graph, word.verdict) for word in words if word.is_contradicted()} == {
        ("INCIDENT", "SAME"),
        ("PERSON", "DIFFERENT"),
    }


@pytest.mark.parametrize(
    ("verdict", "band", "contradicted"),
    [
        ("SAME", "certain", False),
        ("SAME", "possible", False),
        ("SAME", "apart", True),
        ("DIFFERENT", "certain", True),
        ("DIFFERENT", "possible", False),
        ("DIFFERENT", "apart", False),
    ],
)
def test_a_possible_pair_contradicts_nobody(verdict: str, band: str, contradicted: bool) -> None:
    assert Judged("PERSON", "a", "b", verdict, band).is_contradicted() == contradicted


def test_nothing_said_is_nothing_to_hold_against(settings: Settings) -> None:
    assert judged(settings) == []


def test_words_are_the_live_models_lesson_where_there_are_enough(
    settings: Settings, database: StoreSettings, ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = Worker(database, ring)
    worker.claim()
    worker.take(REPORTS_POLICE.name, [told(ring, number, days=number) for number in range(1, 4)])
    word = different(worker, "police:1", "police:2")
    worker.take(JUDGEMENTS.name, [word, replace(word, judgement_id="j2", verdict=Verdict.SAME)])
    monkeypatch.setenv("WARDLINK_HOME", str(settings.home))
    found = learnt(settings)
    assert (found["person"].same, found["person"].different, found["incident"].same) == (1, 1, 0)
    result = CliRunner().invoke(build(), ["model", "learn", "--out", str(tmp_path / "own.yaml")])
    assert isinstance(result.exception, Refused)
    assert "of persons there are 1 words SAME and 1 DIFFERENT" in str(result.exception)
    assert not (tmp_path / "own.yaml").exists()
