"""Files sealed under a passphrase, of any length and in bounded memory.

A line of JSON says how the key is derived (scrypt, RFC 7914, with a salt of its own for each file); then follow chunks
of 1 MiB, each sealed by AES-256-GCM. A chunk's nonce is its number and whether it is the last (the STREAM construction
of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so chunks cannot be swapped, repeated, dropped or cut off.
"""

import json
import os
from collections.abc import Iterable, Iterator
from itertools import chain, tee, zip_longest
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from schemas.errors import Refused
from vault.keyring import Random
from vault.ring_file import bytes_of, text_of

SCRYPT_COST = 2**17
"""128 MiB and about half a second for each guess (OWASP Password Storage Cheat Sheet, 2023: the strongest setting)."""

_FORMAT, _VERSION = "wardlink sealed file", 1
_CHUNK, _TAG = 1 << 20, 16
_SALT_BYTES, _KEY_BYTES = 16, 32
_BLOCK_SIZE, _PARALLEL = 8, 1
_LONGEST_HEADER = 1024
_COSTS = tuple(2**power for power in range(10, 21))


def write_sealed(
    target: IO[bytes],
    kind: str,
    content: Iterable[bytes],
    passphrase: str,
    random: Random = os.urandom,
    cost: int = SCRYPT_COST,
) -> None:
    """Seals pieces of content, however cut, as one file of this kind."""
    salt = random(_SALT_BYTES)
    header = json.dumps(
        {"format": _FORMAT, "version": _VERSION, "kind": kind, "scrypt_cost": cost, "salt": text_of(salt)}
    ).encode()
    cipher = AESGCM(_derive(passphrase, salt, cost))
    target.write(header + b"\n")
    for number, chunk, is_last in _numbered(_chunks(content)):
        target.write(cipher.encrypt(_nonce(number, is_last), chunk, header))


def read_sealed(source: IO[bytes], kind: str, passphrase: str) -> Iterator[bytes]:
    """The content of a file of this kind, piece by piece.

    Raises Refused when the passphrase is wrong, or the file was changed or cut off. Pieces that were given before are
    authentic, but only the end of the iteration says that nothing is missing.
    """
    header = source.readline(_LONGEST_HEADER).removesuffix(b"\n")
    salt, cost = _read_header(header, kind)
    cipher = AESGCM(_derive(passphrase, salt, cost))
    first = source.read(_CHUNK + _TAG)
    rest = iter(lambda: source.read(_CHUNK + _TAG), b"")
    for number, chunk, is_last in _numbered(chain([first], rest)):
        yield _decrypt(cipher, _nonce(number, is_last), chunk, header)


def _decrypt(cipher: AESGCM, nonce: bytes, chunk: bytes, header: bytes) -> bytes:
    try:
        return cipher.decrypt(nonce, chunk, header)
    except (InvalidTag, ValueError):
        raise Refused("the backup does not open: the passphrase is wrong, or the file was changed or cut off") from None


def _read_header(line: bytes, kind: str) -> tuple[bytes, int]:
    """(salt, cost) of a header; the cost is bounded, so that a forged file cannot take all memory."""
    try:
        header: dict[str, Any] = json.loads(line)
        if header["format"] != _FORMAT or header["version"] != _VERSION or header["scrypt_cost"] not in _COSTS:
            raise ValueError
        salt, cost, found = bytes_of(header["salt"]), int(header["scrypt_cost"]), header["kind"]
    except (KeyError, TypeError, ValueError):
        raise Refused("the file is not a backup of Wardlink: give the file that `wardlink … backup` wrote") from None
    if found != kind:
        raise Refused(f"the file is a backup of another kind ({found}): give one of a {kind}")
    return salt, cost


def _derive(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=_BLOCK_SIZE, p=_PARALLEL).derive(passphrase.encode())


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _chunks(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same content cut into full chunks and a shorter (or empty) last one."""
    waiting = bytearray()
    for piece in content:
        waiting += piece
        while len(waiting) >= _CHUNK:
            yield bytes(waiting[:_CHUNK])
            del waiting[:_CHUNK]
    yield bytes(waiting)


def _numbered(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """(number, chunk, whether it is the last) of each; there is at least one."""
    earlier, later = tee(chunks)
    next(later)
    for number, (chunk, following) in enumerate(zip_longest(earlier, later)):
        yield number, chunk, following is None
