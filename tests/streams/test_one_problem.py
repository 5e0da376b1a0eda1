"""One problem told to three agencies adds up, though one of them knows no property number."""

from dataclasses import replace

import pytest

from schemas.records import CaseReviewApplication, Moment, Place, Report
from schemas.topics import APPLICATIONS, REPORTS_COUNCIL, REPORTS_HOUSING, REPORTS_POLICE
from schemas.vocabulary import Category, PlaceRole
from store.settings import StoreSettings
from tests.streams.reports import keyring_for
from tests.streams.test_resolve import AREA, NOW, switch, told
from tests.streams.worker import Worker
from vault.keyring import Keyring

SOURCE = Place(role=PlaceRole.SOURCE, uprn="1018")
HOME, ELSEWHERE = ("FLAT 17, CONISTON COURT, NAILER GARDENS", "FLAT 3, 9 MARE STREET")


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=3)


@pytest.fixture
def worker(database: StoreSettings, ring: Keyring) -> Worker:
    made = Worker(database, ring)
    made.claim()
    made.take("asb.commands", [switch(f"{agency}/log", "live") for agency in ("police", "housing", "council")])
    return made


def suffered(address: str, uprn: str | None = None) -> Place:
    return Place(role=PlaceRole.AFFECTED, address=address, postcode="E8 1EA", uprn=uprn)


def tell_all(worker: Worker, ring: Keyring, home_of_the_police: str) -> None:
    scene = Place(role=PlaceRole.OCCURRED, address="FLAT 18, CONISTON COURT")
    log: Report = told(ring, 1, days=20, places=(scene, suffered(home_of_the_police)))
    worker.take(REPORTS_POLICE.name, [replace(log, category=Category.NUISANCE_NEIGHBOURS)])
    of_tenant = (SOURCE, suffered("Flat 17 Coniston Court, Nailer Gardens", "1017"))
    worker.take(REPORTS_HOUSING.name, [told(ring, 2, agency="housing", days=12, places=of_tenant)])
    of_caller = (SOURCE, suffered("Flat 17, Coniston Court, Nailer Gardens, London"))
    worker.take(REPORTS_COUNCIL.name, [told(ring, 3, agency="council", days=5, places=of_caller)])


def due_to_police(worker: Worker) -> list[bool]:
    rows = worker.rows(
        "SELECT due_at IS NOT NULL FROM alert WHERE recipient = 'police' AND case_id LIKE '%%-V%%' AND NOT shadow"
    )
    return [is_due for (is_due,) in rows]


def test_a_home_known_by_its_address_alone_is_the_same_home(worker: Worker, ring: Keyring) -> None:
    tell_all(worker, ring, HOME)
    assert due_to_police(worker) == [True]


def test_trouble_suffered_at_another_home_is_another_problem(worker: Worker, ring: Keyring) -> None:
    tell_all(worker, ring, ELSEWHERE)
    assert not any(due_to_police(worker))


def applied(*report_ids: str, revision: int = 1) -> CaseReviewApplication:
    at = Moment(at=NOW)
    return CaseReviewApplication(
        application_id="police:1",
        area=AREA,
        agency="police",
        report_ids=report_ids,
        made=at,
        received=at,
        revision=revision,
    )


def test_whoever_has_applied_for_a_review_need_not_be_told_again_that_they_may(
    worker: Worker, database: StoreSettings, ring: Keyring
) -> None:
    tell_all(worker, ring, HOME)
    worker.take(APPLICATIONS.name, [applied("police:1", "housing:2", "council:3")])
    assert not any(due_to_police(worker))
    assert worker.rows("SELECT agency, subjects FROM audit WHERE fields = '{case review application}'") == [
        ("police", ["police:1", "housing:2", "council:3"])
    ]
    other = Worker(database, ring, name="two")
    other.claim()
    other.take("asb.commands", [switch("police/other", "live")])
    assert True not in due_to_police(other), "also after a restart"


def test_an_application_that_speaks_of_nothing_any_more_is_taken_back(worker: Worker, ring: Keyring) -> None:
    tell_all(worker, ring, HOME)
    worker.take(APPLICATIONS.name, [applied("police:1", "housing:2", "council:3")])
    worker.take(APPLICATIONS.name, [applied(revision=2)])
    assert due_to_police(worker) == [True]
