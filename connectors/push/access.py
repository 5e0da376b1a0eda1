"""Who is asking: a signature by Standard Webhooks (HMAC-SHA256, five minutes), or an API key.

A partner belongs to one agency, and whatever it sends is that agency's. What is wrong with a proof is told only as far
as the right partner needs it to mend its own.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor

from standardwebhooks import Webhook, WebhookVerificationError

from schemas.errors import Unfit
from store import partners
from store.database import Session
from store.partners import Key, Partner
from vault.keyring import PublicRing
from vault.partners import PartnerSeal, is_key, key_id_of

PARTNER_HEADER = "wardlink-partner"
SIGNED_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
"""Form of a partner's name."""

WINDOW_SECONDS = 300
"""How far a signature's time may be from ours, either way (Standard Webhooks)."""

_KEPT_SECONDS = 3 * WINDOW_SECONDS
_LONGEST_HEADER = 2_000


class Denied(Exception):
    """Nobody that we know; the message says what a right request has."""


class Replayed(Exception):
    """A signature that was taken before."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A partner that has proved who it is; `proof` is the signature's, None for an API key."""

    partner: Partner
    proof: bytes | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Checks requests. `session` lends a connection; safe for several threads."""

    session: Callable[[], AbstractContextManager[Session]]
    ring: Callable[[], PublicRing]

    def check(self, headers: Mapping[str, str], body: bytes) -> Principal:
        """The partner that sent these headers (their names in small letters) and bytes.

        Raises Denied, Replayed, Unavailable.
        """
        if any(len(headers.get(name, "")) > _LONGEST_HEADER for name in (*SIGNED_HEADERS, "authorization")):
            raise Denied("a header is too long")
        with self.session() as session:
            if "webhook-signature" in headers:
                return self._by_signature(session, headers, body)
            return self._by_key(session, headers.get("authorization", ""))

    def forgive(self, principal: Principal) -> None:
        """Lets the same signed request come again: nothing came of it."""
        if principal.proof is not None:
            with self.session() as session:
                partners.give_proof_back(session, principal.proof)

    def _by_key(self, session: Session, authorization: str) -> Principal:
        scheme, _, shown = authorization.partition(" ")
        key_id = key_id_of(shown.strip()) if scheme.casefold() == "bearer" else None
        if key_id is None:
            raise Denied(
                f"sign the request (headers {PARTNER_HEADER}, {', '.join(SIGNED_HEADERS)}), or send an API key"
            )
        found = partners.find_api_key(session, key_id)
        if found is None or found[1].digest is None or not is_key(shown.strip(), found[1].digest):
            raise Denied("the API key is not known, or has ended")
        partners.note_use(session, key_id)
        return Principal(found[0])

    def _by_signature(self, session: Session, headers: Mapping[str, str], body: bytes) -> Principal:
        name = headers.get(PARTNER_HEADER, "")
        known = partners.secrets_of(session, name, "signing") if NAME.fullmatch(name) else []
        seal = PartnerSeal(self.ring())
        for partner, key in known:
            proof = _proof(Webhook(_secret(seal, key)), headers, body)
            if proof is not None:
                self._take(session, proof)
                partners.note_use(session, key.key_id)
                return Principal(partner, proof)
        raise Denied(f"the signature is none of the partner that {PARTNER_HEADER} names, over these very bytes")

    def _take(self, session: Session, proof: bytes) -> None:
        if not partners.take_proof(session, proof, _KEPT_SECONDS):
            raise Replayed


def _secret(seal: PartnerSeal, key: Key) -> bytes:
    try:
        return seal.open(key.key_id, key.sealed or b"")
    except Unfit as error:
        raise Denied("the partner's secret was sealed under another keyring: rotate it") from error


def _proof(webhook: Webhook, headers: Mapping[str, str], body: bytes) -> bytes | None:
    """What stands for a right signature, however it was written; None for a wrong one. Denied when it is too old."""
    try:
        webhook.verify(body, dict(headers), json_parse=False)
        stamp = datetime.fromtimestamp(floor(float(headers["webhook-timestamp"])), UTC)
        signature = webhook.sign(headers["webhook-id"], stamp, body.decode())
    except WebhookVerificationError as error:
        if "timestamp too" in str(error):
            raise Denied(
                "webhook-timestamp is more than five minutes from our time: sign anew, set the clock"
            ) from None
        return None
    except (ValueError, OverflowError):  # a header or body that is no number, no base64, no UTF-8
        return None
    return hashlib.sha256(signature.encode()).digest()
