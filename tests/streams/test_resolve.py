"""What one worker of resolve does with batches, on a real PostgreSQL."""

from dataclasses import replace
from datetime import UTC, date, datetime

import psycopg
import pytest

from policy.sharing import Agreements
from schemas.errors import Refused, Unavailable
from schemas.records import AgencyUpdate, Batch, Command, Moment, Person, Place, Report, ReportDetail, Span
from schemas.released import pack
from schemas.topics import BATCHES, COMMANDS, REPORTS_HOUSING, REPORTS_POLICE, UPDATES
from schemas.vocabulary import (
    Category,
    CommandKind,
    Kind,
    Operation,
    PersonKind,
    PersonRole,
    PlaceRole,
    Precision,
    Restriction,
    Unit,
    UpdateKind,
)
from store.database import connect
from store.positions import Fenced
from store.reading import as_reader
from store.settings import StoreSettings
from streams import resolve as module
from streams.clock import tick
from tests.streams.reports import DAY, MINUTE, keyring_for
from tests.streams.worker import Worker, demo_agreements
from vault.keyring import Keyring
from vault.seal import Sealer

AREA = "E09000012"
NOW = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp() * 1_000_000)
POLICE, HOUSING = REPORTS_POLICE.name, REPORTS_HOUSING.name


@pytest.fixture
def ring() -> Keyring:
    return keyring_for([AREA], seed=3)


@pytest.fixture
def worker(database: StoreSettings, ring: Keyring) -> Worker:
    made = Worker(database, ring)
    made.claim()
    return made


def told(
    ring: Keyring, number: int, agency: str = "police", days: int = 0, revision: int = 1, **detail: object
) -> Report:
    """One victim's report of noise from one flat, so many days ago."""
    occurred = Moment(at=NOW - days * DAY)
    report_id = f"{agency}:{number}"
    person = Person(
        role=PersonRole.VICTIM,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        given_names=("Zeynep",),
        family_name="Yilmaz",
        birth_date="1971-04-03",
        telephones=("07700 900123",),
    )
    parts = ReportDetail(
        **{
            "persons": (person,),
            "places": (Place(role=PlaceRole.SOURCE, uprn="1001"),),
            "narrative": "loud music",
            **detail,
        }  # type: ignore[arg-type]
    )
    sealer = Sealer(ring.public(), "log", date(2026, 11, 2))
    return Report(
        report_id=report_id,
        agency=agency,
        source="log",
        reference=str(number),
        revision=revision,
        operation=Operation.INSERT,
        area=AREA,
        batch="batch",
        mapper_version="1",
        occurred=Span(earliest=occurred, latest=occurred, precision=Precision.EXACT),
        reported=Moment(at=occurred.at + MINUTE),
        received=Moment(at=NOW),
        category=Category.NOISE,
        controller=agency,
        unit=Unit.SINGLE_OCCASION,
        kind=Kind.OPERATIONAL,
        detail=sealer.seal(AREA, report_id, pack(parts)),
    )


def switch(source: str, state: str, at: int = NOW) -> Command:
    return replace(
        tick(AREA, at),
        command_id=f"switch {source} {state} {at}",
        command_kind=CommandKind.SOURCE_SWITCHED,
        subject=source,
        arguments={"state": state},
    )


def test_an_older_revision_changes_nothing_and_a_withdrawal_stays(worker: Worker, ring: Keyring) -> None:
    second = told(ring, 1, revision=2)
    withdrawn = replace(told(ring, 2), revision=5, operation=Operation.WITHDRAW, detail=None)
    worker.take(POLICE, [second, told(ring, 1, revision=1), withdrawn])
    worker.take(POLICE, [told(ring, 1, revision=1), told(ring, 2, revision=4)])
    assert worker.rows("SELECT report_id, revision, withdrawn FROM report ORDER BY 1") == [
        ("police:1", 2, False),
        ("police:2", 5, True),
    ]
    assert worker.rows("SELECT count(*) FROM mention WHERE report_id = 'police:2'") == [(0,)]


def test_what_cannot_be_used_is_kept_sealed_and_the_rest_goes_on(worker: Worker, ring: Keyring) -> None:
    elsewhere = replace(told(ring, 2), area="E09000099")
    tampered = told(ring, 3)
    assert tampered.detail is not None
    tampered = replace(tampered, detail=replace(tampered.detail, ciphertext=b"x" * 40))
    worker.take(POLICE, [b"no schema id", told(ring, 1), elsewhere, tampered])
    assert worker.rows("SELECT report_id FROM report") == [("police:1",)]
    found = worker.rows(
        "SELECT area, field, original IS NOT NULL AS sealed, key_id IS NOT NULL AS keyed FROM quarantine ORDER BY 1, 2"
    )
    assert found == [
        (AREA, "detail", True, True),
        (AREA, "message", True, True),
        ("E09000099", "detail", True, True),
    ]
    assert b"no schema id" not in worker.rows("SELECT original FROM quarantine WHERE field = 'message'")[0][0]
    named = worker.rows("SELECT agency, row_reference FROM quarantine WHERE field = 'detail' ORDER BY 2")
    assert named == [("police", "police:2/1"), ("police", "police:3/1")]


def at_flat(ring: Keyring, number: int, uprn: str, days: int) -> Report:
    return told(ring, number, days=days, persons=(), places=(Place(role=PlaceRole.SOURCE, uprn=uprn),))


def test_after_a_restart_no_places_case_takes_the_name_of_anothers(
    worker: Worker, database: StoreSettings, ring: Keyring
) -> None:
    """The place of one bad night has a name in memory and no case; names go on behind the greatest that is stored."""
    one_night = [at_flat(ring, number, "1001", days=0) for number in range(1, 9)]
    worker.take(POLICE, [replace(each, occurred=_spread(each, order)) for order, each in enumerate(one_night)])
    worker.take(POLICE, [at_flat(ring, 20 + days, "1002", days) for days in (1, 5, 9, 13)])
    places = "SELECT place_level, place_code, case_id FROM case_file WHERE place_code IS NOT NULL"
    before = set(worker.rows(places))
    assert not any(case_id.endswith("-P1") for _, _, case_id in before)
    again = Worker(database, ring, name="two")
    again.claim()
    for flat in range(1003, 1011):
        again.take(POLICE, [at_flat(ring, 100 * flat + days, str(flat), days) for days in (1, 5, 9, 13)])
    assert before
    assert before < set(again.rows(places))


def _spread(report: Report, hours: int) -> Span:
    """So many hours before, each an occasion of its own."""
    assert report.occurred is not None
    assert report.occurred.earliest is not None
    at = Moment(at=report.occurred.earliest.at - hours * 60 * MINUTE)
    return Span(earliest=at, latest=at, precision=Precision.EXACT)


def test_a_bad_release_stops_the_partition_instead_of_filling_the_quarantine(worker: Worker) -> None:
    with pytest.raises(Refused, match="could not be used"):
        worker.take(POLICE, [b"rubbish"] * 500)
    assert worker.rows("SELECT count(*) FROM quarantine") == [(0,)]
    assert worker.rows("SELECT next_offset FROM stream_position WHERE topic = %s", POLICE) == [(0,)]


def test_a_worker_that_lost_its_partition_writes_nothing(
    worker: Worker, database: StoreSettings, ring: Keyring
) -> None:
    worker.take(POLICE, [told(ring, 1)])
    other = Worker(database, ring, name="two")
    other.claim()
    with pytest.raises(Fenced):
        worker.take(POLICE, [told(ring, 2)])
    other.take(POLICE, [told(ring, 3)])
    assert worker.rows("SELECT report_id FROM report ORDER BY 1") == [("police:1",), ("police:3",)]
    assert other.resolve.areas[AREA].index.incident_of("police:1") is not None, "it remembers what the first one stored"


def test_a_batch_is_never_taken_twice(worker: Worker, ring: Keyring) -> None:
    batch = worker.take(POLICE, [told(ring, 1)])
    with pytest.raises(Fenced):
        worker.hand_over(batch)
    assert worker.rows("SELECT count(*) FROM audit WHERE action = 'collection'") == [(1,)]


def test_a_commit_whose_answer_was_lost_is_settled_by_the_position(
    worker: Worker, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module.write

    def answer_is_lost(*arguments: object) -> None:
        real(*arguments)  # type: ignore[arg-type]
        raise Unavailable("PostgreSQL went away after it had committed")

    monkeypatch.setattr(module, "write", answer_is_lost)
    worker.take(POLICE, [told(ring, 1)])
    monkeypatch.setattr(module, "write", real)
    worker.take(POLICE, [told(ring, 2)])
    assert worker.rows("SELECT count(*) FROM report") == [(2,)]


def test_a_commit_that_did_not_happen_is_tried_again_as_it_was(
    worker: Worker, ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module.write

    def never_arrives(*arguments: object) -> None:
        raise Unavailable("PostgreSQL went away")

    monkeypatch.setattr(module, "write", never_arrives)
    prepared = worker.resolve.prepare(worker.batch(POLICE, [told(ring, 1)]))
    with pytest.raises(Unavailable):
        worker.resolve.store(prepared)
    monkeypatch.setattr(module, "write", real)
    worker.resolve.store(prepared)
    assert worker.rows("SELECT count(*) FROM report") == [(1,)]
    with worker.key_session() as keys:
        assert len(keys.execute("SELECT key_id FROM report_key").fetchall()) == 1


def test_what_was_prepared_and_never_stored_is_not_remembered(worker: Worker, ring: Keyring) -> None:
    worker.take(POLICE, [told(ring, 1)])
    lost = worker.resolve.prepare(worker.batch(POLICE, [told(ring, 2)]))
    assert worker.resolve.areas[AREA].index.incident_of("police:2") is not None
    worker.resolve.abandon(lost)
    worker.claim()
    index = worker.resolve.areas[AREA].index
    assert (index.incident_of("police:1") is None, index.incident_of("police:2")) == (False, None)
    worker.take(POLICE, [told(ring, 2)])
    assert worker.rows("SELECT count(*) FROM report") == [(2,)]


def test_a_batch_is_prepared_on_what_the_one_before_it_means_before_that_is_stored(
    worker: Worker, ring: Keyring
) -> None:
    first = worker.batch(POLICE, [told(ring, 1)])
    prepared = worker.resolve.prepare(first)
    worker.offsets[POLICE] = first.next
    again = worker.resolve.prepare(worker.batch(POLICE, [told(ring, 1), told(ring, 2)]))
    assert [row.report_id for row in again.effects.report] == ["police:2"]
    for each in (prepared, again):
        worker.resolve.store(each)
    assert worker.rows("SELECT report_id FROM report ORDER BY 1") == [("police:1",), ("police:2",)]


def test_alerts_of_a_source_on_trial_are_recorded_and_sent_once_it_is_switched_on(
    worker: Worker, ring: Keyring
) -> None:
    worker.take(POLICE, [told(ring, number, days=number) for number in range(1, 4)])
    assert worker.rows("SELECT DISTINCT shadow FROM alert WHERE recipient = 'police'") == [(True,)]
    assert worker.rows("SELECT count(*) FROM outbox WHERE topic = 'asb.alerts'") == [(0,)]
    worker.take(COMMANDS.name, [switch("police/log", "live")])
    assert worker.rows("SELECT count(*) FROM alert WHERE NOT shadow AND state = 'RAISED'")[0][0] >= 1
    assert worker.rows("SELECT count(*) FROM outbox WHERE topic = 'asb.alerts'")[0][0] >= 1
    assert worker.rows("SELECT count(*) FROM audit WHERE action = 'disclosure'")[0][0] >= 1


def test_an_alert_is_raised_once_and_withdrawn_when_time_has_made_it_untrue(worker: Worker, ring: Keyring) -> None:
    worker.take(COMMANDS.name, [switch("police/log", "live")])
    for number in range(1, 4):
        worker.take(POLICE, [told(ring, number, days=number)])
    raised = worker.rows("SELECT state FROM alert WHERE NOT shadow AND case_id LIKE '%%-V%%'")
    assert raised in ([("RAISED",)], [("UPDATED",)])
    worker.take(COMMANDS.name, [tick(AREA, NOW + 3 * DAY)])
    assert worker.rows("SELECT count(*) FROM alert WHERE state = 'WITHDRAWN'") == [(0,)]
    worker.take(COMMANDS.name, [tick(AREA, NOW + 500 * DAY)])
    assert worker.rows("SELECT DISTINCT state FROM alert WHERE NOT shadow") == [("WITHDRAWN",)]


def test_shares_are_made_anew_when_other_agreements_are_in_force(
    worker: Worker, database: StoreSettings, ring: Keyring
) -> None:
    worker.take(POLICE, [told(ring, 1)])
    assert ("housing",) in worker.rows("SELECT agency FROM share WHERE report_id = 'police:1'")
    alone = Worker(database, ring, agreements=Agreements(), name="two")
    alone.claim()
    alone.take(COMMANDS.name, [tick(AREA, NOW + DAY)])
    assert set(alone.rows("SELECT agency FROM share")) == {("police",)}
    again = Worker(database, ring, agreements=demo_agreements(), name="three")
    again.claim()
    again.take(COMMANDS.name, [tick(AREA, NOW + 2 * DAY)])
    assert ("housing",) in again.rows("SELECT agency FROM share WHERE report_id = 'police:1'")


def test_an_area_whose_shares_are_made_anew_takes_none_from_another_area_nor_from_what_is_unplaced(
    database: StoreSettings,
) -> None:
    nowhere = "unplaced:police"
    ring = keyring_for([AREA, nowhere], seed=3)
    worker = Worker(database, ring)
    worker.claim()
    for area in (AREA, nowhere):  # their time is still 1970, when no agreement was in force
        worker.take(BATCHES.name, [file_read(area)])
    worker.take(POLICE, [told(ring, 1), *(replace(told(ring, n), area=nowhere, detail=None) for n in (2, 3))])
    own = worker.rows("SELECT report_id FROM share WHERE agency = 'police' AND role = 'caseworker' ORDER BY 1")
    assert own == [("police:1",), ("police:2",), ("police:3",)]


def file_read(area: str) -> Batch:
    """Tells that a file was read; it moves no area's time."""
    return Batch(
        batch_id=f"log:police:{area}",
        source="log",
        agency="police",
        area=area,
        digest="0" * 64,
        mapper_version="test-1",
        started=Moment(at=NOW),
        finished=Moment(at=NOW),
    )


def test_a_reader_sees_its_own_and_what_agreements_share_and_nothing_without_a_name(
    worker: Worker, database: StoreSettings, ring: Keyring
) -> None:
    restricted = told(ring, 3, restrictions=(Restriction.DOMESTIC_ABUSE,))
    worker.take(POLICE, [told(ring, 1), restricted])
    worker.take(HOUSING, [told(ring, 2, agency="housing")])

    def seen(agency: str, role: str) -> set[str]:
        with connect(database.reader_dsn, "test") as session, as_reader(session, agency, role):
            return {row["report_id"] for row in session.execute("SELECT report_id FROM report").fetchall()}

    assert seen("police", "caseworker") == {"police:1", "police:3", "housing:2"}
    assert seen("housing", "caseworker") == {"police:1", "housing:2"}
    assert seen("fire", "caseworker") == set()
    assert seen("police", "operator") == set()
    with connect(database.reader_dsn, "test") as session:
        assert session.execute("SELECT count(*) AS n FROM report").fetchone() == {"n": 0}
        for hidden in (b"TABLE share", b"TABLE stream_position", b"SELECT report_ids FROM case_file"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(hidden)


def test_a_crimed_incident_leaves_the_count_and_corrects_the_alert(worker: Worker, ring: Keyring) -> None:
    worker.take(COMMANDS.name, [switch("police/log", "live")])
    worker.take(POLICE, [told(ring, number, days=number) for number in range(1, 4)])
    before = worker.rows("SELECT version FROM alert WHERE NOT shadow AND case_id LIKE '%%-V%%'")
    crimed = [_crimed(number) for number in (1, 2)]
    worker.take(UPDATES.name, crimed)
    after = worker.rows("SELECT version, state FROM alert WHERE NOT shadow AND case_id LIKE '%%-V%%'")
    assert after[0][0] > before[0][0]
    assert after[0][1] == "WITHDRAWN"
    assert worker.rows("SELECT count(*) FROM report WHERE incident_id IS NOT NULL") == [(3,)], "they stay linked"


def _crimed(number: int) -> AgencyUpdate:
    at = Moment(at=NOW)
    return AgencyUpdate(
        update_id=f"police:crimed-{number}",
        agency="police",
        source="log",
        area=AREA,
        report_ids=(f"police:{number}",),
        revision=1,
        operation=Operation.INSERT,
        batch="batch",
        mapper_version="1",
        happened=Span(earliest=at, latest=at),
        received=at,
        update_kind=UpdateKind.CRIMED,
        controller="police",
    )
