"""Alerts as signed webhooks (Standard Webhooks) to a recipient's own system, with the recipient's own references."""

import ssl
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import httpx
import orjson
from standardwebhooks import Webhook

from connectors.publish import rfc3339
from schemas.records import Alert
from store.letters import Reference
from store.routes import Addressed

TIMEOUT_SECONDS = 10.0
GONE = 410
"""What a webhook answers that will never take anything again (Standard Webhooks)."""

BACK_OFF = (5, 30, 120, 600, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 24 * 3_600, 24 * 3_600)
"""Seconds from each post that failed to the next one; after the last of them, in three days, the letter is dead."""


_OWN = "own_reports"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a post came to, in a few words, and whether the letter was taken, or never will be."""

    words: str
    taken: bool = False
    is_final: bool = False


def body_of(alert: Alert, own: Sequence[Reference], to: Addressed | None = None) -> bytes:
    """The body of an alert's letter: all that the alert says, what its recipient calls the reports of its own, and
    which desk of the recipient it is for (None: no directory is set).

    It holds no personal data: ids, counts, dates, rules, and references.
    """
    told: dict[str, Any] = asdict(alert)
    for name in ("message_id", "shadow"):
        del told[name]
    told["at"], told["due"] = rfc3339(alert.at.at), rfc3339(alert.due.at) if alert.due else None
    told["to"] = to.as_told() if to else None
    told[_OWN] = [asdict(one) for one in own]
    told["own_cases"] = sorted({one.case_reference for one in own if one.case_reference})
    kind = f"wardlink.alert.{alert.state.value.lower()}"
    return orjson.dumps({"type": kind, "timestamp": told["at"], "data": told})


def own_of(body: bytes) -> list[Reference]:
    """The recipient's own references in a letter that was written before."""
    return [Reference(**one) for one in orjson.loads(body)["data"][_OWN]]


def make_client() -> httpx.Client:
    """A client that trusts the authorities of this machine and follows no redirection."""
    return httpx.Client(timeout=TIMEOUT_SECONDS, verify=ssl.create_default_context(), follow_redirects=False)


def post(
    client: httpx.Client, address: str, message_id: str, body: bytes, secrets: Sequence[bytes], now: datetime
) -> Answer:
    """Posts once, signed with every living secret of the recipient, so that it may change them when it likes."""
    if not secrets:
        return Answer("no secret to sign with: rotate the partner's keys")
    signatures = (Webhook(secret).sign(message_id, now, body.decode()) for secret in secrets)
    headers = {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    try:
        with client.stream("POST", address, content=body, headers=headers) as response:
            status = response.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(f"did not answer ({type(error).__name__})")
    return Answer(f"answered {status}", taken=200 <= status < 300, is_final=status == GONE)


def wait_after(attempts: int) -> float | None:
    """Seconds to wait after so many posts that failed; None when the letter is given up."""
    return BACK_OFF[attempts - 1] if attempts <= len(BACK_OFF) else None
