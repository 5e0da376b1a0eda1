"""Single Online Home: documents of the Standard Data Model become reports, in every shape that they come in."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import pytest

from connectors.contract import Broken, Draft, OutOfScope, Source
from connectors.sdm.report import report_of
from connectors.sources.sdm import Sdm
from schemas.errors import Refused, Unfit
from schemas.records import Moment, Monitoring, SafeContact, Span
from schemas.vocabulary import (
    Category,
    HateStrand,
    Marking,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Precision,
    Qualifier,
    Regime,
    Restriction,
)
from tests.connectors.conformance import Conformance
from tests.connectors.sdm_documents import INCIDENT_ID, REFERENCE, document, ends, included
from tests.connectors.tables import CONTEXT, outcomes, person, place

EVENING = Span(
    earliest=Moment(at=1_718_492_400_000_000, offset_minutes=60),
    latest=Moment(at=1_718_577_000_000_000, offset_minutes=60),
    precision=Precision.RANGE,
)
_TOO_MANY_TO_LIE_OPEN = 100_000
"""Documents of 3 KB each that are packed rather than written as they are."""

CANARIES = (
    "Canaryella",
    "Canaryson",
    "canary@example.org",
    "07700900999",
    "Canary House",
    "A canary sings",
    "192.0.2.99",
)


class TestSdm(Conformance):
    source: ClassVar[Source] = Sdm()
    agency = "metropolitan"
    canaries = CANARIES[:-1]
    many = 15_000
    first_occurred = EVENING
    first_reported = Moment(at=1_718_612_130_500_000, offset_minutes=60)

    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        made = document(incidentDescription=CANARIES[5])
        included(made, "p1")["attributes"] |= {"givenName": [CANARIES[0]], "surname": CANARIES[1]}
        included(made, "mail")["attributes"]["emailAddress"] = CANARIES[2]
        included(made, "tel")["attributes"]["telephoneNumber"] = CANARIES[3]
        included(made, "home")["attributes"]["buildingName"] = CANARIES[4]
        submission = included(made, "s1")["attributes"]
        submission["ipAddress"] = CANARIES[6]
        attributes = made["data"]["attributes"]
        if extra_column:
            attributes["wing_span"] = "2 m"
        usual = dict(attributes)
        path = folder / ("incidents.jsonl.gz" if rows > _TOO_MANY_TO_LIE_OPEN else "incidents.jsonl")
        with gzip.open(path, "wt", 1, "utf-8") if path.suffix == ".gz" else path.open("w", encoding="utf-8") as file:
            for number in range(rows):
                submission["customerReferenceNumber"] = f"TYA-{number}"
                attributes.update(usual)
                if number == spoiled:
                    attributes["incidentStartDateTime"] = "in the evening"
                if odd_code and number == 0:
                    attributes["asbType"] = "Dragons"
                file.write(json.dumps(made) + "\n")
        return path

    def break_every_row(self, file: Path) -> None:
        file.write_text(file.read_text("utf-8").replace('"incident"', '"submission"'), "utf-8")

    def test_an_address_on_the_internet_is_not_even_sealed(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, 1)
        [draft] = outcomes(self.source, path)
        assert CANARIES[6] in path.read_text("utf-8")
        assert CANARIES[6] not in str(draft)


def report(made: dict[str, Any]) -> Draft:
    draft = report_of(made, "metropolitan")
    assert isinstance(draft, Draft)
    return draft


def unfit_of(made: dict[str, Any]) -> Unfit:
    with pytest.raises(Unfit) as caught:
        report_of(made, "metropolitan")
    return caught.value


def test_a_submission_is_a_report_under_the_reference_that_the_reporter_was_given() -> None:
    draft = report(document())
    assert (draft.reference, draft.agency, draft.regime) == (REFERENCE, "metropolitan", Regime.DPA_2018_PART_3)
    assert draft.reported == Moment(at=1_718_612_130_500_000, offset_minutes=60)
    assert draft.revision == draft.reported.at
    assert (draft.category, draft.qualifier) == (Category.NUISANCE_NEIGHBOURS, Qualifier.PERSONAL)
    assert (draft.marking, draft.unknown_codes) == (Marking.OFFICIAL_SENSITIVE, 0)
    assert draft.detail is not None
    assert draft.detail.narrative == "Shouting and a bottle thrown. I rang about it before."


def test_without_a_customer_reference_the_incident_id_is_the_reference() -> None:
    made = document()
    del included(made, "s1")["attributes"]["customerReferenceNumber"]
    assert report(made).reference == INCIDENT_ID
    made["data"]["id"] = ""
    error = unfit_of(made)
    assert (error.field, bool(error.rule), bool(error.remedy)) == ("data.id", True, True)


def test_it_quotes_the_reference_given_before_and_the_ids_of_the_same_submission() -> None:
    detail = report(document()).detail
    assert detail is not None
    assert detail.quoted_references == (
        "CAD 1234/16JUN24",
        INCIDENT_ID,
        "8bf76cd6-0000-4862-bbf7-000000000001",
    )


@pytest.mark.parametrize(
    ("start", "end", "earliest", "latest", "precision"),
    [
        ("2024-06-16T22:10:00+01:00", "2024-06-16T23:30:00+01:00", 1_718_572_200, 1_718_577_000, Precision.RANGE),
        ("2024-06-16T22:10:00Z", None, 1_718_575_800, 1_718_575_800, Precision.EXACT),
        ("2024-06-16T22:10:00", "23:30:00", 1_718_572_200, 1_718_577_000, Precision.RANGE),
        ({"dateFrom": "2024-06-16", "dateTo": "2024-06-16"}, "23:30:00", 1_718_492_400, 1_718_577_000, Precision.RANGE),
        ({"dateFrom": "2024-06-14", "dateTo": "2024-06-16"}, None, 1_718_319_600, 1_718_578_799, Precision.RANGE),
        ({"dateFrom": "2024-06-16", "dateTo": "2024-06-16"}, None, 1_718_492_400, 1_718_578_799, Precision.DAY),
        (None, "2024-06-16T22:10:00+01:00", 1_718_572_200, 1_718_572_200, Precision.EXACT),
    ],
)
def test_every_way_to_write_the_time_gives_the_span_that_it_means(
    start: Any, end: str | None, earliest: int, latest: int, precision: Precision
) -> None:
    occurred = report(document(incidentStartDateTime=start, incidentEndDateTime=end)).occurred
    assert occurred is not None
    assert occurred.earliest.at == earliest * 1_000_000
    assert occurred.latest.at // 1_000_000 == latest
    assert occurred.precision is precision


def test_an_approximate_date_is_better_than_none_and_none_is_allowed() -> None:
    nothing = {"incidentStartDateTime": None, "incidentEndDateTime": None}
    assert report(document(**nothing)).occurred is None
    about = report(document(**nothing, incidentApproximateDate="2024-06-16", incidentApproximateTime="22:10")).occurred
    assert about is not None
    assert (about.earliest.at, about.precision) == (1_718_572_200_000_000, Precision.MINUTE)


@pytest.mark.parametrize("field", ["incidentStartDateTime", "incidentEndDateTime"])
def test_what_is_no_time_is_unfit_and_its_error_shows_no_value(field: str) -> None:
    error = unfit_of(document(**{field: "canary evening"}))
    assert error.field == field
    assert "canary" not in str(error)


def test_a_victim_who_reports_is_one_person_with_all_ways_to_reach_them() -> None:
    draft = report(document())
    assert draft.detail is not None
    assert [one.role for one in draft.detail.persons] == [PersonRole.VICTIM, PersonRole.ALLEGED_PERPETRATOR]
    victim = person(draft, PersonRole.VICTIM)
    assert (victim.given_names, victim.family_name, victim.birth_date) == (("Ada", "May"), "King", "1975-12-10")
    assert (victim.telephones, victim.emails) == (("7700900123",), ("ada@example.org",))
    assert (victim.address, victim.postcode, victim.uprn) == (
        "Flat 3, 14 Mare Street, London",
        "E8 1EA",
        "10008231240",
    )
    assert victim.safe_contact == SafeContact(may_telephone=True)
    assert draft.monitoring == Monitoring(
        age_band="45-54", ethnicity="ESDD_W1", ethnicity_method="self-defined", disability="false"
    )


@pytest.mark.parametrize(
    ("involvement", "role"),
    [
        ("IVLD_0001", PersonRole.VICTIM),
        ("IVLD_0002", PersonRole.WITNESS),
        ("IVLD_0003", PersonRole.REPORTER_ON_BEHALF),
        (None, PersonRole.COMPLAINANT),
    ],
)
def test_who_reports_has_the_part_that_the_form_says(involvement: str | None, role: PersonRole) -> None:
    made = document(incidentInvolvement=involvement)
    del made["data"]["relationships"]["victim"]
    assert person(report(made), role).family_name == "King"


def test_persons_may_name_the_incident_instead_of_it_naming_them() -> None:
    made = document()
    for reason in ("victim", "personReporting", "knownSuspect"):
        del made["data"]["relationships"][reason]
    included(made, "p1")["relationships"]["victim"] = ends(INCIDENT_ID, kind="incident")
    included(made, "p2")["relationships"]["witness"] = ends(INCIDENT_ID, kind="incident")
    draft = report(made)
    assert person(draft, PersonRole.VICTIM).family_name == "King"
    assert person(draft, PersonRole.WITNESS).family_name == "Loud"


def test_where_nobody_is_named_the_first_reports_and_others_are_unknown() -> None:
    made = document()
    for reason in ("victim", "personReporting", "knownSuspect"):
        del made["data"]["relationships"][reason]
    draft = report(made)
    assert person(draft, PersonRole.VICTIM).family_name == "King"
    assert person(draft, PersonRole.UNKNOWN).family_name == "Loud"


def test_a_next_of_kin_has_no_part_in_the_incident() -> None:
    made = document()
    del made["data"]["relationships"]["knownSuspect"]
    included(made, "p1")["relationships"]["nextOfKin"] = ends("p2")
    detail = report(made).detail
    assert detail is not None
    assert [one.family_name for one in detail.persons] == ["King"]


def test_the_scene_is_where_it_occurred_and_the_victims_home_suffers_it() -> None:
    draft = report(document())
    scene, home = place(draft, PlaceRole.OCCURRED), place(draft, PlaceRole.AFFECTED)
    assert (scene.method, scene.latitude, scene.longitude) == (PlaceMethod.STATED_POINT, 51.5433, -0.0560)
    assert scene.address == "12 Mare Street, London"
    assert (home.method, home.uprn, home.postcode) == (PlaceMethod.STATED_UPRN, "10008231240", "E8 1EA")


@pytest.mark.parametrize(
    ("whose", "roles"),
    [("WLTN_0001", {PlaceRole.AFFECTED}), ("WLTN_0002", {PlaceRole.SOURCE, PlaceRole.AFFECTED})],
)
def test_the_form_says_whose_place_it_is(whose: str, roles: set[PlaceRole]) -> None:
    detail = report(document(whosLocation=whose)).detail
    assert detail is not None
    assert {one.role for one in detail.places} == roles


def test_hate_a_child_and_high_harm_mark_the_report() -> None:
    made = document(subjectedToHateCrime="true", hateCrime="Faith", childPresent=True)
    included(made, "s1")["attributes"]["highHarmFlag"] = "Y"
    detail = report(made).detail
    assert detail is not None
    assert detail.hate == (HateStrand.RELIGION,)
    assert detail.restrictions == (Restriction.CHILD,)
    assert detail.vulnerability == ("high harm: Y",)


def test_without_a_code_the_forms_answers_tell_the_kind() -> None:
    assert report(document(asbType=None, physicallyAssaulted=True)).category is Category.VIOLENCE
    assert report(document(asbType=None, subjectedToThreatAbuseOrAssault="true")).category is Category.HARASSMENT
    assert report(document(asbType=None)).category is Category.OTHER


def test_a_document_whose_codes_are_of_other_matters_is_out_of_scope() -> None:
    assert isinstance(report_of(document(asbType=None, nsirOpeningCode="004")), OutOfScope)
    draft = report(document(asbType=None, nsirOpeningCode="203", nsirClosingCode="004"))
    assert draft.category is Category.ROWDY_BEHAVIOUR


def test_the_skeleton_of_a_form_keeps_the_submission_as_its_narrative() -> None:
    made = document()
    made["data"]["attributes"] = {"incidentDescription": "This is a skeleton data modelled payload. See ..."}
    made["data"]["relationships"] = {"submission": ends("s1", kind="submission")}
    made["included"] = [included(made, "s1")]
    draft = report(made)
    assert (draft.reference, draft.occurred) == (REFERENCE, None)
    assert draft.detail is not None
    assert draft.detail.narrative == "OFFICIAL-SENSITIVE\nWhat happened ..."


@pytest.mark.parametrize(
    ("made", "field"),
    [
        ({}, "data"),
        ({"data": []}, "data"),
        ({"data": {"type": "complaint", "id": "1"}}, "data"),
        ({"data": {"type": "incident", "id": "1"}, "included": {"p1": 1}}, "included"),
        ({"data": {"type": "incident", "attributes": "none"}}, "data.id"),
    ],
)
def test_what_is_no_incident_document_is_unfit_with_field_rule_and_remedy(made: dict[str, Any], field: str) -> None:
    error = unfit_of(made)
    assert error.field == field
    assert error.rule
    assert error.remedy


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("locationUPRN", "1.2E+11"), ("locationLatitude", "north"), ("locationLatitude", "534900")],
)
def test_a_place_that_cannot_be_one_is_unfit(attribute: str, value: str) -> None:
    made = document()
    included(made, "scene")["attributes"][attribute] = value
    assert unfit_of(made).field.startswith(attribute)


def test_a_folder_and_a_zip_of_documents_read_alike_whatever_else_lies_there(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    for number in range(3):
        made = document()
        included(made, "s1")["attributes"]["customerReferenceNumber"] = f"TYA-{number}"
        (folder / f"{number}.json").write_text(json.dumps(made, indent=2), "utf-8")
    (folder / "1.pdf").write_bytes(b"%PDF-1.7")
    with zipfile.ZipFile(tmp_path / "drop.zip", "w") as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    by_folder, by_zip = outcomes(Sdm(), folder), outcomes(Sdm(), tmp_path / "drop.zip")
    assert by_folder == by_zip
    assert [one.reference for one in by_folder if isinstance(one, Draft)] == ["TYA-0", "TYA-1", "TYA-2"]


def test_a_document_that_breaks_off_costs_itself_alone(tmp_path: Path) -> None:
    text = json.dumps(document(), indent=2)
    (tmp_path / "1.json").write_text(text, "utf-8")
    (tmp_path / "2.json").write_text(text[: len(text) // 2], "utf-8")
    (tmp_path / "3.json").write_bytes(b"\xef\xbb\xbf" + text.encode())
    first, broken, last = outcomes(Sdm(), tmp_path)
    assert isinstance(first, Draft)
    assert first == last
    assert isinstance(broken, Broken)
    assert broken.rule == "is no JSON, or breaks off"


def test_attachments_are_neither_mapped_nor_kept(tmp_path: Path) -> None:
    made = document()
    made["included"].append({"id": "a", "type": "attachment", "attributes": {"data": "JVBERi0x" * 100_000}})
    path = tmp_path / "one.json"
    path.write_text(json.dumps(made), "utf-8")
    [row] = Sdm().collect(path, CONTEXT)
    assert len(row.raw) < 10_000
    assert outcomes(Sdm(), path) == [Sdm().to_report(row, CONTEXT)]  # type: ignore[arg-type]


def test_json_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('[{"month": "2018-10"}]', "utf-8")
    with pytest.raises(Refused, match="JSON of another kind"):
        Sdm().recognise(path)
