"""Sealing at rest, in PostgreSQL: a random key for each report, kept in a database of its own, and sealed features.

Deleting a report's key makes every copy of its sealed bytes noise, in the database, its log and its backups
(UK GDPR article 17; crypto-shredding).
"""

import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.errors import Unfit
from vault.keyring import Keyring, Random
from vault.seal import NONCE_BYTES

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReportKey:
    """The key of one report's sealed bytes (AES-256-GCM)."""

    key: bytes = field(repr=False)
    random: Random = field(default=os.urandom, repr=False, compare=False)

    @classmethod
    def new(cls, random: Random = os.urandom) -> "ReportKey":
        """A fresh random key."""
        return cls(random(KEY_BYTES), random)

    def seal(self, associated: bytes, plaintext: bytes) -> bytes:
        """Nonce (12 bytes), ciphertext and tag (16 bytes); `associated` must be given again to open."""
        return _seal(AESGCM(self.key), self.random, associated, plaintext)

    def open(self, associated: bytes, sealed: bytes) -> bytes:
        """The plaintext; Unfit when it was changed or belongs to another report."""
        return _open(AESGCM(self.key), "report", associated, sealed)


class FeatureSeal:
    """Seals the standardised features of mentions, under a key that HKDF (RFC 5869) derives for each area."""

    def __init__(self, keyring: Keyring, random: Random = os.urandom) -> None:
        self._feature_key = keyring.feature_key
        self._random = random
        self._ciphers: dict[str, AESGCM] = {}

    def seal(self, area: str, associated: bytes, plaintext: bytes) -> bytes:
        """Nonce (12 bytes), ciphertext and tag (16 bytes); area and `associated` must be given again to open."""
        return _seal(self._cipher(area), self._random, associated, plaintext)

    def open(self, area: str, associated: bytes, sealed: bytes) -> bytes:
        """The plaintext; Unfit when it was changed or belongs to another mention or area."""
        return _open(self._cipher(area), "features", associated, sealed)

    def _cipher(self, area: str) -> AESGCM:
        if area not in self._ciphers:
            self._ciphers[area] = AESGCM(_derive(self._feature_key, area))
        return self._ciphers[area]


def _derive(key: bytes, area: str) -> bytes:
    info = f"wardlink features 1 {area}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)


def _seal(cipher: AESGCM, random: Random, associated: bytes, plaintext: bytes) -> bytes:
    nonce = random(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plaintext, associated)


def _open(cipher: AESGCM, name: str, associated: bytes, sealed: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError) as error:
        raise Unfit(
            name, "was changed after it was sealed, or belongs elsewhere", "restore it from a backup"
        ) from error
