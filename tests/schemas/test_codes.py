"""Code lists: every agency's codes map to the one common list, and an unknown code is never an error."""

import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codes
from schemas.codes import shipped
from schemas.vocabulary import Action, Category, PropertyType, Qualifier, Restriction, UpdateKind

CATEGORY_LISTS = sorted(shipped().meanings)

MPS_SUB_HEADINGS = {
    "Vehicle Abandoned (not stolen)": Category.VEHICLE_ABANDONED,
    "Vehicle Nuisance/inappropriate use": Category.VEHICLE_NUISANCE,
    "Rowdy or Inconsiderate Behaviour": Category.ROWDY_BEHAVIOUR,
    "Rowdy/Nuisance Neighbours": Category.NUISANCE_NEIGHBOURS,
    "Littering/Drug Paraphernalia": Category.LITTER_AND_FLY_TIPPING,
    "Animal Problems": Category.ANIMALS,
    "Trespass": Category.TRESPASS,
    "Malicious/Nuisance Communications": Category.MALICIOUS_COMMUNICATIONS,
    "Street Drinking": Category.STREET_DRINKING,
    "Prostitution-Related Activity": Category.PROSTITUTION,
    "Noise": Category.NOISE,
    "Begging/Vagrancy": Category.BEGGING,
    "Fireworks": Category.FIREWORKS,
}

NOISEWORKS_KINDS = [
    "animal",
    "buskers",
    "car",
    "construction",
    "deliveries",
    "diy",
    "alarm",
    "music-pub",
    "music-club",
    "music-other",
    "festival",
    "roadworks",
    "road",
    "plant-machinery",
    "plant-street",
    "shouting",
    "tv",
    "other",
]


@pytest.mark.parametrize(("heading", "category"), MPS_SUB_HEADINGS.items())
def test_each_of_the_thirteen_police_sub_headings_has_its_category(heading: str, category: Category) -> None:
    assert shipped().category(codes.NSIR, heading) == (category, True)


@pytest.mark.parametrize("kind", NOISEWORKS_KINDS)
def test_every_kind_of_noiseworks_is_known_and_in_scope(kind: str) -> None:
    meaning = shipped().meaning(codes.NOISEWORKS_KIND, kind)
    assert meaning.known
    assert meaning.in_scope
    assert meaning.category in (Category.NOISE, Category.ANIMALS)


@pytest.mark.parametrize("name", CATEGORY_LISTS)
def test_no_list_gives_one_code_two_meanings(name: str) -> None:
    by_code = Counter(codes.normal(row["code"]) for row in codes.rows(name))
    assert [code for code, times in by_code.items() if times > 1] == []


@pytest.mark.parametrize("name", CATEGORY_LISTS)
def test_what_is_in_scope_has_a_category_or_a_qualifier_and_what_is_out_has_neither(name: str) -> None:
    for row in codes.rows(name):
        says_something = bool(row["category"] or row["qualifier"])
        assert row["scope"] in ("in", "out"), row
        assert says_something == (row["scope"] == "in"), row


@given(st.sampled_from(CATEGORY_LISTS), st.text(max_size=40))
def test_any_text_at_all_has_a_meaning(name: str, code: str) -> None:
    meaning = shipped().meaning(name, code)
    assert meaning.known or (meaning.category is Category.OTHER and meaning.in_scope)


@given(st.sampled_from(CATEGORY_LISTS), st.data())
def test_case_and_padding_do_not_hide_a_code(name: str, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(list(codes.rows(name))))
    written = data.draw(st.sampled_from([str.upper, str.lower, str.title]))(row["code"])
    padding = data.draw(st.text(string.whitespace, max_size=3))
    assert shipped().meaning(name, padding + written + padding) == codes.meaning_of(row)


def test_an_unknown_code_is_other_in_scope_and_says_that_it_is_unknown() -> None:
    meaning = shipped().meaning(codes.HOUSEMARK, "Dragons")
    assert (meaning.category, meaning.in_scope, meaning.known) == (Category.OTHER, True, False)


def test_a_blank_code_is_not_an_unknown_one() -> None:
    assert shipped().category(codes.NSIR, "  ") == (Category.OTHER, True)


def test_a_spreadsheet_that_ate_the_zeros_of_a_code_is_understood() -> None:
    assert shipped().category(codes.NSIR, "7") == shipped().category(codes.NSIR, "007") == (Category.VANDALISM, True)


@pytest.mark.parametrize(
    ("name", "code", "in_scope"),
    [
        (codes.NYC_311, "Noise - Residential", True),
        (codes.NYC_311, "Street Condition", False),
        (codes.SAN_DIEGO, "Graffiti Removal", True),
        (codes.SAN_DIEGO, "Pothole", False),
        (codes.OPEN311, "Fly-tipping", True),
        (codes.OPEN311, "Pothole", False),
    ],
)
def test_a_nuisance_is_in_scope_and_a_pothole_is_not(name: str, code: str, in_scope: bool) -> None:
    meaning = shipped().meaning(name, code)
    assert (meaning.known, meaning.in_scope) == (True, in_scope)


@pytest.mark.parametrize(
    ("name", "code", "restriction"),
    [
        (codes.HOUSEMARK, "Domestic abuse", Restriction.DOMESTIC_ABUSE),
        (codes.NSIR, "Stalking", Restriction.STALKING),
        (codes.NSIR, "Sexual Offence", Restriction.SEXUAL_OFFENCE),
    ],
)
def test_what_is_restricted_by_its_nature_says_so(name: str, code: str, restriction: Restriction) -> None:
    assert shipped().meaning(name, code).restriction is restriction


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [("P", Qualifier.PERSONAL), ("nuisance", Qualifier.NUISANCE), ("ASB Environmental", Qualifier.ENVIRONMENTAL)],
)
def test_the_police_qualifier_is_read_from_letter_or_word(text: str, qualifier: Qualifier) -> None:
    assert shipped().meaning(codes.NSIR_QUALIFIERS, text).qualifier is qualifier


@pytest.mark.parametrize(
    ("entry", "kind", "action"),
    [
        ("Abatement Notice “Section 80” served", UpdateKind.ACTION, Action.ABATEMENT_NOTICE),
        ('Abatement Notice "Section 80" served', UpdateKind.ACTION, Action.ABATEMENT_NOTICE),
        ("Case closed", UpdateKind.CLOSED, None),
        ("Community Trigger received", UpdateKind.ACTION, Action.CASE_REVIEW),
        ("Internal notes", UpdateKind.NOTE, None),
        ("", UpdateKind.NOTE, None),
    ],
)
def test_entries_of_the_noise_teams_log_map_to_the_common_actions(
    entry: str, kind: UpdateKind, action: Action | None
) -> None:
    meaning = shipped().action(codes.NOISEWORKS_ACTION, entry)
    assert (meaning.update_kind, meaning.action, meaning.known) == (kind, action, True)


def test_an_unknown_action_is_kept_as_an_action_of_another_kind() -> None:
    meaning = shipped().action(codes.NOISEWORKS_ACTION, "Dragon sent")
    assert (meaning.update_kind, meaning.action, meaning.known) == (UpdateKind.ACTION, Action.OTHER, False)


@pytest.mark.parametrize(
    ("blpu_class", "kind"),
    [
        ("CR06", PropertyType.LICENSED_PREMISES),
        ("cr06nc ", PropertyType.LICENSED_PREMISES),
        ("CR08", PropertyType.OTHER),
        ("CH01YH", PropertyType.HOSTEL),
        ("CH02", PropertyType.OTHER),
        ("RI02NC", PropertyType.HOSTEL),
        ("RH01", PropertyType.HOSTEL),
        ("RH02", PropertyType.HOME),
        ("R", PropertyType.HOME),
        ("PP", PropertyType.BUILDING),
        ("PS", PropertyType.OTHER),
        ("LP03PA", PropertyType.OPEN_SPACE),
        ("U", PropertyType.UNKNOWN),
        ("", PropertyType.UNKNOWN),
        ("Public house", PropertyType.UNKNOWN),
        ("Q1", PropertyType.UNKNOWN),
    ],
)
def test_a_class_of_property_is_known_by_its_longest_beginning(blpu_class: str, kind: PropertyType) -> None:
    assert shipped().property_type(blpu_class) is kind
