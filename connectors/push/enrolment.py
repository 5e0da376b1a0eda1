"""Enrolling partner systems: their keys are made here, shown once, and kept so that nobody can show them again."""

from collections.abc import Iterable, Mapping

from schemas.errors import Refused
from store import partners
from store.database import Session
from store.partners import Key, Partner, Purpose
from vault.partners import PartnerSeal, api_key, digest, new_key_id, new_secret, shown


def enrol(
    connection: Session, seal: PartnerSeal, partner: Partner, purposes: Iterable[Purpose]
) -> Mapping[Purpose, str]:
    """Adds a partner; returns each key as it is shown, this once. Refused for a name that was used before."""
    made = {purpose: _new(seal, purpose) for purpose in purposes}
    if not partners.add(connection, partner, [key for key, _ in made.values()]):
        raise Refused(f"there is, or was, a partner {partner.name}: give this one another name, or rotate its keys")
    return {purpose: text for purpose, (_, text) in made.items()}


def renew(connection: Session, seal: PartnerSeal, name: str, overlap: float) -> Mapping[Purpose, str]:
    """New keys for every purpose that the partner has living ones of; those hold for `overlap` seconds more.

    Refused for a partner that is unknown or was revoked.
    """
    known = next((one for one in partners.listed(connection) if one.partner.name == name), None)
    if known is None or known.partner.revoked:
        raise Refused(f"there is no partner {name}: see `wardlink partner list`")
    made: dict[Purpose, tuple[Key, str]] = {purpose: _new(seal, purpose) for purpose in known.purposes}
    partners.rotate(connection, name, [key for key, _ in made.values()], overlap)
    return {purpose: text for purpose, (_, text) in made.items()}


def _new(seal: PartnerSeal, purpose: Purpose) -> tuple[Key, str]:
    """A new key: what is kept of it, and what is shown."""
    key_id, secret = new_key_id(), new_secret()
    if purpose == "api key":
        text = api_key(key_id, secret)
        return Key(key_id, purpose, digest=digest(text)), text
    return Key(key_id, purpose, sealed=seal.seal(key_id, secret)), shown(secret)
