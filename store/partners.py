"""Partner systems: which agency each one speaks for, and the keys by which it proves who it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from store.database import Row, Session, unavailable_when_away
from store.queries import load

Purpose = Literal["api key", "signing", "webhook"]
"""What a key is for: shown as it is, to sign what the partner pushes, or to sign what is pushed to it."""

_SQL = load("partners")


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner system. `area` is that of reports that do not say where; no `webhook_role` stands for every role."""

    name: str
    agency: str
    sector: str
    area: str | None = None
    webhook: str | None = None
    webhook_role: str | None = None
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """One key: of an API key its SHA-256 in `digest`, of a secret its sealed bytes in `sealed`."""

    key_id: str
    purpose: Purpose
    digest: bytes | None = None
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner as the operator sees it: the purposes of its living keys, and how much went in and out."""

    partner: Partner
    added: datetime
    purposes: tuple[Purpose, ...]
    last_used: datetime | None
    pushed: int
    waiting: int
    dead: int


def add(connection: Session, partner: Partner, keys: Sequence[Key]) -> bool:
    """Adds a partner with its keys, in one transaction; False when one of that name is, or was, there."""
    with unavailable_when_away(), connection.transaction():
        row = {
            "partner": partner.name,
            "agency": partner.agency,
            "sector": partner.sector,
            "area": partner.area,
            "webhook": partner.webhook,
            "webhook_role": partner.webhook_role,
        }
        if connection.execute(_SQL["insert_partner"], row).fetchone() is None:
            return False
        _insert(connection, partner.name, keys)
        return True


def rotate(connection: Session, name: str, keys: Sequence[Key], overlap: float) -> None:
    """Adds new keys; the older ones of their purposes hold for `overlap` seconds more."""
    with unavailable_when_away(), connection.transaction():
        purposes = sorted({key.purpose for key in keys})
        connection.execute(_SQL["end_keys"], {"partner": name, "purposes": purposes, "seconds": overlap})
        _insert(connection, name, keys)


def revoke(connection: Session, name: str) -> bool:
    """Ends a partner at once, with every letter that waits for it; False when there is none to end."""
    with unavailable_when_away(), connection.transaction():
        if connection.execute(_SQL["revoke_partner"], {"partner": name}).fetchone() is None:
            return False
        connection.execute(load("letters")["bury_letters"], {"partner": name})
        return True


def find(connection: Session, name: str) -> Partner | None:
    """The partner of that name, revoked or not."""
    with unavailable_when_away():
        row = connection.execute(_SQL["find_partner"], {"partner": name}).fetchone()
    return _partner(row) if row else None


def listed(connection: Session) -> list[Listed]:
    """All partners by name."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["select_partners"]).fetchall()
    return [
        Listed(
            _partner(row),
            row["added_at"],
            tuple(row["purposes"]),
            row["last_used_at"],
            row["pushed"],
            row["waiting"],
            row["dead"],
        )
        for row in rows
    ]


def find_api_key(connection: Session, key_id: str) -> tuple[Partner, Key] | None:
    """The living API key of this id, and whose it is."""
    with unavailable_when_away():
        row = connection.execute(_SQL["find_key"], {"key_id": key_id}).fetchone()
    return (_of_key(row), Key(row["key_id"], "api key", digest=row["digest"])) if row else None


def secrets_of(connection: Session, name: str, purpose: Purpose) -> list[tuple[Partner, Key]]:
    """The living secrets of a partner for one purpose, the newest first; none of one that was revoked."""
    with unavailable_when_away():
        rows = connection.execute(_SQL["select_secrets"], {"partner": name, "purpose": purpose}).fetchall()
    return [(_of_key(row), Key(row["key_id"], purpose, sealed=row["sealed"])) for row in rows]


def note_use(connection: Session, key_id: str) -> None:
    """Notes, to the minute, that a key was used."""
    with unavailable_when_away():
        connection.execute(_SQL["note_use"], {"key_id": key_id})


def take_proof(connection: Session, proof: bytes, kept_seconds: float) -> bool:
    """Takes a signature once; False when it was taken before. Ones older than `kept_seconds` are forgotten."""
    with unavailable_when_away():
        connection.execute(_SQL["forget_old_proofs"], {"seconds": kept_seconds})
        return connection.execute(_SQL["take_proof"], {"proof": proof}).fetchone() is not None


def give_proof_back(connection: Session, proof: bytes) -> None:
    """Lets a signature be taken again: nothing came of the request that it was on."""
    with unavailable_when_away():
        connection.execute(_SQL["give_proof_back"], {"proof": proof})


def _insert(connection: Session, name: str, keys: Sequence[Key]) -> None:
    for key in keys:
        connection.execute(
            _SQL["insert_key"],
            {
                "key_id": key.key_id,
                "partner": name,
                "purpose": key.purpose,
                "digest": key.digest,
                "sealed": key.sealed,
            },
        )


def _partner(row: Row) -> Partner:
    return Partner(
        row["partner"],
        row["agency"],
        row["sector"],
        row["area"],
        row["webhook"],
        row["webhook_role"],
        row["revoked"],
    )


def _of_key(row: Row) -> Partner:
    return Partner(row["partner"], row["agency"], row["sector"], row["area"])
