"""The week of San Diego's requests, where it lies beside the repository: what its model finds on days unseen."""

from pathlib import Path

import pytest

from linkage.duplicates.checking import cross_validate
from linkage.duplicates.model import load_content, load_duplicates
from wardlink.request_files import read_marks, read_requests

DATA = Path(__file__).parents[2] / "../shared/data/council_311"
REQUESTS = DATA / "sandiego_2021-03-27_to_2021-04-03.csv.gz"
TRUTH = DATA / "sandiego_duplicate_clusters.csv"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not REQUESTS.is_file(), reason="San Diego's requests are not beside the repository"),
]


def test_duplicates_that_staff_marked_are_found_on_days_that_training_did_not_see() -> None:
    model = load_duplicates("san-diego")
    requests = read_requests(REQUESTS, model)
    marks = read_marks(TRUTH, model).among(each.id for each in requests)
    parts = cross_validate(load_content("san-diego"), requests, marks, 4)
    assert mean(parts, "member_first", "requests") >= 0.78
    assert mean(parts, "member_among_five", "requests") >= 0.94
    later = parts[1:]  # on the first evening somebody walked downtown and told of a hundred things within the hour
    assert mean(later, "member_first", "requests") >= 0.80
    assert mean(later, "member_among_five", "requests") >= 0.97
    assert mean(later, "parent_among_five", "with_parent") >= 0.95


def mean(parts: list[dict[str, float]], figure: str, weight: str) -> float:
    return sum(part[figure] * part[weight] for part in parts) / sum(part[weight] for part in parts)
