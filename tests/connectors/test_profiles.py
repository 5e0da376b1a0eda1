"""The profiles that come with Wardlink: which column fills which role, and the cities' real files row for row."""

from collections import Counter
from pathlib import Path

import pytest

from connectors.contract import Draft, OutOfScope
from connectors.mapping import profile as profiles
from connectors.sources.table import Table
from schemas.records import Person
from schemas.vocabulary import (
    Category,
    Definition,
    HateStrand,
    Kind,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Precision,
    Qualifier,
    Regime,
    Restriction,
    UpdateKind,
)
from tests.connectors.tables import (
    CAD,
    CONTACT,
    NEW_YORK,
    SAN_DIEGO,
    SHARED,
    csv_text,
    is_out_of_scope,
    outcomes,
    person,
    place,
    report,
)


@pytest.fixture
def cad() -> Table:
    return Table.of("police-cad")


@pytest.fixture
def housing() -> Table:
    return Table.of("housing-contacts")


@pytest.mark.parametrize("name", profiles.shipped())
def test_a_shipped_profile_bears_the_name_of_its_file_and_an_agency_or_none(name: str) -> None:
    profile = profiles.load(name)
    assert profile.name == name
    assert (profile.agency is None) == (profile.regime is not Regime.NOT_PERSONAL_DATA)


@pytest.mark.parametrize(("name", "row"), [("police-cad", CAD), ("housing-contacts", CONTACT)])
def test_no_column_of_the_suppliers_layout_is_unknown(name: str, row: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(csv_text([row]))
    assert set(row) - Table.of(name).columns == set()
    assert [type(found) for found in outcomes(Table.of(name), path)] == [Draft]


def test_police_where_it_happened_comes_from_the_location_columns(cad: Table) -> None:
    found = place(report(cad, CAD), PlaceRole.OCCURRED)
    assert found.method is PlaceMethod.STATED_UPRN
    assert (found.uprn, found.address, found.postcode) == ("10008231234", CAD["location"], "E8 1EA")
    assert (found.latitude, found.longitude) == pytest.approx((51.5433, -0.0560), abs=1e-3)


def test_police_the_callers_home_is_affected_only_where_the_caller_suffers(cad: Table) -> None:
    found = place(report(cad, CAD), PlaceRole.AFFECTED)
    assert (found.address, found.postcode) == (CAD["caller_address"], "E8 1EA")
    witness = report(cad, CAD | {"caller_role": "witness"})
    assert witness.detail is not None
    assert [one.role for one in witness.detail.places] == [PlaceRole.OCCURRED]


def test_police_the_caller_comes_from_the_caller_columns(cad: Table) -> None:
    assert person(report(cad, CAD), PersonRole.VICTIM) == Person(
        role=PersonRole.VICTIM,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        reference="N77",
        full_name="Ada King",
        birth_date="1975-12-10",
        telephones=("07700 900123",),
        address=CAD["caller_address"],
        postcode="E8 1EA",
    )


@pytest.mark.parametrize(
    ("said", "role", "kind"),
    [
        ("", PersonRole.COMPLAINANT, PersonKind.MEMBER_OF_PUBLIC),
        ("Complainant", PersonRole.COMPLAINANT, PersonKind.MEMBER_OF_PUBLIC),
        ("witness", PersonRole.WITNESS, PersonKind.MEMBER_OF_PUBLIC),
        ("third party", PersonRole.REPORTER_ON_BEHALF, PersonKind.MEMBER_OF_PUBLIC),
        ("Warden", PersonRole.WITNESS, PersonKind.OFFICIAL),
        ("CCTV", PersonRole.WITNESS, PersonKind.OFFICIAL),
        ("anonymous", PersonRole.COMPLAINANT, PersonKind.ANONYMOUS),
        ("hoax", PersonRole.COMPLAINANT, PersonKind.HOAX),
    ],
)
def test_police_the_callers_role_says_who_speaks(cad: Table, said: str, role: PersonRole, kind: PersonKind) -> None:
    assert person(report(cad, CAD | {"caller_role": said}), role).kind is kind


def test_police_times_codes_and_flags_keep_their_meaning(cad: Table) -> None:
    found = report(cad, CAD)
    assert found.detail is not None
    assert found.reported is not None
    assert found.reported.offset_minutes == 60
    assert found.occurred is None
    assert (found.category, found.qualifier) == (Category.NOISE, Qualifier.PERSONAL)
    assert (found.definition, found.regime) == (Definition.ASBCPA_2014_S2, Regime.DPA_2018_PART_3)
    assert (found.detail.opening_code, found.detail.closing_code, found.detail.grade) == ("203", "211", "S")
    assert (found.detail.hate, found.detail.restrictions) == ((HateStrand.RACE,), (Restriction.DOMESTIC_ABUSE,))
    assert found.detail.vulnerability == ("vulnerable",)
    assert found.detail.quoted_references == ("CAD 88/15JUN24", "HA-20417")


def test_police_an_incident_that_became_a_crime_says_so_and_stays(cad: Table) -> None:
    found = report(cad, CAD | {"closing_code": "004", "crimed_ref": "4600123/24"})
    assert found.detail is not None
    assert found.category is Category.ROWDY_BEHAVIOUR
    assert found.detail.crimed_reference == "4600123/24"
    assert [update.update_kind for update in found.updates] == [UpdateKind.CLOSED, UpdateKind.CRIMED]
    assert found.updates[1].detail.crimed_reference == "4600123/24"


def test_police_what_was_never_antisocial_behaviour_is_left_out(cad: Table) -> None:
    assert is_out_of_scope(cad, CAD | {"opening_code": "100", "closing_code": "100"})


def test_housing_the_tenants_home_is_affected_and_what_they_complain_of_is_the_source(housing: Table) -> None:
    found = report(housing, CONTACT)
    home, source = place(found, PlaceRole.AFFECTED), place(found, PlaceRole.SOURCE)
    assert (home.uprn, home.address, home.postcode) == ("10008231240", CONTACT["property_address"], "E8 1EA")
    assert (source.uprn, source.address) == ("10008231242", CONTACT["complaint_about_address"])
    assert found.detail is not None
    assert len(found.detail.places) == 2


def test_housing_the_complainant_comes_from_the_tenant_columns(housing: Table) -> None:
    assert person(report(housing, CONTACT), PersonRole.COMPLAINANT) == Person(
        role=PersonRole.COMPLAINANT,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        reference="T55",
        given_names=("Ada",),
        family_name="King",
        birth_date="1975-12-10",
        telephones=("07700 900123",),
        emails=("ada@example.org",),
        address=CONTACT["property_address"],
        postcode="E8 1EA",
        uprn="10008231240",
    )


def test_housing_contacts_of_one_case_share_its_reference_and_its_end(housing: Table) -> None:
    found = report(housing, CONTACT)
    assert (found.reference, found.case_reference) == ("HC-100", "ASB-20417")
    assert [(update.reference, update.update_kind) for update in found.updates] == [
        ("ASB-20417-closed", UpdateKind.CLOSED)
    ]
    assert report(housing, CONTACT | {"case_status": "open"}).updates == ()


def test_housing_a_contact_without_a_time_of_day_is_known_to_its_day(housing: Table) -> None:
    found = report(housing, CONTACT | {"contact_time": ""})
    assert found.reported is None
    assert found.complaint_made is not None
    assert found.complaint_made.precision is Precision.DAY


def test_housing_hate_vulnerability_and_quoted_references_are_kept(housing: Table) -> None:
    found = report(housing, CONTACT | {"hate": "Y"})
    assert found.detail is not None
    assert found.detail.hate == (HateStrand.OTHER,)
    assert found.detail.vulnerability == ("mobility", "lives alone")
    assert found.detail.quoted_references == ("CAD 1234/16JUN24",)


@pytest.mark.parametrize(
    "written",
    [
        "CAD 1234",
        "CAD1234",
        "cad 1234/22nov",
        "CAD 1234/22NOV",
        "CAD 1234/22NOV26",
        "CAD 1234/22NOV2026",
        "CAD 1234 of 22/11/26",
        "CAD 1234 of 22/11/2026",
    ],
)
def test_a_cad_number_is_quoted_with_the_day_behind_it(cad: Table, housing: Table, written: str) -> None:
    narrative = f"Caller gave {written}, 10 people outside"
    by_police, by_landlord = (
        report(cad, CAD | {"narrative": narrative}),
        report(housing, CONTACT | {"notes": narrative}),
    )
    assert by_police.detail is not None
    assert by_landlord.detail is not None
    assert by_police.detail.quoted_references == by_landlord.detail.quoted_references == (written,)


@pytest.mark.parametrize("name", ["nyc-311-2016", "nyc-311-2024"])
def test_new_york_the_incident_columns_are_where_it_occurred_and_lie_open(name: str) -> None:
    found = report(Table.of(name), NEW_YORK)
    where = place(found, PlaceRole.OCCURRED)
    assert (where.latitude, where.longitude, where.address) == (40.675, -74.0066, "70 BUSH STREET, BROOKLYN")
    assert found.open_places == (where,)
    assert found.kind is Kind.OPERATIONAL
    assert not Table.of(name).personal


@pytest.mark.parametrize("name", ["nyc-311-2016", "nyc-311-2024"])
@pytest.mark.parametrize("text", ["2024-11-03T01:30:00.000", "11/03/2024 01:30:00 AM"])
def test_new_york_the_hour_that_comes_twice_is_kept_as_both(name: str, text: str) -> None:
    made = report(Table.of(name), NEW_YORK | {"created_date": text}).complaint_made
    assert made is not None
    assert (made.earliest.offset_minutes, made.latest.offset_minutes) == (-240, -300)


def test_san_diego_a_report_quotes_the_parent_that_staff_gave_it() -> None:
    found = report(Table.of("san-diego-get-it-done"), SAN_DIEGO)
    assert found.detail is not None
    assert found.detail.quoted_references == ("3295443",)
    assert found.detail.narrative == "Paint on the wall"
    where = place(found, PlaceRole.OCCURRED)
    assert (where.latitude, where.longitude, where.address) == (32.70837833, -117.1522305, "815 E St")


REAL = [
    ("nyc-311-2016", "nyc_311_noise_2016_red_hook_117.csv", 117, 117),
    ("nyc-311-2024", "nyc_311_2024-04-15_night_1000.csv", 1000, 380),
    ("nyc-311-2024", "nyc_311_noise_2016_red_hook_117.csv", 117, 117),
    ("nyc-311-2016", "nyc_311_2024-04-15_night_1000.csv", 1000, 380),
    ("san-diego-get-it-done", "sandiego_2021-03-27_to_2021-04-03.csv.gz", 8222, 3861),
]


@pytest.mark.parametrize(("name", "file", "read", "in_scope"), REAL)
def test_every_row_of_a_citys_real_file_is_a_report_or_out_of_scope(
    name: str, file: str, read: int, in_scope: int
) -> None:
    path = SHARED / "council_311" / file
    if not path.exists():
        pytest.skip(f"the public file {file} is not beside the project")
    source = Table.of(name)
    found = outcomes(source, path)
    drafts = [one for one in found if isinstance(one, Draft)]
    kinds = Counter(type(one) for one in found)
    assert kinds == Counter({Draft: in_scope, OutOfScope: read - in_scope})
    assert len({draft.reference for draft in drafts}) == len(drafts) == in_scope
    assert sum(draft.unknown_codes for draft in drafts) == 0
    assert all(draft.reported for draft in drafts)
