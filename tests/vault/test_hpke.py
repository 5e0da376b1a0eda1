"""Content keys are wrapped by HPKE as RFC 9180 writes it: a second reading of the RFC, held to the RFC's own vector,
opens what the sealer wraps. So any other HPKE library can open it too."""

import hashlib
import hmac
from datetime import date

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vault.conftest import HACKNEY
from vault.keyring import Keyring
from vault.seal import Sealer

KEM = b"KEM\x00\x20"
AES_128_GCM, AES_256_GCM = 1, 2
KEY_BYTES = {AES_128_GCM: 16, AES_256_GCM: 32}


def extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    """LabeledExtract, RFC 9180 section 4."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, hashlib.sha256)


def expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand, RFC 9180 section 4; at most 32 bytes, so one round of HKDF-Expand."""
    labelled = length.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labelled + b"\x01", hashlib.sha256)[:length]


def shared_secret(enc: bytes, private: bytes) -> bytes:
    """Decap of DHKEM(X25519, HKDF-SHA256), section 4.1."""
    receiver = X25519PrivateKey.from_private_bytes(private)
    dh = receiver.exchange(X25519PublicKey.from_public_bytes(enc))
    context = enc + receiver.public_key().public_bytes_raw()
    return expand(KEM, extract(KEM, b"", b"eae_prk", dh), b"shared_secret", context, 32)


def key_and_nonce(enc: bytes, private: bytes, info: bytes, aead: int) -> tuple[bytes, bytes]:
    """KeySchedule in base mode, section 5.1."""
    suite = b"HPKE\x00\x20\x00\x01" + aead.to_bytes(2)
    context = b"\x00" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    secret = extract(suite, shared_secret(enc, private), b"secret", b"")
    return expand(suite, secret, b"key", context, KEY_BYTES[aead]), expand(suite, secret, b"base_nonce", context, 12)


def test_this_reading_gives_the_vector_of_appendix_a_1_1() -> None:
    private = bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
    enc = bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431")
    key, nonce = key_and_nonce(enc, private, b"Ode on a Grecian Urn", AES_128_GCM)
    assert shared_secret(enc, private).hex() == "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"
    assert key.hex() == "4531685d41d65f03dc48f6b8302c05b0"
    assert nonce.hex() == "56d890e5accaaf011cff4b7d"
    sealed = bytes.fromhex("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a")
    assert AESGCM(key).decrypt(nonce, sealed, b"Count-0") == b"Beauty is truth, truth beauty"


def test_this_reading_opens_what_the_sealer_wraps(ring: Keyring) -> None:
    sealed = Sealer(ring.public(), "noiseworks", date(2026, 3, 1)).seal(HACKNEY, "met:1", b"plain")
    pair = ring.pair(sealed.recipient_key)
    assert pair is not None
    assert pair.private is not None
    info = f"wardlink content key 1 {pair.key_id} {HACKNEY}".encode()
    key, nonce = key_and_nonce(sealed.wrapped_key[:32], pair.private, info, AES_256_GCM)
    content_key = AESGCM(key).decrypt(nonce, sealed.wrapped_key[32:], b"")
    associated = f"{len(HACKNEY)}:{HACKNEY}5:met:1detail".encode()
    assert AESGCM(content_key).decrypt(sealed.nonce, sealed.ciphertext, associated) == b"plain"
