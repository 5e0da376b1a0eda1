"""Sealing on the way to Kafka: connectors seal, only resolve opens.

A content key (AES-256-GCM) is made for each source, area and day, and wrapped once to the area's current public key by
HPKE (RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, base mode). Area, record id and part are the
associated data of every message, so a sealed part that is moved to another record does not open.
"""

import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from schemas.errors import Unfit
from schemas.records import Sealed
from vault.keyring import Keyring, PublicRing, Random

NONCE_BYTES = 12
CONTENT_KEY_BYTES = 32
MESSAGES_PER_KEY = 2**30
"""Random 96-bit nonces under one key: at 2^30 messages two are equal with a chance below 2^-36 (NIST SP 800-38D
section 8.3 allows 2^32)."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_REPUBLISH = "let its agency publish it again"


@dataclass(slots=True)
class _ContentKey:
    """The content key of one area: its cipher, how it is wrapped, and how often it was used."""

    cipher: AESGCM
    recipient: str
    wrapped: bytes
    used: int = 0


class Sealer:
    """Seals what one source publishes on one day. It belongs to one thread.

    Each sealer has content keys of its own, so two processes that read the same source never share a nonce space.
    """

    def __init__(self, ring: PublicRing, source: str, day: date, random: Random = os.urandom) -> None:
        self.source = source
        self.day = day
        self._ring = ring
        self._random = random
        self._keys: dict[str, _ContentKey] = {}

    def on(self, day: date) -> "Sealer":
        """The sealer of that day: this one, or a new one with fresh content keys."""
        return self if day == self.day else Sealer(self._ring, self.source, day, self._random)

    def seal(self, area: str, record_id: str, plaintext: bytes, part: str = "detail") -> Sealed:
        """Seals one part of a record for its area; Refused for an area that has no key."""
        key = self._key(area)
        nonce = self._random(NONCE_BYTES)
        ciphertext = key.cipher.encrypt(nonce, plaintext, _associated(area, record_id, part))
        key.used += 1
        return Sealed(recipient_key=key.recipient, wrapped_key=key.wrapped, nonce=nonce, ciphertext=ciphertext)

    def _key(self, area: str) -> _ContentKey:
        key = self._keys.get(area)
        if key is None or key.used >= MESSAGES_PER_KEY:
            key = self._keys[area] = self._new_key(area)
        return key

    def _new_key(self, area: str) -> _ContentKey:
        recipient = self._ring.current(area)
        content_key = self._random(CONTENT_KEY_BYTES)
        public = X25519PublicKey.from_public_bytes(recipient.public)
        wrapped = _SUITE.encrypt(content_key, public, _info(area, recipient.key_id))
        return _ContentKey(AESGCM(content_key), recipient.key_id, wrapped)


class Opener:
    """Opens what was sealed for the areas of a keyring. It belongs to one thread.

    Unwrapped content keys are kept for the last `remembered` wrapped keys, since unwrapping costs fifty times opening.
    `renew` gives the keyring as it is now; it is asked when a key is unknown, so that a process that runs for months
    learns of areas that were added and keys that were rotated after it began.
    """

    def __init__(self, keyring: Keyring, remembered: int = 4096, renew: Callable[[], Keyring] | None = None) -> None:
        self._keyring = keyring
        self._renew = renew
        self._remembered = remembered
        self._ciphers: OrderedDict[tuple[str, str, bytes], AESGCM] = OrderedDict()

    def open(self, area: str, record_id: str, sealed: Sealed, part: str = "detail") -> bytes:
        """The plaintext of one part of a record.

        Raises Unfit when it is sealed to a key that is unknown or was destroyed, or was changed, or belongs to another
        area, record or part.
        """
        cipher = self._cipher(area, sealed, part)
        try:
            return cipher.decrypt(sealed.nonce, sealed.ciphertext, _associated(area, record_id, part))
        except (InvalidTag, ValueError) as error:
            rule = "was changed after it was sealed, or belongs to another record"
            raise Unfit(part, rule, _REPUBLISH) from error

    def _cipher(self, area: str, sealed: Sealed, part: str) -> AESGCM:
        name = (area, sealed.recipient_key, sealed.wrapped_key)
        cipher = self._ciphers.get(name)
        if cipher is None:
            cipher = self._ciphers[name] = AESGCM(self._unwrap(area, sealed, part))
        self._ciphers.move_to_end(name)
        if len(self._ciphers) > self._remembered:
            self._ciphers.popitem(last=False)
        return cipher

    def _unwrap(self, area: str, sealed: Sealed, part: str) -> bytes:
        private = self._private_key(area, sealed.recipient_key, part)
        try:
            content_key = _SUITE.decrypt(sealed.wrapped_key, private, _info(area, sealed.recipient_key))
        except (InvalidTag, ValueError) as error:
            raise Unfit(part, "has a wrapped key that does not open", _REPUBLISH) from error
        if len(content_key) != CONTENT_KEY_BYTES:
            raise Unfit(part, "has a content key of a wrong length", _REPUBLISH)
        return content_key

    def _private_key(self, area: str, key_id: str, part: str) -> X25519PrivateKey:
        pair = self._keyring.pair(key_id) or self._renewed().pair(key_id)
        if pair is None:
            raise Unfit(part, "is sealed to a key that this keyring never held", "restore the keyring that made it")
        if pair.area != area:
            raise Unfit(part, "is sealed to the key of another area", _REPUBLISH)
        if pair.private is None:
            raise Unfit(part, "is sealed to a key that was destroyed when its retention ended", _REPUBLISH)
        return X25519PrivateKey.from_private_bytes(pair.private)

    def _renewed(self) -> Keyring:
        if self._renew is not None:
            self._keyring = self._renew()
        return self._keyring


def _associated(area: str, record_id: str, part: str) -> bytes:
    """Lengths stand before values, so that no two triples look the same."""
    return f"{len(area)}:{area}{len(record_id)}:{record_id}{part}".encode()


def _info(area: str, key_id: str) -> bytes:
    return f"wardlink content key 1 {key_id} {area}".encode()
