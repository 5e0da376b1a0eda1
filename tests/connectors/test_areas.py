"""What a row's places gain from the imported lookup, and what of them is told to whoever ingests."""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.areas import POSTCODE_UNCERTAINTY_M, Areas, FindUprn, Settled
from connectors.geography.placing import Geography
from connectors.reading import read_path
from connectors.sources.table import Table
from schemas.records import Place, Report
from schemas.vocabulary import Kind, PlaceMethod, PlaceRole, PropertyType
from store.geography_rows import PostcodeRow, UprnRow
from tests.connectors.fakes import MemoryOutlet, desk_for, keyring
from tests.connectors.tables import CONTACT, csv_text

HACKNEY = "E09000012"
LOOKUP = Geography.from_rows(
    postcodes=[
        PostcodeRow(2025, "E8 1EA", 51.5450, -0.0550, HACKNEY, None, "E01000001", None),
        PostcodeRow(2025, "M1 1AE", 53.4800, -2.2300, "E08000003", None, "E01000002", None),
    ],
    uprns=[
        UprnRow(2025, "100", None, None, 51.5460, -0.0560, None, "E01000001", 2021, None, HACKNEY),
        UprnRow(2025, "200", None, None, None, None, None, "E01000001", 2021, None, HACKNEY),
    ],
)


def settled(find_uprn: FindUprn | None = None, **stated: object) -> Settled:
    place = Place(role=PlaceRole.SOURCE, **stated)  # type: ignore[arg-type]
    known = frozenset(one.area for one in LOOKUP.areas)
    found = Areas(LOOKUP, known, None, find_uprn).settle("homes", Kind.OPERATIONAL, (), (place,))
    assert found is not None
    return found


def completed(**stated: object) -> Place:
    return settled(**stated).places[0]


def by_address(**stated: object) -> Settled:
    """With a gazetteer that knows one address."""
    return settled(lambda address, postcode: "100" if address == "8 Vine Walk" else None, **stated)


def test_a_place_known_by_its_property_number_alone_gains_its_point() -> None:
    place = completed(uprn="100", method=PlaceMethod.STATED_UPRN)
    assert (place.latitude, place.longitude, place.uncertainty_m) == (51.5460, -0.0560, None)
    assert place.method is PlaceMethod.STATED_UPRN


@pytest.mark.parametrize("uprn", [None, "200"])
def test_a_place_known_by_its_postcode_gains_a_vague_point(uprn: str | None) -> None:
    place = completed(uprn=uprn, postcode="E8 1EA")
    assert (place.latitude, place.longitude, place.uncertainty_m) == (51.5450, -0.0550, POSTCODE_UNCERTAINTY_M)


@pytest.mark.parametrize(
    ("blpu_class", "kind"),
    [
        ("CR06", PropertyType.LICENSED_PREMISES),
        ("LP02", PropertyType.OPEN_SPACE),
        ("RH01", PropertyType.HOSTEL),
        ("RD06", PropertyType.HOME),
        (None, PropertyType.UNKNOWN),
    ],
)
def test_a_place_gains_what_its_property_is(blpu_class: str | None, kind: PropertyType) -> None:
    one = UprnRow(2025, "300", lsoa_code="E01000001", lsoa_vintage=2021, lad=HACKNEY, classification=blpu_class)
    lookup = Geography.from_rows(uprns=[one])
    found = Areas(lookup, frozenset({HACKNEY}), None).settle("homes", Kind.OPERATIONAL, (), (Place(uprn="300"),))
    assert found is not None
    assert found.places[0].property_type is kind


@pytest.mark.parametrize(
    ("blpu_class", "kind"),
    [(None, PropertyType.BUILDING), ("RD02", PropertyType.BUILDING), ("RH01", PropertyType.HOSTEL)],
)
def test_what_holds_other_properties_is_no_home_of_its_own(blpu_class: str | None, kind: PropertyType) -> None:
    shell = UprnRow(2025, "300", lad=HACKNEY, classification=blpu_class)
    lookup = Geography.from_rows(uprns=[shell, UprnRow(2025, "301", "300", lad=HACKNEY)])
    found = lookup.place("300", None, None, None)
    assert found is not None
    assert found.uprn_row is not None
    assert found.uprn_row.property_type is kind


def test_what_the_source_states_stands() -> None:
    place = completed(uprn="100", latitude=51.5455, longitude=-0.0555, uncertainty_m=8.0)
    assert (place.latitude, place.longitude, place.uncertainty_m) == (51.5455, -0.0555, 8.0)


def test_a_point_that_cannot_be_one_gives_way_to_a_better_one() -> None:
    swapped = completed(uprn="100", latitude=-0.0560, longitude=51.5460)
    assert (swapped.latitude, swapped.longitude) == (51.5460, -0.0560)
    nothing_better = completed(latitude=-0.0560, longitude=51.5460, uprn="200")
    assert (nothing_better.latitude, nothing_better.longitude) == (-0.0560, 51.5460)


def test_an_address_tells_the_property_and_all_that_is_known_of_it() -> None:
    found = by_address(address="8 Vine Walk", method=PlaceMethod.STATED_ADDRESS)
    [place] = found.places
    assert (found.area, place.uprn, place.latitude, place.lsoa) == (HACKNEY, "100", 51.5460, found.lsoa)
    assert place.method is PlaceMethod.STATED_ADDRESS, "how it was got"
    assert by_address(address="9 Vine Walk").places[0].uprn is None
    assert settled(address="8 Vine Walk").places[0].uprn is None, "without a gazetteer"


def test_what_is_stated_outweighs_what_an_address_tells() -> None:
    assert by_address(address="8 Vine Walk", uprn="200").places[0].uprn == "200"
    elsewhere = by_address(address="8 Vine Walk", postcode="M1 1AE")
    assert (elsewhere.area, elsewhere.places[0].uprn, elsewhere.disagrees) == ("E08000003", None, False)
    far = by_address(address="8 Vine Walk", latitude=51.5600, longitude=-0.0560)
    assert far.places[0].uprn is None
    near = by_address(address="8 Vine Walk", latitude=51.5461, longitude=-0.0561)
    assert near.places[0].uprn == "100"


def test_rows_are_placed_by_their_addresses_where_a_gazetteer_is_at_hand(tmp_path: Path) -> None:
    row = CONTACT | {"contact_id": "1", "complaint_about_address": "", "complaint_about_uprn": "", "property_uprn": ""}
    path = tmp_path / "contacts.csv"
    path.write_text(csv_text([row | {"property_address": "8 Vine Walk", "postcode": ""}]), "utf-8")
    ring = keyring(HACKNEY, "unplaced:homes")
    for finder, area in ((None, "unplaced:homes"), (lambda address, postcode: "100", HACKNEY)):
        outlet = MemoryOutlet()
        desk = desk_for(Table.of("housing-contacts"), None, outlet, ring, LOOKUP, "homes", None)
        read_path(replace(desk, find_uprn=finder), path)
        assert [sent.record.area for sent in outlet.acknowledged if isinstance(sent.record, Report)] == [area]


def test_rows_that_contradict_themselves_are_counted_and_still_go_through(tmp_path: Path) -> None:
    source = Table.of("housing-contacts")
    plain = CONTACT | {"complaint_about_address": "", "complaint_about_uprn": "", "property_uprn": "100"}
    rows = [
        plain | {"contact_id": "1", "property_address": "Flat 3"},
        plain | {"contact_id": "2", "property_address": "Flat 3", "postcode": "M1 1AE"},
    ]
    path = tmp_path / "contacts.csv"
    path.write_text(csv_text(rows), "utf-8")
    ring = keyring(HACKNEY, "E08000003", "unplaced:homes")
    tally = read_path(desk_for(source, ring=ring, geography=LOOKUP, agency="homes", area=None), path).tally
    assert (tally.published, tally.places_disagree, tally.points_unused) == (2, 1, 0)
    assert tally.numbers()["places_disagree"] == 1


def test_points_that_cannot_be_one_are_counted_by_what_is_wrong(tmp_path: Path) -> None:
    profile = tmp_path / "own.yaml"
    profile.write_text(
        "name: own\nversion: 1\ndescribes: a list\nsector: housing\nregime: UK_GDPR\nfile: {required: [id]}\n"
        "times: {zone: Europe/London, formats: iso}\nreference: id\ncategory: {columns: kind, list: housemark}\n"
        "places: [{role: SOURCE, latitude: lat, longitude: long, uprn: uprn}]\n",
        "utf-8",
    )
    path = tmp_path / "list.csv"
    path.write_text("id,kind,lat,long,uprn\n1,Noise,-0.0560,51.5460,100\n2,Noise,51.5460,-0.0560,100\n", "utf-8")
    ring = keyring(HACKNEY, "E08000003", "unplaced:homes")
    desk = desk_for(Table.of(str(profile)), ring=ring, geography=LOOKUP, agency="homes", area=None)
    tally = read_path(desk, path).tally
    assert (tally.published, tally.points_unused, dict(tally.points_unused_by)) == (2, 1, {"swapped": 1})
