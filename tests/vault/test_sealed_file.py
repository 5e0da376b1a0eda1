"""Files under a passphrase: all comes back, or nothing is believed."""

import io
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Refused
from vault import sealed_file
from vault.sealed_file import read_sealed, write_sealed

CHEAP = 2**10
WORDS = "open sesame"
CHUNK = 1 << 20
TAG = 16


def sealed(content: list[bytes], passphrase: str = WORDS, kind: str = "keyring") -> bytes:
    target = io.BytesIO()
    write_sealed(target, kind, content, passphrase, cost=CHEAP)
    return target.getvalue()


def opened(data: bytes, passphrase: str = WORDS, kind: str = "keyring") -> bytes:
    return b"".join(read_sealed(io.BytesIO(data), kind, passphrase))


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=50), max_size=5))
def test_content_comes_back_however_it_was_cut(content: list[bytes]) -> None:
    assert opened(sealed(content)) == b"".join(content)


@pytest.mark.parametrize("length", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_content_of_any_length_comes_back(length: int) -> None:
    content = bytes(length)
    assert opened(sealed([content[: length // 3], content[length // 3 :]])) == content


def test_nothing_of_the_content_can_be_read() -> None:
    assert b"Mrs Example" not in sealed([b"Mrs Example"])


def test_two_files_of_one_content_have_nothing_in_common() -> None:
    first, second = sealed([b"x" * 64]), sealed([b"x" * 64])
    assert first.split(b"\n", 1)[1] != second.split(b"\n", 1)[1]


@pytest.mark.parametrize(
    ("passphrase", "kind", "message"),
    [("open barley", "keyring", "passphrase is wrong"), ("open sesame", "database", "another kind")],
)
def test_another_passphrase_or_kind_is_refused(passphrase: str, kind: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        opened(sealed([b"plain"]), passphrase, kind)


@settings(max_examples=60)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_anywhere_is_refused(place: int, difference: int) -> None:
    data = bytearray(sealed([b"plain" * 10]))
    data[place % len(data)] ^= difference
    with pytest.raises(Refused):
        opened(bytes(data))


THREE = sealed([bytes([number]) * CHUNK for number in range(3)])
HEAD, BODY = THREE.split(b"\n", 1)
PIECE = CHUNK + TAG


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: b"",
        lambda body: body[:PIECE],
        lambda body: body[: 2 * PIECE],
        lambda body: body[: 2 * PIECE + 100],
        lambda body: body + body[-TAG:],
        lambda body: body[PIECE : 2 * PIECE] + body[:PIECE] + body[2 * PIECE :],
        lambda body: body[:PIECE] + body,
        lambda body: body[PIECE:],
    ],
)
def test_chunks_cannot_be_dropped_swapped_repeated_or_cut_off(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Refused):
        opened(HEAD + b"\n" + damage(BODY))


def forged(**changes: object) -> bytes:
    return json.dumps({**json.loads(HEAD), **changes}).encode() + b"\n" + BODY


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PGDMP\x01\x0f",
        b"[]\n",
        forged(format="other"),
        forged(version=2),
        forged(scrypt_cost=2**40),
        forged(scrypt_cost="x"),
        forged(scrypt_cost=[1]),
        forged(salt="?"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(Refused, match="not a backup"):
        opened(data)


def test_the_default_cost_is_the_strong_one(monkeypatch: pytest.MonkeyPatch) -> None:
    costs: list[int] = []

    def derive(passphrase: str, salt: bytes, cost: int) -> bytes:
        costs.append(cost)
        return bytes(32)

    monkeypatch.setattr(sealed_file, "_derive", derive)
    write_sealed(io.BytesIO(), "keyring", [b"plain"], "open sesame")
    assert costs == [2**17]
