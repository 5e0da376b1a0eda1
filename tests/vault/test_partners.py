"""What partners prove themselves by: nothing that is kept lets anybody else do it."""

import pytest

from schemas.errors import Unfit
from vault.keyring import Keyring
from vault.partners import PartnerSeal, api_key, digest, is_key, key_id_of, new_key_id, new_secret, shown


def test_an_api_key_is_known_by_its_digest_alone() -> None:
    key_id, secret = new_key_id(), new_secret()
    key = api_key(key_id, secret)
    assert key_id_of(key) == key_id
    assert is_key(key, digest(key))
    assert not is_key(api_key(key_id, new_secret()), digest(key))
    assert secret.hex().encode() not in digest(key)


@pytest.mark.parametrize("text", ["", "wardlink", "wardlink__", "other_" + "a" * 12 + "_" + "b" * 64, "wardlink_é_x"])
def test_a_text_that_is_no_key_names_none(text: str) -> None:
    assert key_id_of(text) is None


def test_a_secret_opens_for_its_own_key_and_keyring_alone() -> None:
    ring, other = Keyring.create().public(), Keyring.create().public()
    secret = new_secret()
    sealed = PartnerSeal(ring).seal("k1", secret)
    assert secret not in sealed
    assert PartnerSeal(ring).open("k1", sealed) == secret
    with pytest.raises(Unfit):
        PartnerSeal(ring).open("k2", sealed)
    with pytest.raises(Unfit):
        PartnerSeal(other).open("k1", sealed)


def test_a_secret_is_shown_as_standard_webhooks_take_it() -> None:
    assert shown(b"\x00" * 32) == "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
