"""Requests told twice: what compares, what is ranked, and what training learns, on an invented city."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.duplicates.checking import cross_validate, stretches
from linkage.duplicates.measuring import Marks, retrieval
from linkage.duplicates.model import DuplicateModel, load_content, load_duplicates, model_of, parse_duplicates
from linkage.duplicates.neighbourhood import Neighbourhood, metres, with_crowds
from linkage.duplicates.ranking import rank
from linkage.duplicates.reading import read_request
from linkage.duplicates.training import train
from linkage.duplicates.values import Request, address_of, site_of, words_of
from linkage.model_text import written
from schemas.errors import Refused
from tests.linkage.city import city

Content = dict[str, Any]
COLUMNS = load_content("san-diego")["columns"]


def requests_of(seed: int, matters: int) -> tuple[list[Request], Marks]:
    rows, marks = city(seed, matters)
    return with_crowds((read_request(row, COLUMNS) for row in rows), 500), marks


@pytest.fixture(scope="module")
def learnt() -> Content:
    return train(load_content("san-diego"), *requests_of(1, 500))


@pytest.fixture(scope="module")
def model(learnt: Content) -> DuplicateModel:
    return model_of(learnt)


def ids(ranked: dict[str, list[tuple[str, int]]]) -> dict[str, list[str]]:
    return {each: [other for other, _ in others] for each, others in ranked.items()}


def test_another_city_of_the_same_manner_is_ranked_better_than_by_distance(model: DuplicateModel) -> None:
    requests, marks = requests_of(2, 400)
    near = Neighbourhood(requests, 500).near
    by_distance = {
        each.id: [other.id for _, other in sorted(near(each), key=lambda pair: pair[0])] for each in requests
    }
    found = retrieval(ids(dict(rank(model, requests, 500, 5))), marks)
    assert found.first > retrieval(by_distance, marks).first
    assert found.figures()["member_first"] > 0.9


def test_training_again_gives_the_same_file_and_a_file_gives_the_same_model(learnt: Content) -> None:
    again = train(load_content("san-diego"), *requests_of(1, 500))
    assert written(again) == written(learnt)
    assert parse_duplicates(written(learnt)).graph == model_of(learnt).graph


def test_words_of_few_requests_do_not_stand_in_a_model(learnt: Content) -> None:
    requests, _ = requests_of(1, 500)
    words = [word for group in learnt["tables"]["words"]["bits"].values() for word in group]
    fewest = learnt["training"]["fewest_requests"]
    assert words
    assert all(sum(word in each.words for each in requests) >= fewest for word in words)


def test_the_order_of_the_file_has_no_say(model: DuplicateModel) -> None:
    requests, _ = requests_of(3, 200)
    ranked = dict(rank(model, requests, 500, 7))
    shuffled = Random(5).sample(requests, len(requests))
    assert dict(rank(model, shuffled, 500, 7)) == ranked


def test_fewer_are_the_first_of_more_though_scoring_stops_early(model: DuplicateModel) -> None:
    requests, _ = requests_of(3, 300)
    every = dict(rank(model, requests, 500, 1000))
    for top in (1, 2, 3, 5):
        assert {each: others[:top] for each, others in every.items()} == dict(rank(model, requests, 500, top))
    assert max(map(len, every.values())) > 3
    minute = {each.id: (each.minute, each.id) for each in requests}
    for each, others in every.items():
        lifted = [weight + (model.lift if minute[other] < minute[each] else 0) for other, weight in others]
        assert all(one >= other for one, other in pairwise(lifted[2:]))
        weights = [weight for _, weight in others]
        assert weights[:2] == sorted(weights, reverse=True)[:2]
    assert model.lift > 0


def test_a_pair_weighs_the_same_from_both_sides(model: DuplicateModel) -> None:
    requests, _ = requests_of(4, 150)
    every = {(each, other): weight for each, others in rank(model, requests, 500, 1000) for other, weight in others}
    assert every
    assert all(every[other, each] == weight for (each, other), weight in every.items())


def test_only_earlier_requests_are_ranked_where_that_is_asked(model: DuplicateModel) -> None:
    requests, _ = requests_of(4, 150)
    minute = {each.id: (each.minute, each.id) for each in requests}
    ranked = ids(dict(rank(model, requests, 500, 1000, earlier_only=True)))
    assert any(ranked.values())
    assert all(minute[other] < minute[each] for each, others in ranked.items() for other in others)


points = st.tuples(st.floats(1, 60) | st.floats(-60, -1), st.floats(-179, 179))
shifts = st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))


@settings(max_examples=60, deadline=None)
@given(points, st.lists(shifts, min_size=2, max_size=30), st.floats(5, 2000))
def test_the_grid_finds_whoever_is_within_the_distance(
    middle: tuple[float, float], apart: list[tuple[float, float]], within: float
) -> None:
    held = [at(str(number), middle[0] + north, middle[1] + east) for number, (north, east) in enumerate(apart)]
    near = Neighbourhood(held, within).near
    for one in held:
        wanted = {other.id for other in held if other is not one and metres(one, other) <= within}
        assert {other.id for _, other in near(one)} == wanted


def at(key: str, latitude: float, longitude: float) -> Request:
    return request(service_request_id=key, lat=str(latitude), lng=str(longitude))


def request(**row: str) -> Request:
    return read_request(row, COLUMNS)


def test_requests_without_a_point_are_compared_by_their_address() -> None:
    one, two, three = (request(service_request_id=key, street_address="12 Elm St, San Diego") for key in "123")
    apart = request(service_request_id="4", street_address="13 Elm St")
    nowhere = request(service_request_id="5")
    near = Neighbourhood([one, two, three, apart, nowhere], 500).near
    assert {other.id for _, other in near(one)} == {"2", "3"}
    assert list(near(nowhere)) == []


@pytest.mark.parametrize("wrong", ["", "north", "91", "nan", "inf"])
def test_what_is_no_point_and_no_time_is_missing(wrong: str) -> None:
    found = request(service_request_id="1", lat=wrong, lng="-117", date_requested=wrong)
    assert (found.has & 1, found.minute) == (0, 0)


def test_texts_are_read_by_what_they_share() -> None:
    assert words_of("Potholes, POTHOLE & glass on 5th!") == {"pothole", "glass", "on", "5th"}
    assert address_of(" 12-A  Elm St , San Diego") == ("12-a elm st", "elm st")
    assert site_of("SS-014370-SO1") == ("ss-014370-so1", "ss-014370")


def test_marks_among_some_requests_leave_out_whoever_is_alone() -> None:
    marks = Marks({"1": "a", "2": "a", "3": "b", "4": "b"}, {"2": "1", "4": "3"})
    assert marks.among(["1", "2", "3"]) == Marks({"1": "a", "2": "a"}, {"2": "1"})


def test_retrieval_counts_first_five_and_parents() -> None:
    marks = Marks({"1": "a", "2": "a", "3": "a"}, {"2": "1", "3": "1"})
    few: dict[str, Sequence[str]] = {"1": ["x", "2"], "2": ["3", "1"], "3": ["u", "v", "w", "x", "y", "1"]}
    assert retrieval(few, marks).figures() == {
        "requests": 3, "member_first": 0.3333, "member_among_five": 0.6667, "with_parent": 2, "parent_among_five": 0.5,
    }  # fmt: skip


def test_cross_validation_trains_without_the_days_it_measures() -> None:
    requests, marks = requests_of(5, 300)
    figures = cross_validate(load_content("san-diego"), requests, marks, 2)
    assert [each["requests"] > 20 and each["member_first"] > 0.7 for each in figures] == [True, True]
    parts = stretches(requests, 2)
    latest = max(each.minute for each in requests if parts[each.id] == 0)
    assert all(each.minute >= latest for each in requests if parts[each.id] == 1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"columns": {"id": "x"}}, "columns must name time"),
        ({"comparisons": {"place": {"kind": "guess"}}}, "kind must be one of"),
        ({"thresholds": {"certain": 1, "possible": 2}}, "must rise"),
        ({"weights": {"prior": 0, "origin": {"sideways": 1}}}, "sideways"),
        ({"comparisons": {"place": {"kind": "place"}}}, "not a model of duplicates"),
    ],
)
def test_a_wrong_model_is_refused(learnt: Content, change: Content, told: str) -> None:
    with pytest.raises(Refused, match=told):
        parse_duplicates(written({**learnt, **change}))


@pytest.mark.parametrize("text", ["[1, 2]", "{", "name: x"])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"model: (the file must|line 2 is not YAML|columns is missing)"):
        parse_duplicates(text)


def test_the_model_that_ships_has_a_card_and_knows_no_rare_word() -> None:
    shipped = load_duplicates("san-diego")
    assert shipped.content["card"]["cross_validation"]
    assert shipped.content["training"]["fewest_requests"] >= 10
