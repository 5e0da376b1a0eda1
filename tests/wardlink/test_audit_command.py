"""`wardlink audit`: an information governance lead reads what was done with its agency's reports, and no more."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from policy.facts import Reader
from schemas.errors import Refused
from store.database import connect
from store.settings import StoreSettings
from wardlink.cli import build
from wardlink.settings import load
from wardlink.views import Views

AREA = "E09000012"
ROW = """
INSERT INTO audit (area, agency, action, actor, purpose, recipient, subjects, fields, at)
VALUES (%s, %s, %s, %s, 'p', %s, %s, '{f}', %s)
"""
CASE = """
INSERT INTO case_file (area, case_id, kind, version, incident_ids, report_ids, agencies, changed_at)
VALUES (%s, 'V1', 'REPEAT_VICTIM', 1, '{i1}', '{housing:3,police:1}', '{housing,police}', now())
"""
RESOLVE, PARTNERSHIP = "wardlink/resolve", "partnership"
EARLY, LATE = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)

TRAIL: Sequence[tuple[str, str, str, str | None, list[str], datetime]] = (
    ("housing", "collection", RESOLVE, None, ["housing:3", "housing:4"], EARLY),
    ("police", "collection", RESOLVE, None, ["police:1"], EARLY),
    (PARTNERSHIP, "combination", RESOLVE, None, ["housing:3=police:1", "housing:3#V#1=housing:4#V#2"], LATE),
    (PARTNERSHIP, "combination", RESOLVE, None, ["housing:3=police:9"], LATE),
    (PARTNERSHIP, "disclosure", RESOLVE, "housing/caseworker", ["housing:3", "police:1"], LATE),
    (PARTNERSHIP, "disclosure", RESOLVE, "police/caseworker", ["housing:3", "police:1"], LATE),
    ("police", "consultation", "police/caseworker", None, ["housing:4", "police:1"], LATE),
)


@pytest.fixture
def store(database: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> StoreSettings:
    monkeypatch.setenv("WARDLINK_POSTGRES_READER_DSN", database.reader_dsn)
    with connect(database.writer_dsn, "test") as session:
        session.execute(CASE.encode(), (AREA,))
        for agency, action, actor, recipient, subjects, at in TRAIL:
            session.execute(ROW.encode(), (AREA, agency, action, actor, recipient, subjects, at))
    return database


def views(tmp_path: Path, reader: str) -> Views:
    return Views(load(home=tmp_path / "home"), Reader.parse(reader), "looking into it")


def told(views: Views, case_id: str | None = None, since: datetime | None = None) -> list[tuple[str, list[str]]]:
    return [(row["action"], row["subjects"]) for row in reversed(views.audit(case_id, since))]


def test_of_others_doings_a_lead_sees_its_own_reports_alone(tmp_path: Path, store: StoreSettings) -> None:
    assert told(views(tmp_path, "housing/governance")) == [
        ("collection", ["housing:3", "housing:4"]),
        ("combination", ["housing:3#V#1=housing:4#V#2"]),
        ("disclosure", ["housing:3", "police:1"]),
        ("disclosure", ["housing:3"]),
        ("consultation", ["housing:4"]),
    ]


def test_the_trail_can_be_of_one_case_and_from_one_day_on(tmp_path: Path, store: StoreSettings) -> None:
    lead = views(tmp_path, "housing/governance")
    assert [action for action, _ in told(lead, since=LATE)] == [
        "combination", "disclosure", "disclosure", "consultation",
    ]  # fmt: skip
    assert [action for action, _ in told(lead, "V1", LATE)][:3] == [
        "combination", "disclosure", "disclosure",
    ]  # fmt: skip
    assert told(lead, "V2") == []


def test_asking_leaves_a_row_too(tmp_path: Path, store: StoreSettings) -> None:
    lead = views(tmp_path, "housing/governance")
    lead.audit("V1")
    row = lead.audit()[0]
    assert (row["actor"], row["purpose"], row["subjects"]) == ("housing/governance", "looking into it", ["V1"])


def test_no_other_role_may_ask_nor_may_the_database_tell_it(tmp_path: Path, store: StoreSettings) -> None:
    with pytest.raises(Refused, match="the audit trail is for housing/governance"):
        views(tmp_path, "housing/caseworker").audit()
    with psycopg.connect(store.reader_dsn) as session:
        session.execute(
            "SELECT set_config('app.agency', 'housing', false), set_config('app.role', 'caseworker', false)"
        )
        assert session.execute("SELECT * FROM audit_of_reader(NULL, NULL, 10)").fetchall() == []


def test_the_command_prints_a_row_as_two_sentences(
    tmp_path: Path, store: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARDLINK_HOME", str(tmp_path / "home"))
    done = CliRunner().invoke(build(), ["audit", "--as", "police/governance", "--since", "2026-11-01"])
    assert done.exit_code == 0, done.output
    assert "02 Nov 2026" in done.output
    assert "disclosure to police/caseworker: wardlink/resolve, p" in done.output
    assert done.output.splitlines()[-1] == "3 row(s) of the audit trail for police/governance."
