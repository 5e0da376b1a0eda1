"""An alert goes to the team of the open case, else of the place, else to the duty mailbox; never silently nowhere."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.sinks.json_lines import JsonLinesSink
from connectors.sinks.webhook import body_of
from policy.directory import Via, load_directory
from schemas.codec import codec, frame
from schemas.records import Alert, Moment
from schemas.topics import ALERTS
from schemas.vocabulary import AlertState
from store.database import Session, connect
from store.positions import LogBounds
from store.reading import as_reader
from store.routes import Addressed, matter_of, routes, unknown_owners, unroutable
from store.settings import StoreSettings
from streams.batches import RecordBatch
from streams.deliver import Deliver
from streams.routing import Router
from tests.streams.worker import Raw

AREA, CASE = "E09000012", "E09000012-V1"
IN_MAY, IN_JULY = 1_778_000_000_000_000, 1_783_500_000_000_000
OFFICES = """
agencies:
  - agency: housing
    duty: duty@housing.example
    escalation: head@housing.example
    teams:
      - team: east
        mailbox: east@housing.example
        uprns: ["11"]
        cover: [{team: west, from: 2026-07-01, to: 2026-07-31}]
      - {team: west, mailbox: west@housing.example, uprns: ["12"]}
  - agency: council
    teams: []
"""
REPORT = """
INSERT INTO report (area, report_id, revision, withdrawn, agency, source, reference, case_reference, batch,
    mapper_version, received_at, category, qualifier, definition, regime, controller, marking, unit, kind,
    quality_facts)
VALUES (%s, %s, 1, false, %s, 's', %s, %s, 'b', 'm', now(), '', '', '', '', '', '', '', '', '{}')
"""
PLACE = "INSERT INTO report_place (area, report_id, ordinal, role, method, uprn) VALUES (%s, %s, 1, 'SOURCE', 'x', %s)"
UPDATE = """
INSERT INTO agency_update (area, update_id, revision, withdrawn, agency, source, case_reference, report_ids, batch,
    update_kind, team, statement, regime, controller, happened_earliest, happened_latest, received_at)
VALUES (%s, %s, 1, false, 'housing', 's', %s, '{}', 'b', %s, %s, '', '', '', to_timestamp(%s), to_timestamp(%s), now())
"""
ALERT = """
INSERT INTO alert (area, alert_id, case_id, recipient, role, rule, rule_source, state, version, reason, report_ids,
    agencies, restricted, agreements, shadow, held, raised_at, changed_at)
VALUES (%s, %s, %s, %s, 'caseworker', 'r', 's', 'RAISED', 1, '', %s, '{}', false, '{}', false, '', now(), now())
"""


@dataclass
class House:
    """A database with three reports of one case, and what the role deliver does there with a directory."""

    database: StoreSettings
    offices: str = OFFICES

    def session(self) -> Session:
        return connect(self.database.writer_dsn, "test")

    def router(self) -> Router:
        return Router(load_directory(self.offices), str(hash(self.offices)))

    def deliver(self, *alerts: Alert, sink: Any = None) -> dict[str, Addressed]:
        bounds = lambda: {(ALERTS.name, 0): LogBounds("cluster", "topic", 0, 10**6)}  # noqa: E731
        work = Deliver(self.session, "owner", [sink] if sink else [], bounds, self.router())
        claim = work.claim({0: [ALERTS.name]})[ALERTS.name, 0]
        base = claim.next_offset
        raws = [
            Raw(base + place, AREA.encode(), frame(1, codec(Alert).encode(one))) for place, one in enumerate(alerts)
        ]
        work.store(RecordBatch(ALERTS.name, 0, claim.epoch, base, base + len(raws), raws))
        with self.session() as session:
            return {key[1]: found for key, found in routes(session, [(AREA, one.alert_id) for one in alerts]).items()}

    def say(self, kind: str, team: str | None, day: int, case: str = "C-1") -> None:
        """What the landlord says of its case on a day since 1970."""
        with self.session() as session:
            session.execute(UPDATE.encode(), (AREA, f"{case}-{kind}-{day}", case, kind, team, day * 86400, day * 86400))


@pytest.fixture
def house(database: StoreSettings) -> House:
    with connect(database.writer_dsn, "test") as session:
        session.execute("INSERT INTO area (area, partition, area_time) VALUES (%s, 0, %s)", (AREA, IN_MAY))
        for agency, reference, case, uprn in (
            ("housing", "1", "C-1", "11"), ("council", "2", None, "12"), ("police", "3", None, "12"),
        ):  # fmt: skip
            report_id = f"{agency}:{reference}"
            session.execute(REPORT.encode(), (AREA, report_id, agency, reference, case))
            session.execute(PLACE.encode(), (AREA, report_id, uprn))
    return House(database)


def alert(recipient: str = "housing", at: int = IN_MAY, version: int = 1, **more: Any) -> Alert:
    values: dict[str, Any] = {
        "alert_id": f"a-{recipient}",
        "message_id": f"alert:a-{recipient}:{version}",
        "area": AREA,
        "recipient": recipient,
        "role": "caseworker",
        "rule": "victim_3_in_3_months",
        "rule_source": "local practice",
        "case_id": CASE,
        "state": AlertState.RAISED,
        "version": version,
        "reason": "One victim has 3 incidents in 3 months.",
        "report_ids": ("housing:1", "council:2", "police:3"),
        "at": Moment(at=at),
    }
    return Alert(**{**values, **more})


def test_the_team_that_the_agency_last_named_on_its_open_case_comes_first(house: House) -> None:
    house.say("OPENED", "East", 20_000)
    house.say("ACTION", "West", 20_010)
    assert house.deliver(alert())["a-housing"].via is Via.OPEN_CASE
    assert house.deliver(alert(version=2))["a-housing"].mailbox == "west@housing.example"


def test_a_closed_case_has_no_owner_and_the_place_decides(house: House) -> None:
    house.say("OPENED", "West", 20_000)
    house.say("CLOSED", "West", 20_010)
    found = house.deliver(alert())["a-housing"]
    assert (found.via, found.mailbox, found.escalation) == (Via.PLACE, "east@housing.example", "head@housing.example")
    house.say("REOPENED", "West", 20_020)
    assert house.deliver(alert(version=2))["a-housing"].via is Via.OPEN_CASE


def test_where_another_agencys_report_was_never_decides_which_team_is_told(house: House) -> None:
    with house.session() as session:
        matter = matter_of(session, AREA, "housing", CASE, ["housing:1", "council:2", "police:3"])
    assert [spot.uprn for spot in matter.spots] == ["11"]


def test_a_landlord_that_reported_nothing_is_routed_by_the_place_of_the_case(house: House) -> None:
    with house.session() as session:
        session.execute(
            "INSERT INTO case_file (area, case_id, kind, place_role, place_level, place_code, version, incident_ids,"
            " report_ids, agencies, changed_at) VALUES (%s, 'P1', 'REPEAT_PLACE', 'SOURCE', 'block', '12', 1, '{}',"
            " '{police:3}', '{police}', now())",
            (AREA,),
        )
    found = house.deliver(alert(case_id="P1", report_ids=("police:3",)))["a-housing"]
    assert (found.via, found.mailbox) == (Via.PLACE, "west@housing.example")


def test_cover_is_that_of_the_day_on_which_the_alert_is_told(house: House) -> None:
    found = house.deliver(alert(at=IN_JULY))["a-housing"]
    assert (found.team, found.covers_for, found.mailbox) == ("west", "east", "west@housing.example")


def test_what_cannot_be_routed_is_an_alarm_with_a_remedy_and_is_handed_on_all_the_same(
    house: House, tmp_path: Path
) -> None:
    house.deliver(alert("police"), alert("council"), sink=JsonLinesSink(tmp_path))
    with house.session() as session:
        for name in ("police", "council"):
            session.execute(ALERT.encode(), (AREA, f"a-{name}", CASE, name, ["police:3"]))
        lost = {row["agency"]: row["reason"] for row in unroutable(session)}
    assert "police is not in the directory (add it" in lost["police"]
    assert "give it a duty mailbox" in lost["council"]
    told = json.loads((tmp_path / "police.jsonl").read_text())
    assert told["to"]["mailbox"] is None
    assert "not in the directory" in told["to"]["trouble"]


def test_an_open_case_of_an_unknown_team_goes_by_the_place_and_is_counted(house: House) -> None:
    house.say("OPENED", "Night Owls", 20_000)
    assert house.deliver(alert())["a-housing"].mailbox == "east@housing.example"
    with house.session() as session:
        session.execute(ALERT.encode(), (AREA, "a-housing", CASE, "housing", ["housing:1"]))
        assert [(row["agency"], row["alerts"]) for row in unknown_owners(session)] == [("housing", 1)]


def test_another_directory_routes_what_stands_anew_and_leaves_what_is_withdrawn(house: House) -> None:
    with house.session() as session:
        session.execute(ALERT.encode(), (AREA, "a-housing", CASE, "housing", ["housing:1"]))
    assert house.deliver(alert())["a-housing"].mailbox == "east@housing.example"
    house.offices = OFFICES.replace("east@", "new.east@")
    assert house.deliver() == {}
    with house.session() as session:
        assert routes(session, [(AREA, "a-housing")])[AREA, "a-housing"].mailbox == "new.east@housing.example"
        session.execute("UPDATE alert SET state = 'WITHDRAWN'")
    house.offices = OFFICES
    house.deliver()
    with house.session() as session:
        assert routes(session, [(AREA, "a-housing")])[AREA, "a-housing"].mailbox == "new.east@housing.example"


def test_that_an_alert_is_withdrawn_is_told_where_it_was_told(house: House) -> None:
    house.deliver(alert())
    house.offices = OFFICES.replace("east@", "new.east@")
    gone = alert(version=2, state=AlertState.WITHDRAWN, report_ids=())
    assert house.deliver(gone)["a-housing"].mailbox == "east@housing.example"


def test_what_is_on_trial_is_routed_nowhere(house: House) -> None:
    assert house.deliver(alert(shadow=True)) == {}


def test_a_letter_names_the_desk() -> None:
    to = Addressed(
        area=AREA, alert_id="a", recipient="housing", role="caseworker", directory="d", mailbox="e@h.example",
        via=Via.PLACE, team="east",
    )  # fmt: skip
    told = json.loads(body_of(alert(), [], to))["data"]["to"]
    assert (told["mailbox"], told["via"], told["team"], told["trouble"]) == ("e@h.example", "PLACE", "east", None)


def test_a_reader_sees_the_mailboxes_of_its_own_alerts_alone(house: House) -> None:
    house.deliver(alert())
    for agency, expected in (("housing", 1), ("police", 0)):
        with connect(house.database.reader_dsn, "test") as session, as_reader(session, agency, "caseworker"):
            assert len(session.execute("SELECT FROM alert_route").fetchall()) == expected


def test_without_a_directory_nothing_is_addressed(database: StoreSettings) -> None:
    writer: Callable[[], Session] = partial(connect, database.writer_dsn, "test")
    work = Deliver(writer, "owner", [], lambda: {(ALERTS.name, 0): LogBounds("cluster", "topic", 0, 10**6)})
    claim = work.claim({0: [ALERTS.name]})[ALERTS.name, 0]
    raw = Raw(0, AREA.encode(), frame(1, codec(Alert).encode(replace(alert(), alert_id="b", message_id="alert:b:1"))))
    work.store(RecordBatch(ALERTS.name, 0, claim.epoch, 0, 1, [raw]))
    with writer() as session:
        assert routes(session, [(AREA, "b")]) == {}
