"""NoiseWorks exports: complaints become reports, actions and cases updates; only whole exports are read."""

import csv
import shutil
import tracemalloc
from pathlib import Path
from typing import ClassVar

import pytest

from connectors.contract import Broken, Draft, Source, UpdateDraft
from connectors.sources.noiseworks import NoiseWorks
from schemas.errors import Refused, Unfit
from schemas.records import Moment, Person, SafeContact, Span
from schemas.vocabulary import (
    Action,
    Category,
    Definition,
    PersonKind,
    PersonRole,
    PlaceMethod,
    PlaceRole,
    Precision,
    Regime,
    UpdateKind,
)
from tests.connectors.conformance import Conformance
from tests.connectors.fakes import MemoryOutlet
from tests.connectors.noise_exports import ACTION, CASE, COMPLAINT, HISTORY, RESIDENT, STAFF, write
from tests.connectors.tables import CONTEXT, outcomes, person, place

SOURCE = NoiseWorks()

CANARIES = (
    "Canaryella",
    "Canaryson",
    "+447700900999",
    "canary@example.org",
    "Canary Wharf House",
    "Evenings of the canary",
    "A canary sings",
    "Canary room",
    "Canary woe",
)


class TestNoiseWorks(Conformance):
    source: ClassVar[Source] = SOURCE
    agency = "hackney-noise"
    canaries = CANARIES
    first_occurred = Span(
        earliest=Moment(at=1_718_485_200_000_000),
        latest=Moment(at=1_718_490_600_000_000),
        precision=Precision.RANGE,
    )
    first_reported = Moment(at=1_718_490_600_000_000)

    def write(
        self,
        folder: Path,
        rows: int,
        *,
        spoiled: int | None = None,
        odd_code: bool = False,
        extra_column: bool = False,
    ) -> Path:
        def complaint(number: int) -> dict[str, str]:
            texts = {"description": CANARIES[6], "rooms": CANARIES[7], "effect": CANARIES[8]}
            made = COMPLAINT | {"id": str(number), "case_id": "1" if number == 0 else "2"} | texts
            if number == spoiled:
                made["start"] = "in the evening"
            return made | {"wing_span": "2 m"} if extra_column else made

        first, *_ = CANARIES
        resident = {"first_name": first, "last_name": CANARIES[1], "phone": CANARIES[2], "email": CANARIES[3]}
        resident |= {"address": f"{CANARIES[4]}\nLondon\nE2 7JE", "best_time": CANARIES[5]}
        odd = CASE | {"id": "1", "kind": "dragon" if odd_code else "tv"}
        path = write(
            folder / "export",
            Case=[odd, CASE | {"id": "2"}],
            Action=[ACTION | {"case_id": "1"}],
            User=[STAFF, RESIDENT | resident],
        )
        with (path / "Complaint.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(complaint(0)), lineterminator="\n")
            writer.writeheader()
            writer.writerows(map(complaint, range(rows)))
        return path

    def rows_file(self, path: Path) -> Path:
        return path / "Complaint.csv"

    def test_a_file_of_which_no_row_fits_is_refused_instead_of_filling_quarantine(self, tmp_path: Path) -> None:
        path, outlet = self.write(tmp_path, 200), MemoryOutlet()
        for name in ("Complaint", "Case", "Action"):
            file = path / f"{name}.csv"
            header, *rows = file.read_bytes().splitlines(keepends=True)
            file.write_bytes(header + b"".join(b"\xff" + row for row in rows))
        with pytest.raises(Refused, match="none of the first 203 rows"):
            self.read(path, outlet=outlet)
        assert outlet.quarantined == []


def reports(path: Path) -> list[Draft]:
    return [one for one in outcomes(SOURCE, path) if isinstance(one, Draft)]


def updates(path: Path) -> dict[str, UpdateDraft]:
    return {one.reference: one for one in outcomes(SOURCE, path) if isinstance(one, UpdateDraft)}


def only_report(path: Path) -> Draft:
    [found] = reports(path)
    return found


def unfit_of(path: Path) -> Unfit:
    with pytest.raises(Unfit) as caught:
        outcomes(SOURCE, path)
    return caught.value


def test_one_complaint_is_one_report_of_its_case(tmp_path: Path) -> None:
    found = only_report(write(tmp_path))
    assert (found.reference, found.case_reference) == ("100", "7")
    assert (found.category, found.definition, found.regime) == (
        Category.NOISE,
        Definition.EPA_1990_PART_3,
        Regime.UK_GDPR,
    )
    assert found.revision is None
    assert found.open_places == ()


def test_the_source_place_comes_from_the_case(tmp_path: Path) -> None:
    found = place(only_report(write(tmp_path)), PlaceRole.SOURCE)
    assert found.method is PlaceMethod.STATED_UPRN
    assert (found.uprn, found.ward, found.postcode) == ("10008231234", "E05009377", "E1 6AW")
    assert (found.latitude, found.longitude) == pytest.approx((51.523755, -0.075896), abs=1e-5)
    assert found.uncertainty_m == 30
    assert found.address == CASE["location_cache"]


def test_a_case_without_a_property_lies_at_its_point_with_its_radius(tmp_path: Path) -> None:
    found = place(only_report(write(tmp_path, Case=[CASE | {"uprn": "", "ward": "outside"}])), PlaceRole.SOURCE)
    assert (found.method, found.uprn, found.ward) == (PlaceMethod.STATED_POINT, None, None)


def test_the_affected_place_is_the_complainants_home(tmp_path: Path) -> None:
    found = place(only_report(write(tmp_path)), PlaceRole.AFFECTED)
    assert (found.address, found.postcode) == (RESIDENT["address"], "E2 7JE")


def test_the_complainant_comes_from_the_user_row(tmp_path: Path) -> None:
    assert person(only_report(write(tmp_path)), PersonRole.COMPLAINANT) == Person(
        role=PersonRole.COMPLAINANT,
        kind=PersonKind.MEMBER_OF_PUBLIC,
        reference="2",
        given_names=("Zoë",),
        family_name="Müller",
        telephones=("+447700900123",),
        emails=("zoe@example.org",),
        address=RESIDENT["address"],
        postcode="E2 7JE",
        safe_contact=SafeContact(times="evening,weekend", may_telephone=True),
    )


def test_whoever_is_accused_is_an_alleged_perpetrator(tmp_path: Path) -> None:
    found = person(only_report(write(tmp_path)), PersonRole.ALLEGED_PERPETRATOR)
    assert (found.reference, found.given_names, found.family_name) == ("3", ("Sam",), "Landlord")


def test_staff_are_neither_complainants_nor_perpetrators(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        Complaint=[COMPLAINT | {"complainant_id": STAFF["id"]}],
        Case_perpetrators=[{"case_id": "7", "user_id": STAFF["id"]}],
    )
    found = only_report(path).detail
    assert found is not None
    assert found.persons == ()
    assert [one.role for one in found.places] == [PlaceRole.SOURCE]


def test_texts_over_several_lines_are_one_narrative(tmp_path: Path) -> None:
    found = only_report(write(tmp_path)).detail
    assert found is not None
    assert found.narrative == 'Thumping bass,\n"all night"\n\nRooms: Bedroom\n\nEffect: No sleep'
    assert found.opening_code == "music-pub"
    assert found.qualifiers == ("where: business", "estate: n")
    assert found.quoted_references == ()


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("rang the police, CAD 1234", ("CAD 1234",)),
        ("Police ref CAD 1234/22NOV and again CAD 1234/22NOV", ("CAD 1234/22NOV",)),
        ("police ref cad 1234/22nov26.", ("cad 1234/22nov26",)),
        ("CAD 1234 of 22/11/2026; landlord has ASB-2600010", ("CAD 1234 of 22/11/2026", "ASB-2600010")),
        ("third time this week, 10 people, no. 1234", ()),
    ],
)
def test_references_that_a_resident_passes_on_are_quoted(tmp_path: Path, said: str, quoted: tuple[str, ...]) -> None:
    found = only_report(write(tmp_path, Complaint=[COMPLAINT | {"description": said}])).detail
    assert found is not None
    assert found.quoted_references == quoted


@pytest.mark.parametrize(
    ("times", "minutes", "precision"),
    [
        ({"happening_now": "True", "end": ""}, 90, Precision.RANGE),
        ({"happening_now": "False", "end": "2024-06-15T23:00:00+01:00"}, 60, Precision.RANGE),
        ({"happening_now": "False", "end": ""}, 0, Precision.EXACT),
        ({"happening_now": "True", "start": ""}, 0, Precision.EXACT),
    ],
)
def test_it_happened_from_start_to_end_or_until_the_complaint(
    tmp_path: Path, times: dict[str, str], minutes: int, precision: Precision
) -> None:
    found = only_report(write(tmp_path, Complaint=[COMPLAINT | times])).occurred
    assert found is not None
    assert (found.latest.at - found.earliest.at) // 60_000_000 == minutes
    assert found.precision is precision


def test_a_complaint_that_states_no_time_of_the_noise_has_none(tmp_path: Path) -> None:
    found = only_report(write(tmp_path, Complaint=[COMPLAINT | {"start": "", "happening_now": "False"}]))
    assert found.occurred is None
    assert found.reported is not None


@pytest.mark.parametrize(
    ("kind", "category", "unknown"),
    [
        ("animal", Category.ANIMALS, 0),
        ("other", Category.NOISE, 0),
        ("dragon", Category.OTHER, 1),
        ("", Category.NOISE, 0),
    ],
)
def test_the_category_comes_from_the_kind(tmp_path: Path, kind: str, category: Category, unknown: int) -> None:
    found = only_report(write(tmp_path, Case=[CASE | {"kind": kind, "kind_other": "Roar"}]))
    assert (found.category, found.unknown_codes) == (category, unknown)
    assert found.detail is not None
    assert "Roar" in (found.detail.opening_code or "")


def test_another_kind_is_told_by_the_officers_own_words_where_a_list_knows_them(tmp_path: Path) -> None:
    for words, category in (("Fireworks", Category.FIREWORKS), ("Potholes", Category.NOISE), ("", Category.NOISE)):
        found = only_report(write(tmp_path, Case=[CASE | {"kind": "other", "kind_other": words}]))
        assert found.category is category


def test_an_action_is_an_update_of_the_complaints_made_until_then(tmp_path: Path) -> None:
    later = COMPLAINT | {"id": "101", "created": "2024-06-20T22:30:00+00:00"}
    found = updates(write(tmp_path, Complaint=[COMPLAINT, later]))["action-500"]
    assert (found.update_kind, found.action, found.case_reference) == (UpdateKind.ACTION, Action.WARNING, "7")
    assert found.report_references == ("100",)
    assert found.detail.note == "To the licensee"
    assert found.places[0].uprn == "10008231234"


def test_an_action_that_the_code_list_lacks_is_kept_in_its_words_and_counted(tmp_path: Path) -> None:
    found = updates(write(tmp_path, Action=[ACTION | {"type": "Dragon sent"}]))["action-500"]
    assert (found.action, found.unknown_codes) == (Action.OTHER, 1)
    assert found.detail.note == "Dragon sent: To the licensee"
    assert found.reason is None


def test_a_case_is_opened_once(tmp_path: Path) -> None:
    found = updates(write(tmp_path))
    assert found["case-7"].update_kind is UpdateKind.OPENED
    assert "merge-7" not in found


def test_a_case_whose_complaints_have_moved_was_merged_when_it_last_changed(tmp_path: Path) -> None:
    changed = HISTORY | {"history_date": "2024-06-18T10:00:00+00:00", "history_type": "~"}
    path = write(
        tmp_path,
        Case=[CASE, CASE | {"id": "8"}],
        HistoricalCase=[HISTORY, changed, HISTORY | {"id": "8"}],
        Complaint=[COMPLAINT | {"case_id": "8"}],
        Action=[],
    )
    found = updates(path)["merge-7"]
    assert (found.case_reference, found.update_kind) == ("7", UpdateKind.CLOSED)
    assert found.reason == "merged into another case"
    assert found.happened.earliest.at == 1_718_704_800_000_000
    assert only_report(path).case_reference == "8"


def test_a_merge_that_an_action_tells_of_names_the_case_that_took_over(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        Case=[CASE, CASE | {"id": "8"}],
        Complaint=[COMPLAINT | {"case_id": "8"}],
        Action=[ACTION | {"case_id": "8", "type": "", "case_old_id": "7"}],
    )
    found = updates(path)
    assert found["merge-7"].reason == "merged into case 8"
    assert found["action-500"].update_kind is UpdateKind.NOTE


@pytest.mark.parametrize(
    ("table", "change", "field"),
    [
        ("Complaint", COMPLAINT | {"created": "yesterday"}, "created"),
        ("Complaint", COMPLAINT | {"start": "2024-06-31T21:00:00+00:00"}, "start"),
        ("Complaint", COMPLAINT | {"case_id": "404"}, "case_id"),
        ("Complaint", COMPLAINT | {"complainant_id": "404"}, "complainant_id"),
        ("Complaint", COMPLAINT | {"id": ""}, "id"),
        ("Case", CASE | {"uprn": "1.00021E+11"}, "uprn"),
        ("Case", CASE | {"easting": "east"}, "easting"),
        ("Case", CASE | {"easting": "1", "northing": "1"}, "easting, northing"),
    ],
)
def test_a_row_that_cannot_be_is_unfit_and_names_its_field(
    tmp_path: Path, table: str, change: dict[str, str], field: str
) -> None:
    assert unfit_of(write(tmp_path, **{table: [change]})).field == field


def test_a_zip_of_the_export_reads_as_the_folder_does(tmp_path: Path) -> None:
    folder = write(tmp_path / "2024-06-17")
    archive = Path(shutil.make_archive(str(tmp_path / "export"), "zip", tmp_path, "2024-06-17"))
    assert outcomes(SOURCE, archive) == outcomes(SOURCE, folder)


def test_a_byte_order_mark_hides_no_column(tmp_path: Path) -> None:
    folder = write(tmp_path)
    for file in folder.iterdir():
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert only_report(folder).reference == "100"


@pytest.mark.parametrize("name", ["Case", "HistoricalCase", "Complaint", "Action", "User"])
def test_an_export_that_lacks_a_file_is_refused_and_told_which(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path)
    (folder / f"{name}.csv").unlink()
    with pytest.raises(Refused, match=rf"no {name}\.csv"):
        SOURCE.recognise(folder)


def test_an_export_without_suspects_is_whole(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "Case_perpetrators.csv").unlink()
    assert len(reports(folder)) == 1


def test_several_exports_at_once_are_refused_with_what_to_do(tmp_path: Path) -> None:
    for day in ("2024-06-16", "2024-06-17"):
        write(tmp_path / day)
    with pytest.raises(Refused, match="one at a time, the oldest first"):
        SOURCE.recognise(tmp_path)


def test_a_file_of_other_columns_is_refused_and_told_which_are_lacking(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "Complaint.csv").write_text("id,when\n1,2\n")
    with pytest.raises(Refused, match="no case_id, complainant_id, created"):
        SOURCE.recognise(folder)


def test_a_column_of_a_later_release_is_no_trouble_and_not_known(tmp_path: Path) -> None:
    folder = write(tmp_path, Complaint=[COMPLAINT | {"decibels": "80"}])
    [row] = [row for row in SOURCE.collect(folder, CONTEXT) if not isinstance(row, Broken) and row.table == "Complaint"]
    assert set(row.values) - SOURCE.columns == {"decibels"}
    assert len(reports(folder)) == 1


def test_a_row_that_is_no_utf8_costs_that_row_alone(tmp_path: Path) -> None:
    effects = [COMPLAINT | {"id": "100", "effect": "Müde"}, COMPLAINT | {"id": "101", "effect": "Ängste"}]
    file = write(tmp_path, Complaint=effects) / "Complaint.csv"
    file.write_bytes(file.read_bytes().replace("Ä".encode(), b"\xc4"))
    found = outcomes(SOURCE, tmp_path)
    assert [one.reference for one in found if isinstance(one, Draft)] == ["100"]
    assert [one.rule for one in found if isinstance(one, Broken)] == ["is not UTF-8"]


def test_a_file_that_a_windows_program_saved_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = write(tmp_path) / "User.csv"
    file.write_bytes(file.read_text("utf-8").encode("cp1252"))
    found = person(only_report(tmp_path), PersonRole.COMPLAINANT)
    assert (found.given_names, found.family_name) == (("Zoë",), "Müller")


def test_years_of_complaints_are_read_in_the_memory_of_a_few(tmp_path: Path) -> None:
    few, many = (_peak(tmp_path / str(count), count) for count in (500, 5_000))
    assert many < few + 2_000_000


def _peak(folder: Path, count: int) -> int:
    complaints = [COMPLAINT | {"id": str(number), "case_id": str(number)} for number in range(count)]
    path = write(folder, Case=[CASE | {"id": str(number)} for number in range(count)], Complaint=complaints, Action=[])
    tracemalloc.start()
    for _ in SOURCE.collect(path, CONTEXT):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
