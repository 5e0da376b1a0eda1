"""Linking rows by a model that is data: clusters do not depend on order, training finds people without a label."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.measures import measure
from linkage.model_text import written
from linkage.rows.blocking import blocking_recall
from linkage.rows.checking import cross_validate
from linkage.rows.index import RowIndex
from linkage.rows.model import RowModel, load_profile, load_rows, model_of, parse_rows, profiles, shipped
from linkage.rows.stock import Content, Texts, read_rows
from linkage.rows.training import train
from schemas.errors import Refused
from tests.linkage.people import people, small_profile

EXACT = ["exact_common", "exact_usual", "exact_uncommon", "exact_rare"]


def silent(_: str) -> None:
    """Nobody waits."""


@pytest.fixture(scope="module")
def crowd() -> tuple[list[Texts], list[str]]:
    return people(1, 260)


@pytest.fixture(scope="module")
def learnt(crowd: tuple[list[Texts], list[str]]) -> Content:
    """A model trained on others."""
    rows, labels = people(2, 260)
    return train(small_profile(), rows, labels, 1, silent)


@pytest.fixture(scope="module")
def model(learnt: Content) -> RowModel:
    return model_of(learnt)


def linked(model: RowModel, rows: list[Texts]) -> RowIndex:
    index = RowIndex(model, b"not very secret")
    for row in rows:
        index.put(row["unique_id"] or "", row)
    return index


def pair_f1(index: RowIndex, labels: list[str]) -> tuple[float, float]:
    clusters = {row: members[0] for members in index.partition() for row in members}
    found = measure(clusters, {f"r{place:05}": label for place, label in enumerate(labels)})
    return found.pairs.f1, found.b_cubed.f1


def test_others_people_are_found_by_a_model_trained_with_labels(
    model: RowModel, crowd: tuple[list[Texts], list[str]]
) -> None:
    rows, labels = crowd
    assert min(pair_f1(linked(model, rows), labels)) > 0.95


def test_people_are_found_by_a_model_that_saw_no_label(crowd: tuple[list[Texts], list[str]]) -> None:
    rows, labels = crowd
    trained = train(small_profile(), rows, None, 1, silent)
    assert trained["thresholds"]["cut"] == 0
    assert min(pair_f1(linked(model_of(trained), rows), labels)) > 0.93


def test_variants_of_a_name_are_learnt_without_a_dictionary(learnt: Content) -> None:
    aliases = learnt["tables"]["aliases"]["first_name"]
    assert {"bill = william", "ellen = nell"} <= {pair for pairs in aliases.values() for pair in pairs}


def test_values_of_few_people_do_not_stand_in_a_model_that_forbids_it(learnt: Content) -> None:
    rows, labels = people(2, 260)
    profile = small_profile()
    profile["training"] = {**learnt["training"], "fewest_bearers": 10}
    shy = train(profile, rows, labels, 1, silent)
    last_names = [name for names in shy["tables"]["rarity"]["last_name"].values() for name in names]
    assert last_names == []
    assert "william" in shy["tables"]["rarity"]["first_name"]["common"]
    assert shy["weights"] == learnt["weights"]


def test_training_again_gives_the_same_file(learnt: Content) -> None:
    rows, labels = people(2, 260)
    assert written(train(small_profile(), rows, labels, 1, silent)) == written(learnt)


def test_a_model_file_says_all_that_the_model_knows(learnt: Content, crowd: tuple[list[Texts], list[str]]) -> None:
    rows, _ = crowd
    again = parse_rows(written(learnt))
    assert linked(again, rows).partition() == linked(model_of(learnt), rows).partition()


@settings(max_examples=20)
@given(seed=st.integers(0, 1 << 32), limit=st.sampled_from([3, 6, 100]), most=st.sampled_from([0, 2, 4]))
def test_clusters_are_the_same_in_any_order_with_rows_withdrawn_and_put_again(
    learnt: Content, seed: int, limit: int, most: int
) -> None:
    random = Random(seed)
    limits = {**learnt["thresholds"], "limit": limit, "ceiling": 14, "most": most}
    small = model_of({**learnt, "thresholds": limits})
    rows, _ = people(seed, 12, most=9)
    gone = {row["unique_id"] for row in random.sample(rows, len(rows) // 4)}
    index = RowIndex(small, b"not very secret")
    for row in random.sample(rows, len(rows)) + random.sample(rows, len(rows) // 3):
        index.put(row["unique_id"] or "", row)
        if random.random() < 0.3:
            index.settle()
    for row_id in gone:
        index.withdraw(row_id or "")
    kept = [row for row in rows if row["unique_id"] not in gone]
    assert index.partition() == linked(small, kept).partition()
    said = {row["unique_id"]: tuple(value for key, value in row.items() if key != "unique_id") for row in rows}
    assert not most or all(len({said[row] for row in cluster}) <= most for cluster in index.partition())


def test_a_row_that_says_nothing_stays_alone(model: RowModel) -> None:
    index = linked(model, [{"unique_id": "a"}, {"unique_id": "b", "full_name": " "}])
    assert index.partition() == (("a",), ("b",))


def test_a_veto_keeps_a_household_apart() -> None:
    home = {"dob": "1958-03-14", "birth_place": "hackney", "postcode_fake": "e8 2pq", "occupation": "cook"}
    rows: list[Texts] = [
        {"unique_id": "a", "full_name": "william tanshaw", **home},
        {"unique_id": "b", "full_name": "fatima tanshaw", **home},
    ]
    veto = {"says": "two of one household", "all": [{"first_name": ["differs"]}, {"postcode": EXACT}]}
    historical = load_rows("historical")
    guarded = model_of({**historical.content, "vetoes": {"household": veto}})
    assert linked(historical, rows).partition() == (("a", "b"),)
    assert linked(guarded, rows).partition() == (("a",), ("b",))


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("Deborah|T|Carley Novak", "Deborah|T|Carley Novak", True),
        ("Deborah|T|Carley Novak", "Loretta|T|Carley Novak", False),
        ("Deborah|T|Carley Novak", "Daughter Of|T|Carley Novak", True),
        ("Deborah|T|Carley Novak", "|W|Carley Novak", False),
        ("Deborah|T|Carley Novak", "Deborah|T|Householder", True),
        ("||Carley Novak", "Deborah|T|Carley Novak", False),
    ],
)
def test_people_of_one_household_are_told_by_the_slots_of_their_names(one: str, other: str, are_one: bool) -> None:
    home = {"street_number": "32597", "street_name": "delacorte dr"}
    columns = ("first_name", "middle_initial", "last_name")
    rows: list[Texts] = [
        {"rec_id": row_id, **dict(zip(columns, name.split("|"), strict=True)), **home}
        for row_id, name in (("a", one), ("b", other))
    ]
    index = RowIndex(load_rows("households"))
    for row in rows:
        index.put(row["rec_id"] or "", row)
    assert (len(index.partition()) == 1) == are_one


def test_blocks_that_are_stopped_bring_no_candidates(learnt: Content) -> None:
    rows, labels = people(3, 40)
    blocks = {"born_place": learnt["blocking"]["born_place"]}
    one = model_of({**learnt, "blocking": blocks, "stop": {}})
    born, place = next((row["dob"], row["birth_place"]) for row in rows if row["dob"] and row["birth_place"])
    stopped = model_of({**learnt, "blocking": blocks, "stop": {"born_place": [f"{born} + {place}"]}})
    assert linked(stopped, rows).blocks.compared < linked(one, rows).blocks.compared
    assert blocking_recall(stopped, rows, labels) < blocking_recall(one, rows, labels) < 1


def test_cross_validation_tells_of_every_row_once(crowd: tuple[list[Texts], list[str]]) -> None:
    rows, labels = crowd
    figures = cross_validate(small_profile(), rows[:400], labels[:400], 2, True, 1, silent)
    assert sum(part["rows"] for part in figures) == 400
    assert all(part["pair_f1"] > 0.8 for part in figures)


def test_the_models_that_ship_are_read_and_name_what_they_learnt_from() -> None:
    cards = {name: load_rows(name).content["card"] for name in shipped()}
    assert {name: (card["rows"], card["labels"]) for name, card in cards.items()} == {
        "febrl": (5_000, True),
        "historical": (25_700, True),
        "historical-unlabelled": (25_700, False),
        "households": (16_742, True),
    }


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"comparisons": {"home": {"field": "garden", "kind": "words"}}}, "comparisons.home"),
        ({"fields": {"name": {"kind": "colour", "column": "c"}}}, "fields.name.kind"),
        ({"blocking": {"odd": {"parts": ["garden.any"]}}}, "blocking.odd"),
        ({"vetoes": {"odd": {"says": "", "all": [{"first_name": ["blue"]}]}}}, "the veto odd"),
        ({"thresholds": None}, "thresholds must have keys with values below it"),
        ({"thresholds": {"certain": 6}}, "thresholds.possible is missing"),
        ({"fields": {"name": {"kind": ["names"], "column": "c"}}}, "fields.name.kind must be a text"),
        ({"fields": {"name": {"kind": "names"}}}, "fields.name needs a column"),
        ({"fields": {"name": {"kind": "names", "columns": ["first", "last"]}}}, "the first, the further and the last"),
        ({"fields": {"born": {"kind": "date", "columns": ["d", "m", "y"]}}}, "fields.born needs a column"),
        ({"weights": {"prior": 0, "first_name": [1]}}, r"not a model of rows \(AttributeError\)"),
    ],
)
def test_a_file_that_is_no_model_is_refused_by_what_is_wrong(learnt: Content, part: Content, says: str) -> None:
    with pytest.raises(Refused, match=says):
        parse_rows(written({**learnt, **part}))


@pytest.mark.parametrize("name", profiles())
def test_every_profile_that_ships_is_one(name: str) -> None:
    model = model_of(load_profile(name))
    assert (model.name, model.graph.thresholds.most) == (name, 40)


def test_a_date_without_dashes_is_the_same_date(learnt: Content) -> None:
    rows: list[Texts] = [
        {"unique_id": "a", "full_name": "william henry tanshaw", "dob": "19580314", "birth_place": "leeds"},
        {"unique_id": "b", "full_name": "william henry tanshaw", "dob": "1958-03-14", "birth_place": "leeds"},
    ]
    assert len({row.values for row in read_rows(model_of(learnt), rows)}) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name: [Zebedee Quick\nid: x", "line 2 is not YAML"),
        ("Zebedee Quick", "the file must have keys with values below it"),
        ("name: mine", "id is missing"),
        ("name: mine\nid: 7", "id must be a text"),
    ],
)
def test_a_profile_that_is_none_is_refused_by_its_place_and_not_by_its_words(
    tmp_path: Path, text: str, says: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(Refused, match=says) as refused:
        load_profile(str(path))
    assert "Zebedee" not in str(refused.value)
