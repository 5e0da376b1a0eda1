"""`wardlink pairs`: what may be the same is listed for those who may judge it, until they have."""

from pathlib import Path

import pytest

from policy.facts import Reader
from store.database import connect
from store.settings import StoreSettings
from wardlink.settings import load
from wardlink.views import Views

AREA = "E09000012"
REPORT = """
INSERT INTO report (area, report_id, revision, withdrawn, agency, source, reference, batch, mapper_version, received_at,
    category, qualifier, definition, regime, controller, marking, unit, kind, quality_facts, incident_id, share_set)
VALUES (%s, %s, 1, false, %s, 's', %s, 'b', 'm', now(), '', '', '', '', '', '', '', 'OPERATIONAL', '{}', %s, %s)
"""
SHARE = "INSERT INTO share_set (set_id, agency, role, tier) VALUES (%s, %s, 'caseworker', %s)"
LINK = """
INSERT INTO link (area, graph, left_id, right_id, weight_millibits, band, model_version, levels, changed_at)
VALUES (%s, 'INCIDENT', %s, %s, %s, %s, 'm', '[]', now())
"""


@pytest.fixture
def views(tmp_path: Path, database: StoreSettings, monkeypatch: pytest.MonkeyPatch) -> dict[str, Views]:
    """Police see everything in full; housing see its own, and of the police's a summary."""
    monkeypatch.setenv("WARDLINK_POSTGRES_READER_DSN", database.reader_dsn)
    with connect(database.writer_dsn, "test") as session:
        for set_id, agency, tier in (
            ("p", "police", "PERSON"), ("p", "housing", "SUMMARY"), ("h", "housing", "PERSON"), ("h", "police", "CASE"),
        ):  # fmt: skip
            session.execute(SHARE.encode(), (set_id, agency, tier))
        for report_id, incident, shares in (
            ("police:1", "i1", "p"), ("police:2", "i2", "p"), ("housing:3", "i3", "h"), ("housing:4", "i4", "h"),
            ("housing:5", "i4", "h"),
        ):  # fmt: skip
            agency, _, reference = report_id.partition(":")
            session.execute(REPORT.encode(), (AREA, report_id, agency, reference, incident, shares))
        for left, right, weight, band in (
            ("police:1", "police:2", 9_000, "certain"),
            ("housing:3", "police:1", 4_000, "possible"),
            ("housing:3", "housing:4", 6_000, "possible"),
            ("housing:4", "housing:5", 5_000, "possible"),
        ):
            session.execute(LINK.encode(), (AREA, left, right, weight, band))
    settings = load(home=tmp_path / "home")
    return {agency: Views(settings, Reader.parse(f"{agency}/caseworker")) for agency in ("police", "housing")}


def pairs(views: Views) -> list[tuple[str, str]]:
    return [(row["left"], row["right"]) for row in views.possible(["INCIDENT"])]


def test_the_likeliest_come_first_and_what_is_certain_or_together_anyway_is_left_out(views: dict[str, Views]) -> None:
    assert pairs(views["police"]) == [("housing:3", "housing:4"), ("housing:3", "police:1")]


def test_whoever_may_not_judge_a_pair_does_not_see_it(views: dict[str, Views]) -> None:
    assert pairs(views["housing"]) == [("housing:3", "housing:4")]


def test_what_an_agency_has_judged_leaves_its_own_list_alone(views: dict[str, Views], database: StoreSettings) -> None:
    with connect(database.writer_dsn, "test") as session:
        session.execute(
            "INSERT INTO judgement (area, judgement_id, revision, graph, left_id, right_id, verdict, agency, actor,"
            " given_at) VALUES (%s, 'j', 1, 'INCIDENT', 'housing:4', 'housing:3', 'UNSURE', 'housing', 'x', now())",
            (AREA,),
        )
    assert pairs(views["housing"]) == []
    assert len(pairs(views["police"])) == 2


def test_looking_at_the_list_leaves_an_audit_row(views: dict[str, Views], database: StoreSettings) -> None:
    views["housing"].possible(["INCIDENT"])
    with connect(database.writer_dsn, "test") as session:
        row = session.execute("SELECT actor, subjects FROM audit WHERE action = 'consultation'").fetchone()
    assert row == {"actor": "housing/caseworker", "subjects": ["housing:3", "housing:4"]}


def test_persons_have_a_list_of_their_own(views: dict[str, Views]) -> None:
    assert views["police"].possible(["PERSON"]) == []
