"""Features to bytes and back."""

from hashlib import sha256
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.packing import VERSION, StandardiseAgain, pack, unpack
from tests.linkage import borough
from tests.linkage.builder import features


@given(st.integers(0, 1 << 32))
def test_features_come_back_exactly(seed: int) -> None:
    report = features("r", borough.report(Random(seed), 4))
    assert unpack(pack(report)) == report


@pytest.mark.parametrize("values", [["r"], orjson.loads(pack(features("r", {})))[1:]], ids=["another layout", "ours"])
@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_bytes_of_another_version_ask_to_standardise_again(version: int, values: list[object]) -> None:
    with pytest.raises(StandardiseAgain, match=f"version {version}, not {VERSION}"):
        unpack(orjson.dumps([version, *values]))


SHEET = {
    "reference": "CAD 1234/02NOV26",
    "case": "ASB-2600010",
    "occurred": ["Mon 00:00", "Mon 23:59"],
    "reported": "Tue 09:10",
    "quotes": ["CAD 88 of 1/11/2026", "4600123/26", "H-20011"],
    "narrative": "Bass and a trombone, police ref CAD 99/31OCT; a turquoise Corsa at 12 Mare St",
    "persons": [
        {
            "name": "ÖZTÜRK-Kaya, Ayşe (Jnr)",
            "born": "3/4/1971",
            "telephones": ["07700 900123", "020 8356 3000"],
            "emails": ["Ayse+asb@Home.Test", "info@home.test"],
            "address": "Apt 3, 12 Mare St., London",
            "postcode": "e81ea",
            "uprn": "00042",
        },
        {"role": "WITNESS", "name": "Ludwig van der Berg", "kind": "OFFICIAL"},
    ],
    "places": [
        {"uprn": "0200", "block": "100", "street": "20900001", "point": (51.54, -0.055), "lsoa": "E01", "ward": "W1"},
        {"role": "AFFECTED", "uprn": "7", "method": "SNAPPED_POINT"},
    ],
    "hate": True,
}
DIGESTS = {5: "34edec3970bcdbd8", 6: "0eb90d0f34ab6d37"}
"""What the sheet's features are packed as, by version: the first 16 digits of SHA-256."""


def test_whoever_changes_a_layout_or_a_spelling_takes_the_next_version() -> None:
    """Stored features are standardised again only where the version says so: give it a new number and its digest."""
    assert sha256(pack(features("police:1", SHEET))).hexdigest()[:16] == DIGESTS[VERSION]
