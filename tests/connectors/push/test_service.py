"""The service over HTTP, on a real PostgreSQL: an answer for each item, nothing twice, nothing said too soon."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import httpx
import pytest

from connectors.push import interface
from connectors.push.enrolment import enrol, renew
from connectors.push.events import BATCH, EVENT
from connectors.push.limits import Limits
from connectors.push.service import Service
from schemas.errors import Unavailable
from schemas.records import ReportDetail
from schemas.released import unpack
from schemas.topics import REPORTS_HOUSING
from schemas.vocabulary import Category, Operation
from store import partners
from store.database import connect
from store.partners import Partner
from tests.conftest import wait_until
from tests.connectors.fakes import AREA, MemoryOutlet
from tests.connectors.push.conftest import House, Quiet, event, push, withdrawal
from tests.streams.worker import Worker
from vault.partners import PartnerSeal
from vault.seal import Opener

CANARY = "Zqxwilhelmina Canaryperson"


class Kafka(MemoryOutlet):
    """An outlet that can be taken away; what was sent meanwhile is held until it is back."""

    is_away = False

    def flush(self) -> None:
        if self.is_away:
            raise Unavailable("Kafka is away (by the test's wish)")
        super().flush()


@pytest.fixture
def kafka(house: House) -> Kafka:
    house.outlet = outlet = Kafka()
    return outlet


def identities(house: House) -> set[tuple[str, int, str]]:
    """What resolve would tell apart."""
    return {(one.report_id, one.revision, one.area) for one in house.outlet.reports}


def reports(house: House) -> list[tuple[str, Operation]]:
    return [(one.report_id, one.operation) for one in house.outlet.reports]


def follow(client: httpx.Client, house: House, receipt: str, partner: str = "marsh-crm") -> httpx.Response:
    return client.get(f"/v1/receipts/{receipt}", headers=house.bearer(partner))


# -- what is pushed --


def test_a_report_is_published_sealed_as_the_partners_agency(client: httpx.Client, house: House) -> None:
    answer = push(
        client, house, event(persons=[{"role": "VICTIM", "full_name": CANARY}], occurred={"from": "2024-06-01"})
    )
    assert answer.status_code == 202
    told = answer.json()
    assert {name: told[name] for name in told if name != "receipt"} == {
        "status": "published",
        "report_id": "marsh-homes:MH-1",
        "change": "new",
        "repeated": False,
        "mistakes": [],
    }
    [sent] = house.outlet.acknowledged
    report = sent.record
    assert (sent.topic, sent.key, sent.message_id) == (
        "asb.reports.housing",
        AREA,
        f"marsh-homes:MH-1/{report.revision}/{AREA}",
    )
    assert (report.agency, report.controller, report.source, report.row) == (
        "marsh-homes",
        "marsh-homes",
        "push-marsh-crm",
        told["receipt"],
    )
    assert (report.category, report.open_places) == (Category.NOISE, ())
    assert CANARY not in repr(report)
    opened = unpack(ReportDetail, Opener(house.keyring).open(AREA, report.report_id, report.detail))
    assert opened.persons[0].full_name == CANARY


def test_every_item_of_a_batch_has_an_answer_in_its_order(client: httpx.Client, house: House) -> None:
    batch = [
        event("a", "A"),
        event("b", "B", category="x"),
        7,
        event("a", "A"),
        event("a", "A", narrative="other"),
        event("c", "C"),
    ]
    told = push(client, house, batch).json()
    assert [item["index"] for item in told["items"]] == list(range(6))
    assert [item["status"] for item in told["items"]] == [
        "published",
        "unfit",
        "unfit",
        "published",
        "conflict",
        "published",
    ]
    assert [item["repeated"] for item in told["items"]] == [False, False, False, True, False, False]
    assert (told["published"], told["unfit"], told["conflicts"], told["repeated"]) == (3, 2, 1, 1)
    assert [one.reference for one in house.outlet.reports] == ["A", "C"]
    assert [one.field for one in house.outlet.quarantined] == ["data.category", "event"]


def test_an_empty_batch_is_no_trouble(client: httpx.Client, house: House) -> None:
    assert push(client, house, []).json() == {
        "published": 0, "unfit": 0, "out_of_scope": 0, "conflicts": 0, "repeated": 0, "items": [],
    }  # fmt: skip


def test_the_same_reference_is_the_same_report_revised_then_withdrawn(client: httpx.Client, house: House) -> None:
    changes = [
        push(client, house, what).json()["change"]
        for what in (
            event("e1"),
            event("e2"),
            event("e3", narrative="more"),
            event("e4", updated="2020-01-01T00:00:00Z", narrative="an older state, late"),
            withdrawal("e5"),
            withdrawal("e6"),
            event("e7"),
        )
    ]
    assert changes == ["new", "unchanged", "revised", "unchanged", "withdrawn", "unchanged", "revised"]
    assert [one for _, one in reports(house)] == [
        Operation.INSERT,
        Operation.REVISE,
        Operation.WITHDRAW,
        Operation.REVISE,
    ]
    revisions = [one.revision for one in house.outlet.reports]
    assert revisions == sorted(set(revisions))


def test_a_withdrawal_reaches_the_area_that_the_report_lies_in(house: House) -> None:
    with connect(house.database.writer_dsn, "test") as session:
        anywhere = Partner("roaming", "marsh-homes", "housing")
        house.keys["roaming"] = dict(enrol(session, PartnerSeal(house.ring), anywhere, ("api key",)))
    with house.open() as client:
        push(client, house, event("e1"))
        push(client, house, event("e1") | {"source": "/other"}, "roaming")
        push(client, house, withdrawal("e2"), "roaming")
    assert [(one.area, one.operation) for one in house.outlet.reports] == [
        (AREA, Operation.INSERT),
        ("unplaced:marsh-homes", Operation.INSERT),
        ("unplaced:marsh-homes", Operation.WITHDRAW),
    ]


def test_what_is_no_antisocial_behaviour_is_not_kept(client: httpx.Client, house: House) -> None:
    answer = push(client, house, event(category=None, code="Pothole", code_list="open311", narrative=CANARY))
    assert (answer.status_code, answer.json()["mistakes"][0]["rule"]) == (422, "not antisocial behaviour")
    assert house.outlet.acknowledged == []
    assert follow(client, house, answer.json()["receipt"]).json()["status"] == "out of scope"


def test_an_unfit_event_lies_in_quarantine_once_and_may_be_mended_under_its_id(
    client: httpx.Client, house: House
) -> None:
    bad = event(category="Loud")
    first, again = push(client, house, bad), push(client, house, bad)
    assert (first.status_code, again.status_code) == (422, 422)
    assert first.headers["content-type"] == "application/problem+json"
    assert first.json()["mistakes"][0]["field"] == "data.category"
    assert first.json()["receipt"] == again.json()["receipt"]
    assert len(house.outlet.quarantined) == 1
    mended = push(client, house, event())
    assert (mended.status_code, mended.json()["receipt"]) == (202, first.json()["receipt"])
    assert follow(client, house, first.json()["receipt"]).json()["status"] == "published"


def test_an_event_that_is_too_large_is_unfit_and_not_kept(client: httpx.Client, house: House) -> None:
    large = event(persons=[{"role": "WITNESS", "address": "x" * 500, "full_name": "y" * 200}] * 50) | {
        "more": "z" * 260_000
    }
    answer = push(client, house, large)
    assert (answer.status_code, answer.json()["mistakes"][0]["rule"]) == (422, "has more than 256 KB")
    [kept] = house.outlet.quarantined
    assert Opener(house.keyring).open(kept.area, kept.quarantine_id, kept.original, "original") == b""


# -- nothing twice, whatever happens --


def test_the_same_event_is_settled_once_also_by_another_copy_and_after_a_restart(house: House) -> None:
    batch = [event(f"e{number}", f"R{number}") for number in range(40)]
    with ExitStack() as copies, ThreadPoolExecutor(8) as threads:
        clients = [copies.enter_context(house.open()) for _ in range(2)]
        answers = list(threads.map(lambda turn: push(clients[turn % 2], house, batch).json(), range(8)))
    with house.open() as client:
        answers.append(push(client, house, batch).json())
    assert [answer["published"] for answer in answers] == [40] * 9
    assert sum(answer["repeated"] for answer in answers) == 8 * 40
    assert len(house.outlet.reports) == len(identities(house)) == 40
    assert len({item["receipt"] for answer in answers for item in answer["items"]}) == 40


def test_another_content_under_a_published_id_is_a_conflict_and_changes_nothing(
    client: httpx.Client, house: House
) -> None:
    push(client, house, event())
    answer = push(client, house, event(narrative="something new"))
    assert (answer.status_code, answer.json()["mistakes"][0]["field"]) == (409, "id")
    assert len(house.outlet.reports) == 1


def test_two_agencies_may_use_the_same_source_and_id(client: httpx.Client, house: House) -> None:
    mine, theirs = push(client, house, event()), push(client, house, event(), "met-contact")
    assert (mine.json()["report_id"], theirs.json()["report_id"]) == ("marsh-homes:MH-1", "police:MH-1")
    assert mine.json()["receipt"] != theirs.json()["receipt"]


def test_nothing_is_acknowledged_before_kafka_has(house: House, kafka: Kafka) -> None:
    health = Quiet()
    with house.open(health=health) as client:
        kafka.is_away = True
        refused = push(client, house, event())
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert client.get("/health").status_code == 503
        assert push(client, house, event("e2")).status_code == 503
        kafka.is_away = False
        wait_until(lambda: client.get("/health").status_code == 200, "the service sees that Kafka is back")
        taken = push(client, house, event())
    assert (taken.status_code, taken.json()["repeated"]) == (202, False)
    assert len(identities(house)) == 1, "what was sent before and after is the same revision"
    assert any("Kafka is away" in said for said in health.said)
    assert health.said[-1] == ""


def test_a_copy_that_dies_between_kafka_and_its_answer_leaves_nothing_double(house: House, kafka: Kafka) -> None:
    class Dies(Kafka):
        def flush(self) -> None:
            super().flush()
            if self.acknowledged:
                raise RuntimeError("killed after Kafka has acknowledged")

    house.outlet = dying = Dies()
    with house.open() as client:
        assert push(client, house, event()).status_code == 500
    house.outlet = kafka
    with house.open() as client:
        assert push(client, house, event()).status_code == 202
    [before], [after] = dying.reports, kafka.reports
    assert (before.report_id, before.revision) == (after.report_id, after.revision)


def test_a_defect_fails_one_request_and_not_the_next(
    house: House, kafka: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.push.settle.receipts.begin", lambda *given: 1 / 0)
    with house.open() as client:
        assert push(client, house, event()).status_code == 500
        monkeypatch.undo()
        assert push(client, house, event()).status_code == 202


def test_an_area_without_a_key_waits_for_the_operator_and_keeps_nobody_else_waiting(
    client: httpx.Client, house: House
) -> None:
    with connect(house.database.writer_dsn, "test") as session:
        keyless = Partner("new", "new-homes", "housing")
        house.keys["new"] = dict(enrol(session, PartnerSeal(house.ring), keyless, ("api key",)))
    assert push(client, house, event(), "new").status_code == 503
    assert push(client, house, event()).status_code == 202


# -- receipts --


def test_a_receipt_follows_the_report_until_it_is_linked(client: httpx.Client, house: House) -> None:
    receipt = push(client, house, event()).json()["receipt"]
    assert follow(client, house, receipt).json()["status"] == "published"
    [report] = house.outlet.reports
    insert = (
        "INSERT INTO report (area, report_id, revision, withdrawn, agency, source, reference, batch, mapper_version,"
        " received_at, category, qualifier, definition, regime, controller, marking, unit, kind, quality_facts)"
        " VALUES (%s, %s, %s, false, '', '', '', '', '', now(), '', '', '', '', '', '', '', '', '{}')"
    )
    with connect(house.database.writer_dsn, "test") as session:
        session.execute(insert, (AREA, report.report_id, report.revision - 1))
        assert follow(client, house, receipt).json()["status"] == "published"
        session.execute("UPDATE report SET revision = %s", (report.revision,))
        assert follow(client, house, receipt).json()["status"] == "stored"
        session.execute("UPDATE report SET incident_id = 'I1'")
        assert follow(client, house, receipt).json()["status"] == "linked"


def test_a_receipt_of_what_resolve_could_not_use_says_why_until_a_later_revision_is_stored(
    client: httpx.Client, house: House
) -> None:
    receipt = push(client, house, event(persons=[{"role": "VICTIM", "full_name": CANARY}])).json()["receipt"]
    [report] = house.outlet.reports
    assert report.detail is not None
    spoilt = replace(report, detail=replace(report.detail, ciphertext=bytes(64)))
    worker = Worker(house.database, house.keyring)
    worker.claim()
    worker.take(REPORTS_HOUSING.name, [spoilt])
    told = follow(client, house, receipt).json()
    assert (told["status"], [mistake["field"] for mistake in told["mistakes"]]) == ("unfit", ["detail"])
    assert all(mistake["rule"] and mistake["remedy"] for mistake in told["mistakes"])
    assert CANARY not in json.dumps(told)
    worker.take(REPORTS_HOUSING.name, [replace(report, revision=report.revision + 1)])
    told = follow(client, house, receipt).json()
    assert (told["status"], told.get("mistakes", [])) == ("linked", [])


def test_a_receipt_is_for_its_own_agency(client: httpx.Client, house: House) -> None:
    receipt = push(client, house, event()).json()["receipt"]
    assert follow(client, house, receipt, "met-contact").status_code == 404
    assert follow(client, house, "0" * 32).status_code == 404
    assert follow(client, house, "%00").status_code == 404
    assert client.get(f"/v1/receipts/{receipt}").status_code == 401


# -- who is asking --


def signed_push(client: httpx.Client, house: House, headers: dict[str, str], body: bytes) -> httpx.Response:
    return client.post("/v1/reports", content=body, headers={**headers, "content-type": EVENT})


BODY = json.dumps(event()).encode()


def test_a_signature_is_good_once_and_a_fresh_one_for_the_same_is_good_again(
    client: httpx.Client, house: House
) -> None:
    headers = house.signed(BODY)
    assert signed_push(client, house, headers, BODY).status_code == 202
    replayed = signed_push(client, house, headers, BODY)
    assert (replayed.status_code, "sign anew" in replayed.json()["detail"]) == (409, True)
    disguised = {**headers, "webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}
    assert signed_push(client, house, disguised, BODY).status_code == 409
    assert signed_push(client, house, house.signed(BODY, at=time.time() + 1), BODY).json()["repeated"] is True


def test_a_replay_is_known_to_every_copy(house: House) -> None:
    headers = house.signed(BODY)
    with house.open() as one, house.open() as other:
        assert signed_push(one, house, headers, BODY).status_code == 202
        assert signed_push(other, house, headers, BODY).status_code == 409


def test_a_signed_request_of_which_nothing_came_may_be_sent_again_as_it_is(house: House, kafka: Kafka) -> None:
    headers = house.signed(BODY)
    with house.open() as client:
        kafka.is_away = True
        assert signed_push(client, house, headers, BODY).status_code == 503
        kafka.is_away = False
        wait_until(lambda: client.get("/health").status_code == 200, "Kafka is back")
        assert signed_push(client, house, headers, BODY).status_code == 202


@pytest.mark.parametrize("seconds", [-301, 302])
def test_a_signature_holds_for_five_minutes(client: httpx.Client, house: House, seconds: int) -> None:
    answer = signed_push(client, house, house.signed(BODY, at=time.time() + seconds), BODY)
    assert (answer.status_code, "five minutes" in answer.json()["detail"]) == (401, True)


Wrong = Callable[[House], dict[str, str]]
WRONG: dict[str, Wrong] = {
    "nothing": lambda house: {},
    "a key of nobody": lambda house: {"authorization": f"Bearer wardlink_{'a' * 12}_{'b' * 64}"},
    "no key at all": lambda house: {"authorization": "Bearer x"},
    "another way": lambda house: {"authorization": "Basic eDp5"},
    "a key with a changed end": lambda house: {"authorization": house.bearer()["authorization"][:-1] + "g"},
    "another partner's signature": lambda house: {**house.signed(BODY, "met-contact"), "wardlink-partner": "marsh-crm"},
    "a signature over other bytes": lambda house: house.signed(BODY + b" "),
    "a signature of nobody": lambda house: {**house.signed(BODY), "wardlink-partner": "nobody"},
    "no partner": lambda house: {name: value for name, value in house.signed(BODY).items() if "partner" not in name},
    "another id": lambda house: {**house.signed(BODY), "webhook-id": "msg-2"},
    "a time that is none": lambda house: {**house.signed(BODY), "webhook-timestamp": "soon"},
    "a time beyond all": lambda house: {**house.signed(BODY), "webhook-timestamp": "1e300"},
    "no base64": lambda house: {**house.signed(BODY), "webhook-signature": "v1,%%%"},
    "no signature": lambda house: {**house.signed(BODY), "webhook-signature": "v1"},
    "a header without end": lambda house: {**house.signed(BODY), "webhook-signature": "v1,A" * 900},
}


@pytest.mark.parametrize("how", WRONG)
def test_whoever_cannot_prove_who_it_is_is_denied(client: httpx.Client, house: House, how: str) -> None:
    answer = signed_push(client, house, WRONG[how](house), BODY)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="wardlink"')
    assert house.outlet.acknowledged == []


def test_old_keys_hold_beside_the_new_ones_for_as_long_as_they_may(client: httpx.Client, house: House) -> None:
    old = house.bearer()
    with connect(house.database.writer_dsn, "test") as session:
        house.keys["marsh-crm"] = dict(renew(session, PartnerSeal(house.ring), "marsh-crm", 3600))
        for headers in (old, house.bearer(), house.signed(BODY)):
            assert signed_push(client, house, headers, BODY).status_code == 202
        renew(session, PartnerSeal(house.ring), "marsh-crm", 0)
    assert signed_push(client, house, old, BODY).status_code == 401


def test_a_revoked_partner_is_denied_at_once(client: httpx.Client, house: House) -> None:
    with connect(house.database.writer_dsn, "test") as session:
        assert partners.revoke(session, "marsh-crm")
    assert push(client, house, event()).status_code == 401
    assert signed_push(client, house, house.signed(BODY), BODY).status_code == 401


def test_nothing_that_is_kept_of_a_key_can_be_shown_as_one(house: House) -> None:
    with connect(house.database.writer_dsn, "test") as session:
        kept = session.execute("SELECT * FROM partner_key").fetchall()
    for shown in (key for keys in house.keys.values() for key in keys.values()):
        assert shown not in repr(kept)
        assert shown.rpartition("_")[2] not in repr(kept)


# -- how much, and in which form --


def test_limits_are_told(house: House) -> None:
    with house.open(Limits(max_body=4_000, max_items=2)) as client:
        assert push(client, house, [event(str(number)) for number in range(3)]).status_code == 413
        assert push(client, house, event(narrative="x" * 4_000)).status_code == 413
        endless = (b" " * 1_000 for _ in range(10))
        headers = {**house.bearer(), "content-type": EVENT}
        assert client.post("/v1/reports", content=endless, headers=headers).status_code == 413
    assert house.outlet.acknowledged == []


def test_a_partner_that_sends_too_much_is_told_when_to_come_again(house: House) -> None:
    with house.open(Limits(max_items=10, items_per_minute=20)) as client:
        batch = [event(str(number), str(number)) for number in range(10)]
        assert push(client, house, batch).status_code == 202
        refused = push(client, house, batch)
        assert refused.status_code == 429
        assert 20 < int(refused.headers["retry-after"]) <= 30
        assert push(client, house, event(), "met-contact").status_code == 202, "another partner has its own measure"


@pytest.mark.parametrize(
    ("media", "body", "status"),
    [
        (EVENT, b"{", 400),
        (EVENT, b"\xff", 400),
        (EVENT, b"[]", 400),
        (BATCH, b"{}", 400),
        (EVENT, b"[" * 300 + b"]" * 300, 400),
        (BATCH, b"[" * 300 + b"]" * 300, 400),
        ("text/plain", b"{}", 415),
        ("", b"{}", 415),
    ],
)
def test_what_cannot_be_read_is_refused(
    client: httpx.Client, house: House, media: str, body: bytes, status: int
) -> None:
    answer = client.post("/v1/reports", content=body, headers={**house.bearer(), "content-type": media})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_what_is_not_there_is_answered_in_the_same_form(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/redoc", "/openapi.json", "/v1", "/v1/reports/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    wrong = client.put("/v1/reports")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


def test_an_incident_of_the_standard_data_model_goes_the_same_way(client: httpx.Client, house: House) -> None:
    document = {
        "data": {
            "id": "0d1f",
            "type": "incident",
            "attributes": {"incidentDescription": CANARY, "nsirClosingCode": "Noise"},
            "relationships": {"submission": {"data": {"type": "submission", "id": "s1"}}},
        },
        "included": [
            {
                "id": "s1",
                "type": "submission",
                "attributes": {"customerReferenceNumber": "TYA-1", "submitTime": "2024-06-01T10:00:00Z"},
            },
            {"id": "a1", "type": "attachment", "attributes": {"content": "x" * 300_000}},
        ],
    }
    headers = {**house.bearer("met-contact"), "content-type": "application/vnd.api+json"}
    answers = [client.post("/v1/incidents/sdm", json=document, headers=headers).json() for _ in range(2)]
    assert [(one["report_id"], one["repeated"]) for one in answers] == [("police:TYA-1", False), ("police:TYA-1", True)]
    [report] = house.outlet.reports
    assert (report.mapper_version[:3], report.category) == ("sdm", Category.NOISE)
    document["data"]["attributes"]["incidentDescription"] = "more"  # type: ignore[index]
    assert client.post("/v1/incidents/sdm", json=document, headers=headers).json()["change"] == "revised"
    nul = {"data": {"type": "incident", "id": "a\u0000b"}}
    assert client.post("/v1/incidents/sdm", json=nul, headers=headers).json()["mistakes"][0]["field"] == "reference"
    wrong = client.post("/v1/incidents/sdm", json={"data": []}, headers=headers)
    assert (wrong.status_code, wrong.json()["mistakes"][0]["field"]) == (422, "data")


# -- what must not be seen --


def test_no_answer_no_log_and_no_row_shows_what_was_sent(
    client: httpx.Client, house: House, capfd: pytest.CaptureFixture[str]
) -> None:
    bad = {**event("e2", "R2", category=CANARY), CANARY: CANARY, "id": CANARY}
    bad["data"][CANARY] = {"role": CANARY}
    told = [
        push(client, house, event(narrative=CANARY, persons=[{"role": "VICTIM", "full_name": CANARY}])),
        push(client, house, event(narrative=CANARY + "2")),
        push(client, house, bad),
        push(client, house, [bad, CANARY]),
        client.post(
            f"/v1/reports?{CANARY}", content=CANARY.encode(), headers={**house.bearer(), "content-type": EVENT}
        ),
        client.get(f"/v1/receipts/{CANARY}", headers=house.bearer()),
        client.get("/v1/reports", headers={"authorization": CANARY}),
    ]
    with connect(house.database.writer_dsn, "test") as session:
        kept = [session.execute(f"SELECT * FROM {table}").fetchall() for table in ("receipt", "connector_record")]  # noqa: S608
    logged = capfd.readouterr()
    assert "request" in logged.out
    assert "partner=marsh-crm" in logged.out
    seen = logged.out + logged.err + repr(kept) + "".join(answer.text + repr(answer.headers) for answer in told)
    assert CANARY not in seen
    assert "Canaryperson" not in seen


def test_answers_are_not_to_be_kept_by_anybody_between(client: httpx.Client, house: House) -> None:
    for answer in (push(client, house, event()), push(client, house, 7), client.get("/v1/receipts/x")):
        assert answer.headers["cache-control"] == "no-store"


# -- the interface --


def test_the_document_names_every_address_and_no_other(client: httpx.Client, house: House) -> None:
    document = client.get("/v1/openapi.json").json()
    with house.tools(Limits(), Quiet()) as tools:
        routes = {(path, method.lower()) for method, path, _ in Service(tools).routes()}
    assert {(path, method) for path, methods in document["paths"].items() for method in methods} == routes
    assert "ReportForm" in document["components"]["schemas"]
    told = document["components"]["schemas"]["PersonForm"]["properties"]["birth_date"]["description"]
    assert told.startswith("YYYY-MM-DD")


def test_the_shown_limits_are_those_in_force() -> None:
    document = interface.document(Limits(max_items=7))
    content = document["paths"]["/v1/reports"]["post"]["requestBody"]["content"]
    assert content[BATCH]["schema"]["maxItems"] == 7
