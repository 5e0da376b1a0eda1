"""The YAML of hard cases, each held by the index and by the oracle."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from linkage import partition
from linkage.batch import link_batch
from linkage.changes import Put
from linkage.index import AreaIndex
from linkage.model import load_model
from tests.linkage.builder import AREA, features

CASES = yaml.safe_load((Path(__file__).parent / "hard_cases.yaml").read_text("utf-8"))
SECRET = b"not very secret"


def _completed(together: Iterable[list[str]], everything: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    groups = [tuple(sorted(group)) for group in together]
    named = {member for group in groups for member in group}
    return tuple(sorted([*groups, *((member,) for member in everything if member not in named)]))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_hard_case_is_linked_as_its_steward_says(case: dict[str, Any]) -> None:
    reports = [features(report_id, given) for report_id, given in case["reports"].items()]
    index = AreaIndex(AREA, load_model(), SECRET)
    index.apply([Put(report) for report in reports])
    found = (partition.incidents(index), partition.persons(index))
    assert found == (
        _completed(case.get("incidents", ()), index.reports()),
        _completed(case.get("persons", ()), index.mentions()),
    )
    assert found == link_batch(reports, [], load_model(), SECRET)
