"""A case of a repeat victim is of somebody who suffers; whoever is named in another role has none."""

import pytest

from schemas.records import Person
from schemas.topics import REPORTS_POLICE
from schemas.vocabulary import PersonKind, PersonRole
from store.settings import StoreSettings
from tests.streams.reports import keyring_for
from tests.streams.test_resolve import AREA, switch, told
from tests.streams.worker import Worker
from vault.keyring import Keyring


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=5)


@pytest.fixture
def worker(database: StoreSettings, ring: Keyring) -> Worker:
    made = Worker(database, ring)
    made.claim()
    made.take("asb.commands", [switch("police/log", "live")])
    return made


def named(role: PersonRole) -> Person:
    return Person(
        role=role,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        given_names=("Zeynep",),
        family_name="Yilmaz",
        birth_date="1971-04-03",
        telephones=("07700 900123",),
    )


@pytest.mark.parametrize(
    ("role", "cases"),
    [
        (PersonRole.COMPLAINANT, 1),
        (PersonRole.VICTIM, 1),
        (PersonRole.ALLEGED_PERPETRATOR, 0),
        (PersonRole.WITNESS, 0),
        (PersonRole.REPORTER_ON_BEHALF, 0),
    ],
)
def test_three_incidents_make_a_repeat_victim_of_who_suffers_them_alone(
    worker: Worker, ring: Keyring, role: PersonRole, cases: int
) -> None:
    reports = [told(ring, number, days=number * 5, persons=(named(role),)) for number in (1, 2, 3)]
    worker.take(REPORTS_POLICE.name, reports)
    assert worker.rows("SELECT count(DISTINCT person_id) FROM mention") == [(1,)]
    assert worker.rows("SELECT count(*) FROM case_file WHERE kind = 'REPEAT_VICTIM'") == [(cases,)]
    assert worker.rows("SELECT count(*) FROM alert WHERE case_id LIKE '%%-V%%'") == [(cases,)]
