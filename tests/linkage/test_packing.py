"""Features to bytes and back."""

from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.packing import VERSION, pack, unpack
from tests.linkage import borough
from tests.linkage.builder import features


@given(st.integers(0, 1 << 32))
def test_features_come_back_exactly(seed: int) -> None:
    report = features("r", borough.report(Random(seed), 4))
    assert unpack(pack(report)) == report


def test_another_version_is_refused() -> None:
    packed = orjson.dumps([VERSION + 1, *orjson.loads(pack(features("r", {})))[1:]])
    with pytest.raises(ValueError, match="standardise the report again"):
        unpack(packed)
