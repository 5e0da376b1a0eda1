"""Geography files are recognised by what they hold, under the names that publishers use, and read honestly."""

import gzip
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely

from connectors.geography.files import find_lookups, read_rows
from connectors.geography.source import Lookup, Tally
from schemas.errors import Refused
from store.geography import GeographyRow, Kind
from store.geography_rows import Boundary, LsoaRow, PostcodeRow, UprnRow, WardRow

HACKNEY = "E09000012"
SQUARE = [[[-0.1, 51.5], [-0.09, 51.5], [-0.09, 51.51], [-0.1, 51.51], [-0.1, 51.5]]]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def recognised(path: Path, vintage: int = 0) -> Lookup:
    [lookup], _ = find_lookups(path, vintage)
    return lookup


def read(path: Path, vintage: int = 0) -> tuple[list[GeographyRow], Tally]:
    tally = Tally()
    return list(read_rows(recognised(path, vintage), tally)), tally


def collection(*features: tuple[dict[str, Any], Any]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in features
            ],
        }
    )


def polygon(coordinates: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": coordinates}


@pytest.mark.parametrize(
    ("header", "kind", "vintage"),
    [
        ("uprn,parent_uprn,usrn,easting,northing,lat,lon,postcode,lsoa_code,ward_code,lad_code,address", Kind.UPRNS, 0),
        ("UPRN,X_COORDINATE,Y_COORDINATE,LATITUDE,LONGITUDE", Kind.UPRNS, 0),
        ("UPRN,GRIDGB1E,GRIDGB1N,PCDS,CTY25CD,LAD25CD,WD25CD,LSOA21CD,MSOA21CD", Kind.UPRNS, 2025),
        ("UPRN,PARENT_UPRN", Kind.UPRNS, 0),
        ("postcode,easting,northing,lat,lon,lad_code,ward_code,lsoa21_code,lsoa11_code", Kind.POSTCODES, 0),
        ("pcd,pcd2,pcds,dointr,doterm,oscty,oslaua,osward,oseast1m,osnrth1m,lat,long,lsoa11,lsoa21", Kind.POSTCODES, 0),
        ("pcd7,pcd8,pcds,dointr,doterm,lad25cd,wd25cd,east1m,north1m,lsoa11cd,lsoa21cd,lat,long", Kind.POSTCODES, 2025),
        ("Postcode,Eastings,Northings,Admin_district_code,Admin_ward_code", Kind.POSTCODES, 0),
        ("LSOA21CD,LSOA21NM,WD_bestfit,WD_name,postcodes_in_best_ward", Kind.LSOAS, 2021),
        ("F_LSOA11CD,LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,CHGIND,LAD22CD,LAD22NM,ObjectId", Kind.LSOAS, 2021),
        ("LSOA11CD,LAD11CD", Kind.LSOAS, 2011),
        ("WD23CD,WD23NM,LAD23CD,LAD23NM", Kind.WARDS, 2023),
        ("ward_code,ward_name,lad_code", Kind.WARDS, 0),
    ],
)
def test_a_table_is_recognised_by_its_columns(tmp_path: Path, header: str, kind: Kind, vintage: int) -> None:
    lookup = recognised(write(tmp_path, "anything.csv", header + "\n"))
    assert (lookup.kind, lookup.vintage) == (kind, vintage)


@pytest.mark.parametrize(
    "header",
    [
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type",
        "id,created,created_by_id,kind,uprn,easting,northing,radius,location_cache,ward,where,estate,assigned_id",
        "Reference,UPRN,Postcode,LSOA code,Ward code,LAD code",
        "caller_name,postcode,lat,lon,lad_code",
        "postcode,lat,lon",
        "uprn,postcode,notes",
        "LSOA21CD,LSOA21NM",
        "a,b,c",
        "",
    ],
)
def test_a_table_of_something_else_is_refused_with_what_was_expected(tmp_path: Path, header: str) -> None:
    with pytest.raises(Refused, match=r"lookup\.csv: expected boundaries .* found "):
        find_lookups(write(tmp_path, "lookup.csv", f"{header}\n"))


def test_a_refusal_shows_no_value_of_a_file_without_a_header(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        find_lookups(write(tmp_path, "people.csv", "Zebedee Quick,07700 900123,E8 1EA\n"))
    assert "Zebedee" not in str(caught.value)
    assert "07700" not in str(caught.value)


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            {"LSOA21CD": "E01001845", "LSOA21NM": "Hackney 022E", "LAD22CD": HACKNEY, "LAD22NM": "Hackney"},
            ("lsoa", 2021, "E01001845", "Hackney 022E", HACKNEY),
        ),
        ({"lsoa11cd": "E01001845", "lsoa11nm": "Hackney 022E"}, ("lsoa", 2011, "E01001845", "Hackney 022E", None)),
        ({"LAD22CD": HACKNEY, "LAD22NM": "Hackney"}, ("lad", 2022, HACKNEY, "Hackney", None)),
        ({"FID": 7, "lad_code": HACKNEY}, ("lad", 2017, HACKNEY, "", None)),
        (
            {"WD23CD": "E05009367", "WD23NM": "Brownswood", "LAD23CD": HACKNEY},
            ("ward", 2023, "E05009367", "Brownswood", HACKNEY),
        ),
        ({"WD_CD": "E05009367", "WD_NM": "Brownswood"}, ("ward", 2017, "E05009367", "Brownswood", None)),
    ],
)
def test_a_boundary_is_recognised_by_its_properties_and_the_users_year_counts_only_where_they_have_none(
    tmp_path: Path, properties: dict[str, Any], expected: Sequence[Any]
) -> None:
    [row], tally = read(write(tmp_path, "x.json", collection((properties, polygon(SQUARE)))), vintage=2017)

    assert isinstance(row, Boundary)
    assert (row.layer, row.vintage, row.code, row.name, row.lad) == tuple(expected)
    assert shapely.from_wkb(row.shape).equals(shapely.Polygon(SQUARE[0]))
    assert (tally.places, set(tally.lads)) == (1, {HACKNEY} & {*properties.values()})


def test_boundaries_in_metres_of_the_national_grid_become_degrees(tmp_path: Path) -> None:
    metres = [[[533000, 182000], [534000, 182000], [534000, 183000], [533000, 183000], [533000, 182000]]]
    [row], _ = read(write(tmp_path, "x.geojson", collection(({"LAD22CD": HACKNEY}, polygon(metres)))))

    assert isinstance(row, Boundary)
    assert shapely.from_wkb(row.shape).bounds == pytest.approx((-0.0845, 51.5210, -0.0697, 51.5303), abs=1e-3)


@pytest.mark.parametrize(
    "coordinates",
    [
        [[[51.5, -0.1], [51.51, -0.1], [51.51, -0.09], [51.5, -0.1]]],
        [[[-11131.9, 6711542.5], [-10018.8, 6711542.5], [-10018.8, 6713331.0], [-11131.9, 6711542.5]]],
        [[[1e9, 1e9], [2e9, 1e9], [2e9, 2e9], [1e9, 1e9]]],
    ],
    ids=["latitude first", "web mercator", "nonsense"],
)
def test_coordinates_in_another_system_are_refused(tmp_path: Path, coordinates: Any) -> None:
    path = write(tmp_path, "x.geojson", collection(({"LAD22CD": HACKNEY}, polygon(coordinates))))
    with pytest.raises(Refused, match="expected coordinates in WGS84"):
        read(path)


def test_a_ring_that_crosses_itself_is_mended_and_features_without_area_or_code_are_counted(tmp_path: Path) -> None:
    bow_tie = [[[-0.1, 51.5], [-0.09, 51.51], [-0.09, 51.5], [-0.1, 51.51], [-0.1, 51.5]]]
    features = (
        ({"LAD22CD": HACKNEY}, polygon(bow_tie)),
        ({"LAD22CD": HACKNEY}, None),
        ({"LAD22CD": HACKNEY}, {"type": "Point", "coordinates": [-0.1, 51.5]}),
        ({"LAD22CD": HACKNEY}, {"type": "Polygon"}),
        ({"LAD22CD": "Hackney"}, polygon(SQUARE)),
        (None, polygon(SQUARE)),
    )
    rows, tally = read(write(tmp_path, "x.geojson", collection(*features)))  # type: ignore[arg-type]

    [row] = rows
    assert isinstance(row, Boundary)
    assert shapely.from_wkb(row.shape).is_valid
    assert shapely.from_wkb(row.shape).area == pytest.approx(0.00005)
    assert tally.rejected == {"no polygon": 3, "no valid lad code": 2}


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "FeatureCollection", "features": [',
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "Topology", "objects": {}}',
        '[{"category": "anti-social-behaviour"}]',
        '{"type": "FeatureCollection", "features": [7]}',
        collection(({"name": "Hackney"}, polygon(SQUARE))),
    ],
)
def test_json_without_such_boundaries_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match=r"x\.json: expected boundaries .* found "):
        find_lookups(write(tmp_path, "x.json", text))


def test_postcodes_are_read_with_both_vintages(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "x.csv",
        "pcds,lad25cd,lad25nm,wd25cd,lat,long,lsoa11cd,lsoa21cd\n"
        f"e8  1ea,{HACKNEY},Hackney,E05009367,51.54,-0.06,E01033708,E01035638\n"
        "GY1 1AA,L99999999,,L99999999,99.999999,0.000000,,\n"
        "nonsense,E09000012,,,51.5,-0.1,,\n",
    )
    rows, tally = read(path)

    assert rows == [
        PostcodeRow(2025, "E8 1EA", 51.54, -0.06, HACKNEY, "E05009367", "E01035638", "E01033708"),
        PostcodeRow(2025, "GY1 1AA"),
    ]
    assert (tally.places, tally.rejected, tally.lads) == (2, {"no valid postcode": 1}, {HACKNEY: "Hackney"})


def test_code_point_open_is_known_without_a_header(tmp_path: Path) -> None:
    path = write(tmp_path, "e.csv", '"E8 1EA",10,534700,184400,"E92000001","","","",E09000012,E05009367\n')
    [row], _ = read(path)

    assert isinstance(row, PostcodeRow)
    assert (row.postcode, row.lad, row.ward) == ("E8 1EA", HACKNEY, "E05009367")
    assert (row.latitude, row.longitude) == pytest.approx((51.5424, -0.0590), abs=1e-3)


def test_properties_are_text_without_leading_zeros_and_bad_ones_are_counted(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "x.csv",
        "uprn,parent_uprn,usrn,easting,northing,lsoa_code,lad_code,postcode,classification,address\n"
        '000100021045676,10008315925,20400001,534700,184400,E01001845,E09000012,e81ea,RD06,"FLAT 1, 2 HIGH ST"\n'
        "200,200,0,,,,,,,\n"
        "1.0E+11,,,,,,,,,\n"
        "0,,,,,,,,,\n"
        "1234567890123,,,,,,,,,\n"
        "300,too,few\n",
    )
    [first, second], tally = read(path)

    assert isinstance(first, UprnRow)
    assert (first.latitude, first.longitude) == pytest.approx((51.5424, -0.0590), abs=1e-3)
    assert first._replace(latitude=None, longitude=None) == UprnRow(
        0, "100021045676", "10008315925", "20400001", None, None, "E8 1EA", "E01001845", 0, None, HACKNEY, "RD06",
        "FLAT 1, 2 HIGH ST",
    )  # fmt: skip
    assert second == UprnRow(0, "200")
    assert tally.rejected == {"no valid UPRN": 3, "row has another number of columns than the header": 1}


def test_a_lookup_between_censuses_gives_both_lsoas(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "x.csv",
        "LSOA11CD,LSOA11NM,LSOA21CD,LSOA21NM,LAD22CD\nE01033708,Hackney 027G,E01033708,Hackney 033C,E09000012\n",
    )
    rows, _ = read(path)

    assert rows == [
        LsoaRow(2021, "E01033708", "Hackney 033C", HACKNEY, None),
        LsoaRow(2011, "E01033708", "Hackney 027G", HACKNEY, None),
    ]


def test_wards_are_read_with_their_authority(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "WD23CD,WD23NM,LAD23CD,LAD23NM\nE05009367,Brownswood,E09000012,Hackney\n")
    assert read(path)[0] == [WardRow(2023, "E05009367", "Brownswood", HACKNEY)]


def test_a_file_in_which_nothing_is_usable_is_refused_with_the_reasons(tmp_path: Path) -> None:
    path = write(tmp_path, "x.csv", "postcode,lad_code\nnone,E09000012\n?,E09000012\n")
    with pytest.raises(Refused, match=r"expected postcodes with valid codes; found 2 × no valid postcode"):
        read(path)


def test_a_byte_order_mark_gzip_and_zip_make_no_difference(tmp_path: Path) -> None:
    text = "\ufeffpostcode,lad_code\nE8 1EA,E09000012\n"
    plain = write(tmp_path, "a.csv", text)
    gzipped = tmp_path / "b.csv.gz"
    gzipped.write_bytes(gzip.compress(text.encode()))
    zipped = tmp_path / "c.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("Data/multi_csv/e.csv", text)

    for path in (plain, gzipped, zipped):
        assert read(path)[0] == [PostcodeRow(0, "E8 1EA", lad=HACKNEY)]


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.csv.gz"
    rows = "".join(f"E8 {number % 10}EA,E09000012,{number}\n" for number in range(50_000))
    path.write_bytes(gzip.compress(("postcode,lad_code,x\n" + rows).encode())[:-2000])
    with pytest.raises(Refused, match="breaks off"):
        read(path)


def test_a_folder_gives_its_geography_and_names_what_is_none(tmp_path: Path) -> None:
    write(tmp_path, "wards.csv", "WD23CD,LAD23CD\nE05009367,E09000012\n")
    write(tmp_path, "reports.csv", "id,created\n1,2\n")
    write(tmp_path, "README.md", "words")
    lookups, others = find_lookups(tmp_path)

    assert ([lookup.member.name for lookup in lookups], others) == (["wards.csv"], ["reports.csv"])


def test_a_path_without_geography_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "words")
    with pytest.raises(Refused, match="found no file that ends in"):
        find_lookups(tmp_path)
    with pytest.raises(Refused, match="no such file"):
        find_lookups(tmp_path / "missing.csv")
