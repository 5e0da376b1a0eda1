"""Keyed hashes of features and ids: equal for equal ones, never to be guessed; ties are settled by them."""

from hashlib import blake2b

from linkage.features import Mention

DIGEST_BYTES = 12


def digest(mention: Mention, secret: bytes, *salt: str) -> bytes:
    """The keyed hash of a mention's standardised features: equal for equal features, never to be guessed from them.

    With its own id as `salt` a mention stays by itself.
    """
    given, family = mention.names
    parts = (
        mention.role_group,
        " ".join(given),
        " ".join(family),
        mention.suffix or "",
        mention.birth_date or "",
        " ".join(mention.telephones),
        " ".join(mention.emails),
        mention.uprn or "",
        mention.postcode or "",
        mention.address or "",
        *salt,
    )
    return blake2b("\x1f".join(parts).encode(), digest_size=DIGEST_BYTES, key=secret).digest()


def report_digest(report_id: str, secret: bytes) -> bytes:
    """The keyed hash of a report's id, by which ties between incidents are settled."""
    return blake2b(report_id.encode(), digest_size=DIGEST_BYTES, key=secret).digest()
