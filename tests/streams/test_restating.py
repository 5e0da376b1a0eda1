"""A release that spells features otherwise standardises what is stored again, once, while memories are built."""

import orjson
import pytest

from linkage import packing
from store.database import connect
from store.settings import StoreSettings
from streams import restating
from tests.streams.reports import keyring_for
from tests.streams.test_resolve import AREA, POLICE, told
from tests.streams.worker import Worker
from vault.keyring import Keyring
from vault.reports import FeatureSeal


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=3)


@pytest.fixture
def worker(database: StoreSettings, ring: Keyring) -> Worker:
    made = Worker(database, ring)
    made.claim()
    return made


def age(database: StoreSettings, ring: Keyring) -> None:
    """Stores all features as an older release packed them."""
    seal = FeatureSeal(ring)
    with connect(database.writer_dsn, "test") as connection:
        for row in connection.execute("SELECT report_id, features FROM report WHERE features IS NOT NULL").fetchall():
            name = row["report_id"].encode()
            _, *values = orjson.loads(seal.open(AREA, name, row["features"]))
            older = seal.seal(AREA, name, orjson.dumps([packing.VERSION - 1, *values[:3]]))
            connection.execute("UPDATE report SET features = %s WHERE report_id = %s", (older, row["report_id"]))


def test_features_of_an_older_release_are_standardised_again_and_stored(
    worker: Worker, database: StoreSettings, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restating, "_AT_ONCE", 2)
    worker.take(POLICE, [told(ring, number, days=number) for number in range(5)])
    before = worker.resolve.areas[AREA].index
    age(database, ring)
    later = Worker(database, ring)
    later.claim()
    index = later.resolve.areas[AREA].index
    for report_id in before.reports():
        assert index.features(report_id) == before.features(report_id)
        assert index.incident_of(report_id) == before.incident_of(report_id)
    seal = FeatureSeal(ring)
    for report_id, features in worker.rows("SELECT report_id, features FROM report"):
        assert packing.unpack(seal.open(AREA, report_id.encode(), features)) == before.features(report_id)


def test_a_report_whose_key_is_gone_has_no_persons_any_more(
    worker: Worker, database: StoreSettings, ring: Keyring
) -> None:
    worker.take(POLICE, [told(ring, 1)])
    age(database, ring)
    with connect(database.keys_dsn, "test") as keys:
        keys.execute("DELETE FROM report_key")
    later = Worker(database, ring)
    later.claim()
    features = later.resolve.areas[AREA].index.features("police:1")
    assert features is not None
    assert (features.mentions, features.words) == ((), ())
