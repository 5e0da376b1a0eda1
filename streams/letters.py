"""Posts the letters of `deliver`: each partner's in its own time, again and again until it is taken or given up.

A partner that is away keeps nobody else waiting. A letter keeps its id and its bytes however often it is posted, and
the letters of one alert never overtake each other.
"""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import structlog

from connectors.sinks.webhook import TIMEOUT_SECONDS, Answer, body_of, own_of, post, wait_after
from schemas.errors import Unavailable, Unfit
from schemas.records import Alert
from store import letters, partners
from store.database import Session
from store.letters import Due, Letter, Reference, State
from store.routes import Addressed
from vault.partners import PartnerSeal

log = structlog.get_logger()

_AT_ONCE = 8
_LEASE_SECONDS = 3 * TIMEOUT_SECONDS
_IDLE_SECONDS = 5.0
_AWAY_SECONDS = 1.0


def letters_for(connection: Session, alerts: Sequence[Alert], addressed: Mapping[str, Addressed]) -> list[Letter]:
    """One letter for each alert and each webhook of its recipient; `addressed` says where in it, by message id."""
    takers = letters.addressees(connection, {alert.recipient for alert in alerts})
    if not takers:
        return []
    own = _own_references(connection, alerts)
    return [
        Letter(
            alert.message_id,
            taker.partner,
            alert.alert_id,
            body_of(alert, own[alert.message_id], addressed.get(alert.message_id)),
        )
        for alert in alerts
        for taker in takers
        if taker.agency == alert.recipient and taker.role in (None, alert.role)
    ]


def _own_references(connection: Session, alerts: Sequence[Alert]) -> dict[str, list[Reference]]:
    """What each alert's recipient calls the reports of its own that the alert rests on, by message.

    An alert that is withdrawn rests on none any more: then those that its last letter named.
    """
    known = letters.own_references(
        connection,
        {alert.area for alert in alerts},
        {report_id for alert in alerts for report_id in alert.report_ids},
        {alert.recipient for alert in alerts},
    )
    bodies = letters.last_bodies(connection, {alert.alert_id for alert in alerts if not alert.report_ids})
    last = {alert_id: own_of(body) for alert_id, body in bodies.items()}
    own: dict[str, list[Reference]] = {}
    for alert in alerts:
        found = [
            known[alert.area, one] for one in alert.report_ids if _is_own(alert, one) and (alert.area, one) in known
        ]
        own[alert.message_id] = last[alert.alert_id] = found if alert.report_ids else last.get(alert.alert_id, [])
    return own


def _is_own(alert: Alert, report_id: str) -> bool:
    return report_id.startswith(f"{alert.recipient}:")


@dataclass(slots=True)
class Postman:
    """Posts what is due until told to stop. While PostgreSQL is away it waits."""

    connect: Callable[[], Session]
    seal: PartnerSeal
    client: httpx.Client
    stop: threading.Event

    def start(self) -> None:
        """Goes round in a thread of its own until told to stop, or the process ends; a defect ends the process."""
        threading.Thread(target=self._run_or_end, name="postman", daemon=True).start()

    def _run_or_end(self) -> None:
        try:
            self.run()
        except BaseException as error:  # our defect: end, so that no letter lies unseen; the supervisor starts us again
            log.error("defect", kind=type(error).__name__)
            os._exit(70)

    def run(self) -> None:
        """Goes round until told to stop."""
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="post") as threads:
            while not self.stop.is_set():
                try:
                    with self.connect() as connection:
                        letters.listen(connection)
                        while not self.stop.is_set():
                            if not self.go_round(connection, threads):
                                letters.wait_for_more(connection, _IDLE_SECONDS)
                except Unavailable as error:
                    log.warning("unavailable", message=str(error))
                    self.stop.wait(_AWAY_SECONDS)

    def go_round(self, connection: Session, threads: ThreadPoolExecutor) -> int:
        """Posts one due letter of each partner; returns how many that were."""
        due = letters.claim_due(connection, _LEASE_SECONDS)
        secrets = {one.partner: self._secrets(connection, one.partner) for one in due}
        posted = [(one, threads.submit(self._post, one, secrets[one.partner])) for one in due]
        for one, answer in posted:
            self._settle(connection, one, answer.result())
        return len(due)

    def _post(self, one: Due, secrets: Sequence[bytes]) -> Answer:
        return post(self.client, one.webhook, one.message_id, one.body, secrets, datetime.now(UTC))

    def _secrets(self, connection: Session, partner: str) -> list[bytes]:
        found = partners.secrets_of(connection, partner, "webhook")
        try:
            return [self.seal.open(key.key_id, key.sealed or b"") for _, key in found]
        except Unfit:  # sealed under another keyring: the letter waits until the partner's keys are rotated
            return []

    def _settle(self, connection: Session, one: Due, answer: Answer) -> None:
        wait = None if answer.is_final else wait_after(one.attempts)
        state: State = "delivered" if answer.taken else "dead" if wait is None else "waiting"
        letters.settle(connection, one.seq, state, answer.words, wait or 0)
        log.info(
            "letter",
            partner=one.partner,
            message_id=one.message_id,
            attempt=one.attempts,
            state=state,
            answer=answer.words,
        )
