"""A release, or a promotion, brings another model: what is stored is told anew by it, once, with a trace."""

from dataclasses import replace

import pytest

from linkage.model import Model, load_model
from schemas.topics import COMMANDS
from store.settings import StoreSettings
from streams.clock import tick
from tests.streams.reports import DAY, keyring_for
from tests.streams.test_resolve import AREA, NOW, POLICE, switch, told
from tests.streams.worker import Worker
from vault.keyring import Keyring

SHY = "test-shy"
"""A model that takes nobody for the same: no pair of persons reaches its thresholds."""


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=3)


@pytest.fixture
def first(database: StoreSettings, ring: Keyring) -> Worker:
    made = Worker(database, ring)
    made.claim()
    made.take(COMMANDS.name, [switch("police/log", "live")])
    made.take(POLICE, [told(ring, number, days=number) for number in range(1, 6)])
    return made


def shy() -> Model:
    model = load_model()
    person = replace(model.person, prior=model.person.prior - 60_000)
    return replace(model, version=SHY, person=person)


def later(database: StoreSettings, ring: Keyring, model: Model, name: str) -> Worker:
    """A worker of another release, after its first record."""
    made = Worker(database, ring, name=name, model=model)
    made.claim()
    made.take(COMMANDS.name, [tick(AREA, NOW + DAY)])
    return made


def stored(worker: Worker) -> dict[str, object]:
    return {
        "persons": dict(worker.rows("SELECT mention_id, person_id FROM mention")),
        "incidents": dict(worker.rows("SELECT report_id, incident_id FROM report")),
        "links": set(worker.rows("SELECT graph, left_id, right_id, weight_millibits FROM link WHERE live")),
    }


def held(worker: Worker) -> dict[str, object]:
    index = worker.resolve.areas[AREA].index
    return {
        "persons": {mention: index.person_of(mention) for mention in index.mentions()},
        "incidents": {report: index.incident_of(report) for report in index.reports()},
    }


def victims_alerts(worker: Worker) -> list[tuple[str, str]]:
    """The alerts of the victim's case: how they stand, and where they are told."""
    return worker.rows("SELECT state, quiet FROM alert WHERE recipient = 'police' AND case_id LIKE '%%-V%%'")


def test_what_is_stored_follows_the_model_and_comes_back_with_it(
    first: Worker, database: StoreSettings, ring: Keyring
) -> None:
    before = stored(first)
    assert victims_alerts(first) == [("RAISED", "")]
    assert len(set(first.rows("SELECT person_id FROM mention"))) == 1
    other = later(database, ring, shy(), "two")
    apart = stored(other)
    assert {key: apart[key] for key in ("persons", "incidents")} == held(other)
    assert len(set(other.rows("SELECT person_id FROM mention"))) == 5
    assert not other.rows("SELECT FROM link WHERE live AND graph = 'PERSON'")
    assert victims_alerts(other) == [("WITHDRAWN", "")]
    assert other.rows("SELECT model FROM area WHERE area = %s", AREA) == [(SHY,)]
    again = later(database, ring, load_model(), "three")
    back = stored(again)
    assert back["links"] == before["links"]
    assert back["incidents"] == before["incidents"]
    assert len(set(again.rows("SELECT person_id FROM mention"))) == 1
    assert victims_alerts(again) == [("RAISED", "FOLDED")], "the place's alert, raised meanwhile, tells of all five"


def test_ids_that_another_model_merges_lead_to_those_that_are_left(
    first: Worker, database: StoreSettings, ring: Keyring
) -> None:
    later(database, ring, shy(), "two")
    again = later(database, ring, load_model(), "three")
    (person,) = again.rows("SELECT DISTINCT person_id FROM mention")[0]
    merged = again.rows("SELECT old_id, new_id FROM cluster_alias WHERE old_id LIKE '%%-V%%'")
    assert len(merged) == 4
    assert {new for _, new in merged} == {person}


def test_the_change_is_written_into_the_audit_trail_once(first: Worker, database: StoreSettings, ring: Keyring) -> None:
    other = later(database, ring, shy(), "two")
    other.take(COMMANDS.name, [tick(AREA, NOW + 2 * DAY)])
    statement = "SELECT action, model_version, cardinality(subjects) FROM audit WHERE 'every link anew' = ANY (fields)"
    assert other.rows(statement) == [("combination", SHY, 4)]


def test_the_same_model_tells_nothing_anew(first: Worker, database: StoreSettings, ring: Keyring) -> None:
    before = stored(first)
    again = later(database, ring, load_model(), "two")
    assert stored(again) == before
    assert not again.rows("SELECT FROM audit WHERE 'every link anew' = ANY (fields)")
