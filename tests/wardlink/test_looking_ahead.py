"""`wardlink judge --preview` and `wardlink why CASE`: what a word would change, and where a case hangs by least."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policy.facts import Reader
from schemas.errors import Refused
from schemas.records import Judgement, Person
from schemas.topics import JUDGEMENTS, REPORTS_HOUSING, REPORTS_POLICE
from schemas.vocabulary import PersonKind, PersonRole, Restriction, Verdict
from store.settings import StoreSettings
from tests.streams.reports import keyring_for
from tests.streams.test_judgements import different, mention
from tests.streams.test_resolve import AREA, told
from tests.streams.worker import Worker
from vault.keyring import Keyring
from wardlink.cli import build
from wardlink.judging import find_pairs, foresee
from wardlink.settings import Settings, load
from wardlink.views import Views

POLICE, HOUSING = Reader.parse("police/caseworker"), Reader.parse("housing/caseworker")


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=3)


@pytest.fixture
def worker(database: StoreSettings, ring: Keyring) -> Worker:
    """Two reports of the police and one of housing of one victim, and one of the police that is restricted."""
    made = Worker(database, ring)
    made.claim()
    hidden = told(ring, 4, days=2, restrictions=(Restriction.DOMESTIC_ABUSE,))
    made.take(REPORTS_POLICE.name, [told(ring, 1, days=9), told(ring, 2, days=5), hidden])
    made.take(REPORTS_HOUSING.name, [told(ring, 3, agency="housing")])
    return made


@pytest.fixture
def settings(tmp_path: Path, database: StoreSettings, ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Settings:
    ring.save(tmp_path / "keyring.json")
    monkeypatch.setenv("WARDLINK_KEYRING", str(tmp_path))
    for name in ("writer_dsn", "reader_dsn", "keys_dsn"):
        monkeypatch.setenv(f"WARDLINK_POSTGRES_{name.upper()}", getattr(database, name))
    return load(home=tmp_path / "home")


def ahead(settings: Settings, reader: Reader, left: str, right: str, verdict: Verdict) -> list[tuple[str, ...]]:
    found = foresee(settings, reader, find_pairs(settings, reader, left, right, victims=True), verdict)
    return sorted(tuple(member.partition("#")[0] for member in held) for held in found.after.values())


def persons(worker: Worker) -> list[tuple[str, ...]]:
    rows = worker.rows("SELECT array_agg(report_id ORDER BY report_id) FROM mention GROUP BY person_id")
    return sorted(tuple(held) for (held,) in rows)  # type: ignore[arg-type]


def given(worker: Worker, left: str, right: str, verdict: Verdict, revision: int = 1) -> Judgement:
    return replace(different(worker, left, right, revision), verdict=verdict)


def test_what_is_foretold_comes_true(worker: Worker, settings: Settings) -> None:
    foretold = ahead(settings, POLICE, "police:1", "police:2", Verdict.DIFFERENT)
    assert len(foretold) == 2
    assert worker.rows("SELECT count(*) FROM judgement") == [(0,)], "nothing was said"
    worker.take(JUDGEMENTS.name, [given(worker, "police:1", "police:2", Verdict.DIFFERENT)])
    assert persons(worker) == foretold
    again = ahead(settings, POLICE, "police:1", "police:4", Verdict.SAME)
    worker.take(JUDGEMENTS.name, [given(worker, "police:1", "police:4", Verdict.SAME)])
    assert persons(worker) == again, "who was with the one may have to leave"


def test_nothing_is_foretold_of_reports_that_the_reader_may_not_know_of(worker: Worker, settings: Settings) -> None:
    assert ahead(settings, POLICE, "police:1", "police:2", Verdict.SAME) == [
        ("housing:3", "police:1", "police:2", "police:4")
    ]
    assert ahead(settings, HOUSING, "housing:3", "police:1", Verdict.SAME) == [("housing:3", "police:1", "police:2")]


def test_a_caseworker_looks_ahead_and_needs_no_reason_yet(
    worker: Worker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDLINK_HOME", str(settings.folders.root))
    words = ["judge", "police:1", "police:2", "different", "--victims", "--as", "police/caseworker"]
    shown = CliRunner().invoke(build(), [*words, "--preview"], catch_exceptions=False)
    assert shown.stdout.startswith("Nothing was said yet. Your word (different) would change this:")
    assert "a new one: " in shown.stdout
    same = CliRunner().invoke(build(), [*words[:3], "same", *words[4:], "--preview"], catch_exceptions=False)
    assert "would change nothing now" in same.stdout
    with pytest.raises(Refused, match="--because"):
        CliRunner().invoke(build(), words, catch_exceptions=False)


def test_a_case_tells_where_it_hangs_by_least(worker: Worker, settings: Settings) -> None:
    worker.take(REPORTS_POLICE.name, [told(worker.ring, 7, days=1, persons=_sparse(worker))])
    [(case_id,)] = worker.rows("SELECT person_id FROM mention WHERE report_id = 'police:1'")
    found = Views(settings, HOUSING).weakest_bridge(str(case_id))
    assert found is not None
    bridge, strongest = found
    seen = {each.partition("#")[0] for each in (*bridge.one, *bridge.other)}
    assert seen == {"housing:3", "police:1", "police:2", "police:7"}, "what may not be seen is no evidence"
    assert mention(worker, "police:7") in (bridge.one, bridge.other)[len(bridge.one) > 1]
    assert (strongest.left, strongest.right) == bridge.strongest or (
        strongest.right,
        strongest.left,
    ) == bridge.strongest
    with pytest.raises(Refused, match="there is none"):
        Views(settings, Reader.parse("health/caseworker")).weakest_bridge(str(case_id))


def _sparse(worker: Worker) -> tuple[object, ...]:
    """The same victim, of whom less is told."""
    return (
        Person(
            role=PersonRole.VICTIM,
            kind=PersonKind.MEMBER_OF_PUBLIC,
            given_names=("Zeynep",),
            family_name="Yilmaz",
            telephones=("07700 900123",),
        ),
    )
