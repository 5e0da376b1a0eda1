"""`resolve` itself, killed and stopped in the middle of a load: its effects equal the batch oracle's."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import psutil
import psycopg
import pytest

from connectors.publish import Publisher
from connectors.registry import Registry
from linkage.batch import link_batch
from linkage.model import load_model
from schemas.topics import BY_NAME
from schemas.vocabulary import Operation
from tests.command_line import CommandLine
from tests.conftest import wait_until
from tests.streams.reports import Tale, Told, keyring_for, tell, topic_of
from vault.keyring import Keyring
from wardlink.keyring_files import keyring_path
from wardlink.settings import Settings, kafka_settings, registry_url, store_settings
from wardlink.stack.state import read_state

AREAS = [f"E0900{number:04}" for number in range(8)]
EACH = 150
NOW = 1_795_000_000_000_000

Partition = tuple[tuple[str, ...], ...]


def publish(settings: Settings, messages: Sequence[Told]) -> None:
    with Publisher(kafka_settings(settings), Registry(registry_url(settings))) as publisher:
        for told in messages:
            report = told.report
            message_id = f"{report.report_id}@{report.revision}"
            publisher.send(BY_NAME[topic_of(report.agency)], report.area, report, message_id, report.received.at)
        publisher.flush()


class Stored:
    """What PostgreSQL holds, seen by the writer."""

    def __init__(self, settings: Settings) -> None:
        self._connection = psycopg.connect(store_settings(settings, "writer_dsn").writer_dsn, autocommit=True)

    def rows(self, statement: str, *arguments: Any) -> list[Any]:
        return self._connection.execute(statement.encode(), arguments).fetchall()

    def count(self) -> int:
        return int(self.rows("SELECT count(*) FROM report")[0][0])

    def owned_by(self, pid: int) -> int:
        """How many positions a process of resolve holds."""
        owner = f"wardlink-resolve-%-{pid}-%"
        return int(self.rows("SELECT count(*) FROM stream_position WHERE owner LIKE %s", owner)[0][0])

    def partition(self, statement: str, area: str) -> Partition:
        members: dict[str, list[str]] = defaultdict(list)
        for member, cluster in self.rows(statement, area):
            members[cluster].append(member)
        return tuple(sorted(tuple(sorted(group)) for group in members.values()))


def worker(settings: Settings, name: str) -> psutil.Process:
    process = next(process for process in read_state(settings.folders).processes if process.name == name)
    assert process.identity is not None
    return psutil.Process(process.identity.pid)


@pytest.mark.chaos
def test_effects_equal_the_batch_oracle_after_a_kill_and_a_stop(wardlink: CommandLine) -> None:
    ring = keyring_for(AREAS, seed=5)
    ring.save(keyring_path(wardlink.settings))
    wardlink.succeed("up", "--detach", "--workers", "2")
    tale = tell(ring, AREAS, EACH, seed=11, now=NOW)
    stored = Stored(wardlink.settings)
    publish(wardlink.settings, tale.messages[: len(tale.messages) // 2])
    wait_until(lambda: stored.count() > 0, "the first reports are stored")
    worker(wardlink.settings, "resolve-1").kill()
    stopped = worker(wardlink.settings, "resolve-2")
    stopped.suspend()
    publish(wardlink.settings, tale.messages)  # the first half once more: a redelivery changes nothing
    wait_until(
        lambda: stored.owned_by(stopped.pid) == 0, "the other worker takes over the stopped one's partitions", 90
    )
    stopped.resume()
    wardlink.succeed("status", "--wait", "--timeout", "150", "--json", seconds=180)
    assert_equal_to_oracle(stored, tale, ring)


def assert_equal_to_oracle(stored: Stored, tale: Tale, ring: Keyring) -> None:
    for area in AREAS:
        final = tale.final(area)
        held = stored.rows("SELECT report_id, revision, withdrawn FROM report WHERE area = %s", area)
        assert set(held) == {
            (told.report.report_id, told.report.revision, told.report.operation is Operation.WITHDRAW)
            for told in final.values()
        }
        incidents, persons = link_batch(tale.features(area), [], load_model(), ring.node_key)
        in_incidents = "SELECT report_id, incident_id FROM report WHERE area = %s AND NOT withdrawn"
        assert stored.partition(in_incidents, area) == incidents
        in_persons = "SELECT mention_id, person_id FROM mention WHERE area = %s AND person_id IS NOT NULL"
        assert stored.partition(in_persons, area) == persons
    collected = _flat(stored.rows("SELECT subjects FROM audit WHERE action IN ('collection', 'alteration')"))
    assert len(collected) >= len({told.report.report_id for told in tale.messages})
    assert stored.rows("SELECT count(*) FROM quarantine") == [(0,)]
    assert stored.rows("SELECT count(*) FROM area WHERE waiting") == [(0,)]
    assert stored.rows("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]


def _flat(rows: Iterable[tuple[list[str]]]) -> list[str]:
    return [subject for (subjects,) in rows for subject in subjects]
