"""The keyring: a pair of keys for each area, and the secrets of linking.

    Keyring      opens: resolve and the operator hold it       keyring.json
    PublicRing   seals and cannot open: connectors hold it     keyring.public.json

The pairs are X25519 keys of HPKE (RFC 9180). A pair that is rotated goes on opening what was sealed to it until the
retention of the topics has ended; then its private half is destroyed, and copies of the topics become noise.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from schemas.errors import Refused
from vault.blind import blind
from vault.ring_file import bytes_of, dump, instant_of, parse, public_path, text_of, write_private

Random = Callable[[int], bytes]
"""Gives so many unpredictable bytes (os.urandom); tests hand in a seeded one."""

SECRET_BYTES = 32
_KEY_ID_BYTES = 8
_KEYRING = "wardlink keyring"
_PUBLIC_RING = "wardlink public ring"
_RESTORE = "restore it with `wardlink keyring restore BACKUP`"
_COPY = "copy it again from the keyring's host"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of an area's key pair that seals: 32 bytes of X25519."""

    key_id: str
    area: str
    created: datetime
    public: bytes


@dataclass(frozen=True, slots=True)
class KeyPair:
    """One key pair of an area. `retired` is when a newer pair took its place; `private` None when it was destroyed."""

    key_id: str
    area: str
    created: datetime
    retired: datetime | None
    public: bytes
    private: bytes | None = field(repr=False)

    def half(self) -> PublicKey:
        """What may be handed to connectors."""
        return PublicKey(self.key_id, self.area, self.created, self.public)


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys of keyed hashes and of sealed features, 32 bytes each."""

    blind_index: bytes = field(repr=False)
    node: bytes = field(repr=False)
    feature: bytes = field(repr=False)
    row_hash: bytes = field(repr=False)


@dataclass(frozen=True)
class PublicRing:
    """What connectors hold: the current public key of each area, and the key that hashes rows. It cannot open."""

    keys: tuple[PublicKey, ...]
    row_hash_key: bytes = field(repr=False)

    @cached_property
    def _by_area(self) -> Mapping[str, PublicKey]:
        return {key.area: key for key in self.keys}

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that can be sealed for, in order."""
        return tuple(sorted(self._by_area))

    @property
    def fingerprint(self) -> str:
        """Names the keyring that this ring is of, without telling a key."""
        return blind(self.row_hash_key, "fingerprint", b"").hex()

    def current(self, area: str) -> PublicKey:
        """The key to seal to; Refused for an area that has none."""
        try:
            return self._by_area[area]
        except KeyError:
            raise Refused(f"area {area} has no key: give it one with `wardlink keyring area {area}`") from None

    def to_json(self) -> bytes:
        """The content of keyring.public.json."""
        keys = [_public_to_json(key) for key in self.keys]
        return dump(_PUBLIC_RING, {"keys": keys, "row_hash_key": text_of(self.row_hash_key)})

    @classmethod
    def from_json(cls, data: bytes) -> "PublicRing":
        """The ring of such content; Refused for anything else."""
        content = parse(_PUBLIC_RING, data, _COPY)
        try:
            keys = tuple(_public_from_json(key) for key in content["keys"])
            return cls(keys, bytes_of(content["row_hash_key"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(f"the public ring is damaged: {_COPY}") from error

    @classmethod
    def load(cls, path: Path) -> "PublicRing":
        """Reads the public ring that lies beside the keyring at `path` (which itself need not be on this host)."""
        return cls.from_json(_read(public_path(path)))


@dataclass(frozen=True)
class Keyring:
    """All key pairs and secrets. Every change gives a new ring; `save` keeps it."""

    pairs: tuple[KeyPair, ...]
    secrets: Secrets

    @classmethod
    def create(cls, random: Random = os.urandom) -> "Keyring":
        """A new ring with fresh secrets and no area."""
        return cls((), Secrets(*(random(SECRET_BYTES) for _ in range(4))))

    @cached_property
    def _by_id(self) -> Mapping[str, KeyPair]:
        return {pair.key_id: pair for pair in self.pairs}

    @property
    def blind_index_key(self) -> bytes:
        """Key of blind indexes in PostgreSQL."""
        return self.secrets.blind_index

    @property
    def node_key(self) -> bytes:
        """Key under which linkage hashes standardised features to nodes."""
        return self.secrets.node

    @property
    def feature_key(self) -> bytes:
        """Key from which the sealing keys of standardised features are derived."""
        return self.secrets.feature

    @property
    def row_hash_key(self) -> bytes:
        """Key under which connectors hash rows and references."""
        return self.secrets.row_hash

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas that have a current key, in order."""
        return tuple(sorted(pair.area for pair in self.pairs if pair.retired is None))

    def pair(self, key_id: str) -> KeyPair | None:
        """The pair of this id, or None."""
        return self._by_id.get(key_id)

    def public(self) -> PublicRing:
        """What connectors may hold."""
        keys = tuple(pair.half() for pair in self.pairs if pair.retired is None)
        return PublicRing(keys, self.row_hash_key)

    def with_area(self, area: str, now: datetime, random: Random = os.urandom) -> "Keyring":
        """The ring with a first pair for an area; the same ring when it has one."""
        if area in self.areas:
            return self
        return replace(self, pairs=(*self.pairs, _new_pair(area, now, random)))

    def rotated(self, area: str, now: datetime, random: Random = os.urandom) -> "Keyring":
        """The ring with a new current pair for an area; the old one goes on opening. Refused for an unknown area."""
        if area not in self.areas:
            raise Refused(f"area {area} has no key: give it one with `wardlink keyring area {area}`")
        pairs = tuple(_retire(pair, now) if pair.area == area else pair for pair in self.pairs)
        return replace(self, pairs=(*pairs, _new_pair(area, now, random)))

    def retired(self, before: datetime) -> "Keyring":
        """The ring without the private halves of the pairs that were retired before this instant.

        Give the instant at which the oldest message still kept by Kafka was published. The pairs' ids stay, so that a
        replay of older messages is told apart from a foreign keyring.
        """
        return replace(self, pairs=tuple(_destroy(pair, before) for pair in self.pairs))

    def to_json(self) -> bytes:
        """The content of keyring.json: keep it as you keep the data."""
        pairs = [_pair_to_json(pair) for pair in self.pairs]
        secrets = {name: text_of(getattr(self.secrets, name)) for name in Secrets.__slots__}
        return dump(_KEYRING, {"pairs": pairs, "secrets": secrets})

    @classmethod
    def from_json(cls, data: bytes) -> "Keyring":
        """The ring of such content; Refused for anything else."""
        content = parse(_KEYRING, data, _RESTORE)
        try:
            pairs = tuple(_pair_from_json(pair) for pair in content["pairs"])
            secrets = Secrets(**{name: bytes_of(content["secrets"][name]) for name in Secrets.__slots__})
            return cls(pairs, secrets)
        except (KeyError, TypeError, ValueError) as error:
            raise Refused(f"the keyring is damaged: {_RESTORE}") from error

    @classmethod
    def load(cls, path: Path) -> "Keyring":
        """Reads keyring.json; Refused where there is none or it is damaged."""
        return cls.from_json(_read(path))

    def save(self, path: Path) -> None:
        """Writes keyring.json and, beside it, keyring.public.json; each atomically and for its owner only."""
        write_private(path, self.to_json())
        write_private(public_path(path), self.public().to_json())


def _new_pair(area: str, now: datetime, random: Random) -> KeyPair:
    private = X25519PrivateKey.from_private_bytes(random(SECRET_BYTES))
    return KeyPair(
        key_id=random(_KEY_ID_BYTES).hex(),
        area=area,
        created=now,
        retired=None,
        public=private.public_key().public_bytes_raw(),
        private=private.private_bytes_raw(),
    )


def _retire(pair: KeyPair, now: datetime) -> KeyPair:
    return pair if pair.retired is not None else replace(pair, retired=now)


def _destroy(pair: KeyPair, before: datetime) -> KeyPair:
    over = pair.retired is not None and pair.retired < before
    return replace(pair, private=None) if over else pair


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused(f"there is no {path}: make it with `wardlink keyring init`") from None
    except PermissionError:
        raise Refused(f"{path} belongs to another user: run as the user who made it") from None


def _public_to_json(key: PublicKey) -> dict[str, str]:
    return {
        "id": key.key_id,
        "area": key.area,
        "created": key.created.isoformat(),
        "public": text_of(key.public),
    }


def _public_from_json(content: Mapping[str, Any]) -> PublicKey:
    created = datetime.fromisoformat(content["created"])
    return PublicKey(content["id"], content["area"], created, bytes_of(content["public"]))


def _pair_to_json(pair: KeyPair) -> dict[str, str | None]:
    return {
        **_public_to_json(pair.half()),
        "retired": pair.retired.isoformat() if pair.retired else None,
        "private": text_of(pair.private) if pair.private else None,
    }


def _pair_from_json(content: Mapping[str, Any]) -> KeyPair:
    half = _public_from_json(content)
    private = bytes_of(content["private"]) if content["private"] else None
    return KeyPair(half.key_id, half.area, half.created, instant_of(content["retired"]), half.public, private)
