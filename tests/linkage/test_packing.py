"""Features to bytes and back."""

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
