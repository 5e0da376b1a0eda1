"""What partner systems prove themselves by: API keys, of which only a hash is kept, and secrets of signatures.

A secret has to be known to check a signature (HMAC), so it is kept sealed under a key that every holder of the public
ring can derive, and that is not in the database: whoever gets at a copy of the database can sign nothing.
"""

import hmac
import os
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vault.keyring import PublicRing, Random
from vault.reports import KEY_BYTES, ReportKey

SECRET_BYTES = 32
API_KEY_PREFIX = "wardlink"
SECRET_PREFIX = "whsec_"  # noqa: S105 - what Standard Webhooks put before a secret
_KEY_ID_BYTES = 6


class PartnerSeal:
    """Seals and opens the secrets of partners."""

    def __init__(self, ring: PublicRing, random: Random = os.urandom) -> None:
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"wardlink partner secrets 1")
        self._key = ReportKey(derived.derive(ring.row_hash_key), random)

    def seal(self, key_id: str, secret: bytes) -> bytes:
        """The secret of this key, sealed."""
        return self._key.seal(key_id.encode(), secret)

    def open(self, key_id: str, sealed: bytes) -> bytes:
        """The secret; Unfit when it belongs to another key or keyring."""
        return self._key.open(key_id.encode(), sealed)


def new_key_id(random: Random = os.urandom) -> str:
    """A name for a new key, which tells nothing of it."""
    return random(_KEY_ID_BYTES).hex()


def new_secret(random: Random = os.urandom) -> bytes:
    """256 unpredictable bits."""
    return random(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """A secret of signatures as it is handed to its partner (Standard Webhooks: `whsec_` and base64)."""
    return SECRET_PREFIX + b64encode(secret).decode()


def api_key(key_id: str, secret: bytes) -> str:
    """An API key as it is handed to its partner: it begins so that scanners for leaked keys can find it."""
    return f"{API_KEY_PREFIX}_{key_id}_{secret.hex()}"


def key_id_of(shown_key: str) -> str | None:
    """The key id that an API key names; None for a text that is none."""
    prefix, _, rest = shown_key.partition("_")
    key_id, _, secret = rest.partition("_")
    right = prefix == API_KEY_PREFIX and len(key_id) == 2 * _KEY_ID_BYTES and len(secret) == 2 * SECRET_BYTES
    return key_id if right and rest.isascii() and rest.isprintable() else None


def digest(shown_key: str) -> bytes:
    """What is kept of an API key. Its 256 random bits need no slow hash: nobody can guess them."""
    return sha256(shown_key.encode()).digest()


def is_key(shown_key: str, kept: bytes) -> bool:
    """Whether this is the key of which this digest was kept; takes as long for a wrong one as for the right one."""
    return hmac.compare_digest(digest(shown_key), kept)
