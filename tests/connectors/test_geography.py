"""Which area a row belongs to: the order of evidence, borders and vintages, what is flagged, and what is never said."""

import csv
import gzip
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from connectors.geography.files import find_lookups, read_rows
from connectors.geography.placing import Geography
from connectors.geography.source import Tally
from connectors.geography.tables import NONE, Table, dwellings_below
from schemas.records import Lsoa
from store.geography_rows import Boundary, LsoaRow, Partnership, PostcodeRow, UprnRow, WardRow

NORTH, EAST, SOUTH, WEST = "E09000001", "E09000002", "E09000003", "E09000004"


def boundary(layer: str, code: str, vintage: int, shape: shapely.Geometry, lad: str | None = None) -> Boundary:
    return Boundary(layer, vintage, code, "", lad, shapely.to_wkb(shape))


def square(west: float, south: float, size: float = 0.01) -> shapely.Polygon:
    """A square of degrees: about 700 m by 1,100 m at this latitude."""
    return shapely.box(west, south, west + size, south + size)


def lsoa_square(code: str, west: float, south: float, lad: str | None = NORTH, vintage: int = 2021) -> Boundary:
    return boundary("lsoa", code, vintage, square(west, south), lad)


def area_at(geography: Geography, latitude: float, longitude: float) -> str | None:
    placed = geography.place(None, None, (latitude, longitude), None)
    return None if placed is None else placed.area


FOUR_CORNERS = Geography.from_rows(
    boundaries=[lsoa_square("E01000003", 0.0, 51.0, SOUTH)],
    lsoas=[LsoaRow(2021, "E01000002", "", EAST, "E05000002")],
    postcodes=[PostcodeRow(2025, "E8 1EA", 53.0, -1.0, WEST, "E05000004", "E01000004", None)],
    uprns=[UprnRow(2025, "100", "99", "20400001", 52.0, -1.0, None, "E01000001", 2021, "E05000001", NORTH)],
)
"""Each kind of evidence lies in another authority, far from the others."""

IN_SOUTH = (51.005, 0.005)
EVIDENCE = (("uprn", NORTH), ("lsoa", EAST), ("point", SOUTH), ("postcode", WEST))


@given(st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_first_evidence_in_the_order_decides_and_the_rest_is_flagged(given_: Sequence[bool]) -> None:
    uprn, lsoa, point, postcode = given_
    placed = FOUR_CORNERS.place(
        "100" if uprn else None,
        Lsoa(code="E01000002", vintage=2021) if lsoa else None,
        IN_SOUTH if point else None,
        "e81ea" if postcode else None,
    )

    expected = next((one for one, said in zip(EVIDENCE, given_, strict=True) if said), None)
    assert (placed and (placed.how, placed.lad)) == expected
    assert placed is None or placed.disagreement == (sum(given_) > 1)


@given(
    uprn=st.none() | st.text(max_size=13) | st.sampled_from(["100", "0100", "99", "٣"]),
    code=st.none() | st.sampled_from(["E01000001", "E01000002", "E01000003", "E01000004", "E01999999", ""]),
    vintage=st.sampled_from([0, 2011, 2021]),
    point=st.none() | st.tuples(st.floats(), st.floats()) | st.tuples(st.floats(50, 54), st.floats(-2, 1)),
    postcode=st.none() | st.text(max_size=9) | st.sampled_from(["E8 1EA", "E8 1EB"]),
)
def test_an_area_is_never_invented(
    uprn: str | None, code: str | None, vintage: int, point: tuple[float, float] | None, postcode: str | None
) -> None:
    lsoa = None if code is None else Lsoa(code=code, vintage=vintage)
    placed = FOUR_CORNERS.place(uprn, lsoa, point, postcode)

    if placed is not None:
        assert placed.area == placed.lad
        assert placed.area in {area.area for area in FOUR_CORNERS.areas}
        said = {"uprn": uprn, "lsoa": lsoa, "point": point, "postcode": postcode}
        assert said[placed.how] is not None


def test_evidence_that_is_not_known_leaves_the_word_to_the_next() -> None:
    placed = FOUR_CORNERS.place("555", Lsoa(code="E01999999", vintage=2021), (10.0, 10.0), "E8 1EA")

    assert placed is not None
    assert (placed.how, placed.lad, placed.lsoa) == ("postcode", WEST, Lsoa(code="E01000004", vintage=2021))


def test_a_property_brings_its_parent_street_point_and_lsoa() -> None:
    placed = FOUR_CORNERS.place("000000000100", None, None, None)

    assert placed is not None
    assert placed.uprn_row is not None
    assert (placed.uprn_row.uprn, placed.uprn_row.parent_uprn, placed.uprn_row.usrn) == ("100", "99", "20400001")
    assert (placed.point, placed.lsoa, placed.ward) == ((52.0, -1.0), Lsoa(code="E01000001", vintage=2021), "E05000001")


def test_a_known_property_that_no_authority_holds_still_brings_its_parent() -> None:
    geography = Geography.from_rows(
        boundaries=[lsoa_square("E01000003", 0.0, 51.0)], uprns=[UprnRow(0, "100", parent_uprn="99")]
    )
    placed = geography.place("100", None, IN_SOUTH, None)

    assert placed is not None
    assert placed.how == "point"
    assert placed.uprn_row is not None
    assert placed.uprn_row.parent_uprn == "99"


def test_properties_with_a_point_alone_are_placed_by_the_boundaries() -> None:
    geography = Geography.from_rows(
        boundaries=[
            lsoa_square("E01000003", 0.0, 51.0),
            boundary("ward", "E05000003", 2023, square(0.0, 51.0)),
            boundary("lad", SOUTH, 2022, square(0.0, 52.0)),
        ],
        uprns=[
            UprnRow(0, "100", latitude=51.005, longitude=0.005),
            UprnRow(0, "200", latitude=52.005, longitude=0.005),
            UprnRow(0, "300", latitude=55.0, longitude=0.0),
        ],
    )
    by_lsoa, by_lad, nowhere = (geography.place(uprn, None, None, None) for uprn in ("100", "200", "300"))

    assert by_lsoa is not None
    assert by_lad is not None
    assert (by_lsoa.lad, by_lsoa.lsoa, by_lsoa.ward) == (NORTH, Lsoa(code="E01000003", vintage=2021), "E05000003")
    assert (by_lad.lad, by_lad.lsoa, by_lad.how) == (SOUTH, None, "uprn")
    assert nowhere is None


@pytest.mark.parametrize("turned", [False, True])
def test_a_point_on_a_shared_border_belongs_to_the_smallest_code_whatever_the_order(turned: bool) -> None:
    boundaries = [lsoa_square("E01000005", 0.0, 51.0, SOUTH), lsoa_square("E01000004", 0.01, 51.0, NORTH)]
    geography = Geography.from_rows(boundaries=boundaries[::-1] if turned else boundaries)

    assert area_at(geography, 51.005, 0.01) == NORTH
    assert area_at(geography, 51.0, 0.01) == NORTH
    assert area_at(geography, 51.005, 0.009999) == SOUTH


def test_a_hole_is_outside_and_every_part_of_a_multipolygon_inside() -> None:
    ring = square(0.0, 51.0).difference(shapely.box(0.004, 51.004, 0.006, 51.006))
    geography = Geography.from_rows(
        boundaries=[boundary("lsoa", "E01000001", 2021, shapely.MultiPolygon([ring, square(0.5, 51.5)]), NORTH)]
    )

    assert area_at(geography, 51.005, 0.005) is None
    assert area_at(geography, 51.004, 0.005) == NORTH
    assert area_at(geography, 51.001, 0.001) == NORTH
    assert area_at(geography, 51.505, 0.505) == NORTH
    assert area_at(geography, 51.25, 0.25) is None


def test_where_two_vintages_are_drawn_the_newest_that_holds_the_point_counts() -> None:
    geography = Geography.from_rows(
        boundaries=[
            lsoa_square("E01000001", 0.0, 51.0, vintage=2011),
            lsoa_square("E01000009", 0.0, 51.0, vintage=2021),
            lsoa_square("E01000002", 0.01, 51.0, vintage=2011),
        ]
    )
    new, old = (geography.place(None, None, (51.005, longitude), None) for longitude in (0.005, 0.015))

    assert new is not None
    assert old is not None
    assert (new.lsoa, old.lsoa) == (Lsoa(code="E01000009", vintage=2021), Lsoa(code="E01000002", vintage=2011))


def two_vintages(lad_2011: str, lad_2021: str, west_2021: float = 0.005) -> Geography:
    """E01033708 in both vintages; by default the boundaries overlap by half."""
    return Geography.from_rows(
        boundaries=[
            lsoa_square("E01033708", 0.0, 51.0, lad_2011, vintage=2011),
            lsoa_square("E01033708", west_2021, 51.0, lad_2021, vintage=2021),
        ]
    )


@pytest.mark.parametrize(
    ("longitude", "vintage"),
    [(0.002, 2011), (0.013, 2021), (0.007, 2021), (None, 0), (0.0151, 2021), (0.4, 0)],
    ids=["only the old", "only the new", "both", "no point", "on the new one's line", "neither"],
)
def test_an_lsoa_without_a_vintage_gets_it_from_the_point_alone(longitude: float | None, vintage: int) -> None:
    placed = two_vintages(NORTH, NORTH).place(
        None, Lsoa(code="E01033708"), None if longitude is None else (51.005, longitude), None
    )

    assert placed is not None
    assert (placed.how, placed.area, placed.lsoa) == ("lsoa", NORTH, Lsoa(code="E01033708", vintage=vintage))
    assert placed.disagreement == (longitude == 0.4)


def test_an_lsoa_whose_vintages_lie_in_two_authorities_decides_only_with_its_vintage_or_a_point() -> None:
    geography = two_vintages(NORTH, SOUTH)
    vague, old, new = (
        geography.place(None, Lsoa(code="E01033708", vintage=year), None, None) for year in (0, 2011, 2021)
    )
    told = geography.place(None, Lsoa(code="E01033708"), (51.005, 0.002), None)

    assert vague is None
    assert old is not None
    assert new is not None
    assert told is not None
    assert (old.area, new.area, told.area, told.how) == (NORTH, SOUTH, NORTH, "lsoa")


def test_an_lsoa_whose_boundary_did_not_change_has_the_newest_vintage() -> None:
    placed = two_vintages(NORTH, NORTH, west_2021=0.00001).place(None, Lsoa(code="E01033708"), None, None)

    assert placed is not None
    assert placed.lsoa == Lsoa(code="E01033708", vintage=2021)


def test_a_code_of_one_vintage_has_it_where_the_authoritys_lsoas_are_known_in_both() -> None:
    old, new = LsoaRow(2011, "E01000001", "", NORTH, None), LsoaRow(2021, "E01000002", "", NORTH, None)
    both, one = Geography.from_rows(lsoas=[old, new]), Geography.from_rows(lsoas=[new])
    sure, unsure = (geography.place(None, Lsoa(code="E01000002"), None, None) for geography in (both, one))

    assert sure is not None
    assert unsure is not None
    assert (sure.lsoa, unsure.lsoa) == (Lsoa(code="E01000002", vintage=2021), Lsoa(code="E01000002", vintage=0))


def test_a_code_that_no_file_gave_a_vintage_is_known_without_one() -> None:
    geography = Geography.from_rows(uprns=[UprnRow(0, "100", lsoa_code="E01000001", lad=NORTH)])
    placed = geography.place(None, Lsoa(code="E01000001"), None, None)

    assert placed is not None
    assert (placed.area, placed.lsoa) == (NORTH, Lsoa(code="E01000001", vintage=0))
    assert geography.place(None, Lsoa(code="E01000001", vintage=2021), None, None) is None


def test_a_code_is_not_found_under_a_vintage_that_it_does_not_have() -> None:
    geography = Geography.from_rows(lsoas=[LsoaRow(2021, "E01035638", "Hackney 034A", NORTH, None)])

    assert geography.place(None, Lsoa(code="E01035638", vintage=2011), None, None) is None


def test_an_lsoas_authority_comes_from_code_lists_then_boundaries_then_postcodes_then_the_authoritys_boundary() -> None:
    geography = Geography.from_rows(
        lsoas=[LsoaRow(2021, "E01000001", "", NORTH, "E05000001")],
        boundaries=[
            lsoa_square("E01000001", 0.0, 51.0, SOUTH),
            lsoa_square("E01000002", 0.1, 51.0, EAST),
            lsoa_square("E01000004", 0.2, 51.0, None),
            boundary("lad", WEST, 2022, square(0.2, 51.0)),
        ],
        postcodes=[
            PostcodeRow(0, f"E8 {digit}EA", None, None, lad, ward, "E01000003", "E01000005")
            for digit, lad, ward in ((1, SOUTH, None), (2, EAST, "E05000002"), (3, EAST, "E05000002"))
        ],
    )
    placed = {
        code: geography.place(None, Lsoa(code=code, vintage=vintage), None, None)
        for code, vintage in (("E01000001", 2021), ("E01000002", 2021), ("E01000003", 2021), ("E01000004", 2021))
    }

    assert {code: one and (one.lad, one.ward) for code, one in placed.items()} == {
        "E01000001": (NORTH, "E05000001"),
        "E01000002": (EAST, None),
        "E01000003": (EAST, "E05000002"),
        "E01000004": (WEST, None),
    }
    assert geography.place(None, Lsoa(code="E01000005", vintage=2011), None, None) is not None


def test_a_ward_boundary_alone_places_where_its_authority_is_listed() -> None:
    geography = Geography.from_rows(
        boundaries=[boundary("ward", "E05000001", 0, square(0.0, 51.0))],
        wards=[WardRow(2023, "E05000001", "One", NORTH)],
    )
    placed = geography.place(None, None, IN_SOUTH, None)

    assert placed is not None
    assert (placed.lad, placed.ward, placed.lsoa) == (NORTH, "E05000001", None)


DRAWN = Geography.from_rows(
    boundaries=[
        lsoa_square("E01000001", 0.0, 51.0, NORTH),
        lsoa_square("E01000002", 0.01, 51.0, NORTH),
        boundary("lad", NORTH, 2022, shapely.box(0.0, 51.0, 0.02, 51.01)),
    ],
    lsoas=[LsoaRow(2011, "E01000011", "", NORTH, None)],
    postcodes=[PostcodeRow(0, "E8 1EA", 51.005, 0.005, NORTH, None, "E01000001", None)],
    uprns=[UprnRow(0, "100", latitude=51.005, longitude=0.005)],
)


@pytest.mark.parametrize(
    ("uprn", "code", "longitude", "disagree"),
    [
        (None, "E01000001", 0.009, False),
        (None, "E01000001", 0.0125, False),
        (None, "E01000001", 0.015, True),
        (None, "E01000001", 5.0, True),
        (None, "E01000011", 0.015, False),
        (None, "E01000011", 0.0225, False),
        (None, "E01000011", 0.03, True),
        ("100", None, 0.0075, False),
        ("100", None, 0.0095, True),
        ("100", "E01000001", None, False),
        ("100", "E01000002", None, True),
        ("100", "E01000011", None, False),
        ("100", "E01999999", None, False),
    ],
)
def test_contradicting_evidence_is_flagged_beyond_250_metres(
    uprn: str | None, code: str | None, longitude: float | None, disagree: bool
) -> None:
    placed = DRAWN.place(
        uprn,
        (code and Lsoa(code=code, vintage=2011 if code == "E01000011" else 2021)) or None,
        None if longitude is None else (51.005, longitude),
        None,
    )

    assert placed is not None
    assert (placed.how, placed.disagreement) == ("uprn" if uprn else "lsoa", disagree)


def test_a_postcode_beside_a_point_outside_everything_places_and_is_flagged() -> None:
    placed = DRAWN.place(None, None, (54.0, 0.0), "E8 1EA")

    assert placed is not None
    assert (placed.how, placed.area, placed.disagreement) == ("postcode", NORTH, True)


def test_a_point_in_a_drawn_authority_contradicts_the_lsoa_of_one_that_is_not_drawn() -> None:
    geography = Geography.from_rows(
        boundaries=[lsoa_square("E01000003", 0.0, 51.0, SOUTH)], lsoas=[LsoaRow(2021, "E01000001", "", NORTH, None)]
    )
    inside, outside = (
        geography.place(None, Lsoa(code="E01000001", vintage=2021), point, None) for point in (IN_SOUTH, (54.0, 0.0))
    )

    assert inside is not None
    assert outside is not None
    assert (inside.area, inside.disagreement, outside.disagreement) == (NORTH, True, False)


@pytest.mark.parametrize(
    ("point", "trouble"),
    [
        ((0.0, 0.0), "zero"),
        ((-0.05, 51.5), "swapped"),
        ((182292.0, 533581.0), "not degrees"),
        ((math.nan, 0.0), "not degrees"),
        ((51.0, math.inf), "not degrees"),
    ],
)
def test_a_point_that_cannot_be_right_is_not_used_and_says_why(point: tuple[float, float], trouble: str) -> None:
    placed = FOUR_CORNERS.place(None, None, point, "E8 1EA")

    assert placed is not None
    assert (placed.how, placed.point, placed.point_trouble) == ("postcode", (53.0, -1.0), trouble)
    assert not placed.disagreement
    assert FOUR_CORNERS.place(None, None, point, None) is None


def test_the_stated_point_is_kept_where_the_property_has_none() -> None:
    geography = Geography.from_rows(uprns=[UprnRow(0, "100", lad=NORTH)])
    placed = geography.place("100", None, IN_SOUTH, None)

    assert placed is not None
    assert placed.point == IN_SOUTH


def test_a_partnership_is_one_area_for_all_its_authorities() -> None:
    geography = Geography.from_rows(
        boundaries=[lsoa_square("E01000001", 0.0, 51.0, NORTH), lsoa_square("E01000002", 0.01, 51.0, SOUTH)],
        postcodes=[PostcodeRow(0, "E8 1EA", lad=EAST)],
        partnerships=[Partnership("BORDER", "Border", (NORTH, SOUTH))],
    )
    placed = geography.place(None, None, (51.005, 0.015), None)

    assert placed is not None
    assert (placed.area, placed.lad) == ("BORDER", SOUTH)
    assert area_at(geography, 51.005, 0.005) == "BORDER"
    assert geography.areas == (Partnership("BORDER", "Border", (NORTH, SOUTH)), Partnership(EAST, "", (EAST,)))


def test_with_nothing_imported_nothing_is_placed() -> None:
    geography = Geography.from_rows()

    assert geography.is_empty
    assert geography.place("100", Lsoa(code="E01000001"), IN_SOUTH, "E8 1EA") is None
    assert geography.place(None, None, None, None) is None
    assert geography.dwellings("99") is None
    assert not FOUR_CORNERS.is_empty


def test_dwellings_are_the_ends_of_the_tree_below_a_property() -> None:
    tree = {"2": "1", "3": "1", "21": "2", "22": "2", "23": "2"}
    geography = Geography.from_rows(uprns=[UprnRow(0, uprn, parent_uprn=tree.get(uprn)) for uprn in ["1", *tree]])

    assert [geography.dwellings(uprn) for uprn in ("1", "2", "0002", "3", "99", "flat 1")] == [
        4,
        3,
        3,
        None,
        None,
        None,
    ]


@given(st.dictionaries(st.integers(1, 12), st.integers(1, 12)))
def test_a_tree_that_bites_its_tail_is_counted_to_an_end(parent_of: dict[int, int]) -> None:
    below = dwellings_below(parent_of.keys(), parent_of.values())

    ends = parent_of.keys() - set(parent_of.values())
    assert all(0 < count <= len(ends) for count in below.values())
    assert {parent_of[end] for end in ends} <= below.keys()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 1000))))
def test_a_table_finds_the_last_row_of_each_key_and_no_other(rows: list[tuple[int, int]]) -> None:
    table = Table()
    for key, lsoa in rows:
        table.add(key, None, None, lsoa, NONE, NONE)
    table.tidy()

    found = {key: table.find(key) for key in range(41)}
    assert {key: table.lsoas[row] for key, row in found.items() if row != NONE} == dict(rows)


@pytest.fixture(scope="module")
def hackney() -> Geography:
    folder = Path(__file__).parents[3] / "shared" / "data" / "geo_hackney"
    if not folder.is_dir():
        pytest.skip("the real files (../shared/data) are not here")
    kinds: dict[str, list[object]] = {"boundary": [], "lsoa": [], "ward": [], "postcode": []}
    for lookup in find_lookups(folder)[0]:
        kinds[lookup.kind.table].extend(read_rows(lookup, Tally()))
    return Geography.from_rows(
        boundaries=[row for row in kinds["boundary"] if isinstance(row, Boundary)],
        lsoas=[row for row in kinds["lsoa"] if isinstance(row, LsoaRow)],
        wards=[row for row in kinds["ward"] if isinstance(row, WardRow)],
        postcodes=[row for row in kinds["postcode"] if isinstance(row, PostcodeRow)],
    )


def test_every_postcode_of_hackney_is_placed_in_hackney(hackney: Geography, shared_data: Path) -> None:
    with (shared_data / "geo_hackney" / "hackney_postcodes.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_postcode = [hackney.place(None, None, None, row["postcode"]) for row in rows]
    by_point = [hackney.place(None, None, (float(row["lat"]), float(row["lon"])), None) for row in rows]

    assert len(rows) == 4569
    assert Counter(one and (one.area, one.how) for one in by_postcode) == {("E09000012", "postcode"): 4569}
    assert Counter(one and (one.area, one.how) for one in by_point) == {("E09000012", "point"): 4569}
    assert [one and one.lsoa and one.lsoa.code for one in by_point] == [row["lsoa21_code"] for row in rows]
    assert [one and one.ward for one in by_postcode] == [row["ward_code"] for row in rows]


def test_every_row_of_hackneys_mixed_vintages_is_placed_by_its_lsoa(hackney: Geography, shared_data: Path) -> None:
    vintages: Counter[int | None] = Counter()
    with gzip.open(shared_data / "police_uk" / "hackney_met_burglary_street.csv.gz", "rt", newline="") as stream:
        for row in csv.DictReader(stream):
            point = (float(row["Latitude"]), float(row["Longitude"]))
            placed = hackney.place(None, Lsoa(code=row["LSOA code"]), point, None)
            assert placed is not None
            assert (placed.area, placed.how, placed.disagreement) == ("E09000012", "lsoa", False)
            vintages[placed.lsoa.vintage if placed.lsoa else None] += 1

    assert vintages == {2021: 34335, 2011: 2570}
