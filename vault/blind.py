"""Blind indexes: look-up by equality without the value (keyed BLAKE2b, RFC 7693)."""

from hashlib import blake2b

BLIND_BYTES = 16
"""Width of a blind index: 128 bits, so that a billion values collide with a chance below 2^-68."""


def blind(key: bytes, purpose: str, value: str | bytes) -> bytes:
    """16 bytes that stand for a value; equal only for equal key, purpose and value.

    `purpose` separates uses of one key (at most 16 bytes of UTF-8, ValueError above): the same telephone number under
    "telephone" and "reference" has nothing in common. Whoever holds the key can guess a birth date or a postcode by
    trying them all, so the key stays where the linking is done.
    """
    plain = value.encode() if isinstance(value, str) else value
    return blake2b(plain, key=key, digest_size=BLIND_BYTES, person=purpose.encode()).digest()
