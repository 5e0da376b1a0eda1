"""Letters to webhooks: signed, with the recipient's own references, at least once with one id, until taken or dead."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from connectors.push.enrolment import enrol, renew
from connectors.sinks.webhook import BACK_OFF, wait_after
from schemas.codec import codec, frame
from schemas.records import Alert, Moment
from schemas.topics import ALERTS
from schemas.vocabulary import AlertState
from store import letters, partners
from store.database import Session, connect
from store.partners import Partner
from store.positions import LogBounds
from store.settings import StoreSettings
from streams.batches import RecordBatch
from streams.deliver import Deliver
from streams.letters import Postman
from tests.streams.worker import Raw
from vault.keyring import Keyring
from vault.partners import PartnerSeal

AREA = "E09000012"
SEAL = PartnerSeal(Keyring.create().public())
REPORT = (
    "INSERT INTO report (area, report_id, revision, withdrawn, agency, source, reference, case_reference, batch,"
    " mapper_version, received_at, category, qualifier, definition, regime, controller, marking, unit, kind,"
    " quality_facts) VALUES (%s, %s, 1, false, %s, 's', %s, %s, 'b', 'm', now(), '', '', '', '', '', '', '', '', '{}')"
)


@dataclass
class Inbox:
    """A recipient's system, which answers with these statuses in turn, the last for ever; `got` is what it was sent."""

    answers: list[int] = field(default_factory=lambda: [204])
    got: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        return httpx.Response(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    @property
    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.got]

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.got]


@dataclass
class House:
    """A database with a deliverer and a postman, whose every post reaches the inbox of the host that it names."""

    database: StoreSettings
    inboxes: dict[str, Inbox] = field(default_factory=dict)

    def session(self) -> Session:
        return connect(self.database.writer_dsn, "test")

    def partner(
        self, name: str, agency: str, role: str | None = None, *answers: int
    ) -> tuple[Inbox, Callable[[httpx.Request], Any]]:
        """A new partner with an inbox, and how it verifies what it gets."""
        with self.session() as session:
            keys = enrol(
                session, SEAL, Partner(name, agency, "housing", None, f"https://{name}.example/", role), ["webhook"]
            )
        self.inboxes[f"{name}.example"] = inbox = Inbox(list(answers) or [204])
        webhook = Webhook(keys["webhook"])
        return inbox, lambda request: webhook.verify(request.content, dict(request.headers))

    def deliver(self, *alerts: Alert) -> None:
        """What the role deliver does with these alerts."""
        work = Deliver(self.session, "owner", [], lambda: {(ALERTS.name, 0): LogBounds("cluster", "topic", 0, 10**6)})
        claim = work.claim({0: [ALERTS.name]})[ALERTS.name, 0]
        base = claim.next_offset
        raws = [
            Raw(base + place, AREA.encode(), frame(1, codec(Alert).encode(one))) for place, one in enumerate(alerts)
        ]
        work.store(RecordBatch(ALERTS.name, 0, claim.epoch, base, base + len(raws), raws))

    def go_round(self) -> int:
        """How many letters were posted in one round, of all that would be due some day."""
        client = httpx.Client(transport=httpx.MockTransport(lambda request: self.inboxes[request.url.host](request)))
        postman = Postman(self.session, SEAL, client, threading.Event())
        with self.session() as session, ThreadPoolExecutor(4) as threads:
            session.execute("UPDATE letter SET due_at = now() WHERE state = 'waiting'")
            return postman.go_round(session, threads)

    def counts(self, name: str) -> tuple[int, int]:
        """How many letters of a partner wait, and how many are dead."""
        with self.session() as session:
            [found] = [one for one in partners.listed(session) if one.partner.name == name]
        return found.waiting, found.dead


@pytest.fixture
def house(database: StoreSettings) -> House:
    with connect(database.writer_dsn, "test") as session:
        for agency, name, case in (("marsh", "MH-1", "C-77"), ("marsh", "MH-2", None), ("police", "CAD-9", "P-1")):
            session.execute(REPORT, (AREA, f"{agency}:{name}", agency, name, case))
    return House(database)


def alert(number: int = 1, version: int = 1, recipient: str = "marsh", **more: Any) -> Alert:
    return Alert(
        **{
            "alert_id": f"a{number}",
            "message_id": f"alert:a{number}:{version}",
            "area": AREA,
            "recipient": recipient,
            "role": "caseworker",
            "rule": "victim_3_in_3_months",
            "rule_source": "local practice",
            "case_id": "E09000012-V1",
            "state": AlertState.RAISED,
            "version": version,
            "reason": "One victim has 3 incidents in 3 months.",
            "report_ids": ("marsh:MH-1", "marsh:MH-2", "police:CAD-9"),
            "at": Moment(at=1_718_600_000_000_000),
            **more,
        }
    )


def test_a_letter_is_signed_and_names_the_recipients_own_references_alone(house: House) -> None:
    inbox, verify = house.partner("crm", "marsh")
    house.deliver(alert())
    assert house.go_round() == 1
    [request] = inbox.got
    told = verify(request)
    assert told["type"] == "wardlink.alert.raised"
    assert told["timestamp"] == told["data"]["at"] == "2024-06-17T04:53:20Z"
    assert told["data"]["own_cases"] == ["C-77"]
    assert told["data"]["own_reports"] == [
        {"report_id": "marsh:MH-1", "reference": "MH-1", "case_reference": "C-77"},
        {"report_id": "marsh:MH-2", "reference": "MH-2", "case_reference": None},
    ]
    assert "P-1" not in request.content.decode()
    assert house.counts("crm") == (0, 0)


def test_a_changed_letter_is_not_verified(house: House) -> None:
    inbox, verify = house.partner("crm", "marsh")
    house.deliver(alert())
    house.go_round()
    [request] = inbox.got
    forged = httpx.Request("POST", request.url, headers=request.headers, content=request.content.replace(b"3", b"4"))
    with pytest.raises(WebhookVerificationError):
        verify(forged)


def test_an_alert_that_comes_again_is_posted_once(house: House) -> None:
    inbox, _ = house.partner("crm", "marsh")
    house.deliver(alert())
    house.deliver(alert(), alert(2))
    while house.go_round():
        pass
    assert inbox.ids == ["alert:a1:1", "alert:a2:1"]


def test_only_the_recipients_partners_get_it_and_only_for_their_role(house: House) -> None:
    mine, _ = house.partner("crm", "marsh")
    stewards, _ = house.partner("quality", "marsh", "steward")
    others, _ = house.partner("contact", "police")
    house.deliver(alert(), alert(2, role="steward"), alert(3, recipient="police"))
    while house.go_round():
        pass
    assert (mine.ids, stewards.ids, others.ids) == (["alert:a1:1", "alert:a2:1"], ["alert:a2:1"], ["alert:a3:1"])


def test_what_was_refused_comes_again_with_the_same_id_and_bytes(house: House) -> None:
    inbox, verify = house.partner("crm", "marsh", None, 500, 302, 204)
    house.deliver(alert())
    assert [house.go_round() for _ in range(4)] == [1, 1, 1, 0]
    assert len({(one, bytes(request.content)) for one, request in zip(inbox.ids, inbox.got, strict=True)}) == 1
    assert all(verify(request) for request in inbox.got)


def test_a_recipient_that_is_away_keeps_nobody_else_waiting(house: House) -> None:
    house.partner("away", "marsh", None, 503)
    inbox, _ = house.partner("crm", "marsh")
    house.deliver(alert(), alert(2))
    house.go_round()
    house.go_round()
    assert inbox.ids == ["alert:a1:1", "alert:a2:1"]
    assert house.counts("away") == (2, 0)


def test_letters_of_one_alert_never_overtake_each_other(house: House) -> None:
    inbox, _ = house.partner("crm", "marsh", None, 503, 204)
    house.deliver(alert(1, 1), alert(1, 2), alert(2))
    with house.session() as session:
        session.execute("UPDATE letter SET due_at = now() + interval '1 hour' WHERE message_id = 'alert:a1:1'")
        assert [one.message_id for one in letters.claim_due(session, 60)] == ["alert:a2:1"]
    while house.go_round():
        pass
    assert [one for one in inbox.ids if "a1" in one] == ["alert:a1:1", "alert:a1:1", "alert:a1:2"]


def test_a_letter_that_nobody_takes_is_dead_in_the_end_and_can_be_sent_again(house: House) -> None:
    inbox, _ = house.partner("crm", "marsh", None, 503)
    house.deliver(alert())
    assert sum(house.go_round() for _ in range(len(BACK_OFF) + 3)) == len(BACK_OFF) + 1
    assert house.counts("crm") == (0, 1)
    with house.session() as session:
        assert letters.revive(session, "crm") == 1
    inbox.answers = [204]
    assert house.go_round() == 1
    assert house.counts("crm") == (0, 0)


def test_the_pauses_grow_and_last_for_days() -> None:
    pauses = [wait_after(attempts) or 0 for attempts in range(1, len(BACK_OFF) + 1)]
    assert pauses == sorted(pauses)
    assert sum(pauses) > 2.5 * 24 * 3600
    assert wait_after(len(BACK_OFF) + 1) is None


def test_an_address_that_is_gone_is_not_asked_again(house: House) -> None:
    house.partner("crm", "marsh", None, 410)
    house.deliver(alert())
    assert [house.go_round(), house.go_round()] == [1, 0]
    assert house.counts("crm") == (0, 1)


def test_a_revoked_partner_gets_nothing_any_more(house: House) -> None:
    inbox, _ = house.partner("crm", "marsh")
    house.deliver(alert())
    with house.session() as session:
        assert partners.revoke(session, "crm")
    house.deliver(alert(2))
    assert house.go_round() == 0
    assert inbox.got == []
    assert house.counts("crm") == (0, 1)


def test_a_withdrawn_alert_names_the_case_that_it_was_about(house: House) -> None:
    inbox, _ = house.partner("crm", "marsh")
    house.deliver(alert())
    gone = replace(alert(1, 2), state=AlertState.WITHDRAWN, report_ids=())
    house.deliver(gone)
    while house.go_round():
        pass
    assert [body["type"] for body in inbox.bodies] == ["wardlink.alert.raised", "wardlink.alert.withdrawn"]
    assert inbox.bodies[1]["data"]["own_cases"] == ["C-77"]


def test_while_keys_are_rotated_both_of_them_verify(house: House) -> None:
    inbox, old = house.partner("crm", "marsh")
    with house.session() as session:
        new = Webhook(renew(session, SEAL, "crm", 3600)["webhook"])
    house.deliver(alert())
    house.go_round()
    [request] = inbox.got
    assert old(request) == new.verify(request.content, dict(request.headers))


def test_two_postmen_do_not_post_the_same_letter_side_by_side(house: House) -> None:
    house.partner("crm", "marsh")
    house.deliver(alert())
    with house.session() as one, house.session() as other:
        assert len(letters.claim_due(one, 60)) == 1
        assert letters.claim_due(other, 60) == []


@pytest.fixture
def stopped() -> Iterator[threading.Event]:
    """Set when the test ends."""
    event = threading.Event()
    yield event
    event.set()


def test_the_postman_hears_of_a_letter_when_it_is_written(house: House, stopped: threading.Event) -> None:
    inbox, _ = house.partner("crm", "marsh")
    arrived = threading.Event()

    def take(request: httpx.Request) -> httpx.Response:
        arrived.set()
        return inbox(request)

    client = httpx.Client(transport=httpx.MockTransport(take))
    thread = threading.Thread(
        target=Postman(partial(connect, house.database.writer_dsn, "post"), SEAL, client, stopped).run
    )
    thread.start()
    house.deliver(alert())
    assert arrived.wait(30)
    stopped.set()
    thread.join()
    assert inbox.ids == ["alert:a1:1"]
