"""Alerts as HTTP POST of JSON to a recipient's own system."""

from collections.abc import Mapping
from dataclasses import asdict

import httpx
import orjson

from schemas.errors import Unavailable
from schemas.records import Alert

_TIMEOUT_SECONDS = 10.0


class WebhookSink:
    """Posts each alert to the address of its recipient; recipients without an address are passed over."""

    name = "webhook"

    def __init__(self, addresses: Mapping[str, str], client: httpx.Client | None = None) -> None:
        self._addresses = addresses
        self._client = client or httpx.Client(timeout=_TIMEOUT_SECONDS)

    def hand_over(self, alert: Alert) -> None:
        """Posts once; raises Unavailable unless the answer is 2xx. The header `webhook-id` is the message id."""
        address = self._addresses.get(alert.recipient)
        if address is None:
            return
        headers = {"webhook-id": alert.message_id, "content-type": "application/json"}
        try:
            answer = self._client.post(address, content=orjson.dumps(asdict(alert)), headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable(f"the webhook of {alert.recipient} is away ({type(error).__name__})") from error
        if not answer.is_success:
            raise Unavailable(f"the webhook of {alert.recipient} answered {answer.status_code}")
