"""The week of San Diego's requests, where it lies beside the repository: what the model that ships makes of it."""

from pathlib import Path

import pytest

from linkage.duplicates.checking import cross_validate
from linkage.duplicates.measuring import retrieval
from linkage.duplicates.model import load_content, load_duplicates
from linkage.duplicates.ranking import rank
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
    asked = sum(each["requests"] for each in parts)
    assert sum(each["member_first"] * each["requests"] for each in parts) / asked >= 0.80
    assert sum(each["member_among_five"] * each["requests"] for each in parts) / asked >= 0.98


def test_the_model_that_ships_ranks_the_week_it_learnt_from() -> None:
    model = load_duplicates("san-diego")
    requests = read_requests(REQUESTS, model)
    marks = read_marks(TRUTH, model).among(each.id for each in requests)
    ranked = {each: [other for other, _ in others] for each, others in rank(model, requests, 500, 5)}
    figures = retrieval(ranked, marks).figures()
    assert figures["member_first"] >= 0.82
    assert figures["member_among_five"] >= 0.985
    assert figures["parent_among_five"] >= 0.95
