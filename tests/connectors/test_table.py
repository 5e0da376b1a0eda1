"""Tables by profile: mistakes told at once, headers that drift, delimiters, encodings, codes, summaries."""

from pathlib import Path

import pytest
import yaml

from connectors.contract import Broken, Context, Draft
from connectors.mapping import profile as profiles
from connectors.sources.table import Table
from schemas.errors import Refused, Unfit
from schemas.vocabulary import Category, HateStrand, PersonKind, PlaceMethod, PlaceRole, Precision, Restriction, Unit
from tests.connectors.tables import CONTEXT, csv_text, is_out_of_scope, outcomes, place, report

PLAIN = """
name: wardens
version: 3
describes: a warden's log
sector: council
regime: UK_GDPR
file:
  required: [ref, seen]
aliases:
  ref: [Reference No., id]
times: {zone: Europe/London, formats: ["%d/%m/%Y %H:%M", "%d/%m/%Y"]}
reference: ref
case_reference: case
reported: seen
occurred: {start: from, end: to}
category:
  columns: [closed_as, kind]
  list: housemark
  own: {dragon sighting: ROWDY_BEHAVIOUR, lamp broken: out}
hate: {column: hate, strands: {race: RACE}}
restricted: {column: flags, flags: {DA: DOMESTIC_ABUSE}}
contacts: contacts
places:
  - {role: SOURCE, uprn: about_uprn, easting: x, northing: y, uncertainty_m: 25, address: [house, street], postcode: pc}
persons:
  - role: COMPLAINANT
    full_name: who
    telephones: phone
    birth_date: {column: dob}
    kind_by: {column: who_is, values: {warden: OFFICIAL}}
narrative: [what, more]
quoted: {columns: parent, texts: [what], patterns: ['CAD (\\d+)']}
updates:
  - {kind: CLOSED, at: closed, of: case, closing_code: closed_as}
"""

ROW = {"ref": "W1", "seen": "16/06/2024 23:05", "kind": "Noise"}


def wardens(change: str = "", **changes: object) -> Table:
    """The plain profile with some of its lines changed."""
    return Table(profiles.parse(yaml.safe_dump({**yaml.safe_load(PLAIN), **changes}), "wardens"))


@pytest.fixture
def source() -> Table:
    return wardens()


def written(folder: Path, text: str | bytes, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_mistake_of_a_profile_is_told_at_once_with_its_place() -> None:
    wrong = {
        "sector": "navy",
        "times": {"zone": "Europe/Atlantis", "formats": ["%d/%Q"]},
        "category": {"columns": "kind", "list": "unheard-of"},
        "places": [{"role": "SOURCE", "latitude": "lat"}],
        "quoted": {"patterns": "("},
        "colour": "red",
    }
    with pytest.raises(Refused) as caught:
        wardens(**wrong)
    message = str(caught.value)
    for told in (
        "sector:",
        "times.zone: is no time zone",
        "times.formats.0: is no format of dates",
        "category.list: is no code list; use one of housemark",
        "places.0: names half a point",
        "quoted.patterns.0: is no regular expression",
        "colour:",
    ):
        assert told in message, told


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2", "just text", ""])
def test_what_is_no_profile_at_all_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="profile mine"):
        profiles.parse(text, "mine")


def test_an_unknown_profile_is_refused_with_the_names_of_those_that_come_along() -> None:
    with pytest.raises(
        Refused, match=r"housing-contacts, .*nyc-311-2016, nyc-311-2024, police-cad, .*san-diego-get-it-done"
    ):
        profiles.load("naval-log")


def test_a_profile_may_lie_anywhere(tmp_path: Path) -> None:
    assert Table.of(str(written(tmp_path, PLAIN, "mine.yaml"))).name == "wardens"
    with pytest.raises(Refused, match=r"absent\.yaml"):
        Table.of(str(tmp_path / "absent.yaml"))


def test_openly_published_rows_cannot_hold_persons() -> None:
    with pytest.raises(Refused, match="openly published"):
        wardens(openly_published=True)


@pytest.mark.parametrize("header", ["ref,seen,kind", "REF,Seen,Kind", "Reference No.,seen,kind", "id , seen ,KIND"])
def test_a_column_is_found_by_any_spelling_and_by_its_aliases(tmp_path: Path, source: Table, header: str) -> None:
    [found] = outcomes(source, written(tmp_path, f"{header}\nW1,16/06/2024 23:05,Noise\n"))
    assert isinstance(found, Draft)
    assert (found.reference, found.category) == ("W1", Category.NOISE)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_header(tmp_path: Path, source: Table, delimiter: str) -> None:
    text = csv_text([ROW | {"what": "semicolons; commas, and\ttabs"}], delimiter)
    [found] = outcomes(source, written(tmp_path, text))
    assert isinstance(found, Draft)
    assert found.detail is not None
    assert found.detail.narrative == "semicolons; commas, and\ttabs"


def test_a_byte_order_mark_and_the_empty_rows_of_a_spreadsheet_are_passed_over(tmp_path: Path, source: Table) -> None:
    text = "\ufeff" + csv_text([ROW]) + ",,\r\n , ,\r\n"
    assert len(outcomes(source, written(tmp_path, text))) == 1


def test_a_table_that_a_windows_spreadsheet_saved_is_read_as_it_was_written(tmp_path: Path, source: Table) -> None:
    path = written(tmp_path, csv_text([ROW | {"what": "Café noise – £50"}]).encode("cp1252"))
    [found] = outcomes(source, path)
    assert isinstance(found, Draft)
    assert found.detail is not None
    assert found.detail.narrative == "Café noise – £50"


def test_one_damaged_row_does_not_make_a_utf8_file_one_of_windows(tmp_path: Path, source: Table) -> None:
    rows = [ROW | {"ref": ref, "what": what} for ref, what in (("W1", "Café"), ("W2", "Garten"), ("W3", "Tür"))]
    text = csv_text(rows).encode().replace("ü".encode(), b"\xfc")
    good, plain, bad = outcomes(source, written(tmp_path, text))
    assert isinstance(good, Draft)
    assert good.detail is not None
    assert good.detail.narrative == "Café"
    assert isinstance(plain, Draft)
    assert isinstance(bad, Broken)
    assert "UTF-8" in bad.rule


def test_a_windows_table_of_any_length_is_read_whole(tmp_path: Path, source: Table) -> None:
    rows = [ROW | {"ref": f"W{number}", "what": "é" * 2_000} for number in range(1_000)]
    found = outcomes(source, written(tmp_path, csv_text(rows).encode("cp1252")))
    assert [one.reference for one in found if isinstance(one, Draft)] == [row["ref"] for row in rows]
    assert {one.detail.narrative for one in found if isinstance(one, Draft) and one.detail} == {"é" * 2_000}


@pytest.mark.parametrize("text", ["", "\n", "a,b\n1,2\n", "<html></html>", '{"ref": 1}'])
def test_a_file_of_another_kind_is_refused_with_what_was_expected(tmp_path: Path, source: Table, text: str) -> None:
    with pytest.raises(Refused, match="expected a warden's log") as caught:
        source.recognise(written(tmp_path, text))
    assert "found" in str(caught.value)


def test_a_file_that_lacks_one_needed_column_is_told_which(tmp_path: Path, source: Table) -> None:
    with pytest.raises(Refused, match="found a table without seen"):
        source.recognise(written(tmp_path, "ref,kind\nW1,Noise\n"))


def test_columns_that_the_profile_does_not_know_stay_and_are_not_known(tmp_path: Path, source: Table) -> None:
    path = written(tmp_path, csv_text([ROW | {"moon phase": "full"}]))
    [row] = source.collect(path, CONTEXT)
    assert not isinstance(row, Broken)
    assert set(row.values) - source.columns == {"moon phase"}


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path, source: Table) -> None:
    for day in ("2024-06-17", "2024-06-16"):
        written(tmp_path, csv_text([ROW | {"ref": day}]), f"log_{day}.csv")
    written(tmp_path, "not of this kind", "README.md")
    assert [one.reference for one in outcomes(source, tmp_path) if isinstance(one, Draft)] == [
        "2024-06-16",
        "2024-06-17",
    ]


def test_missing_columns_leave_their_part_out(source: Table) -> None:
    found = report(source, ROW)
    assert found.case_reference is None
    assert found.occurred is None
    assert found.updates == ()
    assert found.detail is not None
    assert (found.detail.persons, found.detail.places, found.detail.narrative) == ((), (), None)


def test_a_row_without_its_reference_is_unfit(source: Table) -> None:
    with pytest.raises(Unfit) as caught:
        report(source, ROW | {"ref": "  "})
    assert caught.value.field == "ref"


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("seen", "31/02/2024 10:00"),
        ("seen", "31/03/2024 01:30"),
        ("from", "late"),
        ("about_uprn", "1.00021E+11"),
        ("contacts", "several"),
        ("contacts", "2.5"),
    ],
)
def test_a_value_that_cannot_be_is_unfit_and_names_its_column_but_no_value(
    source: Table, column: str, text: str
) -> None:
    with pytest.raises(Unfit) as caught:
        report(source, ROW | {column: text})
    assert caught.value.field == column
    assert text not in str(caught.value)


def test_a_point_off_the_grid_is_unfit(source: Table) -> None:
    with pytest.raises(Unfit) as caught:
        report(source, ROW | {"x": "9", "y": "9000000"})
    assert caught.value.field == "x, y"


def test_an_exact_time_is_the_reports_and_a_day_is_only_the_complaints(source: Table) -> None:
    minute, day = report(source, ROW), report(source, ROW | {"seen": "16/06/2024"})
    assert minute.reported is not None
    assert minute.complaint_made is None
    assert day.reported is None
    assert day.complaint_made is not None
    assert day.complaint_made.precision is Precision.DAY


def test_in_the_hour_that_comes_twice_the_report_has_its_earlier_reading_and_the_complaint_both(source: Table) -> None:
    found = report(source, ROW | {"seen": "27/10/2024 01:30"})
    assert found.reported is not None
    assert found.complaint_made is not None
    assert found.reported == found.complaint_made.earliest
    assert found.reported.offset_minutes == 60
    assert found.complaint_made.latest.offset_minutes == 0


def test_what_lasted_is_a_range_from_its_start_to_its_end(source: Table) -> None:
    found = report(source, ROW | {"from": "16/06/2024 22:00", "to": "16/06/2024 23:00"}).occurred
    assert found is not None
    assert found.precision is Precision.RANGE
    assert (found.latest.at - found.earliest.at) // 60_000_000 == 60


@pytest.mark.parametrize(
    ("codes", "category", "unknown"),
    [
        ({"kind": "Noise"}, Category.NOISE, 0),
        ({"kind": "Noise", "closed_as": "Drugs"}, Category.DRUGS, 0),
        ({"kind": "Noise", "closed_as": "Other"}, Category.NOISE, 0),
        ({"kind": "Noise", "closed_as": "zz9"}, Category.NOISE, 1),
        ({"kind": "Dragons"}, Category.OTHER, 1),
        ({"kind": "DRAGON  sighting"}, Category.ROWDY_BEHAVIOUR, 0),
        ({"kind": "Noise", "closed_as": "Repair"}, Category.NOISE, 0),
        ({"kind": ""}, Category.OTHER, 0),
    ],
)
def test_the_first_code_that_names_a_kind_decides(
    source: Table, codes: dict[str, str], category: Category, unknown: int
) -> None:
    found = report(source, ROW | codes)
    assert (found.category, found.unknown_codes) == (category, unknown)


def test_a_row_is_out_of_scope_when_all_its_known_codes_are(source: Table) -> None:
    assert is_out_of_scope(source, ROW | {"kind": "Repair"})
    assert is_out_of_scope(source, ROW | {"kind": "Lamp broken"})
    assert not is_out_of_scope(source, ROW | {"kind": "Repair", "closed_as": "Noise"})


def test_a_code_that_is_restricted_by_nature_restricts_beside_the_flags(source: Table) -> None:
    found = report(source, ROW | {"kind": "Domestic abuse", "flags": "DA; guard dog"})
    assert found.detail is not None
    assert found.detail.restrictions == (Restriction.DOMESTIC_ABUSE, Restriction.OTHER)


@pytest.mark.parametrize(
    ("cell", "strands"),
    [
        ("", ()),
        ("No", ()),
        ("Y", (HateStrand.OTHER,)),
        ("Race", (HateStrand.RACE,)),
        ("race, other", (HateStrand.RACE, HateStrand.OTHER)),
    ],
)
def test_hate_is_a_flag_or_its_strands(source: Table, cell: str, strands: tuple[HateStrand, ...]) -> None:
    found = report(source, ROW | {"hate": cell})
    assert found.detail is not None
    assert found.detail.hate == strands


@pytest.mark.parametrize(
    ("cell", "unit", "contacts"),
    [("", Unit.SINGLE_OCCASION, None), ("1", Unit.SINGLE_OCCASION, None), ("7", Unit.SUMMARY, 7)],
)
def test_a_row_of_several_contacts_is_a_summary(source: Table, cell: str, unit: Unit, contacts: int | None) -> None:
    found = report(source, ROW | {"contacts": cell})
    assert (found.unit, found.contacts) == (unit, contacts)


@pytest.mark.parametrize(
    ("values", "method"),
    [
        ({"about_uprn": "010008231234", "x": "533581", "y": "182292"}, PlaceMethod.STATED_UPRN),
        ({"x": "533581", "y": "182292", "street": "Mare Street"}, PlaceMethod.STATED_POINT),
        ({"x": "0", "y": "0", "street": "Mare Street"}, PlaceMethod.STATED_ADDRESS),
        ({"pc": "e81ea"}, PlaceMethod.POSTCODE_CENTROID),
    ],
)
def test_a_place_says_how_it_is_known_best(source: Table, values: dict[str, str], method: PlaceMethod) -> None:
    assert place(report(source, ROW | values), PlaceRole.SOURCE).method is method


def test_grid_metres_become_degrees_with_the_profiles_uncertainty(source: Table) -> None:
    found = place(report(source, ROW | {"x": "533581", "y": "182292"}), PlaceRole.SOURCE)
    assert (found.latitude, found.longitude) == pytest.approx((51.523755, -0.075896), abs=1e-5)
    assert found.uncertainty_m == 25


def test_a_person_has_an_iso_birth_date_or_the_agencys_own_words(source: Table) -> None:
    for cell, told in (("05/11/1980", "1980-11-05"), ("1980-11-05", "1980-11-05"), ("about 40", "about 40")):
        found = report(source, ROW | {"who": "Ada King", "dob": cell})
        assert found.detail is not None
        assert [person.birth_date for person in found.detail.persons] == [told]


def test_whoever_is_an_official_is_no_member_of_the_public(source: Table) -> None:
    found = report(source, ROW | {"who": "Warden 7", "who_is": "Warden"})
    assert found.detail is not None
    assert [person.kind for person in found.detail.persons] == [PersonKind.OFFICIAL]


def test_references_are_quoted_from_cells_and_texts_once_each(source: Table) -> None:
    found = report(source, ROW | {"parent": "W0", "what": "See CAD 123 and CAD 123, CAD 456."})
    assert found.detail is not None
    assert found.detail.quoted_references == ("W0", "123", "456")


def test_the_end_of_a_case_is_one_update_however_many_rows_tell_it(source: Table) -> None:
    rows = [ROW | {"ref": ref, "case": "C9", "closed": "18/06/2024", "closed_as": "Noise"} for ref in ("W1", "W2")]
    [first], [second] = (report(source, row).updates for row in rows)
    assert first == second
    assert (first.reference, first.case_reference, first.report_references) == ("C9-closed", "C9", ())


def test_the_users_agency_comes_before_the_profiles() -> None:
    source = wardens(agency="parks")
    assert report(source, ROW).agency == "parks"
    assert report(source, ROW, Context("streets", 1, b"k" * 32)).agency == "streets"


def test_a_revision_is_the_suppliers_last_change_where_it_has_one() -> None:
    source = wardens(revision="changed")
    assert report(source, ROW).revision is None
    first, second = (report(source, ROW | {"changed": f"1{day}/06/2024"}).revision for day in (7, 8))
    assert first is not None
    assert second is not None
    assert first < second
