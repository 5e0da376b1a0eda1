"""While more records of a partition wait, its cases are looked at once for several batches."""

import pytest

from schemas.topics import BACKFILL, COMMANDS, REPORTS_HOUSING, REPORTS_POLICE
from store.settings import StoreSettings
from streams import taking as module
from streams.clock import tick
from tests.streams.reports import DAY, keyring_for
from tests.streams.test_resolve import AREA, NOW, switch, told
from tests.streams.worker import Worker
from vault.keyring import Keyring

POLICE, HOUSING = REPORTS_POLICE.name, REPORTS_HOUSING.name
NEIGHBOUR = "E09000007"


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA, NEIGHBOUR], seed=3)


@pytest.fixture
def worker(database: StoreSettings, ring: Keyring) -> Worker:
    made = Worker(database, ring)
    made.claim()
    made.take(COMMANDS.name, [switch("police/log", "live"), switch("housing/log", "live")])
    return made


def alerts(worker: Worker) -> list[tuple[str, int, int]]:
    """Of the victim's case, for police: state, version, how many reports it tells."""
    statement = "SELECT state, version, cardinality(report_ids) FROM alert WHERE recipient = 'police' AND quiet = ''"
    return worker.rows(statement + " AND case_id LIKE '%%-V%%'")


def take_one_by_one(worker: Worker, ring: Keyring, topic: str = POLICE) -> None:
    for number in range(1, 6):
        worker.take(topic, [told(ring, number, days=number)], more=True)


def waiting(worker: Worker) -> list[tuple[bool]]:
    return worker.rows("SELECT waiting FROM area WHERE area = %s", AREA)


def test_an_alert_tells_all_at_once_when_nothing_more_follows(worker: Worker, ring: Keyring) -> None:
    take_one_by_one(worker, ring)
    assert worker.rows("SELECT count(*) FROM report") == [(5,)]
    assert (alerts(worker), waiting(worker)) == ([], [(True,)])
    worker.take(POLICE, [told(ring, 6, days=6)])
    assert (alerts(worker), waiting(worker)) == ([("RAISED", 1, 6)], [(False,)])


def test_what_waits_is_looked_at_also_when_another_areas_record_is_the_last(worker: Worker, ring: Keyring) -> None:
    take_one_by_one(worker, ring)
    worker.take(COMMANDS.name, [tick(NEIGHBOUR, NOW)])
    assert (alerts(worker), waiting(worker)) == ([("RAISED", 1, 5)], [(False,)])


def test_a_restart_forgets_nothing_that_waits(worker: Worker, ring: Keyring, database: StoreSettings) -> None:
    take_one_by_one(worker, ring)
    again = Worker(database, ring, name="two")
    again.claim()
    again.take(COMMANDS.name, [tick(AREA, NOW + DAY)])
    assert (alerts(again), waiting(again)) == ([("RAISED", 1, 5)], [(False,)])


def test_cases_do_not_wait_for_ever(worker: Worker, ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 4)
    take_one_by_one(worker, ring)
    assert (alerts(worker), waiting(worker)) == ([("RAISED", 1, 4)], [(True,)])


def test_history_never_waits_and_sends_nothing(worker: Worker, ring: Keyring) -> None:
    worker.take(BACKFILL.name, [told(ring, number, days=number) for number in range(1, 6)], more=True)
    assert waiting(worker) == [(False,)]
    assert worker.rows("SELECT DISTINCT quiet FROM alert WHERE recipient = 'police'") == [("PAST",)]


def test_what_is_live_and_waits_is_looked_at_before_history(
    worker: Worker, ring: Keyring, database: StoreSettings
) -> None:
    take_one_by_one(worker, ring)
    again = Worker(database, ring, name="two")
    again.claim()
    again.take(BACKFILL.name, [told(ring, 7, agency="housing", days=40)])
    assert (alerts(again), waiting(again)) == ([("RAISED", 1, 5)], [(False,)])
