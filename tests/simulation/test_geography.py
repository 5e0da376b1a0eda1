"""The town's places lie where its own lookup says, and the lookup can be imported."""

import json
from pathlib import Path

import shapely

from connectors.geography.importing import Wish, examine_files, recognise_files
from connectors.postcodes import normalise
from simulation.borough import World
from simulation.grid import to_degrees
from tests.simulation.reading import Written, table

HACKNEY = shapely.box(-0.105, 51.519, -0.016, 51.578)
"""Around the real borough."""


def shapes(path: Path, code: str) -> dict[str, shapely.Geometry]:
    features = json.loads(path.read_text("utf-8"))["features"]
    return {feature["properties"][code]: shapely.geometry.shape(feature["geometry"]) for feature in features}


def test_every_property_lies_in_its_small_area_and_ward(written: Written) -> None:
    areas = shapes(written.folder / "geography/lsoa.geojson", "LSOA21CD")
    wards = shapes(written.folder / "geography/wards.geojson", "WD_CD")
    for row in written.rows("geography/uprn.csv"):
        longitude, latitude = float(row["lon"]), float(row["lat"])
        assert shapely.contains_xy(areas[row["lsoa_code"]], longitude, latitude), row["uprn"]
        assert shapely.contains_xy(wards[row["ward_code"]], longitude, latitude), row["uprn"]
        assert shapely.contains_xy(HACKNEY, longitude, latitude)


def test_small_areas_neither_overlap_nor_leave_gaps(written: Written) -> None:
    areas = shapes(written.folder / "geography/lsoa.geojson", "LSOA21CD")
    whole = shapely.union_all(list(areas.values()))
    assert all(shape.is_valid for shape in areas.values())
    assert shapely.get_num_interior_rings(whole.buffer(1e-6)) == 0
    assert abs(sum(shape.area for shape in areas.values()) / whole.area - 1) < 1e-4


def test_what_police_and_council_put_on_the_map_lies_in_the_place_of_the_incident(
    written: Written, world: World
) -> None:
    """A call taker's click is a few metres off, never in another small area."""
    areas = shapes(written.folder / "geography/lsoa.geojson", "LSOA21CD")
    of_place = {place.uprn: place for place in world.town.places}
    true = {row["reference"]: row["uprn"] for row in written.truth("places") if row["role"] == "OCCURRED"}
    mapped = [row for row in written.cad() if row["easting"]]
    points = to_degrees([(int(row["easting"]), int(row["northing"])) for row in mapped])
    for row, (latitude, longitude) in zip(mapped, points, strict=True):
        place = of_place[true[row["incident_no"]]]
        assert abs(int(row["easting"]) - place.easting) <= 5
        assert shapely.contains_xy(areas[place.lsoa], longitude, latitude)


def test_the_lookup_can_be_imported_whole(written: Written, world: World) -> None:
    wish = Wish("", "", 0, "")
    report = examine_files(recognise_files([written.folder / "geography"], wish), wish)
    assert {str(file.release.kind): file.places for file in report.files} == {
        "lsoa boundaries": len(world.town.small_areas),
        "lsoas": len(world.town.small_areas),
        "postcodes": len(world.town.postcodes),
        "uprns": len(world.town.places),
        "ward boundaries": len(world.town.wards),
    }


def test_postcodes_have_the_right_shape_and_exist_nowhere(written: Written) -> None:
    postcodes = [row["postcode"] for row in written.rows("geography/postcodes.csv")]
    assert [code for code in postcodes if normalise(code) != code] == []
    assert {code[0] for code in postcodes} <= set("QVX"), "no postcode area begins with these letters"


def test_every_parent_is_a_property_and_flats_stand_where_their_building_does(written: Written) -> None:
    rows = {row["uprn"]: row for row in written.rows("geography/uprn.csv")}
    flats = [row for row in rows.values() if row["parent_uprn"]]
    assert len(flats) > 1500
    for row in flats:
        parent = rows[row["parent_uprn"]]
        assert (parent["easting"], parent["northing"], parent["postcode"]) == (
            row["easting"],
            row["northing"],
            row["postcode"],
        )


def test_the_lookup_has_the_columns_of_real_ones(written: Written) -> None:
    folder = written.folder / "geography"
    assert ",".join(table(folder / "uprn.csv")[0]) == (
        "uprn,parent_uprn,usrn,easting,northing,lat,lon,postcode,lsoa_code,ward_code,lad_code,address,classification"
    )
    assert ",".join(table(folder / "postcodes.csv")[0]) == (
        "postcode,positional_quality,easting,northing,lat,lon,lad_code,ward_code,ward_name,"
        "lsoa21_code,lsoa21_name,lsoa11_code,lsoa11_name"
    )
    assert ",".join(table(folder / "lsoa_to_ward.csv")[0]) == (
        "LSOA21CD,LSOA21NM,WD_bestfit,WD_name,postcodes_in_best_ward,postcodes_in_lsoa"
    )
