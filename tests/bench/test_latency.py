"""The victims whose alerts the bench waits for: the third report of each brings one."""

from pathlib import Path

from bench import latency
from connectors import sources
from store.settings import StoreSettings
from tests.streams.reports import keyring_for
from tests.streams.test_resolve import AREA, switch
from tests.streams.worker import Worker

VICTIMS = 5


def test_the_third_report_of_each_victim_brings_an_alert(database: StoreSettings, tmp_path: Path) -> None:
    ring = keyring_for([AREA], seed=7)
    worker = Worker(database, ring)
    worker.claim()
    source = sources.find("table", "police-cad").name
    worker.take("asb.commands", [switch(f"police/{source}", "live")])
    before, thirds = latency.tell(ring.public(), [AREA], VICTIMS, tmp_path)
    worker.take("asb.reports.police", [one.record for one in before])
    assert worker.rows("SELECT count(*) FROM alert WHERE quiet = ''") == [(0,)]
    worker.take("asb.reports.police", [one.record for one in thirds])
    sent = worker.rows("SELECT report_ids FROM alert WHERE quiet = ''")
    assert {one.record.report_id for one in thirds} <= {report_id for (ids,) in sent for report_id in ids}
