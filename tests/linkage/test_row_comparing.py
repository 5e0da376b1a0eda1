"""How two texts of a row compare, kind by kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.rows.index import row_comparing
from linkage.rows.model import LEVELS, model_of
from linkage.rows.reading import Reader
from tests.linkage.people import small_profile

MODEL = model_of(
    {
        **small_profile(),
        "tables": {
            "rarity": {
                "first_name": {"common": ["john"], "usual": ["joan", "william"], "uncommon": []},
                "birth_date": {"common": ["1850-01-01"]},
            },
            "aliases": {
                "first_name": {"strong": ["bill = william"]},
                "postcode": {"weak": ["e8 = n16"]},
                "birth_place": {"likely": ["dalston = hackney"]},
            },
        },
    }
)
COLUMNS = {each.name: MODEL.fields[each.place].columns[0] for each in MODEL.compared}
KINDS = {each.name: each.kind for each in MODEL.compared}


def level(comparison: str, left: str, right: str) -> str:
    """The level's name of two texts."""
    reader = Reader(MODEL)
    one, other = (reader.row({COLUMNS[comparison]: text}) for text in (left, right))
    comparing = row_comparing(MODEL)
    if not one.has & other.has & comparing.needs[comparison]:
        return "missing"
    found = comparing.functions[comparison](one, other)
    assert found == comparing.functions[comparison](other, one)
    return LEVELS[KINDS[comparison]][found]


@pytest.mark.parametrize(
    ("comparison", "left", "right", "expected"),
    [
        ("first_name", "john smith", "Sir John Jones, 1st Baronet", "exact_common"),
        ("first_name", "bill smith", "william smith", "alias_strong"),
        ("first_name", "john smith", "joan smith", "typo_known"),
        ("first_name", "john smith", "jhon smith", "typo"),
        ("first_name", "j. smith", "john smith", "initial"),
        ("first_name", "fred smith", "frederick smith", "prefix"),
        ("first_name", "john smith", "smith john", "swapped"),
        ("first_name", "john smith", "mary john smith", "cross"),
        ("first_name", "john smith", "mary brown", "differs"),
        ("first_name", "smith", "john smith", "missing"),
        ("last_name", "smith", "john smith", "exact_rare"),
        ("first_name", "john", "john smith", "exact_common"),
        ("last_name", "john", "john smith", "missing"),
        ("first_name", "brown", "john smith", "stray"),
        ("last_name", "john stevens", "john stephens", "similar"),
        ("further_names", "john paul smith", "john p smith", "initial"),
        ("further_names", "john paul smith", "john smith", "missing"),
        ("birth_date", "1850-01-01", "1850-01-01", "exact_common"),
        ("birth_date", "1861-03-04", "1861-04-03", "swapped"),
        ("birth_date", "1861-03-04", "1851-03-04", "year_digit"),
        ("birth_date", "1861-01-01", "1851-01-01", "year_digit_first"),
        ("birth_date", "1862-02-81", "1862-02-01", "day_digit"),
        ("birth_date", "1861-03-04", "1861-11-25", "same_year"),
        ("birth_date", "1861-03-04", "1929-11-25", "far"),
        ("postcode", "e8 1ea", "e8 1eb", "one_character"),
        ("postcode", "e8 1ea", "e8 1qq", "sector"),
        ("postcode", "e8 1ea", "n16 7zz", "alias_weak"),
        ("postcode", "e8 1ea", "e17 4zz", "area"),
        ("birth_place", "dalston", "hackney", "alias"),
        ("birth_place", "bristol", "bristol, city of", "similar"),
        ("birth_place", "city of bristol", "bristol", "shared_word"),
        ("gender", "male", "female", "differs"),
        ("gender", "male", "t2227949966", "missing"),
    ],
)
def test_texts_compare_at_the_level_of_their_nearness(comparison: str, left: str, right: str, expected: str) -> None:
    assert level(comparison, left, right) == expected


@given(st.sampled_from(sorted(COLUMNS)), st.text(max_size=14), st.text(max_size=14))
def test_any_two_texts_compare_alike_from_both_sides(comparison: str, left: str, right: str) -> None:
    assert level(comparison, left, right) in LEVELS[KINDS[comparison]]
